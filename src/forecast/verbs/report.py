"""The verb *report*: forecasts, their reasons, their skill and their data on one page."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import score
from forecast.dates import AnyDay, Day
from forecast.display.frames import Forecasts, dyad_name, score_table
from forecast.display.pictures import require_matplotlib
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Table
from forecast.errors import DataMissingError, DateError, InputError, ModelError
from forecast.exchange.forecast_files import read_forecasts
from forecast.explanation.engagement_history import engagements_of, venues_of
from forecast.explanation.result import Explanation
from forecast.facts.countries import sides, states
from forecast.facts.history import History
from forecast.facts.record import NONE
from forecast.files import write_text
from forecast.pages import illustrations
from forecast.pages import page as parts
from forecast.panel.outcomes import QUESTIONS
from forecast.verbs.check import holds, named_summits, notes_on_sources
from forecast.verbs.explain import explain
from forecast.verbs.predict import predict
from forecast.verbs.rank import month_before, with_change, with_surprise
from forecast.workspace import Workspace

#: Horizons of the tables; the list is sorted by the middle one.
HORIZONS: Final = (30, 90, 180)
_LIST_DAYS: Final = 90

#: Dyads at the head of the list, and engagements on a sheet.
_WATCHED: Final = 20
_ENGAGEMENTS: Final = 12


def report(
    dyads: str | Sequence[str] | None = None,
    *,
    as_of: AnyDay | None = None,
    output: Path | str,
    root: Path | str = ".",
    forecasts: Path | str | None = None,
    focal: str | None = None,
    target: str = "meeting",
    model: str | None = None,
    on_step: Step = logged,
) -> Path:
    """Write a page with the watch list, a sheet for each named dyad, skill and data coverage.

    Parameters
    ----------
    dyads : str or sequence of str, optional
        Dyads that get a sheet of their own.
    as_of : str, date or numpy.datetime64, optional
        As in `forecast.predict`. Past forecasts are scored only if their window had ended by then.
    output : path-like
        The HTML file; it is replaced whole or left as it is. It loads nothing when it is shown.
    root, target, model, on_step
        As in `forecast.predict`.
    forecasts : path-like, optional
        The `forecasts.csv` of a backtest, for the skill and the past of each dyad.
    focal : str, optional
        State whose dyads are watched; default all dyads of the workspace.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ForecastError
        If matplotlib is not installed.
    StateError, DateError, DataMissingError, InputError, ModelError
    """
    require_matplotlib()
    path, workspace = Path(output), Workspace(root)
    day = workspace.day(as_of)
    if not path.absolute().parent.is_dir():
        raise InputError("its folder does not exist", path=path)
    named, focal = workspace.dyads(dyads, on=day), workspace.focal(focal, on=day)
    past = _past(Path(forecasts), target) if forecasts is not None else None
    query: dict[str, Any] = {"root": root, "target": target, "model": model, "on_step": on_step}
    on_step("forecasting")
    every_day = list(range(1, max(HORIZONS) + 1))
    own = with_surprise(predict(named, as_of=day, horizons=every_day, **query)) if named else None
    everyone = predict(focal=focal, as_of=day, horizons=list(HORIZONS), **query)
    listed, change_since, no_change = _compared(everyone, day, focal, query)
    reasons = {dyad: explain(dyad, as_of=day, horizon=_LIST_DAYS, **query) for dyad in named}
    known = workspace.known_before(day)
    on_step("drawing")
    shared = _shared(focal, known, set(listed["dyad"]))
    but = [shared] if shared is not None else []
    sheets = [_sheet(known, own, reasons[dyad], day, past) for dyad in named] if own is not None else []
    watched, others = (
        parts.watch_list(rows, days=HORIZONS, linked=named, but=but)
        for rows in (listed.head(_WATCHED), listed.iloc[_WATCHED:])
    )
    about = f"{'1 dyad' if len(listed) == 1 else f'{len(listed)} dyads'} that the sources cover"
    if shared is not None:
        about = f"{states()[shared].name} with {len(listed)} other states"
    on_step("scoring")
    first = everyone.iloc[0]
    page = parts.Report(
        as_of=str(day),
        question=f"Will the leaders {QUESTIONS[target]}?",
        made_by=f"Model {first['model_id']} {first['model_version']}; data {first['data_version']}; computed "
        f"{str(first['issued_at'])[:16].replace('T', ' ')} UTC by forecast {version('forecast')}.",
        about=about,
        list_days=_LIST_DAYS,
        change_since=change_since,
        no_change=no_change,
        watched=watched,
        others=others if others.rows else None,
        sheets=sheets,
        skill=_skill(past, day, str(first["model_id"])) if past is not None else None,
        coverage=_sources(known, workspace.raw, day),
    )
    write_text(path, page.html())
    return path


def _sources(known: History, raw: Path, day: Day) -> Table:
    """What was known of each source before the day, and of the summits that the records name."""
    columns = [Column("source", width=21), Column("covered"), Column("what it holds", wraps=True)]
    cells = [
        (one.source, f"{one.starts_on} to {one.ends_on}{'' if one.declared else '?'}",
         f"{holds(known, one)}{'' if one.complete else ', not all of them'}")
        for one in known.coverages
    ]  # fmt: skip
    met = known.events["meeting_of"] != NONE
    notes = [
        f"{publisher}: {len(rows)} facts, {met.loc[rows.index].sum()} of them meetings of leaders"
        for publisher, rows in known.events.groupby("publisher", sort=True)
    ]
    notes += notes_on_sources(all(one.declared for one in known.coverages), named_summits(known, raw))
    return Table(columns, cells, title=f"Sources as they were known before {day}", notes=notes)


def _compared(everyone: Forecasts, day: Day, focal: str | None, query: dict[str, Any]) -> tuple[pd.DataFrame, str, str]:
    """The watch list with surprise, change and the other horizons, and the day since when or why there is no change."""
    rows = with_surprise(everyone.loc[everyone["horizon_days"] == _LIST_DAYS])
    for days in HORIZONS:
        rows[days] = everyone.loc[everyone["horizon_days"] == days, "probability"].to_numpy()
    since, reason = str(month_before(day)), ""
    try:
        before = predict(focal=focal, as_of=since, horizons=[_LIST_DAYS], **query)
        rows = with_change(rows, before)
    except (DataMissingError, DateError, ModelError) as error:
        rows, since, reason = rows.assign(change=np.nan), "", str(error)
    # Equals stand in the order of their codes.
    rows = rows.sort_values("probability", ascending=False, kind="stable", ignore_index=True)
    return rows.assign(rank=np.arange(1, len(rows) + 1)), since, reason


def _shared(focal: str | None, known: History, dyads: set[str]) -> str | None:
    """The state that all dyads of the list share: the one of the request, or because the sources cover no other."""
    if focal is not None:
        return focal
    shared = set.intersection(*(set(sides(dyad)) for dyad in dyads)) & set(known.focal_states)
    return shared.pop() if len(shared) == 1 else None


def _sheet(
    known: History, rows: pd.DataFrame, explanation: Explanation, day: Day, past: pd.DataFrame | None
) -> parts.Sheet:
    dyad = str(explanation.forecast["dyad"].iloc[0])
    own, name = rows.loc[rows["dyad"] == dyad], dyad_name(dyad)
    events = engagements_of(known, dyad)
    venues = venues_of(known, dyad, first=day, last=day + np.timedelta64(max(HORIZONS) - 1, "D"))
    drawn = [illustrations.relations(events, day)]
    if past is not None:
        drawn.append(_past_of(known, past, own, events, day))
    return parts.Sheet(
        dyad=dyad,
        name=name,
        anchor=illustrations.anchor(dyad),
        forecasts=parts.forecasts_of_dyad(
            own.loc[own["horizon_days"].isin(HORIZONS)],
            title=f"Probability that the leaders of {name} meet from {day} on",
        ),
        curve=illustrations.curve(own, venues),
        account=illustrations.account(explanation),
        sections=parts.sections(explanation, venues, max(HORIZONS)),
        pictures=[picture for picture in drawn if picture is not None],
        engagements=parts.engagements_table(events, shown=_ENGAGEMENTS, as_of=str(day)),
    )


def _past_of(
    known: History, past: pd.DataFrame, own: pd.DataFrame, events: pd.DataFrame, day: Day
) -> illustrations.Illustration | None:
    """The dyad's forecasts of the three years before the as-of date."""
    since = day - np.timedelta64(3 * 365, "D")
    first = own.iloc[0]
    rows = past.loc[
        (past["dyad"] == first["dyad"])
        & (past["model_id"] == first["model_id"])
        & (past["horizon_days"] == _LIST_DAYS)
        & (past["as_of"] <= str(day))
        & (past["as_of"] >= str(since))
    ]
    if rows.empty:
        return None
    today = own.loc[own["horizon_days"] == _LIST_DAYS]
    line = pd.concat([rows.loc[rows["as_of"] < str(day)], pd.DataFrame(today)[rows.columns.intersection(own.columns)]])
    end = day + np.timedelta64(_LIST_DAYS, "D")
    return illustrations.past_forecasts(line, events, venues_of(known, str(first["dyad"]), first=since, last=end))


