"""Histories with a known hazard: what a model should recover, and data for tests and documentation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.facts.countries import states
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS
from forecast.facts.history import History, make_history


def simulate_history(
    *,
    start: Day,
    end: Day,
    daily_rates: dict[str, float],
    seed: int = 0,
    focal: str = "USA",
) -> History:
    """Simulate meetings of a focal state's leader as Poisson processes with constant rates.

    Parameters
    ----------
    start, end : numpy.datetime64[D]
        Days covered, both included.
    daily_rates : dict
        State -> meetings a day. On every day they are independent.
    seed : int
    focal : str

    Returns
    -------
    History
        The source covers all dyads of `focal`, as a publisher of record does.

    Examples
    --------
    >>> day = np.datetime64
    >>> found = simulate_history(start=day("2000-01-01"), end=day("2009-12-31"), daily_rates={"FRA": 0.01})
    >>> sorted(found.events["dyad"].unique())
    ['USA-FRA']
    """
    generator = np.random.default_rng(seed)
    days = np.arange(start, end + np.timedelta64(1, "D"))
    rows = []
    for state, rate in sorted(daily_rates.items()):
        if state not in states():
            raise ValueError(f"{state} is no state of the table")
        met = days[generator.random(len(days)) < -np.expm1(-rate)]
        rows += [
            dict.fromkeys(COLUMNS, "")
            | {
                "publisher": "simulation",
                "record_id": f"{state}-{day}",
                "started_on": day,
                "ended_on": day,
                "occurred_on": day,
                "known_on": day,
                "source": state,
                "recipient": focal,
                "event": "CONSULT",
                "mode": "visit",
                "level": "leader",
                "setting": "bilateral",
                "status": "occurred",
                "accompanied": False,
            }
            for day in met
        ]
    events = pd.DataFrame(rows, columns=list(COLUMNS))
    coverage = Coverage("simulation", "meetings", start, end, focal, defines_meetings=True, declared=True)
    return make_history(events, [coverage])
