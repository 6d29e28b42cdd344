"""What a training and a backtest leave behind in their runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.backtesting.checkpoint import CUTS, FORECASTS
from forecast.errors import ForecastError
from forecast.panel.panel import Panel
from forecast.tracking.registry import registry_name
from forecast.tracking.runs import TrackedRun
from forecast.training.train import Trained
from forecast.verification import scores_by_cut

#: Outcomes drawn for the bars of a reliability diagram of a run, and resamples of its intervals of skill.
_RESAMPLES: Final = 200

#: A picture tells no more models apart.
_MOST_MODELS: Final = 6


def keep_training(run: TrackedRun, trained: Trained, rows: Panel) -> None:
    """Keep the card and the model, which becomes the next version of its name."""
    card = trained.card
    run.metrics({"n_rows": card.n_rows, "n_dyads": card.n_dyads})
    run.tags({"model_version": card.model_version})
    run.text(json.dumps(asdict(card), indent=1) + "\n", "card.json")
    run.model(trained, rows, register_as=registry_name(card.model_id, card.target))


def keep_backtest(
    run: TrackedRun,
    forecasts: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    folder: Path | None = None,
    ablation: pd.DataFrame | None = None,
) -> None:
    """Keep scores, forecasts and figures.

    Parameters
    ----------
    run : TrackedRun
    forecasts, scores : pandas.DataFrame
        As `forecast.backtesting.backtest` gives them.
    folder : Path, optional
        That holds `forecasts.csv` and `cuts.csv` already.
    ablation : pandas.DataFrame, optional
        As `forecast.backtesting.ablation.gains` gives it.
    """
    run.scores(scores)
    if ablation is not None:
        run.table(ablation, "ablation")
    if folder is not None:
        for name in (FORECASTS, CUTS):
            run.file(folder / name)
    else:
        run.table(forecasts, "forecasts")
        run.table(scores_by_cut(forecasts), "cuts")
    left_out = []
    for name, draw in _figures(forecasts):
        try:
            run.figure(draw(), name)
        except ForecastError as problem:
            left_out.append(f"{name}: {problem}")
    if left_out:
        run.text("\n".join(left_out) + "\n", "figures-left-out.txt")


def _figures(forecasts: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    from forecast.display import pictures

    for (model, days), rows in forecasts.groupby(["model_id", "horizon_days"], sort=False):
        yield f"reliability-{model}-{days}d", lambda rows=rows: pictures.reliability(rows, resamples=_RESAMPLES)
    models = [name for name in dict.fromkeys(forecasts["model_id"]) if name != "climatology"][:_MOST_MODELS]
    shown = forecasts.loc[forecasts["model_id"].isin([*models, "climatology"])]
    horizons = sorted(set(shown["horizon_days"]))
    for days in horizons:
        # Each alone: the years of one horizon beside it, without scoring the others anew.
        part = shown.loc[shown["horizon_days"] == days]
        yield f"skill-{days}d", lambda part=part: pictures.skill(part, resamples=_RESAMPLES)
