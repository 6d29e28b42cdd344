"""Paired comparisons: two forecasts of the same rows, so that what makes a case hard for both drops out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.errors import ForecastError
from forecast.verification.equal_accuracy import diebold_mariano
from forecast.verification.forecasts import CASE, check_forecasts, days_of
from forecast.verification.intervals import Interval, Score, both_ways, mean_interval, score_interval
from forecast.verification.pairs import Floats
from forecast.verification.scores import brier_losses, brier_score

#: Columns of `compare` that are whole numbers.
COUNTS: Final = ("horizon_days", "n", "dm_lag", "dm_dates")

#: Column of `compare` after `dm_` -> field of the test's result.
_TEST: Final = {"statistic": "statistic", "p_value": "p_value", "lag": "lag", "dates": "n"}


def score_difference(
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    other: npt.ArrayLike,
    clusters: npt.ArrayLike,
    score: Score = brier_score,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Score of one forecast less that of another on the same rows, with its interval.

    Parameters
    ----------
    probability, outcome, other : array-like, shape (n_rows,)
    clusters, level, resamples, seed
        As in `score_interval`.
    score : callable
        ``score(probability, outcome)``.

    Returns
    -------
    Interval
        Below zero the first forecast has the lower score: better, if the score is a loss.

    Examples
    --------
    >>> found = score_difference([0.8, 0.1], [1, 0], other=[0.5, 0.5], clusters=["a", "b"])
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (-0.225, -0.24, -0.21)
    """

    def difference(p: Floats, y: Floats, *, reference: Floats) -> float:
        return score(p, y) - score(reference, y)

    return score_interval(
        probability,
        outcome,
        score=difference,
        reference=other,
        clusters=clusters,
        level=level,
        resamples=resamples,
        seed=seed,
    )


def compare(
    forecasts: pd.DataFrame,
    *,
    model: str,
    other: str,
    losses: Callable[[Floats, Floats], Floats] = brier_losses,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare two models of a backtest on the same rows, for each target and horizon.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        As `forecast.backtesting.backtest.backtest` returns them.
    model, other : str
        Values of `model_id`.
    losses : callable
        ``losses(probability, outcome)``, a loss for each row: `brier_losses`, or `log_losses` with a floor.
    level, resamples, seed
        Of the interval: the union of those by dyad and by as-of date.

    Returns
    -------
    pandas.DataFrame
        One row a target and horizon: `n`, `base_rate`, `loss`, `other_loss`, `difference` (below zero: `model` is
        better) with `low` and `high`, the Diebold-Mariano test as `dm_statistic`, `dm_p_value`, `dm_lag` and
        `dm_dates`, and `reason`, which says why a figure is missing (NA), or is empty. The test weighs dates equally,
        the difference weighs rows equally.

    Raises
    ------
    ForecastError
        If a model has no rows, or the two did not forecast the same rows.

    Examples
    --------
    >>> from forecast.verification.forecasts import example_forecasts
    >>> found = compare(example_forecasts(), model="sharp", other="flat", resamples=200)
    >>> row = found.iloc[0]
    >>> bool(row["high"] < 0), bool(row["dm_p_value"] < 0.05), int(row["dm_lag"])
    (True, True, 3)
    """
    check_forecasts(forecasts)
    sides = []
    for name in (model, other):
        part = forecasts.loc[forecasts["model_id"] == name]
        if part.empty:
            raise ForecastError(f"there are no forecasts by {name!r}; there are {sorted(set(forecasts['model_id']))}")
        sides.append(part.set_index(list(CASE)).sort_index()[["probability", "outcome"]])
    first, second = sides
    if not first.index.equals(second.index):
        apart = len(first.index.symmetric_difference(second.index))
        raise ForecastError(f"{model} and {other} differ in {apart} rows: only forecasts of the same rows compare")
    if not np.array_equal(first["outcome"].to_numpy(), second["outcome"].to_numpy()):
        raise ForecastError(f"{model} and {other} have different outcomes in the same rows")
    both = first.assign(other=second["probability"]).reset_index()
    spread = {"level": level, "resamples": resamples, "seed": seed}
    found = []
    for (target, horizon), part in both.groupby(["target", "horizon_days"], sort=True):
        p, q, y = (part[name].to_numpy(dtype=np.float64) for name in ("probability", "other", "outcome"))
        one, two = losses(p, y), losses(q, y)
        row = {"target": target, "horizon_days": horizon, "n": len(part), "base_rate": y.mean()}
        row |= {"loss": one.mean(), "other_loss": two.mean()}
        found.append(row | _tested(one, two, part, horizon_days=cast("int", horizon), spread=spread))
    table = pd.DataFrame(found)
    return table.astype(
        {name: "Int64" if name in COUNTS else "Float64" for name in table if name not in ("target", "reason")}
    )


def _tested(
    one: Floats, two: Floats, part: pd.DataFrame, *, horizon_days: int, spread: dict[str, Any]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("difference", "low", "high", *(f"dm_{name}" for name in _TEST)))
    reasons = []
    try:
        drawn = both_ways(partial(mean_interval, one - two, **spread), dyads=part["dyad"], as_ofs=part["as_of"])
        row |= {"difference": drawn.value, "low": drawn.low, "high": drawn.high}
    except ForecastError as problem:
        reasons.append(str(problem))
    try:
        test = diebold_mariano(one, two, as_ofs=days_of(part["as_of"]), horizon_days=horizon_days)
        row |= {f"dm_{name}": getattr(test, field) for name, field in _TEST.items()}
    except ForecastError as problem:
        reasons.append(str(problem))
    return row | {"reason": "; ".join(dict.fromkeys(reasons))}
