"""The verb *predict*: probabilities with interval, reference and provenance, recorded or followed over dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Day, Horizon, Ints
from forecast.display.frames import (
    ANNOUNCED,
    STALE_AFTER_DAYS,
    Forecasts,
    any_stale,
    forecasts_table,
    warnings_by_dyad,
    with_warnings,
)
from forecast.display.progress import Step, logged
from forecast.display.table import Document, Paragraph
from forecast.errors import DataMissingError, StateError
from forecast.explanation.engagement_history import source_warnings
from forecast.facts.history import History
from forecast.facts.plans import announced_within
from forecast.models import Model
from forecast.models.baselines import climatology_of
from forecast.monitoring.forecast_log import append_forecasts
from forecast.panel.outcomes import QUESTIONS
from forecast.panel.panel import Panel, build_panel
from forecast.periods import Floats
from forecast.signals.user_signals import OwnSignal, own_signals
from forecast.training.answering import answering_models
from forecast.training.provenance import code_fingerprint, now
from forecast.training.train import Trained
from forecast.verbs.fallback import MODEL as FALLBACK
from forecast.verbs.fallback import fallback
from forecast.verbs.widening import stale_days, widened
from forecast.workspace import Workspace, as_of_dates

#: Columns of a forecast, in the order of every output.
COLUMNS = (
    "model_id", "model_version", "dyad", "as_of", "horizon_days", "window_end", "target", "probability", "low", "high",
    "climatology", "announced", "issued_at", "data_version", "coverage_end", "stale_days", "warnings",
)  # fmt: skip


def predict(
    dyads: str | Sequence[str] | None = None,
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    horizons: Horizon | Sequence[Horizon] | None = None,
    by: AnyDay | None = None,
    target: str = "meeting",
    model: Model | None = None,
    signals: Sequence[OwnSignal] = (),
    focal: str | None = None,
    strict: bool = False,
    record: bool = False,
    on_step: Step = logged,
) -> Forecasts:
    """Forecast whether the leaders of dyads meet in person, given only what was public before `as_of`.

    Parameters
    ----------
    dyads : str or sequence of str, optional
        Such as ``"USA-CHN"``, ``["India-Pakistan"]`` or, by the leaders of the day, ``"Biden-Xi"``; without it, all
        dyads of the cohort.
    as_of : str, date or numpy.datetime64, optional
        Midnight at the start of this day: a date, a month for its first day, ``"today"`` or ``"yesterday"``. Default:
        today (UTC).
    root : path-like
        The workspace.
    horizons : int, str or sequence of them, optional
        Days, in 1..730, or texts such as ``"90d"``, ``"12w"``, ``"6m"`` (months of 30 days) and ``"1y"``. Ignored if
        `by` is given. Default: those of the workspace's `forecast.toml`, or 30, 90 and 180. Every verb takes it as
        `horizon` too.
    by : str, date or numpy.datetime64, optional
        Last day of the window instead of horizons; a month is its last day.
    target : {"meeting", "bilateral"}
        Any setting, or only bilateral meetings and meetings on the margins.
    model : str or estimator, optional
        As in `forecast.train`. The champion answers if it is of this model, or none is named, and if it was trained on
        or before `as_of`; otherwise the model of the first day of the year, by default ``"hazard"``.
    signals : sequence of Signal, ComputedSignal or str
        Your own signals, from which the model learns too, as in `forecast.audit`; the champion does not answer then.
    focal : str, optional
        With no `dyads`: only those of this state.
    strict : bool
        Refuse a dyad that no complete source covers. Otherwise its rows are a labelled fallback: `model_id` is
        ``"fallback"``, the interval wide, and a warning says what it rests on (`forecast.verbs.fallback`).
    record : bool
        Append the forecasts to the workspace's log (`forecast.monitoring.forecast_log`). Where it then ends stands in
        ``result.attrs["log"]``: `head`, `n_lines`.
    on_step : callable, optional
        Called with a few words before each step that takes long.

    Returns
    -------
    Forecasts
        A pandas DataFrame with one row a dyad and horizon and the columns `COLUMNS`; a notebook shows it in per cent.
        `window_end` is the last day of the window;
        `low` and `high` bound a 90% interval whose method is the model's `interval_method`.
    """
    query = Workspace(root).query(as_of, target=target, model=model)
    day, windows, extra = query.day, query.horizons(horizons, by=by), own_signals(signals)
    wanted, centre = sorted(query.workspace.dyads(dyads, on=day)), query.workspace.focal(focal, on=day)
    known = query.known
    wanted = wanted or known.cohort(day, focal=centre)
    if not wanted:
        raise DataMissingError(f"no source covers a dyad {f'of {centre} ' if centre else ''}on {day}")
    uncovered = [dyad for dyad in wanted if known.coverage_end(dyad) is None]
    if strict and uncovered:
        query.check_recorded(uncovered[0])
    covered, parts = [dyad for dyad in wanted if dyad not in uncovered], []
    if covered:
        answering = query.answering(on_step, extra=extra)
        rows = build_panel(known, np.array([day]), target=target, dyads=covered, extra=extra)
        parts.append(
            forecast_rows(
                known, answering.trained, covered, day, windows, target, rows=rows, warnings=answering.warnings
            )
        )
    if uncovered:
        parts.append(fallback_rows(known, uncovered, day, windows, target))
    forecasts = joined(parts)
    return recorded(forecasts, root=Path(root)) if record else forecasts


def joined(parts: Sequence[Forecasts]) -> Forecasts:
    """Forecasts of several tables in one, by dyad and horizon, with the warnings of all."""
    warnings = {dyad: some for part in parts for dyad, some in warnings_by_dyad(part).items()}
    rows = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    return with_warnings(rows.sort_values(["dyad", "horizon_days"], kind="stable", ignore_index=True), warnings)


def fallback_rows(known: History, dyads: list[str], day: Day, horizons: list[int], target: str) -> Forecasts:
    """Rows of dyads that no complete source covers, with the columns `COLUMNS`."""
    found = fallback(known, dyads, day, horizons, target=target)
    ages = stale_days(known, dyads, day)
    frame = _rows(known, dyads, day, horizons, target, found.probability, (found.low, found.high), found.pooled, ages)
    frame = frame.assign(model_id=FALLBACK, model_version=known.fingerprint()[:8])
    by_dyad = {
        dyad: (reason, *_stale_warning(days))
        for dyad, reason, days in zip(dyads, found.reasons, ages.tolist(), strict=True)
    }
    return with_warnings(frame, by_dyad)[list(COLUMNS)]


def forecast_rows(
    known: History,
    trained: Trained,
    dyads: list[str],
    day: Day,
    horizons: list[int],
    target: str,
    *,
    rows: Panel | None = None,
    warnings: Sequence[str] = (),
) -> Forecasts:
    """Forecasts of a trained model for dyads, with the columns `COLUMNS`; `rows` at hand need not be built."""
    if rows is None:
        rows = build_panel(known, np.array([day]), target=target, dyads=dyads)
    signals = rows.signals.loc[rows.as_ofs == day]
    probability, low, high = trained.model.predict_with_interval(signals, horizons)
    stale = stale_days(known, dyads, day)
    low, high = widened(probability, low, high, stale)
    reference = climatology_of(signals, horizons)
    forecasts = _rows(known, dyads, day, horizons, target, probability, (low, high), reference, stale)
    forecasts = forecasts.assign(model_id=trained.card.model_id, model_version=trained.card.model_version)
    by_dyad = {
        dyad: (*warnings, *source_warnings(known, dyad, day), *_stale_warning(days))
        for dyad, days in zip(dyads, stale.tolist(), strict=True)
    }
    return with_warnings(forecasts, by_dyad)[list(COLUMNS)]


def _rows(
    known: History,
    dyads: list[str],
    day: Day,
    horizons: list[int],
    target: str,
    probability: Floats,
    bounds: tuple[Floats, Floats],
    reference: Floats,
    stale: Ints,
) -> pd.DataFrame:
    """Columns of forecasts but for model and warnings; the figures have a row a dyad and a column a horizon."""
    issued_at, data_version = now(), known.fingerprint()[:12]
    coverage_ends = [str(known.coverage_end(dyad) or "NaT") for dyad in dyads]
    window_ends = [str(day + np.timedelta64(horizon - 1, "D")) for horizon in horizons]
    as_ofs, times = np.full(len(dyads), day), len(horizons)
    announced = [announced_within(known, dyads=dyads, as_ofs=as_ofs, horizon_days=horizon) for horizon in horizons]
    frame = pd.DataFrame(
        {
            "dyad": np.repeat(dyads, times), "as_of": str(day), "horizon_days": np.tile(horizons, len(dyads)),
            "window_end": np.tile(window_ends, len(dyads)), "target": target,
            "probability": probability.ravel(), "low": bounds[0].ravel(), "high": bounds[1].ravel(),
            "climatology": reference.ravel(), "announced": np.column_stack(announced).ravel(), "issued_at": issued_at,
            "data_version": data_version, "coverage_end": np.repeat(coverage_ends, times),
            "stale_days": np.repeat(stale, times),
        }
    )  # fmt: skip
    return frame.sort_values(["dyad", "horizon_days"], kind="stable", ignore_index=True)


def _stale_warning(days: int) -> list[str]:
    if days <= STALE_AFTER_DAYS:
        return []
    return [f"stale: the record ended {days} days before, and the interval is wider for it"]


def table(rows: pd.DataFrame) -> Document:
    """Forecasts for reading, the likeliest dyad first."""
    first, rough = rows.iloc[0], rows["model_id"] == FALLBACK
    ends = sorted(set(rows["coverage_end"]) - {"NaT"})
    order = rows.groupby("dyad")["probability"].max().sort_values(ascending=False, kind="stable").index
    shown = rows.assign(dyad=rows["dyad"].where(~rough, rows["dyad"] + "*"))
    shown = shown.iloc[np.argsort(rows["dyad"].map(order.get_loc), kind="stable")]
    models = sorted(set(rows.loc[~rough, ["model_id", "model_version"]].itertuples(index=False, name=None)))
    by = ", ".join(f"model {name} {version}" for name, version in models) or "no model"
    notes = [
        f"{by}, data {first['data_version']}",
        f"meetings recorded to {ends[0] if len(ends) == 1 else f'{ends[0]} to {ends[-1]}'}" if ends else "",
    ]
    if rough.any():
        notes.append("* a fallback: no complete source covers the pair, and a warning says what stands in its place")
    if any_stale(rows):
        notes.append(f"stale: the record of the two ended more than {STALE_AFTER_DAYS} days before")
    question = f"Will the leaders {QUESTIONS[first['target']]}?\nAs of {first['as_of']}, from what was public before."
    names = ["dyad", "window_end", "horizon_days", "probability", "interval", "climatology", "announced", "stale_days"]
    own = {"announced": replace(ANNOUNCED, head="ann.")} if any_stale(rows) else None
    table = forecasts_table(shown, names, own=own, notes=list(filter(None, notes)))
    return Document(Paragraph(question, style="bold"), table)


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


def recorded(rows: Forecasts, *, root: Path) -> Forecasts:
    """Append forecasts to the log of a workspace; ``attrs["log"]`` of the result holds its `head` and `n_lines`."""
    code = code_fingerprint()[:12]
    lines = [{str(name): value for name, value in row.items()} for row in rows.to_dict(orient="records")]
    done = append_forecasts(root, [{**line, "code_version": code} for line in lines])
    if done.set_aside is not None:
        torn = f"the forecast log ended with a line that a crash tore: it is set aside in {done.set_aside}"
        before = warnings_by_dyad(rows)
        rows = with_warnings(rows, {dyad: (*before.get(dyad, ()), torn) for dyad in rows["dyad"].unique()})
    rows.attrs["log"] = {"head": done.head, "n_lines": done.n_lines}
    return rows
