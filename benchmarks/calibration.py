"""Whether a calibration learned from past forecasts helps, on folds before 2015 (docs/decisions/009).

Run ``.venv/bin/python benchmarks/calibration.py`` (about three minutes). The default model's forecasts of 1998 to 2014,
each by a model trained before its year, are the training rows of every calibration: for each year from 2003 on and
each horizon only forecasts whose window had ended before that year. Afterwards a longer horizon of the same question is
raised to the shorter one where it fell below it. All calibrations are monotone maps from forecast to probability.

References
----------
Platt (1999) for the sigmoid; Kull, Silva Filho and Flach (2017), https://doi.org/10.1214/17-EJS1338SI, for the beta
calibration; Zadrozny and Elkan (2002), https://doi.org/10.1145/775047.775151, for the isotonic regression; Vovk and
Petej (2014), https://arxiv.org/abs/1211.0025, for the Venn-Abers predictor.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from forecast.backtesting.backtest import backtest
from forecast.dates import as_of_grid
from forecast.models import DEFAULT
from forecast.periods import Floats
from forecast.verification import both_ways, brier_losses, calibration_error, log_score, mean_interval, skill_interval
from forecast.workspace import load_history

HORIZONS = (30, 90, 180)
FIRST = 2003

Calibration = Callable[[npt.ArrayLike], Floats]

_FLOOR: Final = 1e-6


def as_it_is(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """Leave the forecasts as they are."""
    return lambda forecast: np.asarray(forecast, dtype=np.float64)


def sigmoid(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Calibration:
    """Shift and stretch the log odds."""
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
    return lambda forecast: np.asarray(fit.predict(np.asarray(forecast, dtype=np.float64)), dtype=np.float64)


def venn_abers(probability: npt.ArrayLike, outcome: npt.ArrayLike, *, knots: int = 200) -> Calibration:
    """Isotonic regression with the forecast added once as a meeting and once as none, the two joined.

    Evaluated at quantiles of the past forecasts and interpolated between them.
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    at = np.unique(np.quantile(p, np.linspace(0.0, 1.0, knots)))
    bounds = []
    for label in (0.0, 1.0):
        fits = [float(isotonic(np.append(p, point), np.append(y, label))([point])[0]) for point in at]
        bounds.append(np.array(fits))
    joined = np.maximum.accumulate(bounds[1] / (1.0 - bounds[0] + bounds[1]))
    return lambda forecast: np.interp(np.asarray(forecast, dtype=np.float64), at, joined)


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
    return lambda forecast: np.asarray(expit(weights[0] + design(forecast) @ weights[1:]))


#: Name -> how a calibration is learned from past forecasts and their outcomes.
CALIBRATIONS: Final[dict[str, Callable[[npt.ArrayLike, npt.ArrayLike], Calibration]]] = {
    "none": as_it_is,
    "sigmoid": sigmoid,
    "beta": beta,
    "isotonic": isotonic,
    "temperature": temperature,
    "venn-abers": venn_abers,
}


def calibrated(forecasts: pd.DataFrame, name: str) -> pd.DataFrame:
    """Forecasts from `FIRST` on, recalibrated by what was resolved before each year."""
    ended = forecasts["as_of"] + pd.to_timedelta(forecasts["horizon_days"], unit="D")
    parts = []
    for (year, horizon), rows in forecasts.groupby([forecasts["as_of"].dt.year, "horizon_days"]):
        if year >= FIRST:
            past = forecasts[(forecasts["horizon_days"] == horizon) & (ended <= pd.Timestamp(f"{year}-01-01"))]
            learned = CALIBRATIONS[name](past["probability"], past["outcome"])
            parts.append(rows.assign(probability=learned(rows["probability"])))
    table = pd.concat(parts).sort_values(["dyad", "as_of", "horizon_days"], ignore_index=True)
    return table.assign(probability=table.groupby(["dyad", "as_of"])["probability"].cummax())


def main() -> None:
    """Print skill, log score and calibration error of each calibration, and its Brier score less that of none."""
    history = load_history(Path(__file__).resolve().parent.parent).known_before(np.datetime64("2015-01-01"))
    grid = as_of_grid(np.datetime64("1998-01-01"), np.datetime64("2014-12-01"))
    forecasts = backtest(history, grid, models=[DEFAULT], horizons=list(HORIZONS), focal="USA")
    tables = {name: calibrated(forecasts, name) for name in CALIBRATIONS}
    print(
        f"{'calibration':<12}{'days':>5}{'n':>7}{'base rate':>10}{'skill (90% interval)':>28}{'log score':>11}"
        f"{'ECE':>7}{'Brier - none, x 10,000':>28}"
    )
    for horizon in HORIZONS:
        bare = tables["none"].query("horizon_days == @horizon")
        for name, table in tables.items():
            part = table.query("horizon_days == @horizon")
            p, y = part["probability"].to_numpy(), part["outcome"].to_numpy()
            ways = {"dyads": part["dyad"], "as_ofs": part["as_of"]}
            skill = both_ways(partial(skill_interval, p, y, reference=part["climatology"]), **ways)
            less = both_ways(partial(mean_interval, brier_losses(p, y) - brier_losses(bare["probability"], y)), **ways)
            spread = f"{1e4 * less.value:+.2f} ({1e4 * less.low:+.2f} to {1e4 * less.high:+.2f})"
            print(
                f"{name:<12}{horizon:>5}{len(y):>7}{y.mean():>10.3f}"
                f"{f'{skill.value:+.3f} ({skill.low:+.3f} to {skill.high:+.3f})':>28}"
                f"{log_score(p, y, floor=1e-6):>11.4f}{calibration_error(p, y):>7.3f}{spread:>28}"
            )


if __name__ == "__main__":
    main()
