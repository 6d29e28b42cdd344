"""The verb *report*: forecasts, their reasons, their skill and their data on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

import forecast
from forecast.dates import Day, parse_day
from forecast.display.frames import Forecasts
from forecast.display.pictures import require_matplotlib
from forecast.display.progress import silent
from forecast.errors import DataMissingError, DateError, InputError, ModelError
from forecast.exchange.forecast_files import read_forecasts
from forecast.explanation.engagement_history import engagements_of, venues_of
from forecast.explanation.result import Explanation
from forecast.facts.countries import find_state, parse_dyad, sides, states
from forecast.facts.history import History
from forecast.files import write_text
from forecast.pages import illustrations
from forecast.pages.contents import Illustration, Report, Sheet, Skill, Watched
from forecast.pages.illustrations import anchor
from forecast.pages.rendering import render
from forecast.pages.writing import (
    SCORE_HEAD,
    account_told,
    chance_of,
    coverage_told,
    dyad_name,
    engagements_told,
    scores_told,
    venues_told,
)
from forecast.panel.outcomes import QUESTIONS
from forecast.periods import EDGES
from forecast.training.answering import Step
from forecast.verbs.check import calendar_check, check
from forecast.verbs.explain import explain
from forecast.verbs.predict import predict
from forecast.verbs.rank import month_before, with_change, with_surprise
from forecast.verification import scores_by_cut
from forecast.workspace import Workspace

#: Horizons of the tables; the list is sorted by the middle one.
HORIZONS: Final = (30, 90, 180)
_LIST_DAYS: Final = 90

#: Horizons of the curve: the edges of the model's periods.
_CURVE: Final = tuple(edge for edge in EDGES if 0 < edge <= max(HORIZONS))

#: Dyads at the head of the list, and engagements on a sheet.
_WATCHED: Final = 20
_ENGAGEMENTS: Final = 12


def report(
    dyads: str | Sequence[str] | None = None,
    *,
    as_of: str | Day,
    output: Path | str,
    root: Path | str = ".",
    forecasts: Path | str | None = None,
    focal: str | None = None,
    target: str = "meeting",
    model: str | None = None,
    on_step: Step | None = None,
) -> Path:
    """Write a page with the watch list, a sheet for each named dyad, skill and data coverage.

    Parameters
    ----------
    dyads : str or sequence of str, optional
        Dyads that get a sheet of their own.
    as_of : str or numpy.datetime64
        Midnight at the start of this day. Past forecasts are scored only if their window had ended by then.
    output : path-like
        The HTML file; it is replaced whole or left as it is. It loads nothing when it is shown.
    root : path-like
        The workspace.
    forecasts : path-like, optional
        The `forecasts.csv` of a backtest, for the skill and the past of each dyad.
    focal : str, optional
        State whose dyads are watched; default all dyads of the workspace.
    target : {"meeting", "bilateral"}
    model : str, optional
        A name of `forecast.models.MODELS`; which model answers is chosen as by `forecast.predict`.
    on_step : callable, optional
        Called with a few words before each step that takes long.

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
    path, day = Path(output), parse_day(as_of, what="as_of")
    if not path.absolute().parent.is_dir():
        raise InputError("its folder does not exist", path=path)
    names = [dyads] if isinstance(dyads, str) else list(dyads or [])
    named = list(dict.fromkeys(parse_dyad(name, on=day) for name in names))
    past = _past(Path(forecasts), target) if forecasts is not None else None
    say = on_step if on_step is not None else silent
    ask: dict[str, Any] = {"root": root, "target": target, "model": model, "on_step": on_step}
    days = sorted({*_CURVE, *HORIZONS})
    say("forecasting")
    own = predict(named, as_of=day, horizons=days, **ask) if named else None
    everyone = predict(focal=focal, as_of=day, horizons=days, **ask)
    listed, change_since, no_change = _compared(everyone, day, focal, ask)
    reasons = {dyad: explain(dyad, as_of=day, horizon=_LIST_DAYS, **ask) for dyad in named}
    known = Workspace(root).known_before(day)
    say("drawing")
    centre = _centre(focal, known, day, set(listed["dyad"]))
    watched = _watched(everyone, listed, named, centre)
    sheets = tuple(_sheet(known, own, reasons[dyad], day, past, centre) for dyad in named) if own is not None else ()
    say("scoring")
    first = everyone.iloc[0]
    page = Report(
        as_of=str(day),
        issued_at=f"{first['issued_at']!s:.16}".replace("T", " "),
        model=f"{first['model_id']} {first['model_version']}",
        question=f"Will the leaders {QUESTIONS[target]}?",
        about=_about(len(watched), centre),
        data_version=str(first["data_version"]),
        program=forecast.__version__,
        change_since=change_since,
        no_change=no_change,
        list_days=_LIST_DAYS,
        sooner_days=HORIZONS[0],
        later_days=HORIZONS[-1],
        watched=watched[:_WATCHED],
        others=watched[_WATCHED:],
        sheets=sheets,
        skill=_skill(past, Path(forecasts), day, str(first["model_id"]))
        if past is not None and forecasts is not None
        else None,
        coverage=coverage_told(check(root=root)),
        calendar=_calendar(root),
    )
    write_text(path, render(page))
    return path


