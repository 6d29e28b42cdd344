"""Meetings announced before the as-of date, by the period in which they are to begin; told by ledgers alone.

The default model leaves this family out: what is announced is shown beside a forecast, not counted as known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.dates import Days, day_number, day_numbers
from forecast.facts.history import History
from forecast.facts.plans import plans
from forecast.periods import PERIODS, column


def announced_signals(history: History, *, dyads: list[str], as_ofs: Days) -> pd.DataFrame:
    """Whether a meeting that stands announced is to begin in each period.

    Parameters
    ----------
    history : History
    dyads : list of str, length n_rows
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, n_periods)
        Columns ``announced__meeting@start-end``: 1 or 0, missing for a dyad of which no ledger has told yet. A meeting
        that is under way on the as-of date stands in the first period.
    """
    told = history.told_by_ledger(dyads, as_ofs)
    asked, names = day_numbers(as_ofs), np.asarray(dyads, dtype=object)
    found = np.where(told[:, None], np.zeros((1, len(PERIODS))), np.nan)
    for plan in plans(history, dyads=set(dyads)):
        rows = np.flatnonzero((names == plan.dyad) & plan.stands(as_ofs))
        lead = np.maximum(day_number(plan.first) - asked[rows], 0)
        for k, (start, end) in enumerate(PERIODS):
            found[rows[(lead >= start) & (lead < end)], k] = 1.0
    return pd.DataFrame(found, columns=[column("announced__meeting", *period) for period in PERIODS])
