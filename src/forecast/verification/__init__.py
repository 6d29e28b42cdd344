"""Verification of probability forecasts: scores, their decomposition, intervals, comparisons and cuts.

`scores` are pure functions of probability and outcome, and what a Brier score is made of; `intervals` say how far a
figure could be chance, `comparisons` whether one model beats another on the same rows, and `cuts` where the skill is.
Their common arguments:

Parameters
----------
probability, outcome, reference, other : array-like, shape (n_rows,)
    Forecasts of a meeting, what happened (1 or 0), and other forecasts of the same rows.
clusters, dyads, as_ofs : array-like, shape (n_rows,)
    Rows of one cluster are drawn together: one dyad, or one as-of date.
level, resamples, seed
    Of an interval: a level of 0.9 leaves 5% out on each side of so many bootstrap resamples.
floor : float, 0 <= floor < 0.5
    Log scores clip forecasts to ``[floor, 1 - floor]``. Without a floor one forecast of 0 that is followed by a
    meeting, or of 1 that is not, makes the score infinite: it ruled out what happened. A floor hides that, and near it
    the score is no longer strictly proper, so a figure made with one must say so.

Raises
------
ForecastError
    If arguments do not pair, are no probabilities or outcomes, or have no such figure.
"""

from forecast.verification.comparisons import DieboldMariano, compare, diebold_mariano, overlapping_dates
from forecast.verification.cuts import CUTS, Cut, scores_by_cut
from forecast.verification.intervals import (
    Interval,
    both_ways,
    log_skill_interval,
    mean_interval,
    score_interval,
    skill_interval,
    widest,
)
from forecast.verification.scores import (
    Decomposition,
    ReliabilityCurve,
    average_precision,
    average_precision_ratio,
    brier_losses,
    brier_score,
    brier_skill,
    calibration_error,
    decompose,
    log_losses,
    log_score,
    log_skill,
    reliability_curve,
    roc_auc,
    sharpness,
)

__all__ = [
    "CUTS", "Cut", "Decomposition", "DieboldMariano", "Interval", "ReliabilityCurve", "average_precision",
    "average_precision_ratio", "both_ways", "brier_losses", "brier_score", "brier_skill", "calibration_error",
    "compare", "decompose", "diebold_mariano", "log_losses", "log_score", "log_skill", "log_skill_interval",
    "mean_interval", "overlapping_dates", "reliability_curve", "roc_auc", "score_interval", "scores_by_cut",
    "sharpness", "skill_interval", "widest",
]  # fmt: skip