def _compared(everyone: Forecasts, day: Day, focal: str | None, ask: dict[str, Any]) -> tuple[pd.DataFrame, str, str]:
    """The watch list with surprise and change, as `forecast.rank` has them, since when, and else why there is none."""
    rows = with_surprise(everyone.loc[everyone["horizon_days"] == _LIST_DAYS])
    earlier = month_before(day)
    try:
        before = predict(focal=focal, as_of=earlier, horizons=[_LIST_DAYS], **ask)
    except (DataMissingError, DateError, ModelError) as error:
        return rows.assign(change=np.nan), "", str(error)
    return with_change(rows, before), str(earlier), ""


def _centre(focal: str | None, known: History, day: Day, dyads: set[str]) -> str | None:
    """The state that all dyads of the list share: the one of the request, or because the sources cover no other."""
    if focal is not None:
        return find_state(focal, on=day)
    shared = set.intersection(*(set(sides(dyad)) for dyad in dyads)) & set(known.focal_states)
    return shared.pop() if len(shared) == 1 else None


def _about(count: int, centre: str | None) -> str:
    number = "1 dyad" if count == 1 else f"{count} dyads"
    return (
        f"{number} that the sources cover" if centre is None else f"{states()[centre].name} with {count} other states"
    )


def _watched(rows: Forecasts, listed: pd.DataFrame, named: list[str], centre: str | None) -> tuple[Watched, ...]:
    """The likeliest dyad first; equals in the order of their codes."""
    chances = {(str(row["dyad"]), int(row["horizon_days"])): chance_of(row) for _, row in rows.iterrows()}
    ordered = listed.sort_values("probability", ascending=False, kind="stable")
    return tuple(
        Watched(
            rank=rank,
            dyad=dyad,
            name=dyad_name(dyad, focal=centre),
            sooner=chances[dyad, HORIZONS[0]].probability,
            later=chances[dyad, HORIZONS[-1]].probability,
            change="" if np.isnan(change) else f"{100 * change:+.1f}",
            chance=chances[dyad, _LIST_DAYS],
            anchor=anchor(dyad) if dyad in named else "",
        )
        for rank, (dyad, change) in enumerate(zip(ordered["dyad"].astype(str), ordered["change"], strict=True), start=1)
    )


def _sheet(
    known: History, rows: Forecasts, explanation: Explanation, day: Day, past: pd.DataFrame | None, centre: str | None
) -> Sheet:
    dyad = str(explanation.forecast["dyad"].iloc[0])
    own = rows.loc[rows["dyad"] == dyad]
    events = engagements_of(known, dyad)
    last = day + np.timedelta64(max(HORIZONS) - 1, "D")
    venues = venues_of(known, dyad, first=day, last=last)
    drawn = [illustrations.relations(events, day)]
    if past is not None:
        drawn.append(_past_of(known, past, own, events, day))
    return Sheet(
        dyad=dyad,
        name=dyad_name(dyad),
        anchor=anchor(dyad),
        chances=tuple(chance_of(row) for _, row in own.loc[own["horizon_days"].isin(HORIZONS)].iterrows()),
        curve=illustrations.curve(own.loc[own["horizon_days"].isin(_CURVE)], venues),
        pictures=tuple(picture for picture in drawn if picture is not None),
        engagements=engagements_told(events, shown=_ENGAGEMENTS),
        known=len(events),
        venues=venues_told(venues, explanation.summits),
        account=account_told(explanation, illustrations.account(explanation), focal=centre),
    )


def _past_of(known: History, past: pd.DataFrame, own: Forecasts, events: pd.DataFrame, day: Day) -> Illustration | None:
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
    return table


def _skill(past: pd.DataFrame, path: Path, day: Day, model: str) -> Skill:
    """Scores of the forecasts whose window had ended before the as-of date: of others nobody could know the outcome."""
    ended = past["as_of"].to_numpy("datetime64[D]") + past["horizon_days"].to_numpy("timedelta64[D]") <= day
    scored = past.loc[ended & past["outcome"].notna().to_numpy()].astype({"outcome": int})
    rows: tuple[tuple[str, ...], ...] = ()
    drawn: tuple[Illustration, ...] = ()
    if len(scored):
        scored = scored.drop(columns="line")
        rows = scores_told(scores_by_cut(scored, cuts=["horizon"]))
        drawn = illustrations.skill(scored, model=model, days=_LIST_DAYS)
    return Skill(path.name, len(scored), len(past) - len(scored), SCORE_HEAD, rows, drawn)


def _calendar(root: Path | str) -> str:
    result = calendar_check(root=root)
    if result is None:
        return ""
    return (
        f"Of {result.named} summits since 1990 that the records name, {len(result.matched)} ({result.share:.1%}) stand "
        "in the calendar."
    )