def _past(path: Path, target: str) -> pd.DataFrame:
    """Forecasts of the target that have a reference to be measured against."""
    table = read_forecasts(path)
    table = table.loc[table["target"] == target]
    if table.empty:
        raise InputError(f"holds no forecasts of the target {target!r}", path=path)
    if table["climatology"].isna().any():
        line = int(table.loc[table["climatology"].isna(), "line"].iloc[0])
        raise InputError("is empty; use the forecasts.csv of a backtest", path=path, row=line, field="climatology")
    table.attrs["name"] = path.name
    return table


def _skill(past: pd.DataFrame, day: Day, model: str) -> parts.Skill:
    """Scores of the forecasts whose window had ended before the as-of date: of others nobody could know the outcome."""
    ended = past["as_of"].to_numpy("datetime64[D]") + past["horizon_days"].to_numpy("timedelta64[D]") <= day
    scored = past.loc[ended & past["outcome"].notna().to_numpy()].drop(columns="line").astype({"outcome": int})
    if scored.empty:
        return parts.Skill(past.attrs["name"], 0, len(past), None, ())
    scores = score(scored.sort_values(["model_id", "horizon_days"], kind="stable"))
    table = score_table(scores, title="Scores by model and horizon; skill is against climatology")
    drawn = illustrations.skill(scored, model=model, days=_LIST_DAYS)
    return parts.Skill(past.attrs["name"], len(scored), len(past) - len(scored), table, drawn)
