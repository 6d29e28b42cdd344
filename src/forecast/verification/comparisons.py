"""Paired comparisons: two forecasts of the same rows, so that what makes a case hard for both drops out.

References
----------
Diebold and Mariano (1995), https://doi.org/10.1080/07350015.1995.10524599; variance with Bartlett weights by Newey and
West (1987), https://doi.org/10.2307/1913610; correction for few dates by Harvey, Leybourne and Newbold (1997),
https://doi.org/10.1016/S0169-2070(96)00719-4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Days, Floats
from forecast.errors import ForecastError
from forecast.verification.forecasts import CASE, check_forecasts, days_of
from forecast.verification.intervals import both_ways, mean_interval
from forecast.verification.scores import brier_losses

#: Columns of `compare` that are whole numbers.
COUNTS: Final = ("horizon_days", "n", "dm_lag", "dm_dates")
#: Column of `compare` after `dm_` -> field of the test's result.
_TEST: Final = {"statistic": "statistic", "p_value": "p_value", "lag": "lag", "dates": "n"}
#: The test needs so many as-of dates, and so many stretches of dates whose windows do not overlap.
FEWEST_DATES: Final = 10
FEWEST_STRETCHES: Final = 3


@dataclass(frozen=True)
class DieboldMariano:
    """Result of the test that two forecasts are equally good.

    Attributes
    ----------
    statistic : float
        Below zero if the first forecast has the lower loss.
    p_value : float
        Two-sided, from the t distribution with n - 1 degrees of freedom.
    n, lag : int
        As-of dates, and how many after a date have windows that overlap with its own.
    difference : float
        Mean over the dates of the mean loss of the first forecast less that of the other.
    """

    statistic: float
    p_value: float
    lag: int
    n: int
    difference: float


def overlapping_dates(as_ofs: npt.ArrayLike, *, horizon_days: int) -> int:
    """Most as-of dates that lie within the window ``[as_of, as_of + horizon_days)`` of an earlier one.

    Examples
    --------
    >>> overlapping_dates(["2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01"], horizon_days=32)
    1
    >>> overlapping_dates(["2020-01-01", "2020-02-01"], horizon_days=31)
    0
    """
    if horizon_days < 1:
        raise ForecastError(f"a horizon of {horizon_days!r} days is no window")
    dates = np.unique(np.asarray(as_ofs, dtype="datetime64[D]"))
    ends = np.searchsorted(dates, dates + np.timedelta64(horizon_days, "D"), side="left")
    return int((ends - np.arange(len(dates)) - 1).max(initial=0))


def diebold_mariano(
    loss: npt.ArrayLike, other: npt.ArrayLike, *, as_ofs: npt.ArrayLike, horizon_days: int
) -> DieboldMariano:
    """Test whether two forecasts of the same rows have the same expected loss.

    Losses are averaged over the rows of each as-of date, so that what the dyads share on a date counts once. The
    windows of neighbouring dates overlap: their covariances, up to the lag at which they no longer do, enter the
    variance with Bartlett's falling weights. The lag counts dates, so they should be evenly spaced. What a dyad keeps
    over the years is not seen by this test; the interval by dyad sees it. Fewer than `FEWEST_DATES` dates are refused,
    or `FEWEST_STRETCHES` times the dates that one window spans, and a difference that is the same on every date.

    Parameters
    ----------
    loss, other : array-like, shape (n_rows,)
        Loss of each row, for instance ``(probability - outcome) ** 2``.
    as_ofs : array-like of days, shape (n_rows,)
    horizon_days : int

    Examples
    --------
    >>> days = np.arange("2020-01", "2022-01", dtype="datetime64[M]").astype("datetime64[D]")
    >>> test = diebold_mariano(np.tile([0.1, 0.2], 12), np.tile([0.2, 0.25], 12), as_ofs=days, horizon_days=60)
    >>> test.lag, test.n, round(test.difference, 3), test.statistic < 0
    (2, 24, -0.075, True)
    """
    from scipy.stats import t as student

    dates, mean = _by_date(loss, other, as_ofs)
    n, lag = len(dates), overlapping_dates(dates, horizon_days=horizon_days)
    needed = max(FEWEST_DATES, FEWEST_STRETCHES * (lag + 1))
    if n < needed:
        raise ForecastError(
            f"{n} as-of dates are too few to test a difference at {horizon_days} days: a window overlaps with up to "
            f"{lag} later ones, so at least {needed} dates are needed"
        )
    centred = mean - mean.mean()
    if np.abs(centred).max() <= 1e-12 * max(1.0, float(np.abs(mean).max())):
        raise ForecastError("the two losses differ by the same on every as-of date, so there is nothing to test")
    weights = 1.0 - np.arange(1, lag + 1) / (lag + 1)
    covariances = np.array([centred[k:] @ centred[: n - k] for k in range(1, lag + 1)])
    variance = float(centred @ centred + 2.0 * weights @ covariances) / n**2
    # The steps ahead of the paper are the dates that one window spans: this one and the `lag` after it.
    steps = lag + 1
    correction = np.sqrt((n + 1 - 2 * steps + steps * (steps - 1) / n) / n)
    statistic = float(correction * mean.mean() / np.sqrt(variance))
    return DieboldMariano(statistic, float(2 * student.sf(abs(statistic), df=n - 1)), lag, n, float(mean.mean()))


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
        As `forecast.backtesting.backtest.backtest` returns them; the two models must have forecast the same rows.
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

    Examples
    --------
    >>> from forecast.verification.forecasts import example_forecasts
    >>> table = compare(example_forecasts(), model="sharp", other="flat", resamples=200)
    >>> row = table.iloc[0]
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
    rows = []
    for (target, horizon), part in both.groupby(["target", "horizon_days"], sort=True):
        p, q, y = (part[name].to_numpy(dtype=np.float64) for name in ("probability", "other", "outcome"))
        one, two = losses(p, y), losses(q, y)
        row = {"target": target, "horizon_days": horizon, "n": len(part), "base_rate": y.mean()}
        row |= {"loss": one.mean(), "other_loss": two.mean()}
        rows.append(row | _difference_and_test(one, two, part, horizon_days=cast("int", horizon), spread=spread))
    table = pd.DataFrame(rows)
    return table.astype(
        {name: "Int64" if name in COUNTS else "Float64" for name in table if name not in ("target", "reason")}
    )


def _difference_and_test(
    one: Floats, two: Floats, part: pd.DataFrame, *, horizon_days: int, spread: dict[str, Any]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("difference", "low", "high", *(f"dm_{name}" for name in _TEST)))
    reasons = []
    try:
        interval = both_ways(partial(mean_interval, one - two, **spread), dyads=part["dyad"], as_ofs=part["as_of"])
        row |= {"difference": interval.value, "low": interval.low, "high": interval.high}
    except ForecastError as problem:
        reasons.append(str(problem))
    try:
        test = diebold_mariano(one, two, as_ofs=days_of(part["as_of"]), horizon_days=horizon_days)
        row |= {f"dm_{name}": getattr(test, field) for name, field in _TEST.items()}
    except ForecastError as problem:
        reasons.append(str(problem))
    return row | {"reason": "; ".join(dict.fromkeys(reasons))}


def _by_date(loss: npt.ArrayLike, other: npt.ArrayLike, as_ofs: npt.ArrayLike) -> tuple[Days, Floats]:
    """Mean difference of the losses on each date, by rising date."""
    one, two = np.asarray(loss, dtype=np.float64), np.asarray(other, dtype=np.float64)
    days = np.asarray(as_ofs, dtype="datetime64[D]")
    if not (one.shape == two.shape == days.shape and one.ndim == 1 and len(one)):
        raise ForecastError(f"losses of shapes {one.shape}, {two.shape} do not pair with dates of shape {days.shape}")
    if not np.isfinite(one - two).all():
        raise ForecastError("a loss is missing or infinite: a floor makes a log score finite")
    dates, number = np.unique(days, return_inverse=True)
    return dates, np.bincount(number, weights=one - two) / np.bincount(number)
