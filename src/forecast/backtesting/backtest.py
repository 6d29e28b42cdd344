"""The backtest: rolling origins, each forecast by a model that knew only what was public before its training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecast.backtesting.checkpoint import Checkpoint
from forecast.dates import Days
from forecast.errors import DataMissingError, ForecastError
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.facts.plans import announced_within
from forecast.models import Model, model_name
from forecast.models.base import incidence_of
from forecast.models.baselines import climatology_of
from forecast.panel.circumstances import first_settings, onsets, venues_within
from forecast.panel.outcomes import met_within, observe
from forecast.panel.panel import Panel, build_panel
from forecast.signals.cube import Cube, make_cube
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.splits import Fold, rolling_origins
from forecast.training.train import fitted, rows_at_hand, training_days, training_panel
from forecast.verification import brier_score, log_score, log_skill_interval, sharpness, skill_interval
from forecast.verification.cuts import ranking_and_calibration, too_few
from forecast.verification.forecasts import check_forecasts

#: Trains a model, or one of a name, on training rows.
Fit = Callable[..., Any]
#: Columns of `backtest`.
COLUMNS = (
    "model_id", "dyad", "as_of", "horizon_days", "target", "probability", "climatology", "outcome", "announced", "fold",
    "setting", "onset", "venue_in_window",
)  # fmt: skip
#: Columns of `score`. `skill` is that of the Brier score against climatology, `precision_ratio` average precision over
#: the base rate.
SCORES = (
    "model_id", "horizon_days", "n", "n_met", "base_rate", "brier", "skill", "skill_low_by_dyad", "skill_high_by_dyad",
    "skill_low_by_as_of", "skill_high_by_as_of", "log_score", "log_skill", "log_skill_low_by_dyad",
    "log_skill_high_by_dyad", "log_skill_low_by_as_of", "log_skill_high_by_as_of", "auc", "precision_ratio",
    "calibration_error", "miscalibration", "discrimination", "uncertainty", "sharpness", "reason",
)  # fmt: skip


def backtest(
    history: History,
    as_ofs: Days,
    *,
    models: Sequence[Model],
    horizons: Sequence[int],
    target: str = "meeting",
    focal: str | None = None,  # restricts the forecasts, not the training rows
    checkpoint: Checkpoint | None = None,
    fit: Fit = fitted,
    on_fold: Callable[[int, int], None] | None = None,
    rows: Panel | None = None,
    emerging: Sequence[str] = (),
    extra: Sequence[Signal | ComputedSignal] = (),
) -> pd.DataFrame:
    """Forecast every dyad of the cohort on every as-of date with a model trained before it; resolved rows only.

    Outcomes come from the whole history, forecasts from what was known before. Finished folds are read from the
    checkpoint. `rows`, if they exist already, hold all dates that the folds need; a `fit` of the caller's own may use
    `emerging` families and `extra` signals. Where models learn from a sample of the rows, ``attrs["sample"]`` says of
    the last fold that was computed how many rows of how many it were.
    """
    cube = make_cube(history)
    folds = _resolved_folds(cube, as_ofs, shortest=min(horizons), focal=focal)
    left = [fold for fold in folds if checkpoint is None or not checkpoint.holds(fold.name)]
    report = on_fold if on_fold is not None else lambda done, total: None
    tables = {}
    request: dict[str, Any] = {"target": target, "emerging": emerging, "extra": extra}
    sample: dict[str, tuple[int, int]] = {}
    if left:
        # A row depends on nothing but its own date, so the rows of all folds are built once, if they are not too many.
        if rows is None:
            learned_on = (training_days(history.known_before(fold.trained_as_of), fold.trained_as_of) for fold in left)
            days = np.unique(np.concatenate([*(fold.test for fold in left), *learned_on]))
            rows = rows_at_hand(history, days, **request)
        for done, fold in enumerate(left, start=len(folds) - len(left)):
            report(done, len(folds))
            training = training_panel(history, fold.trained_as_of, **request, rows=rows)
            if "weight" in training.outcomes:
                sample = {"sample": (len(training.signals), training.n_all)}
            learned = [(model_name(model), fit(training, model=model)) for model in models]
            del training  # of thousands of dyads as large as the rows to forecast
            questions = _rows_to_forecast(history, fold, request, focal=focal, rows=rows)
            table = _fold_table(cube, questions, fold, learned, horizons)
            if checkpoint is None:
                tables[fold.name] = table
            else:
                checkpoint.write(fold.name, table)
    report(len(folds), len(folds))
    if checkpoint is not None:
        tables = {fold.name: checkpoint.read(fold.name) for fold in folds}
    result = pd.concat([tables[fold.name] for fold in folds], ignore_index=True)
    result.attrs |= sample
    return result


def _resolved_folds(cube: Cube, as_ofs: Days, *, shortest: int, focal: str | None) -> list[Fold]:
    """Folds with at least one resolved outcome: no model is trained for the others."""
    history = cube.history

    def resolved(as_of: np.datetime64) -> bool:
        dyads = history.cohort(as_of, focal=focal)
        seen = observe(cube, dyads=dyads, as_ofs=np.full(len(dyads), as_of))
        return bool((seen["followup_days"] >= shortest).any())

    folds = [fold for fold in rolling_origins(as_ofs) if any(resolved(as_of) for as_of in fold.test)]
    if not folds:
        raise DataMissingError(
            f"no outcome between {as_ofs.min()} and {as_ofs.max()} is resolved: the sources end before the horizons do"
        )
    return folds


def _rows_to_forecast(
    history: History, fold: Fold, request: dict[str, Any], *, focal: str | None, rows: Panel | None
) -> Panel:
    """Rows of the test dates of a fold, with outcomes from the whole history."""
    if rows is None:
        return build_panel(history, fold.test, **request, focal=focal)
    wanted = np.isin(rows.as_ofs, fold.test)
    if focal is not None:
        wanted &= [focal in sides(dyad) for dyad in rows.signals.index.get_level_values("dyad")]
    return Panel(rows.signals[wanted], rows.outcomes[wanted], rows.target, rows.history)


def _fold_table(
    cube: Cube, rows: Panel, fold: Fold, learned: Sequence[tuple[str, Any]], horizons: Sequence[int]
) -> pd.DataFrame:
    """Forecasts of one fold whose outcome is resolved, by models with their names."""
    questions = _questions(cube, rows, horizons)
    parts = []
    for name, model in learned:
        probability = incidence_of(model, rows.signals, horizons)
        parts += [
            part.assign(model_id=name, probability=probability[:, k], fold=fold.name)
            for k, part in enumerate(questions)
        ]
    table = pd.concat(parts, ignore_index=True).dropna(subset="outcome", ignore_index=True)
    return table.astype({"outcome": int})[list(COLUMNS)]


def _questions(cube: Cube, rows: Panel, horizons: Sequence[int]) -> list[pd.DataFrame]:
    """What is the same for all models, a table a horizon: the questions, their outcomes and circumstances."""
    signals, outcomes, as_ofs = rows.signals, rows.outcomes, rows.as_ofs
    dyads = list(signals.index.get_level_values("dyad"))
    reference = climatology_of(signals, horizons)
    onset = onsets(cube, dyads=dyads, as_ofs=as_ofs)
    history, tables = cube.history, []
    for k, horizon in enumerate(horizons):
        window: dict[str, Any] = {"dyads": dyads, "as_ofs": as_ofs, "horizon_days": horizon}
        tables.append(
            pd.DataFrame(
                {
                    "dyad": dyads, "as_of": signals.index.get_level_values("as_of"), "horizon_days": horizon,
                    "target": rows.target, "climatology": reference[:, k],
                    "outcome": met_within(outcomes, horizon).to_numpy(),
                    "announced": announced_within(history, **window),
                    "setting": first_settings(cube, **window, target=rows.target), "onset": onset,
                    "venue_in_window": venues_within(history.calendar, **window),
                }
            )
        )  # fmt: skip
    return tables


def score(forecasts: pd.DataFrame, *, resamples: int = 1000) -> pd.DataFrame:
    """Score each model and horizon of a backtest: columns `SCORES`, intervals of 90% over dyads and over as-of dates.

    With fewer than ten forecasts with or without a meeting everything but Brier score and sharpness is
    missing, and `reason` is ``not enough cases (n = 3)``, n being the smaller count.
    """
    check_forecasts(forecasts)
    rows = []
    for (model, horizon), part in forecasts.groupby(["model_id", "horizon_days"], sort=False):
        rows.append({"model_id": model, "horizon_days": horizon} | _figures(part, resamples=resamples))
    counts_and_words = ("model_id", "horizon_days", "n", "n_met", "reason")
    return pd.DataFrame(rows, columns=list(SCORES)).astype(
        {name: float for name in SCORES if name not in counts_and_words}
    )


def _figures(part: pd.DataFrame, *, resamples: int) -> dict[str, Any]:
    p, y = part["probability"].to_numpy(), part["outcome"].to_numpy()
    reference = part["climatology"].to_numpy()
    row: dict[str, Any] = dict.fromkeys(SCORES[2:]) | {
        "n": len(y),
        "n_met": int(y.sum()),
        "base_rate": y.mean(),
        "brier": brier_score(p, y),
        "sharpness": sharpness(p),
        "reason": too_few(y),
    }
    if row["reason"]:
        return row
    row |= ranking_and_calibration(p, y)
    # Rows of one dyad alone, or of one date, cannot be resampled over it; the other is left.
    ways = {name: part[name] for name in ("dyad", "as_of") if len(part[name].unique()) > 1}
    reasons = []
    for skill, interval in (("skill", skill_interval), ("log_skill", log_skill_interval)):
        try:
            for name, clusters in ways.items():
                figure = interval(p, y, reference=reference, clusters=clusters, resamples=resamples)
                row |= {
                    skill: figure.value,
                    f"{skill}_low_by_{name}": figure.low,
                    f"{skill}_high_by_{name}": figure.high,
                }
            if skill == "log_skill":
                row["log_score"] = log_score(p, y)
        except ForecastError as problem:
            # A perfect reference, or a forecast that ruled out what happened: the figure does not exist.
            reasons.append(f"{skill}: {problem}")
    return row | {"reason": "; ".join(reasons)}
