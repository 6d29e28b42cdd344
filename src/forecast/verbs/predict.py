"""The verb *predict*: the probability that two leaders meet, with its interval, its reference and its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Day, Horizon
from forecast.display.frames import ANNOUNCED, CLIMATOLOGY, INTERVAL, PROBABILITY, Forecasts, interval, with_warnings
from forecast.display.table import Column, Document, Paragraph, Table
from forecast.errors import DataMissingError
from forecast.explanation.engagement_history import source_warnings
from forecast.facts.history import History
from forecast.facts.plans import announced_within
from forecast.models.baselines import climatology_of
from forecast.panel.outcomes import QUESTIONS
from forecast.panel.panel import Panel, build_panel
from forecast.training.answering import Step
from forecast.training.provenance import now
from forecast.training.train import Trained
from forecast.verbs.horizons import either_horizon
from forecast.verbs.recording import recorded
from forecast.workspace import Workspace

#: Columns of a forecast, in the order of every output.
COLUMNS = (
    "model_id", "model_version", "dyad", "as_of", "horizon_days", "window_end", "target", "probability", "low", "high",
    "climatology", "announced", "issued_at", "data_version", "coverage_end", "warnings",
)  # fmt: skip


@either_horizon
def predict(
    dyads: str | Sequence[str] | None = None,
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    horizons: Horizon | Sequence[Horizon] | None = None,
    by: AnyDay | None = None,
    target: str = "meeting",
    model: str | None = None,
    focal: str | None = None,
    record: bool = False,
    on_step: Step | None = None,
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
    model : str, optional
        A name of `forecast.models.MODELS`. The champion answers if it is of this model, or none is named, and if it was
        trained on or before `as_of`; otherwise the model of the first day of the year, by default ``"hazard"``.
    focal : str, optional
        With no `dyads`: only those of this state.
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
    day, windows = query.day, query.horizons(horizons, by=by)
    wanted, centre = sorted(query.workspace.dyads(dyads, on=day)), query.workspace.focal(focal, on=day)
    known = query.known
    wanted = wanted or known.cohort(day, focal=centre)
    if not wanted:
        raise DataMissingError(f"no source covers a dyad {f'of {centre} ' if centre else ''}on {day}")
    for dyad in wanted:
        query.check_recorded(dyad)
    answering = query.answering(on_step)
    rows = forecast_rows(known, answering.trained, wanted, day, windows, target, warnings=answering.warnings)
    return recorded(rows, root=Path(root)) if record else rows


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
    """Forecasts of a trained model for dyads, from the facts known before a day, with the columns `COLUMNS`.

    Rows that are at hand already, of these dyads and of this day among others, need not be built.
    """
    if rows is None:
        rows = build_panel(known, np.array([day]), target=target, dyads=dyads)
    signals = rows.signals.loc[rows.as_ofs == day]
    probability = trained.model.predict_cumulative_incidence(signals, horizons)
    low, high = trained.model.predict_interval(signals, horizons)
    reference = climatology_of(signals, horizons)
    issued_at, data_version = now(), known.fingerprint()[:12]
    coverage_ends = [str(known.coverage_end(dyad) or "NaT") for dyad in dyads]
    frames = []
    for k, horizon in enumerate(horizons):
        announced = announced_within(known, dyads=dyads, as_ofs=np.full(len(dyads), day), horizon_days=horizon)
        frames.append(
            pd.DataFrame(
                {
                    "model_id": trained.card.model_id, "model_version": trained.card.model_version, "dyad": dyads,
                    "as_of": str(day), "horizon_days": horizon,
                    "window_end": str(day + np.timedelta64(horizon - 1, "D")), "target": target,
                    "probability": probability[:, k], "low": low[:, k], "high": high[:, k],
                    "climatology": reference[:, k], "announced": announced, "issued_at": issued_at,
                    "data_version": data_version, "coverage_end": coverage_ends,
                }
            )
        )  # fmt: skip
    forecasts = pd.concat(frames, ignore_index=True).sort_values(["dyad", "horizon_days"], kind="stable")
    by_dyad = {dyad: (*warnings, *source_warnings(known, dyad, day)) for dyad in dyads}
    return with_warnings(forecasts.reset_index(drop=True), by_dyad)[list(COLUMNS)]


def table(rows: pd.DataFrame) -> Document:
    """Forecasts for reading, the likeliest dyad first."""
    first = rows.iloc[0]
    ends = sorted(set(rows["coverage_end"]))
    order = rows.groupby("dyad")["probability"].max().sort_values(ascending=False, kind="stable").index
    likeliest_first = rows.sort_values("dyad", key=lambda dyads: dyads.map(order.get_loc), kind="stable")
    columns = [
        Column("dyad"), Column("by"), Column("days", align="right"), PROBABILITY, INTERVAL, CLIMATOLOGY, ANNOUNCED,
    ]  # fmt: skip
    cells = [
        (row["dyad"], row["window_end"], row["horizon_days"], row["probability"], interval(row), row["climatology"],
         row["announced"])
        for _, row in likeliest_first.iterrows()
    ]  # fmt: skip
    notes = [
        f"model {first['model_id']} {first['model_version']}, data {first['data_version']}",
        f"meetings recorded to {ends[0] if len(ends) == 1 else f'{ends[0]} to {ends[-1]}'}",
    ]
    question = f"Will the leaders {QUESTIONS[first['target']]}?\nAs of {first['as_of']}, from what was public before."
    return Document(Paragraph(question, style="bold"), Table(columns, cells, notes=notes))
