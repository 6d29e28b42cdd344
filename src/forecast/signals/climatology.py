"""The dyad's own climatology: how often, in the years before, a day was followed by a meeting within h days.

For a dyad the share is taken over all days t of the window whose outcome ``[t, t + h)`` was resolved at the as-of
date. It is
shrunk towards the mean share of all dyads of the cohort, as if `SHRINKAGE_DAYS` of the cohort's average record had
been seen too.
The reference of every skill score is made from these shares; window and shrinkage were chosen on folds before 2015
(``benchmarks/climatology.py``, figures in ``docs/benchmarks.md``).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Floats, Ints
from forecast.periods import EDGES, PERIODS, column
from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View

WINDOW_DAYS: Final = 3653
SHRINKAGE_DAYS: Final = 730

HAZARD: Final = "climatology__hazard"
_COLUMNS: Final = pd.Index([column(HAZARD, *period) for period in PERIODS])


def climatology_hazards(
    view: View, *, window_days: int = WINDOW_DAYS, shrinkage_days: int = SHRINKAGE_DAYS
) -> pd.DataFrame:
    """Climatological hazard of each period for the dyads of a view, columns ``climatology__hazard@start-end``."""
    met, seen = _exposure(view, window_days)
    mean = met[view.pooled].sum(axis=0) / np.maximum(seen[view.pooled].sum(axis=0), 1)
    share = (met + shrinkage_days * mean) / (seen + shrinkage_days)
    # Shares of different horizons come from windows of slightly different days: keep them in order before taking
    # hazards.
    share = np.maximum.accumulate(share, axis=1)
    before = np.hstack([np.zeros((len(share), 1)), share[:, :-1]])
    # Where a meeting before the period is certain, nobody is left to meet for the first time: any hazard is right.
    hazards = np.where(before < 1.0, (share - before) / np.where(before < 1.0, 1.0 - before, 1.0), 1.0)
    return pd.DataFrame(hazards[view.rows], columns=_COLUMNS, copy=False)


def _exposure(view: View, window_days: int) -> tuple[Floats, Floats]:
    """Days of the window followed by a meeting within each edge, and days seen, both of shape (n_dyads, n_periods)."""
    first, until = view.recorded()
    born = np.maximum(first, until - window_days)
    known = view.meetings
    order = np.lexsort((known.occurred, known.dyad))
    horizons = np.array(EDGES[1:])
    last = np.maximum(until[:, None] - horizons + 1, born[:, None])
    met = days_followed(known.dyad[order], known.occurred[order], view.everyones_numbers, born, last, horizons)
    return met, last - born[:, None]


def days_followed(dyad: Ints, day: Ints, whose: Ints, born: Ints, last: Ints, horizons: Ints) -> Floats:
    """Count the days t in ``[born, last)`` with a meeting in ``[t, t + horizon)``, shape (n_dyads, n_horizons).

    Notes
    -----
    A meeting on day m covers the days ``(m - horizon, m]``. What the meeting before it has covered already is left
    out, so the cover of each meeting is an interval of its own, and each is cut to the window.

    Examples
    --------
    >>> one = np.array([0])
    >>> days_followed(np.array([0, 0]), np.array([10, 12]), one, np.array([0]), np.array([[30]]), np.array([5]))
    array([[7.]])
    """
    same = np.concatenate([[False], dyad[1:] == dyad[:-1]])
    previous = np.where(same, np.concatenate([[0], day[:-1]]), np.iinfo(np.int64).min // 2)
    row_of = np.full(max(int(dyad.max(initial=-1)), int(whose.max(initial=-1))) + 1, -1)
    row_of[whose] = np.arange(len(whose))
    row = row_of[dyad]
    keep = row >= 0
    row, day, latest = row[keep], day[keep, None], np.maximum(previous[keep] + 1, born[row[keep]])[:, None]
    covered = np.maximum(np.minimum(day + 1, last[row]) - np.maximum(day - horizons + 1, latest), 0)
    place = row[:, None] * len(horizons) + np.arange(len(horizons))
    return np.asarray(np.bincount(place.ravel(), covered.ravel(), last.size).reshape(last.shape), dtype=np.float64)


WORDS: Final = {"climatology": "its own record"}

SIGNALS: Final = (
    ComputedSignal(
        "climatology",
        "the dyad's own record",
        climatology_hazards,
        {HAZARD: ("probability", "the dyad's own record: chance of a first meeting in the period")},
    ),
)
