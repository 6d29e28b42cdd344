"""Histories simulated with a known hazard, which a model should recover."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.facts.countries import states
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS
from forecast.facts.history import History, make_history

_VISIT = {"event": "CONSULT", "mode": "visit", "level": "leader", "setting": "bilateral", "status": "occurred"}


def simulate_history(
    *, start: Day, end: Day, daily_rates: dict[str, float], seed: int = 0, focal: str = "USA"
) -> History:
    """Meetings of a focal state's leader as independent Poisson processes: state -> meetings a day, both ends included.

    The source covers all dyads of `focal`, as a publisher of record does.
    """
    generator = np.random.default_rng(seed)
    days = np.arange(start, end + np.timedelta64(1, "D"))
    rows = []
    for state, rate in sorted(daily_rates.items()):
        if state not in states():
            raise ValueError(f"{state} is no state of the table")
        met = days[generator.random(len(days)) < -np.expm1(-rate)]
        sides = {"publisher": "simulation", "source": state, "recipient": focal, "accompanied": False}
        rows += [
            dict.fromkeys(COLUMNS, "")
            | {"record_id": f"{state}-{day}", **sides, **_VISIT}
            | dict.fromkeys(("started_on", "ended_on", "occurred_on", "known_on"), day)
            for day in met
        ]
    events = pd.DataFrame(rows, columns=list(COLUMNS))
    coverage = Coverage("simulation", "meetings", start, end, focal, defines_meetings=True, declared=True)
    return make_history(events, [coverage])
