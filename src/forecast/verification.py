"""Scores of probability forecasts, as pure functions ``(probability, outcome, *, ...)``.

References
----------
Brier, G. W. (1950), Monthly Weather Review 78, 1-3; Gneiting and Raftery (2007), https://doi.org/10.1198/016214506000001437.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from forecast.errors import ForecastError

Floats = npt.NDArray[np.float64]


def _pairs(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[Floats, Floats]:
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    if not p.size:
        raise ForecastError("there are no forecasts to score")
    if p.shape != y.shape or p.ndim != 1:
        raise ForecastError(f"probabilities of shape {p.shape} do not pair with outcomes of shape {y.shape}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ForecastError("a probability is outside [0, 1]")
    if not np.isin(y, (0.0, 1.0)).all():
        raise ForecastError("an outcome is not resolved: it must be 0 or 1")
    return p, y


def brier_score(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Mean squared difference between probability and outcome; 0 is perfect.

    Examples
    --------
    >>> brier_score([0.8, 0.1], [1, 0])
    0.025
    """
    p, y = _pairs(probability, outcome)
    return float(np.mean((p - y) ** 2).round(15))


def brier_skill(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, reference: npt.ArrayLike) -> float:
    """Share of the reference's Brier score that the forecast saves; 1 is perfect, 0 no better than the reference.

    Examples
    --------
    >>> brier_skill([0.8, 0.1], [1, 0], reference=[0.5, 0.5])
    0.9
    """
    base = brier_score(reference, outcome)
    if base == 0.0:
        raise ForecastError("the reference is perfect, so there is no skill to measure")
    return 1.0 - brier_score(probability, outcome) / base


def roc_auc(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Probability that a row with a meeting was given more than a row without; ties count one half.

    Examples
    --------
    >>> roc_auc([0.8, 0.1, 0.3], [1, 0, 1])
    1.0
    """
    p, y = _pairs(probability, outcome)
    met = int(y.sum())
    if met in (0, len(y)):
        raise ForecastError("the area under the curve needs rows with and without a meeting")
    ranks = rankdata(p)
    return float((ranks[y == 1].sum() - met * (met + 1) / 2) / (met * (len(y) - met)))


def calibration_error(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, bins: int = 10) -> float:
    """Expected calibration error: mean distance of forecast and frequency over bins of equally many rows.

    Examples
    --------
    >>> calibration_error([0.0, 1.0], [0, 1], bins=2)
    0.0
    """
    p, y = _pairs(probability, outcome)
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return float(sum(abs(p[part].mean() - y[part].mean()) * len(part) for part in parts) / len(p))


@dataclass(frozen=True)
class Interval:
    """A figure with its interval.

    Parameters
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float


def skill_interval(
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    reference: npt.ArrayLike,
    clusters: npt.ArrayLike,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Brier skill with a bootstrap interval over whole clusters.

    Parameters
    ----------
    probability, outcome, reference : array-like, shape (n_rows,)
    clusters : array-like, shape (n_rows,)
        Rows of one cluster are drawn together: one dyad, or one as-of date.
    level, resamples, seed

    Returns
    -------
    Interval

    Examples
    --------
    >>> found = skill_interval([0.8, 0.1], [1, 0], reference=[0.5, 0.5], clusters=["a", "b"])
    >>> found.low <= found.value <= found.high
    True
    """
    p, y = _pairs(probability, outcome)
    r, _ = _pairs(reference, outcome)
    _, number = np.unique(np.asarray(clusters), return_inverse=True)
    groups = int(number.max()) + 1
    ours = np.bincount(number, weights=(p - y) ** 2)
    theirs = np.bincount(number, weights=(r - y) ** 2)
    weights = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1.0 / groups), size=resamples)
    base = weights @ theirs
    drawn = 1.0 - (weights @ ours)[base > 0] / base[base > 0]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (np.nan, np.nan)
    return Interval(brier_skill(p, y, reference=r), float(low), float(high))
