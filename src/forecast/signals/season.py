"""The season of each period of the horizon: known in advance for every date."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Days, day_numbers
from forecast.periods import PERIODS, column

_YEAR: Final = 365.2425
_HARMONICS: Final = (1, 2, 3)


def season(as_ofs: Days) -> pd.DataFrame:
    """Mean of the yearly harmonics over the days of each period.

    Parameters
    ----------
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 2 * n_harmonics * n_periods)
        Columns ``season__sin1@start-end`` and so on; between -1 and 1.
    """
    asked = day_numbers(as_ofs)
    columns = {}
    for start, end in PERIODS:
        for harmonic in _HARMONICS:
            turn = 2 * np.pi * harmonic / _YEAR
            phase = turn * (asked + (start + end - 1) / 2)
            # The mean of a wave over n days is the wave at their middle, damped by the Dirichlet kernel.
            days = end - start
            damped = np.sin(days * turn / 2) / (days * np.sin(turn / 2))
            columns[column(f"season__sin{harmonic}", start, end)] = damped * np.sin(phase)
            columns[column(f"season__cos{harmonic}", start, end)] = damped * np.cos(phase)
    return pd.DataFrame(columns)
