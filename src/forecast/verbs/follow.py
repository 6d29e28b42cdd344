"""The verb *follow*: the forecasts of dyads over many as-of dates, each from what was public before its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecast.dates import AnyDay, Horizon
from forecast.display.frames import Forecasts
from forecast.display.progress import Step, logged
from forecast.errors import StateError
from forecast.panel.panel import build_panel
from forecast.training.answering import answering_models
from forecast.verbs.predict import fallback_rows, forecast_rows
from forecast.workspace import Workspace, as_of_dates


def follow(
    dyads: str | Sequence[str],
    *,
    start: AnyDay,
    end: AnyDay,
    every: str = "week",
    root: Path | str = ".",
    horizons: Horizon | Sequence[Horizon] = 90,
    by: AnyDay | None = None,
    target: str = "meeting",
    model: str | None = None,
    on_step: Step = logged,
) -> Forecasts:
    """Forecast dyads on many as-of dates: the numbers of `forecast.predict`, all dates at once.

    Parameters
    ----------
    dyads : str or sequence of str
        Such as ``"USA-CHN"``.
    start, end : str, date or numpy.datetime64
        First as-of date, and the day that none is after.
    every : {"week", "month", "quarter"}
        Weeks run from `start`; months and quarters fall on the first day of a month.
    root, target, model, on_step
        As in `forecast.predict`; the model is chosen for each date.
    horizons : int, str or sequence of them
        As in `forecast.predict`. Ignored if `by` is given.
    by : str, date or numpy.datetime64, optional
        Last day of all windows, which grow shorter as it comes nearer.

    Returns
    -------
    Forecasts
        The columns of `forecast.predict`; ordered by dyad, as-of date and horizon. Rows of a date on which no
        complete source covers the pair are a fallback, as there.

    Raises
    ------
    StateError, DateError, DataMissingError, InputError, ModelError
    """
    workspace = Workspace(root)
    grid = as_of_dates(start, end, every)
    queries = [workspace.query(day, target=target, model=model) for day in grid]
    windows = [query.horizons(horizons, by=by) for query in queries]
    wanted = sorted({dyad for day in (grid[0], grid[-1]) for dyad in workspace.dyads(dyads, on=day)})
    if not wanted:
        raise StateError("name at least one dyad", argument="dyads")
    covered = [[dyad for dyad in wanted if query.known.coverage_end(dyad) is not None] for query in queries]
    # A row looks back from its own date alone, so the rows of all dates are built once.
    rows = build_panel(queries[-1].known, grid, target=target, dyads=covered[-1]) if covered[-1] else None
    answered = [day for day, some in zip(grid, covered, strict=True) if some]
    answers = answering_models(workspace.root, workspace.history, answered, model=model, target=target, on_step=on_step)
    forecasts = []
    for day, query, days, some in zip(grid, queries, windows, covered, strict=True):
        if some:
            answer, built = answers[day], rows if some == covered[-1] else None
            forecasts.append(
                forecast_rows(
                    query.known, answer.trained, some, day, days, target, rows=built, warnings=answer.warnings
                )
            )
        others = [dyad for dyad in wanted if dyad not in some]
        if others:
            forecasts.append(fallback_rows(query.known, others, day, days, target))
    order = ["dyad", "as_of", "horizon_days"]
    return Forecasts(pd.concat(forecasts, ignore_index=True).sort_values(order, kind="stable", ignore_index=True))
