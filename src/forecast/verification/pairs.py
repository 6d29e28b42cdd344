"""Pairs of forecast and outcome: what every score takes, checked once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.errors import ForecastError

Floats = npt.NDArray[np.float64]


def pairs(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Check forecasts and their outcomes.

    Parameters
    ----------
    probability, outcome : array-like, shape (n_rows,)

    Returns
    -------
    probability, outcome : numpy.ndarray of float64, shape (n_rows,)

    Raises
    ------
    ForecastError
        If there are no rows, the shapes differ, a probability is missing or outside [0, 1], or an outcome is not 0 or
        1: a window that is not yet over, or not yet recorded, has no outcome, even if a meeting was already seen in it.

    Examples
    --------
    >>> pairs([0.8, 1.5], [1, 0])
    Traceback (most recent call last):
    forecast.errors.ForecastError: the probability at position 1 is 1.5: it is missing or outside [0, 1]
    """
    p, y = probabilities(probability), _floats(outcome, "outcomes")
    if p.shape != y.shape:
        raise ForecastError(f"probabilities of shape {p.shape} do not pair with outcomes of shape {y.shape}")
    resolved = np.isin(y, (0.0, 1.0))
    if not resolved.all():
        first = int(np.argmin(resolved))
        raise ForecastError(
            f"{(~resolved).sum()} of {len(y)} outcomes are not resolved (the first, at position {first}, is "
            f"{y[first]:g}): an outcome must be 0 or 1, so leave out rows whose window is not wholly covered"
        )
    return p, y


def probabilities(probability: npt.ArrayLike) -> Floats:
    """Check forecasts alone; shapes and errors as in `pairs`.

    Examples
    --------
    >>> probabilities([0, 1])
    array([0., 1.])
    """
    p = _floats(probability, "probabilities")
    if not p.size:
        raise ForecastError("there are no forecasts to score")
    if p.ndim != 1:
        raise ForecastError(f"probabilities of shape {p.shape} do not pair with outcomes: one row is one number")
    inside = (p >= 0) & (p <= 1)
    if not inside.all():
        first = int(np.argmin(inside))
        raise ForecastError(f"the probability at position {first} is {p[first]:g}: it is missing or outside [0, 1]")
    return p


def _floats(values: npt.ArrayLike, what: str) -> Floats:
    try:
        # A nullable column says NA where a float column says NaN; both are named by position later.
        if isinstance(values, pd.Series):
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ForecastError(f"the {what} are not all numbers: {problem}") from None
