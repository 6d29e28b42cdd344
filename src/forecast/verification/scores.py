"""Scores of probability forecasts, as pure functions ``(probability, outcome, *, ...)``.

References
----------
Brier, G. W. (1950), Monthly Weather Review 78, 1-3; Gneiting and Raftery (2007), https://doi.org/10.1198/016214506000001437
on proper scores. The arguments are those that `forecast.verification` describes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Floats
from forecast.errors import ForecastError


def pairs(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Check forecasts and their outcomes, and return both as arrays.

    An outcome is 0 or 1: a window that is not yet over, or not yet recorded, has none, even if a meeting was already
    seen in it.

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
    """Check forecasts alone."""
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


def brier_score(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Mean squared difference between probability and outcome; 0 is perfect.

    Examples
    --------
    >>> brier_score([0.8, 0.1], [1, 0])
    0.025
    """
    return float(np.mean(brier_losses(probability, outcome)).round(15))


def brier_losses(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Floats:
    """Squared difference of each row."""
    p, y = pairs(probability, outcome)
    losses: Floats = (p - y) ** 2
    return losses


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


def log_score(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, floor: float = 0.0) -> float:
    """Mean negative log likelihood, in nats; 0 is perfect.

    Examples
    --------
    >>> round(log_score([0.5, 0.5], [1, 0]), 4)
    0.6931
    >>> log_score([0.9, 0.0], [1, 1])
    inf
    >>> round(log_score([0.9, 0.0], [1, 1], floor=0.001), 4)
    3.5066
    """
    return float(log_losses(probability, outcome, floor=floor).mean())


def log_losses(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, floor: float = 0.0) -> Floats:
    """Negative log likelihood of each row.

    Examples
    --------
    >>> log_losses([1.0, 0.0], [1, 1]).tolist()
    [0.0, inf]
    """
    p, y = pairs(probability, outcome)
    if not 0.0 <= floor < 0.5:
        raise ForecastError(f"a floor of {floor!r} is not in [0, 0.5)")
    with np.errstate(divide="ignore"):
        # Subtracted from zero, the logarithm of 1 gives 0.0 and not -0.0.
        losses: Floats = 0.0 - np.log(np.clip(np.where(y == 1, p, 1 - p), floor, 1 - floor))
    return losses


def log_skill(
    probability: npt.ArrayLike, outcome: npt.ArrayLike, *, reference: npt.ArrayLike, floor: float = 0.0
) -> float:
    """Share of the reference's log score that the forecast saves; 1 is perfect, 0 no better than the reference.

    Examples
    --------
    >>> round(log_skill([0.8, 0.1], [1, 0], reference=[0.5, 0.5]), 3)
    0.763
    """
    base = log_score(reference, outcome, floor=floor)
    if base == 0.0:
        raise ForecastError("the reference is perfect, so there is no skill to measure")
    if np.isinf(base):
        raise ForecastError("the reference ruled out what happened, so its log score is infinite: set a floor")
    return 1.0 - log_score(probability, outcome, floor=floor) / base


def roc_auc(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Probability that a row with a meeting has a higher forecast than a row without; ties count one half.

    Examples
    --------
    >>> roc_auc([0.8, 0.1, 0.3], [1, 0, 1])
    1.0
    """
    from sklearn.metrics import roc_auc_score

    p, y = pairs(probability, outcome)
    if len(np.unique(y)) < 2:
        raise ForecastError("the area under the curve needs rows with and without a meeting")
    return float(roc_auc_score(y, p))


def average_precision(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Mean over the meetings of the share of meetings among the rows with as high a forecast or higher; 1 is perfect.

    A forecast without discrimination gets the base rate. Where meetings are rare this says more than the area under
    the ROC curve (Saito and Rehmsmeier 2015, https://doi.org/10.1371/journal.pone.0118432). Rows with the same
    probability are taken together, without interpolation.

    Examples
    --------
    >>> round(average_precision([0.8, 0.5, 0.3], [1, 0, 1]), 4)
    0.8333
    """
    from sklearn.metrics import average_precision_score

    p, y = pairs(probability, outcome)
    if not y.any():
        raise ForecastError("average precision needs rows with a meeting")
    # A sum of shares may exceed 1 by a rounding error.
    return min(1.0, float(average_precision_score(y, p)))


def average_precision_ratio(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Average precision over the base rate: how many times better than chance the ranking is.

    Examples
    --------
    >>> average_precision_ratio([0.9, 0.2, 0.1, 0.1], [1, 0, 0, 0])
    4.0
    """
    return average_precision(probability, outcome) / float(pairs(probability, outcome)[1].mean())


def calibration_error(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, bins: int = 10) -> float:
    """Expected calibration error: mean distance of forecast and frequency over bins of equally many rows.

    It depends on the bins and is not zero for a calibrated forecast of few rows; `decompose` has neither fault.

    Examples
    --------
    >>> calibration_error([0.0, 1.0], [0, 1], bins=2), calibration_error([0.5, 0.5], [0, 1], bins=2)
    (0.0, 0.0)
    """
    p, y = pairs(probability, outcome)
    parts = equal_bins(p, bins=bins)
    # Where a bin's edge falls among equal forecasts, the order of the rows must not decide which outcomes it takes.
    shared = frequency_of_equals(p, y)
    return float(sum(abs(p[part].mean() - shared[part].mean()) * len(part) for part in parts) / len(p))


def sharpness(probability: npt.ArrayLike) -> float:
    """Variance of the forecasts: how far they dare to leave their own mean; 0 if all are the same.

    A property of the forecasts alone, so it takes no outcome. It is good only in a forecast that is calibrated: of
    two calibrated forecasts the sharper has the better Brier score, by just the difference of the two variances.
    Definition of Murphy and Winkler (1992), https://doi.org/10.1016/0169-2070(92)90028-8.

    Examples
    --------
    >>> sharpness([0.0, 1.0]), sharpness([0.3, 0.3])
    (0.25, 0.0)
    """
    return float(np.var(probabilities(probability)))


def equal_bins(probability: Floats, *, bins: int) -> list[npt.NDArray[np.intp]]:
    """Positions of the rows of each bin, by rising probability; no bin is empty."""
    if bins < 1:
        raise ForecastError(f"{bins!r} bins cannot hold the forecasts: choose at least 1")
    return [part for part in np.array_split(np.argsort(probability, kind="stable"), bins) if len(part)]


def frequency_of_equals(probability: Floats, outcome: Floats) -> Floats:
    """Share of meetings among the rows with the same probability, for each row."""
    _, number = np.unique(probability, return_inverse=True)
    share: Floats = (np.bincount(number, weights=outcome) / np.bincount(number))[number]
    return share


def _floats(values: npt.ArrayLike, what: str) -> Floats:
    try:
        # A nullable column says NA where a float column says NaN; both are named by position later.
        if isinstance(values, pd.Series):
            return values.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ForecastError(f"the {what} are not all numbers: {problem}") from None


@dataclass(frozen=True)
class Decomposition:
    """Brier score = miscalibration - discrimination + uncertainty.

    Attributes
    ----------
    miscalibration : float
        What recalibration would save (reliability); 0 is best. Isotonic regression sees the outcomes, so a calibrated
        forecast of few rows shows a little of it.
    discrimination : float
        What the recalibrated forecast saves against the base rate (resolution); more is better.
    uncertainty : float
        The base rate's own Brier score; no forecaster can help it.
    """

    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """Points of a reliability diagram, by rising forecast.

    Attributes
    ----------
    values, counts : numpy.ndarray, shape (n_values,)
        The different probabilities that were forecast, and the rows at each.
    recalibrated : numpy.ndarray of float, shape (n_values,)
        Frequency of meetings at each, made non-decreasing: on the diagonal the forecast is calibrated.
    """

    values: Floats
    recalibrated: Floats
    counts: npt.NDArray[np.int64]


def reliability_curve(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> ReliabilityCurve:
    """Recalibrate forecasts by isotonic regression.

    Examples
    --------
    >>> curve = reliability_curve([0.1, 0.3, 0.2, 0.8], [0, 0, 1, 1])
    >>> curve.values.tolist(), curve.recalibrated.tolist(), curve.counts.tolist()
    ([0.1, 0.2, 0.3, 0.8], [0.0, 0.5, 0.5, 1.0], [1, 1, 1, 1])
    """
    from scipy.optimize import isotonic_regression

    p, y = pairs(probability, outcome)
    values, first, counts = np.unique(p, return_index=True, return_counts=True)
    fitted = isotonic_regression(frequency_of_equals(p, y)[first], weights=counts).x
    # The regression averages frequencies, so only rounding can carry it out of [0, 1].
    return ReliabilityCurve(values, np.clip(fitted, 0.0, 1.0), counts.astype(np.int64))


def decompose(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Decomposition:
    """Decompose the Brier score by isotonic recalibration: no bins to choose, and the three parts add up exactly.

    Known as CORP (Dimitriadis, Gneiting and Jordan 2021, https://doi.org/10.1073/pnas.2016191118).

    Examples
    --------
    >>> parts = decompose([0.1, 0.3, 0.2, 0.8], [0, 0, 1, 1])
    >>> [round(part, 4) for part in (parts.brier, parts.miscalibration, parts.discrimination, parts.uncertainty)]
    [0.195, 0.07, 0.125, 0.25]
    """
    p, y = pairs(probability, outcome)
    curve = reliability_curve(p, y)
    recalibrated = curve.recalibrated[np.searchsorted(curve.values, p)]
    brier, best = float(np.mean((p - y) ** 2)), float(np.mean((recalibrated - y) ** 2))
    uncertainty = float(np.mean((y.mean() - y) ** 2))
    return Decomposition(brier, brier - best, uncertainty - best, uncertainty)
