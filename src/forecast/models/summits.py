"""The summits in rows of signals, as models look at them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.periods import PERIODS, Floats, Summits, column
from forecast.signals.plans import OCCASION
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import ONSETS

#: Cumulative chances of a meeting at the summits of each period, by who hosts.
CHANCES: Final = [column(f"venues__{name}", *period) for period in PERIODS for name in RELATIONS]
#: Cumulative chances of the meetings announced for each period.
PLANS: Final = [column(OCCASION, *period) for period in PERIODS]
#: When the summits of each period begin, which tells something where a horizon ends inside a period.
BEGINNINGS: Final = [column(f"venues__{name}", *period) for name in ONSETS for period in PERIODS]


def without_summits(X: pd.DataFrame) -> pd.DataFrame:
    """The same rows with no summit and no plan ahead."""
    values = X.to_numpy(dtype=np.float64, copy=True)
    values[:, X.columns.isin([*CHANCES, *PLANS])] = 0.0
    return pd.DataFrame(values, index=X.index, columns=X.columns)


def summits_of(X: pd.DataFrame, habits: Floats) -> Summits:
    """When the summits of rows of signals begin, beside the hazards of the same rows without summits."""
    known = np.nan_to_num(X[BEGINNINGS].to_numpy(dtype=np.float64), nan=0.0)
    main_day, main_share, next_day = known.reshape(len(X), len(ONSETS), len(PERIODS)).swapaxes(0, 1)
    return Summits(habits, main_day, np.clip(main_share, 0.0, 1.0), next_day)
