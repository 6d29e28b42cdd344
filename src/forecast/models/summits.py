"""The summits in rows of signals, as models look at them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.periods import PERIODS, Floats, Summits, column
from forecast.signals.plans import OCCASION
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import MISSED, ONSETS

#: Cumulative chances of a meeting at the summits of each period, by who hosts.
CHANCES: Final = [column(f"venues__{name}", *period) for period in PERIODS for name in RELATIONS]
#: Cumulative chances that are missed at the summits of each period if leaders stay away as they lately did.
MISSES: Final = [column(f"venues__{MISSED}", *period) for period in PERIODS]
#: Cumulative chances of the meetings announced for each period.
PLANS: Final = [column(OCCASION, *period) for period in PERIODS]
#: When meetings at the summits of each period begin, which tells something where a horizon ends inside a period.
BEGINNINGS: Final = [column(f"venues__{name}", *period) for name in ONSETS for period in PERIODS]


def without_summits(X: pd.DataFrame) -> pd.DataFrame:
    """The same rows with no summit and no plan ahead."""
    values = X.to_numpy(dtype=np.float64, copy=True)
    values[:, X.columns.isin([*CHANCES, *MISSES, *PLANS])] = 0.0
    return pd.DataFrame(values, index=X.index, columns=X.columns, copy=False)


def summits_of(X: pd.DataFrame, habits: Floats) -> Summits:
    """When meetings at the summits of rows of signals begin, beside the hazards of the same rows without summits."""
    known = np.nan_to_num(X[BEGINNINGS].to_numpy(dtype=np.float64), nan=0.0)
    return Summits(habits, known.reshape(len(X), len(ONSETS), len(PERIODS)))
