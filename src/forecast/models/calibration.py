"""Calibrations: maps from forecast to recalibrated probability, learned from past forecasts and their outcomes.

All are monotone and learn from pairs (probability, outcome) that were resolved before the forecast they are applied
to. Which one to use is decided by backtest (``benchmarks/calibration.py``).

References
----------
Platt (1999) for the sigmoid; Kull, Silva Filho and Flach (2017), https://doi.org/10.1214/17-EJS1338SI, for the beta
calibration; Zadrozny and Elkan (2002), https://doi.org/10.1145/775047.775151, for the isotonic regression; Vovk and
Petej (2014), https://arxiv.org/abs/1211.0025, for the Venn-Abers predictor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from forecast.periods import Floats

Calibration = Callable[[npt.ArrayLike], Floats]

_FLOOR: Final = 1e-6


def as_it_is(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """Leave the forecasts as they are.

    Examples
    --------
    >>> as_it_is([0.2, 0.8], [0, 1])([0.5])
    array([0.5])
    """
    return lambda asked: np.asarray(asked, dtype=np.float64)


def sigmoid(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """Shift and stretch the log odds.

    Examples
    --------
    >>> p = np.linspace(0.05, 0.95, 19)
    >>> bool(sigmoid(p, p > 0.5)([0.9])[0] > 0.9)
    True
    """
    return _linear([_log_odds], probability, outcome, free_intercept=True)


def temperature(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """Stretch the log odds and leave one half where it is."""
    return _linear([_log_odds], probability, outcome, free_intercept=False)


def beta(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """Weigh the logarithms of the probability and of its complement apart."""
    return _linear(
        [lambda p: np.log(p), lambda p: -np.log1p(-p)],
        probability,
        outcome,
        free_intercept=True,
    )


def isotonic(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """The non-decreasing step function that fits best."""
    fit = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    fit.fit(np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64))
    return lambda asked: np.asarray(fit.predict(np.asarray(asked, dtype=np.float64)), dtype=np.float64)


def venn_abers(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, knots: int = 200) -> Calibration:
    """Isotonic regression with the asked forecast added once as a meeting and once as none, the two joined.

    Evaluated at quantiles of the past forecasts and interpolated between them.
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    at = np.unique(np.quantile(p, np.linspace(0.0, 1.0, knots)))
    bounds = []
    for label in (0.0, 1.0):
        found = [float(isotonic(np.append(p, point), np.append(y, label))([point])[0]) for point in at]
        bounds.append(np.array(found))
    joined = np.maximum.accumulate(bounds[1] / (1.0 - bounds[0] + bounds[1]))
    return lambda asked: np.interp(np.asarray(asked, dtype=np.float64), at, joined)


#: Name -> how a calibration is learned from past forecasts and their outcomes.
CALIBRATIONS: Final[dict[str, Callable[[npt.ArrayLike, npt.ArrayLike], Calibration]]] = {
    "none": as_it_is,
    "sigmoid": sigmoid,
    "beta": beta,
    "isotonic": isotonic,
    "temperature": temperature,
    "venn-abers": venn_abers,
}


def _log_odds(p: Floats) -> Floats:
    return np.asarray(logit(p))


def _linear(
    columns: list[Callable[[Floats], Floats]],
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    free_intercept: bool,
) -> Calibration:
    """Maximum likelihood of a line in the columns on the log odds, with weights of at least zero: monotone."""

    def design(values: npt.ArrayLike) -> Floats:
        p = np.clip(np.asarray(values, dtype=np.float64), _FLOOR, 1.0 - _FLOOR)
        return np.column_stack([column(p) for column in columns])

    x, y = design(probability), np.asarray(outcome, dtype=np.float64)

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = weights[0] + x @ weights[1:]
        error = expit(score) - y
        # log(1 + exp(score)) - y * score, and its gradient
        value = float(np.mean(np.logaddexp(0.0, score) - y * score))
        slope = np.concatenate([[error.mean()], (x * error[:, None]).mean(axis=0)])
        return value, slope

    bounds = [(None, None) if free_intercept else (0.0, 0.0), *[(0.0, None)] * len(columns)]
    weights = minimize(loss, np.array([0.0, *[1.0] * len(columns)]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return lambda asked: np.asarray(expit(weights[0] + design(asked) @ weights[1:]))
