"""Meetings observed against meetings expected: calibration in the large."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecast.errors import ForecastError
from forecast.monitoring.drift_report import DriftRow, not_enough
from forecast.monitoring.samples import CHANCES
from forecast.verification import score_interval
from forecast.verification.cuts import FEWEST_CASES


def observed_to_expected(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Meetings over the sum of their probabilities: above 1, more happened than was forecast.

    Examples
    --------
    >>> observed_to_expected([0.5, 0.25, 0.25], [1, 1, 0])
    2.0
    """
    expected = float(np.sum(probability))
    if expected <= 0:
        raise ForecastError("no meeting was expected at all: there is nothing to set the observed ones against")
    return float(np.sum(outcome)) / expected


def judge_calibration(
    what: str,
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    dyads: npt.ArrayLike,
    resamples: int = 2000,
    seed: int = 0,
) -> DriftRow:
    """Judge whether as many met as was forecast.

    Parameters
    ----------
    what : str
    probability, outcome : array-like, shape (n_rows,)
        Of forecasts whose windows do not overlap.
    dyads : array-like, shape (n_rows,)
        Drawn whole in the bootstrap.
    resamples, seed : int

    Returns
    -------
    DriftRow
        `watch` if the 95% interval leaves out 1, `drift` if the 99% interval does; `n` is the number of meetings or of
        their absences, whichever is less, and with fewer than ten there is no verdict.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> p = np.full(400, 0.2)
    >>> row = judge_calibration("hazard", p, generator.random(400) < p, dyads=np.arange(400) % 50)
    >>> row.verdict, row.low < 1 < row.high
    ('ok', True)
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    fewest = int(min(y.sum(), len(y) - y.sum()))
    few = DriftRow("calibration", what, what, "observed/expected", None, None, fewest, not_enough(fewest))
    if fewest < FEWEST_CASES or len(np.unique(dyads)) < 2:
        return few
    intervals = [
        score_interval(
            p, y, score=observed_to_expected, clusters=dyads, level=1 - chance, resamples=resamples, seed=seed
        )
        for chance in CHANCES
    ]
    inside = [interval.low <= 1.0 <= interval.high for interval in intervals]
    verdict = "ok" if inside[0] else "watch" if inside[1] else "drift"
    wide = intervals[0]
    return DriftRow(
        "calibration", what, what, "observed/expected", wide.value, None, fewest, verdict, low=wide.low, high=wide.high
    )
