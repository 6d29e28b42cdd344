"""The verbs *train*, *build_panel* and *backtest*."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecast.backtests import backtest as run
from forecast.backtests import score
from forecast.countries import find_state
from forecast.dates import Day, as_of_grid, check_horizons, parse_day
from forecast.errors import DateError, InputError
from forecast.files import written_whole
from forecast.history import load_history
from forecast.models import DEFAULT, MODELS, make_model
from forecast.outcomes import check_target
from forecast.panel import Panel
from forecast.panel import build_panel as build
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training import keep_model
from forecast.training import train as fit


def train(*, as_of: str | Day, root: Path | str = ".", model: str = DEFAULT, target: str = "meeting") -> dict[str, Any]:
    """Train a model on what was known before a day and keep it in the workspace.

    Parameters
    ----------
    as_of : str or numpy.datetime64
        The day of training. `forecast.predict` uses the model of the first day of its as-of date's year.
    root : path-like
    model, target : str

    Returns
    -------
    dict
        The model's card, with its `path`.
    """
    day = parse_day(as_of, what="as_of")
    make_model(model)
    trained = fit(load_history(Path(root)), day, model=model, target=check_target(target))
    path = keep_model(Path(root), trained)
    return {**vars(trained.card), "path": str(path)}


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
        First and last as-of date.
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
    start: str | Day = "2010-01-01",
    end: str | Day = "2024-05-01",
    every: str = "month",
    horizons: Sequence[int] = (30, 90, 180),
    target: str = "meeting",
    focal: str | None = None,
    output: Path | str | None = None,
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Score models on rolling origins: every year they learn anew from what was known before it.

    Parameters
    ----------
    root : path-like
    models : sequence of str
    start, end : str or numpy.datetime64
        First and last as-of date.
    every : {"month", "quarter", "week"}
    horizons : sequence of int
    target : {"meeting", "bilateral"}
    focal : str, optional
        Only dyads of this state.
    output : path-like, optional
        A folder for `forecasts.csv` and `scores.json`, which must not exist yet.
    on_fold : callable, optional
        Called as ``on_fold(done, total)``.

    Returns
    -------
    pandas.DataFrame
        Scores, as `forecast.backtests.score` gives them.
    """
    for name in models:
        make_model(name)
    asked = check_horizons(horizons)
    grid = _grid(start, end, every)
    centre = find_state(focal) if focal is not None else None
    if output is not None and Path(output).exists():
        raise InputError("exists already; name a new folder", path=output)
    forecasts = run(
        load_history(Path(root)),
        grid,
        models=list(dict.fromkeys(models)),
        horizons=asked,
        target=check_target(target),
        focal=centre,
        on_fold=on_fold,
    )
    scores = score(forecasts)
    if output is not None:
        with written_whole(Path(output)) as draft:
            forecasts.to_csv(draft / "forecasts.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")
            text = json.dumps(json.loads(scores.to_json(orient="records")), indent=1)
            (draft / "scores.json").write_text(text + "\n", encoding="utf-8")
    return scores


def _grid(start: str | Day, end: str | Day, every: str) -> Any:
    first, last = parse_day(start, what="start"), parse_day(end, what="end")
    if last < first:
        raise DateError(f"end {last} is before start {first}")
    grid = as_of_grid(first, last, every=every)
    if not len(grid):
        raise DateError(f"there is no as-of date between {first} and {last} with one every {every}")
    return np.asarray(grid)
