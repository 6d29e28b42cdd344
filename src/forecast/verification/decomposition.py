"""What a Brier score is made of: miscalibration, discrimination and uncertainty.

`decompose` recalibrates the forecasts by isotonic regression: no bins to choose, and the three parts add up exactly
(CORP: Dimitriadis, Gneiting and Jordan 2021, https://doi.org/10.1073/pnas.2016191118).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.dates import Floats
from forecast.verification.scores import frequency_of_equals, pairs


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
    """Decompose the Brier score by isotonic recalibration.

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
