"""The verbs *train*, *build_panel* and *backtest*."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecast.backtesting.ablation import forecasts_under, gains, possible_changes
from forecast.backtesting.backtest import backtest as run
from forecast.backtesting.backtest import score
from forecast.backtesting.checkpoint import Checkpoint, open_checkpoint
from forecast.dates import Day, Days, as_of_grid, check_horizons, parse_day, parse_month_or_day
from forecast.display.scorecards import Scorecard
from forecast.errors import DateError
from forecast.facts.countries import find_state
from forecast.facts.history import History
from forecast.models import DEFAULT, MODELS, make_model
from forecast.panel.outcomes import check_target
from forecast.panel.panel import Panel
from forecast.panel.panel import build_panel as build
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.provenance import code_fingerprint, library_versions
from forecast.training.train import keep_model, training_days, training_panel
from forecast.training.train import train as fit
from forecast.verbs.tracking import digest, is_tracked, tracking
from forecast.verification import scores_by_cut
from forecast.workspace import load_history


def train(
    *,
    as_of: str | Day,
    root: Path | str = ".",
    model: str = DEFAULT,
    target: str = "meeting",
    track: bool = False,
) -> dict[str, Any]:
    """Train a model on what was known before a day and keep it in the workspace.

    Parameters
    ----------
    as_of : str or numpy.datetime64
        The day of training. `forecast.predict` uses the model of the first day of its as-of date's year.
    root : path-like
    model, target : str
    track : bool
        Keep the training as a run in MLflow and register the model there (`forecast.tracking`).

    Returns
    -------
    dict
        The model's card, with its `path`, and `problem`: what could not be logged in MLflow, empty if nothing.
    """
    day = parse_day(as_of, what="as_of")
    parameters = {"model": model, "target": check_target(target), "as_of": str(day)}
    about = {"kind": "train", "name": f"train {model} {target} {day}", "parameters": parameters, "tags": {}}
    make_model(model)
    history = load_history(Path(root))
    training_days(history.known_before(day), day)  # a question without an answer leaves no run
    with tracking(Path(root), about, wanted=track) as tracked:
        rows = training_panel(history, day, target=target)
        trained = fit(history, day, model=model, target=target, panel=rows)
        path = keep_model(Path(root), trained)
        if tracked.run is not None:
            from forecast.tracking.runs import keep_training

            tracked.run.facts(history, root=Path(root), as_of=day)
            keep_training(tracked.run, trained, rows)
    return {**vars(trained.card), "path": str(path), "problem": tracked.problem}


def build_panel(
    *,
    start: str | Day,
    end: str | Day,
    root: Path | str = ".",
    every: str = "month",
    target: str = "meeting",
    focal: str | None = None,
    signals: Sequence[Signal | ComputedSignal] = (),
) -> Panel:
    """Build the rows (dyad, as_of) between two as-of dates, with their signals and outcomes.

    Parameters
    ----------
    start, end : str or numpy.datetime64
        First and last as-of date; ``YYYY-MM`` is the first day of the month.
    root : path-like
        The workspace.
    every : {"month", "quarter", "week"}
    target : {"meeting", "bilateral"}
    focal : str, optional
        Only dyads of this state.
    signals : sequence of Signal or ComputedSignal
        Your own signals beside those of the catalogue (`forecast.signals.declare`).

    Returns
    -------
    Panel
        `signals` and `outcomes` are pandas DataFrames.
    """
    grid = _grid(start, end, every)
    centre = find_state(focal) if focal is not None else None
    return build(load_history(Path(root)), grid, target=target, focal=centre, extra=signals)


def backtest(
    *,
    root: Path | str = ".",
    models: Sequence[str] = tuple(MODELS),
    start: str | Day = "2010-01",
    end: str | Day = "2024-05",
    every: str = "month",
    horizons: Sequence[int] = (30, 90, 180),
    target: str = "meeting",
    focal: str | None = None,
    output: Path | str | None = None,
    track: bool = False,
    ablation: bool = False,
    on_fold: Callable[[int, int], None] | None = None,
) -> Scorecard:
    """Score models on rolling origins: every year they learn anew from what was known before it.

    Parameters
    ----------
    root : path-like
    models : sequence of str
    start, end : str or numpy.datetime64
        First and last as-of date; ``YYYY-MM`` is the first day of the month.
    every : {"month", "quarter", "week"}
    horizons : sequence of int
    target : {"meeting", "bilateral"}
    focal : str, optional
        Only dyads of this state.
    output : path-like, optional
        A new folder for `forecasts.csv` and `scores.json`, or the folder of the same request: an unfinished one goes
        on after its last finished fold, a finished one gives its scores.
    track : bool
        Keep the backtest as a run in MLflow (`forecast.tracking`); one that `output` holds already is kept once.
    ablation : bool
        Say also what each family of signals gains: the default model without it on the same folds, as
        `forecast.backtesting.ablation.gains` gives it, as records in ``result.attrs["ablation"]``, as
        `ablation.csv` in `output` and in the run.
    on_fold : callable, optional
        Called as ``on_fold(done, total)`` before each fold that is computed and at the end.

    Returns
    -------
    Scorecard
        A pandas DataFrame of scores, as `forecast.backtesting.backtest.score` gives them. ``result.attrs["problem"]``
        says what could not be logged in MLflow, if anything could not.

    Raises
    ------
    InputError
        If `output` holds something else, the backtest of another request, of other facts or of another version of
        the program, or if another process is at work in it.
    """
    for name in models:
        make_model(name)
    grid = _grid(start, end, every)
    asked: dict[str, Any] = {
        "models": list(dict.fromkeys(models)),
        "horizons": check_horizons(horizons),
        "target": check_target(target),
        "focal": find_state(focal) if focal is not None else None,
    }
    history = load_history(Path(root))
    told = {"start": str(grid[0]), "end": str(grid[-1]), "every": every, **asked}
    made_of = {"data": history.fingerprint(), "code": code_fingerprint(), "libraries": library_versions()}
    about: dict[str, Any] = {
        "kind": "backtest",
        "name": f"backtest {target} {grid[0]} to {grid[-1]}",
        "parameters": {**told, "ablation": ablation},
        "tags": {"request": digest({**told, **made_of}), "data": made_of["data"]}
        | ({"ablation": "yes"} if ablation else {}),
    }
    with open_checkpoint(Path(output), told | made_of) if output is not None else nullcontext() as checkpoint:
        finished = checkpoint is not None and checkpoint.finished
        wanted = track and not (finished and is_tracked(Path(root), about))
        with tracking(Path(root), about, wanted=wanted) as tracked:
            if finished and checkpoint is not None:
                scores = checkpoint.scores()
            else:
                forecasts = run(history, grid, **asked, checkpoint=checkpoint, on_fold=on_fold)
                scores = score(forecasts)
                if checkpoint is not None:
                    checkpoint.close(list(forecasts["fold"].unique()), scores, scores_by_cut(forecasts))
                    scores = checkpoint.scores()
            ablated = _ablated(checkpoint, history, grid, asked, on_fold=on_fold) if ablation else None
            card = Scorecard(scores)
            if ablated is not None:
                card.attrs["ablation"] = ablated.to_dict(orient="records")
            if tracked.run is not None:
                from forecast.tracking.runs import keep_backtest

                tracked.run.facts(history, root=Path(root), as_of=grid[-1])
                if finished and checkpoint is not None:
                    forecasts = checkpoint.forecasts()
                folder = checkpoint.folder if checkpoint is not None else None
                keep_backtest(tracked.run, forecasts, scores, folder=folder, ablation=ablated)
        if tracked.problem:
            card.attrs["problem"] = tracked.problem
    return card


def _ablated(
    checkpoint: Checkpoint | None,
    history: History,
    grid: Days,
    asked: dict[str, Any],
    *,
    on_fold: Callable[[int, int], None] | None,
) -> pd.DataFrame:
    """What each family of signals gains, from the folder of the backtest if it stands there."""
    if checkpoint is not None and (kept := checkpoint.ablation()) is not None:
        return kept
    rest = {name: asked[name] for name in ("horizons", "target", "focal")}
    changes = [one for one in possible_changes(history, grid[-1], target=asked["target"]) if one.startswith("- ")]
    found = gains(forecasts_under(history, grid, changes=changes, **rest, on_fold=on_fold))
    if checkpoint is not None:
        checkpoint.keep_ablation(found)
    return found


def _grid(start: str | Day, end: str | Day, every: str) -> Any:
    first, last = parse_month_or_day(start, what="start"), parse_month_or_day(end, what="end")
    if last < first:
        raise DateError(f"end {last} is before start {first}")
    grid = as_of_grid(first, last, every=every)
    if not len(grid):
        raise DateError(f"there is no as-of date between {first} and {last} with one every {every}")
    return np.asarray(grid)
