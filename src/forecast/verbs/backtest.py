"""The verb *backtest*: models scored on rolling origins, and what families of signals gain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.backtesting.ablation import check_changes, forecasts_under, gains, possible_changes
from forecast.backtesting.backtest import backtest as run
from forecast.backtesting.backtest import score
from forecast.backtesting.checkpoint import CUTS, FORECASTS, Checkpoint, open_checkpoint
from forecast.dates import AnyDay, Days, Horizon, check_horizons
from forecast.display.frames import SCORE_COLUMNS, SKILL_INTERVAL, Scorecard, score_table
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Table
from forecast.facts.history import History
from forecast.files import digest_of
from forecast.models import DEFAULT, MODELS, Model, make_model, model_name
from forecast.panel.outcomes import check_target
from forecast.signals.user_signals import OwnSignal, own_signals
from forecast.training.provenance import code_fingerprint, library_versions
from forecast.training.train import own_parts
from forecast.verbs.tracking import is_tracked, tracking
from forecast.verification import scores_by_cut
from forecast.workspace import Workspace, as_of_dates


def backtest(
    *,
    root: Path | str = ".",
    models: Sequence[Model] = tuple(MODELS),
    start: AnyDay = "2010-01",
    end: AnyDay = "2024-05",
    every: str = "month",
    horizons: Horizon | Sequence[Horizon] = (30, 90, 180),
    target: str = "meeting",
    focal: str | None = None,
    signals: Sequence[OwnSignal] = (),
    output: Path | str | None = None,
    track: bool = False,
    ablation: bool = False,
    on_fold: Callable[[int, int], None] | None = None,
) -> Scorecard:
    """Score models on rolling origins: every year they are trained anew from what was known before it.

    Parameters
    ----------
    models : sequence of str or estimator
        Names of `forecast.models.MODELS` or that other distributions register (entry points, group
        ``forecast.models``), ``"file.py:NAME"``, or estimators, such as a `forecast.models.base.PeriodModel` or a
        `GridSearchCV` over one; these are called by their parameters in the results.
    start, end, every, focal
        The as-of dates and the state whose dyads are forecast, as in `forecast.build_panel`.
    root, horizons, target
        As in `forecast.predict`.
    signals : sequence of Signal, ComputedSignal or str
        Your own signals, from which all models learn too, as in `forecast.audit`.
    output : path-like, optional
        A new folder for `forecasts.csv` and `scores.json`, or the folder of the same request: an unfinished one goes
        on after its last finished fold, of a finished one the scores are read. One that holds anything else is refused.
    track : bool
        Log the backtest as a run in MLflow (`forecast.tracking`); one that `output` holds already is logged once.
    ablation : bool
        Measure also what each family of signals gains: the default model without it on the same folds, as
        `forecast.backtesting.ablation.gains` returns it, as records in ``result.attrs["ablation"]``, as
        `ablation.csv` in `output` and in the run.
    on_fold : callable, optional
        Called as ``on_fold(done, total)`` before each fold that is computed and at the end.

    Returns
    -------
    Scorecard
        A pandas DataFrame of scores, as `forecast.backtesting.backtest.score` returns them. ``result.attrs["problem"]``
        says what could not be logged in MLflow, if anything could not, and ``result.attrs["sample"]``, where models
        learned from a sample, how many rows of how many it were in the last fold.
    """
    estimators, extra = {model_name(model): model for model in models if make_model(model)}, own_signals(signals)
    grid = as_of_dates(start, end, every)
    choices: dict[str, Any] = {
        "models": list(estimators),
        "horizons": check_horizons(horizons, what="horizons"),
        "target": check_target(target),
        "focal": Workspace(root).focal(focal),
    }
    history = Workspace(root).history
    request = {"start": str(grid[0]), "end": str(grid[-1]), "every": every, **choices}
    made_of = {"data": history.fingerprint(), "code": code_fingerprint(), "libraries": library_versions()}
    if extra or set(estimators) - set(MODELS):
        made_of["own"] = digest_of({"parts": own_parts(list(estimators.values()), extra)})
    about: dict[str, Any] = {
        "kind": "backtest",
        "name": f"backtest {target} {grid[0]} to {grid[-1]}",
        "parameters": {**request, "ablation": ablation},
        "tags": {"request": digest_of({**request, **made_of}), "data": made_of["data"]}
        | ({"ablation": "yes"} if ablation else {}),
    }
    with open_checkpoint(Path(output), request | made_of) if output is not None else nullcontext() as checkpoint:
        finished = checkpoint is not None and checkpoint.finished
        wanted = track and not (finished and is_tracked(Path(root), about))
        with tracking(Path(root), about, wanted=wanted) as tracked:
            if not finished:
                request = choices | {"models": list(estimators.values()), "extra": extra}
                forecasts = run(history, grid, **request, checkpoint=checkpoint, on_fold=on_fold)
                scores = score(forecasts)
                if checkpoint is not None:
                    checkpoint.close(list(forecasts["fold"].unique()), scores, scores_by_cut(forecasts))
            if checkpoint is not None:
                scores = checkpoint.scores()
            ablated = _ablated(checkpoint, history, grid, choices, on_fold=on_fold) if ablation else None
            card = Scorecard(scores)
            if not finished:
                card.attrs |= forecasts.attrs
            if ablated is not None:
                card.attrs["ablation"] = ablated.to_dict(orient="records")
            if tracked.run is not None:
                from forecast.tracking.runs import keep_backtest

                tracked.run.facts(history, root=Path(root), as_of=grid[-1])
                if finished and checkpoint is not None:
                    forecasts = checkpoint.forecasts()
                files = [checkpoint.folder / name for name in (FORECASTS, CUTS)] if checkpoint is not None else []
                keep_backtest(tracked.run, forecasts, scores, files=files, ablation=ablated)
        if tracked.problem:
            card.attrs["problem"] = tracked.problem
    return card


def _ablated(
    checkpoint: Checkpoint | None,
    history: History,
    grid: Days,
    choices: dict[str, Any],
    *,
    on_fold: Callable[[int, int], None] | None,
) -> pd.DataFrame:
    """What each family of signals gains, from the folder of the backtest if it stands there."""
    if checkpoint is not None and (kept := checkpoint.ablation()) is not None:
        return kept
    rest = {name: choices[name] for name in ("horizons", "target", "focal")}
    changes = [one for one in possible_changes(history, grid[-1], target=choices["target"]) if one.startswith("- ")]
    result = gains(forecasts_under(history, grid, changes=changes, **rest, on_fold=on_fold))
    if checkpoint is not None:
        checkpoint.keep_ablation(result)
    return result


def table(scores: pd.DataFrame) -> Document:
    """Scores, and what each family of signals gains if that was measured."""
    ablation = scores.attrs.get("ablation")
    return Document(score_table(scores), ablation_table(pd.DataFrame(ablation)) if ablation is not None else None)


def ablate(
    changes: Sequence[str] | None = None,
    *,
    start: AnyDay,
    end: AnyDay,
    root: Path | str = ".",
    every: str = "month",
    horizons: Horizon | Sequence[Horizon] = (30, 90, 180),
    target: str = "meeting",
    focal: str | None = None,
    model: Model = DEFAULT,
    signals: Sequence[OwnSignal] = (),
    teach: str = "month",
    on_step: Step = logged,
) -> pd.DataFrame:
    """Measure what a family of signals gains: a model with it and without it, on the same questions.

    Parameters
    ----------
    changes : sequence of str, optional
        Such as ``"- meetings"``, ``"+ leaders"``, ``"climatology + venues"`` or ``"climatology alone"``; ``"+ mine"``
        for the family of your own signals. Default: all that can change something.
    start, end, every, signals
        The as-of dates and your own signals, as in `forecast.build_panel`. Each year is forecast by models that learned
        from what was known before it.
    root, horizons, target, on_step
        As in `forecast.predict`.
    focal : str, optional
        Only dyads of this state are forecast; the models learn from all dyads.
    model : str or estimator
        Any model of `forecast.backtest`.
    teach : {"month", "quarter"}
        Train on all rows or, for a quick look, on those of every third month.

    Returns
    -------
    pandas.DataFrame
        One row a change and horizon with the columns `forecast.backtesting.ablation.COLUMNS`: `skill` against
        climatology and `gain` against the whole model on the same rows, with 90% intervals over dyads.
    """
    grid = as_of_dates(start, end, every)
    make_model(model)
    extra = own_signals(signals)
    forecasts = forecasts_under(
        Workspace(root).history, grid, changes=None if changes is None else check_changes(changes, extra),
        horizons=check_horizons(horizons, what="horizons"), target=check_target(target),
        focal=Workspace(root).focal(focal), extra=extra, teach=teach, model=model,
        on_step=on_step,
    )  # fmt: skip
    return gains(forecasts)


def ablation_table(gains: pd.DataFrame) -> Table:
    """What each family of signals gains: skill of the model without it, and its gain over the whole model."""
    columns = [Column("model"), *SCORE_COLUMNS, Column("gain", align="right", form="+.4f"), SKILL_INTERVAL]
    names = ["change", "horizon_days", "n", "base_rate", "brier", "skill", "gain", "interval"]
    ends = zip(gains["gain_low"], gains["gain_high"], strict=True)
    rows = gains.assign(interval=[f"{low:+.4f} to {high:+.4f}" for low, high in ends])
    return Table.of(rows, dict(zip(names, columns, strict=True)))
