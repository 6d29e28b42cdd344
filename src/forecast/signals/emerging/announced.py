"""Meetings announced before the as-of date, by the period in which they are to begin; reported by ledgers alone.

The default model leaves this family out: what is announced is shown beside a forecast, not counted as known.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import day_number
from forecast.periods import PERIODS, column
from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View


def announced_signals(view: View) -> pd.DataFrame:
    """Whether a meeting that stands announced is to begin in each period.

    Columns ``announced__meeting@start-end``: 1 or 0, missing for a dyad on which no ledger has reported yet. A meeting
    that is under way on the as-of date stands in the first period.
    """
    names = np.asarray(view.dyads, dtype=object)
    table = np.where(view.in_ledger[:, None], np.zeros((1, len(PERIODS))), np.nan)
    for plan in view.plans:
        lead = max(day_number(plan.first) - view.today, 0)
        for k, (start, end) in enumerate(PERIODS):
            if start <= lead < end:
                table[names == plan.dyad, k] = 1.0
    return pd.DataFrame(table, columns=[column("announced__meeting", *period) for period in PERIODS])


SIGNALS: Final = (
    ComputedSignal(
        "announced",
        "meetings announced",
        announced_signals,
        {
            "announced__meeting": (
                "share",
                "1 if a meeting is announced that is to begin in the period, from ledgers",
            )
        },
    ),
)
