"""The verbs *train*, *build_panel* and *backtest*."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from forecast.backtests import backtest as run
from forecast.backtests import score
from forecast.countries import find_state
from forecast.dates import Day, as_of_grid, check_horizons, parse_day, parse_month_or_day
from forecast.errors import DateError
from forecast.history import load_history
from forecast.journals import open_journal
from forecast.models import DEFAULT, MODELS, make_model
from forecast.outcomes import check_target
from forecast.panel import Panel
from forecast.panel import build_panel as build
from forecast.provenance import code_fingerprint, library_versions
from forecast.scorecards import Scorecard
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training import keep_model
from forecast.training import train as fit
from forecast.verification import scores_by_cut


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
    refit: str = "year",
    output: Path | str | None = None,
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
    refit : {"year"}
    output : path-like, optional
        A new folder for `forecasts.csv` and `scores.json`, or the folder of the same request: an unfinished one goes
        on after its last finished fold, a finished one gives its scores.
    on_fold : callable, optional
        Called as ``on_fold(done, total)`` before each fold that is computed and at the end.

    Returns
    -------
    Scorecard
        A pandas DataFrame of scores, as `forecast.backtests.score` gives them.

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
        "refit": refit,
    }
    history = load_history(Path(root))
    if output is None:
        return Scorecard(score(run(history, grid, **asked, on_fold=on_fold)))
    request = {
        "start": str(grid[0]),
        "end": str(grid[-1]),
        "every": every,
        **asked,
        "data": history.fingerprint(),
        "code": code_fingerprint(),
        "libraries": library_versions(),
    }
    with open_journal(Path(output), request) as journal:
        if not journal.finished:
            forecasts = run(history, grid, **asked, journal=journal, on_fold=on_fold)
            journal.close(list(forecasts["fold"].unique()), score(forecasts), scores_by_cut(forecasts))
        return Scorecard(journal.scores())


def _grid(start: str | Day, end: str | Day, every: str) -> Any:
    first, last = parse_month_or_day(start, what="start"), parse_month_or_day(end, what="end")
    if last < first:
        raise DateError(f"end {last} is before start {first}")
    grid = as_of_grid(first, last, every=every)
    if not len(grid):
        raise DateError(f"there is no as-of date between {first} and {last} with one every {every}")
    return np.asarray(grid)
