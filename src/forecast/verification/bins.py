"""Bins of forecasts with equally many rows, and rows whose forecasts are equal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecast.errors import ForecastError
from forecast.verification.pairs import Floats


def equal_bins(probability: Floats, *, bins: int) -> list[npt.NDArray[np.intp]]:
    """Positions of the rows of each bin, by rising probability; no bin is empty.

    Examples
    --------
    >>> [part.tolist() for part in equal_bins(np.array([0.3, 0.1, 0.2]), bins=2)]
    [[1, 2], [0]]
    """
    if bins < 1:
        raise ForecastError(f"{bins!r} bins cannot hold the forecasts: ask for at least 1")
    return [part for part in np.array_split(np.argsort(probability, kind="stable"), bins) if len(part)]


def frequency_of_equals(probability: Floats, outcome: Floats) -> Floats:
    """Share of meetings among the rows with the same probability, for each row.

    Examples
    --------
    >>> frequency_of_equals(np.array([0.5, 0.5, 0.1]), np.array([1.0, 0.0, 0.0])).tolist()
    [0.5, 0.5, 0.0]
    """
    _, number = np.unique(probability, return_inverse=True)
    share: Floats = (np.bincount(number, weights=outcome) / np.bincount(number))[number]
    return share
