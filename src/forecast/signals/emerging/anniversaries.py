"""Yearly rites: whether the two met at this time of the year in the years before.

For a period of the horizon and each of the `YEARS` years before, the same days of that year, widened by
`SLACK_DAYS` on both sides, either held a
meeting or not; older years count less. The share is shrunk towards what the dyad's climatology expects of as many
days, and the signal is the log of the odds of the two: zero for a dyad that meets at any time of the year alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import logit

from forecast.periods import PERIODS, column
from forecast.signals.climatology import HAZARD, climatology_hazards
from forecast.signals.cube import day_keys
from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View

YEARS: Final = 10
FADE: Final = 0.9
PRIOR_YEARS: Final = 2.0
SLACK_DAYS: Final = 5
_YEAR: Final = 365.2425
_FLOOR: Final = 1e-4


def anniversary_signals(view: View) -> pd.DataFrame:
    """Odds of a meeting at the time of the year of each period, against the dyad's climatology."""
    return log_odds(view, climatology_hazards(view))


def log_odds(view: View, climatology: pd.DataFrame) -> pd.DataFrame:
    """The same against given hazards of the view's rows, columns ``anniversaries__log_odds@start-end``."""
    first, until = (days[view.rows] for days in view.recorded())
    today = view.today
    known = view.meetings
    keys = np.sort(day_keys(known.dyad, known.occurred))
    numbers = view.numbers(view.dyads)
    shifts = np.array([round(year * _YEAR) for year in range(1, YEARS + 1)])[:, None]
    weights = np.array([FADE**year for year in range(1, YEARS + 1)])[:, None]
    columns = []
    for start, end in PERIODS:
        low, high = today + start - shifts - SLACK_DAYS, today + end - shifts + SLACK_DAYS
        resolved = (low >= first) & (high <= until)
        hit = np.searchsorted(keys, day_keys(numbers, low)) < np.searchsorted(keys, day_keys(numbers, high))
        met, seen = (weights * (hit & resolved)).sum(axis=0), (weights * resolved).sum(axis=0)
        hazard = np.clip(climatology[column(HAZARD, start, end)].to_numpy(dtype=np.float64), _FLOOR, 1 - _FLOOR)
        expected = -np.expm1(np.log1p(-hazard) * (end - start + 2 * SLACK_DAYS) / (end - start))
        expected = np.clip(expected, _FLOOR, 1 - _FLOOR)
        share = (met + PRIOR_YEARS * expected) / (seen + PRIOR_YEARS)
        columns.append(logit(np.clip(share, _FLOOR, 1 - _FLOOR)) - logit(expected))
    return pd.DataFrame(
        np.column_stack(columns), columns=[column("anniversaries__log_odds", *period) for period in PERIODS]
    )


WORDS: Final = {"anniversaries": "habit at this time of the year"}

SIGNALS: Final = (
    ComputedSignal(
        "anniversaries",
        "yearly rites",
        anniversary_signals,
        {"anniversaries__log_odds": ("log odds", "meetings at this time of past years, against the record")},
    ),
)
