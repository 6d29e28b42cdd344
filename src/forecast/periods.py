"""The periods into which a horizon is cut, and how hazards by period compose to a probability for any horizon."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Edges of the periods in days after the as-of date; period k is ``[EDGES[k], EDGES[k + 1])``.
EDGES: Final = (0, 15, 30, 60, 90, 120, 150, 180, 270, 365, 545, 730)

#: (start, end) of each period.
PERIODS: Final = tuple(pairwise(EDGES))


def column(measure: str, start: int, end: int) -> str:
    """Name of the panel's column that holds a measure of one period.

    Examples
    --------
    >>> column("climatology__hazard", 30, 60)
    'climatology__hazard@30-60'
    """
    return f"{measure}@{start}-{end}"


def cumulative_incidence(hazards: Floats, horizons: npt.ArrayLike) -> Floats:
    """Probability of a meeting within each horizon, ``1 - prod(1 - hazard)``.

    A horizon that ends inside a period takes that period's hazard in proportion to its days on the scale of
    ``log(1 - hazard)``, so the result never decreases in the horizon.

    Parameters
    ----------
    hazards : numpy.ndarray of float, shape (n_rows, n_periods)
        Probability of a first meeting in the period, given none before it.
    horizons : array-like of int, shape (n_horizons,)
        Days, at least 0 and at most the last edge.

    Returns
    -------
    numpy.ndarray of float, shape (n_rows, n_horizons)

    Examples
    --------
    >>> cumulative_incidence(np.full((1, 11), 0.5), [0, 15, 30]).round(3)
    array([[0.  , 0.5 , 0.75]])
    """
    with np.errstate(divide="ignore"):  # a hazard of one is a certain meeting: log survival is -inf
        log_survival = np.log1p(-hazards)
    total = np.zeros((len(hazards), np.size(horizons)))
    for position, horizon in enumerate(np.atleast_1d(horizons)):
        for k, (start, end) in enumerate(PERIODS):
            share = np.clip((horizon - start) / (end - start), 0.0, 1.0)
            if share > 0.0:
                total[:, position] += log_survival[:, k] * share
    return 0.0 - np.expm1(total)  # and not minus zero
