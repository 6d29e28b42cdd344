"""The backtest: rolling origins, each forecast by a model that knew only what was public before its training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.announcements import announced_within
from forecast.dates import Days
from forecast.errors import DataMissingError, ForecastError
from forecast.history import History
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.outcomes import met_within
from forecast.panel import Panel, build_panel
from forecast.splits import rolling_origins
from forecast.training import train, training_panel
from forecast.verification import brier_score, brier_skill, calibration_error, roc_auc, skill_interval

COLUMNS = (
    "model_id",
    "dyad",
    "as_of",
    "horizon_days",
    "target",
    "probability",
    "climatology",
    "outcome",
    "announced",
    "fold",
)


def backtest(
    history: History,
    as_ofs: Days,
    *,
    models: Sequence[str],
    horizons: Sequence[int],
    target: str = "meeting",
    focal: str | None = None,
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Forecast every dyad of the cohort on every as-of date with a model trained before it.

    Parameters
    ----------
    history : History
        The whole history: outcomes are taken from it, forecasts only from what was known before.
    as_ofs : numpy.ndarray of datetime64[D]
    models : sequence of str
        Names of the registry.
    horizons : sequence of int
        Days.
    target : {"meeting", "bilateral"}
    focal : str, optional
        Only dyads of this state are forecast; all dyads teach.
    on_fold : callable, optional
        Called as ``on_fold(done, total)`` after each refit.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; only rows whose outcome is resolved.

    Raises
    ------
    DataMissingError
        If no forecast of the period has a resolved outcome.
    """
    folds = list(rolling_origins(as_ofs))
    parts = []
    asked = build_panel(history, as_ofs, target=target, focal=focal)
    for done, fold in enumerate(folds, start=1):
        rows = np.isin(asked.as_ofs, fold.test)
        if rows.any():
            panel = training_panel(history, fold.trained_as_of, target=target)
            for name in models:
                fitted = train(history, fold.trained_as_of, model=name, target=target, panel=panel).model
                parts.append(_forecasts(history, name, fitted, asked, rows, horizons).assign(fold=fold.name))
        if on_fold is not None:
            on_fold(done, len(folds))
    resolved = pd.concat(parts, ignore_index=True).dropna(subset="outcome") if parts else pd.DataFrame()
    if resolved.empty:
        raise DataMissingError(
            f"no outcome between {as_ofs.min()} and {as_ofs.max()} is resolved: the sources end before the horizons do"
        )
    return resolved.astype({"outcome": int})[list(COLUMNS)].reset_index(drop=True)


def _forecasts(
    history: History, name: str, fitted: PeriodModel, asked: Panel, rows: npt.NDArray[np.bool_], horizons: Sequence[int]
) -> pd.DataFrame:
    signals, outcomes = asked.signals[rows], asked.outcomes[rows]
    dyads = signals.index.get_level_values("dyad")
    probability = fitted.predict_cumulative_incidence(signals, list(horizons))
    reference = climatology_of(signals, horizons)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "model_id": name,
                    "dyad": dyads,
                    "as_of": signals.index.get_level_values("as_of"),
                    "horizon_days": horizon,
                    "target": asked.target,
                    "probability": probability[:, k],
                    "climatology": reference[:, k],
                    "outcome": met_within(outcomes, horizon).to_numpy(),
                    "announced": announced_within(
                        history, dyads=list(dyads), as_ofs=asked.as_ofs[rows], horizon_days=horizon
                    ),
                }
            )
            for k, horizon in enumerate(horizons)
        ],
        ignore_index=True,
    )


def score(forecasts: pd.DataFrame, *, resamples: int = 1000) -> pd.DataFrame:
    """Scores of each model and horizon, with intervals over dyads and over as-of dates.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        As `backtest` returns them.
    resamples : int
        Bootstrap resamples of each interval.

    Returns
    -------
    pandas.DataFrame
        One row a model and horizon: number of forecasts, base rate, Brier score, Brier skill against climatology
        with 90% intervals,
        area under the ROC curve and expected calibration error. A figure that the cases cannot give is missing.
    """
    found = []
    for (model, horizon), part in forecasts.groupby(["model_id", "horizon_days"], sort=False):
        p, y = part["probability"].to_numpy(), part["outcome"].to_numpy()
        reference = part["climatology"].to_numpy()
        row: dict[str, Any] = {
            "model_id": model,
            "horizon_days": horizon,
            "n": len(part),
            "base_rate": float(y.mean()),
            "brier": brier_score(p, y),
            "calibration_error": calibration_error(p, y),
        }
        try:
            row["skill"] = brier_skill(p, y, reference=reference)
            for by, clusters in (("dyad", part["dyad"]), ("as_of", part["as_of"])):
                spread = skill_interval(p, y, reference=reference, clusters=clusters, resamples=resamples)
                row[f"skill_low_by_{by}"], row[f"skill_high_by_{by}"] = spread.low, spread.high
            row["auc"] = roc_auc(p, y)
        except ForecastError:
            # One class only or a perfect reference: the figure does not exist, and the table says so by leaving it out.
            row.setdefault("skill", None)
        found.append(row)
    columns = [
        "model_id", "horizon_days", "n", "base_rate", "brier", "skill", "skill_low_by_dyad", "skill_high_by_dyad",
        "skill_low_by_as_of", "skill_high_by_as_of", "auc", "calibration_error",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)
