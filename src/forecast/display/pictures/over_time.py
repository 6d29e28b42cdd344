"""A dyad over the years: forecasts beside what happened and was scheduled; engagements by level and kind."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from forecast.dates import ONE_DAY, Day
from forecast.display.frames import dyad_name
from forecast.display.pictures import canvas
from forecast.display.pictures.canvas import Picture
from forecast.display.pictures.signs import BLACK, CLIMATOLOGY, GREY, INK, SERIES, SIGNS, kind_of, leaders_met
from forecast.errors import ForecastError
from forecast.facts.events import LEVELS

_LEADERS: Final = "leaders meet"
_SUMMITS: Final = "summits of both"
#: Height in inches of a row of the strip below the forecasts.
_ROW: Final = 0.21


def timeline(
    forecasts: pd.DataFrame,
    *,
    events: pd.DataFrame | None = None,
    venues: pd.DataFrame | None = None,
    climatology: bool = True,
) -> Picture:
    """Show how the forecasts of a dyad moved, with engagements and summits below.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Rows of one dyad, model and target, as `forecast.follow` or a backtest returns them, with at least two as-of
        dates and at most six horizons, or one last day of all windows. Where there is one line and the columns
        `low` and `high`, the 90% interval is shaded.
    events, venues : pandas.DataFrame, optional
        As `forecast.engagements` and `forecast.venues_ahead` return them. Days on which the leaders met cross the
        forecasts too.
    climatology : bool
        Draw the dyad's own record as a reference.

    Returns
    -------
    Picture
        From the first as-of date to the end of the last window.
    """
    canvas.require(
        forecasts.columns, ("model_id", "dyad", "as_of", "horizon_days", "target", "probability"), table="forecasts"
    )
    dyad, target = canvas.only(forecasts["dyad"], what="dyad"), canvas.only(forecasts["target"], what="target")
    model = canvas.only(forecasts["model_id"], what="model_id")
    series = _series(forecasts)
    if len(series) > len(SERIES):
        raise ForecastError(f"a timeline shows at most {len(SERIES)} horizons, and the table has {len(series)}")
    if forecasts["as_of"].nunique() < 2:
        raise ForecastError(f"a timeline needs at least 2 as-of dates: there is 1 of {dyad}")
    first = np.datetime64(str(min(forecasts["as_of"]))[:10], "D")
    last = max(_last_days(forecasts))
    marks = _marks(events, first, last)
    ahead = _between(venues, "starts_on", first, last)
    rows = len(marks) + (1 if len(ahead) else 0)
    title = f"{dyad_name(dyad)}: will the leaders {'meet' if target == 'meeting' else 'meet alone or on the margins'}?"
    heights = (3.0, 0.12 + _ROW * rows) if rows else (3.0,)
    picture, grid = canvas.sheet(title, height=3.9 + _ROW * rows, rows=heights)
    _draw_forecasts(grid[0], series, climatology=climatology)
    window = "the days after each as-of date" if _many_windows(forecasts) else f"the days up to {last - ONE_DAY}"
    canvas.note(grid[0], f"Probability of a meeting in {window}; model {model}, {dyad}")
    canvas.name_axes(grid[0], y="Probability (%)")
    for day in marks.get(_LEADERS, ()):
        grid[0].axvline(day, color=BLACK, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
    canvas.day_axis(grid[0], first, last)
    canvas.legend(picture, _signs(series, climatology=climatology, met=_LEADERS in marks))
    if rows:
        _draw_strip(picture, grid[1], marks, ahead)
    canvas.name_axes(grid[-1], x="As-of date of the forecast; day of the engagement or summit", y=grid[-1].get_ylabel())
    return picture


def _last_days(forecasts: pd.DataFrame) -> Any:
    """Day after each window."""
    starts = np.array([str(day)[:10] for day in forecasts["as_of"]], dtype="datetime64[D]")
    return starts + forecasts["horizon_days"].to_numpy(dtype="timedelta64[D]")


def _many_windows(forecasts: pd.DataFrame) -> bool:
    """Whether windows end on different days: all that end on one day are one line, however long they are."""
    return len(np.unique(_last_days(forecasts))) > 1


def _series(forecasts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows of each line by its label."""
    if not _many_windows(forecasts):
        return {f"by {_last_days(forecasts)[0] - ONE_DAY}": forecasts}
    horizons = sorted({int(days) for days in forecasts["horizon_days"]})
    return {f"within {days} days": forecasts.loc[forecasts["horizon_days"] == days] for days in horizons}


def _between(table: pd.DataFrame | None, column: str, first: np.datetime64, last: np.datetime64) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame()
    canvas.require(table.columns, (column,), table="events and venues")
    days = table[column].to_numpy("datetime64[D]")
    return table.loc[(days >= first) & (days <= last)]


def _marks(events: pd.DataFrame | None, first: np.datetime64, last: np.datetime64) -> dict[str, Any]:
    """Days of each row of the strip, rows without any left out."""
    shown = _between(events, "occurred_on", first, last)
    if shown.empty:
        return {}
    met = leaders_met(shown)
    rows = {_LEADERS: shown.loc[met]} | {kind: shown.loc[~met & (kind_of(shown) == kind)] for kind in SIGNS}
    return {name: canvas.numbers(part["occurred_on"]) for name, part in rows.items() if len(part)}


def _interval(series: dict[str, pd.DataFrame]) -> bool:
    return len(series) == 1 and all({"low", "high"} <= set(rows.columns) for rows in series.values())


def _draw_forecasts(axes: Axes, series: dict[str, pd.DataFrame], *, climatology: bool) -> None:
    for rows, style in zip(series.values(), SERIES, strict=False):
        part = rows.sort_values("as_of", kind="stable")
        at = canvas.numbers(str(day)[:10] for day in part["as_of"])
        axes.plot(
            at, part["probability"].to_numpy(), color=style.colour, marker=style.marker, linestyle=style.line,
            markersize=4, linewidth=1.6, zorder=3,
        )  # fmt: skip
        if _interval(series):
            axes.fill_between(
                at, part["low"].to_numpy(), part["high"].to_numpy(), color=style.colour, alpha=0.18, linewidth=0
            )
        if climatology and "climatology" in part.columns:
            axes.plot(at, part["climatology"].to_numpy(), color=GREY, linestyle=CLIMATOLOGY.line, linewidth=1.2)
            if len(series) > 1:
                axes.annotate(
                    f"{part['horizon_days'].iloc[-1]} d", (at[-1], part["climatology"].iloc[-1]), xytext=(10, 0),
                    textcoords="offset points", va="center", fontsize=canvas.SMALL, color=GREY,
                )  # fmt: skip
    canvas.share_axis(axes)


def _signs(series: dict[str, pd.DataFrame], *, climatology: bool, met: bool) -> list[Any]:
    handles: list[Any] = [
        Line2D([], [], color=s.colour, marker=s.marker, linestyle=s.line, markersize=4, label=label)
        for label, s in zip(series, SERIES, strict=False)
    ]
    if _interval(series):
        handles.append(Patch(color=SERIES[0].colour, alpha=0.18, linewidth=0, label="90% interval"))
    if climatology and all("climatology" in rows.columns for rows in series.values()):
        handles.append(Line2D([], [], color=GREY, linestyle=CLIMATOLOGY.line, label="climatology"))
    if met:
        handles.append(
            Line2D([], [], color=BLACK, linewidth=0.8, linestyle=(0, (1, 2)), label="the leaders met (of record)")
        )
    return handles


def _draw_strip(picture: Picture, axes: Axes, marks: dict[str, Any], venues: pd.DataFrame) -> None:
    for row, (name, days) in enumerate(marks.items()):
        style = SIGNS.get(name)
        axes.plot(
            days, np.full(len(days), float(row)), linestyle="none", clip_on=False,
            color=style.colour if style else BLACK, marker=style.marker if style else "*",
            markersize=5 if style else 9,
        )  # fmt: skip
    names = [*marks, *([_SUMMITS] if len(venues) else [])]
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", color="#E8E8E8", linewidth=0.6)
    axes.set_ylim(len(names) - 0.4, -0.6)
    if len(venues):
        _draw_summits(picture, axes, venues, row=len(marks))


def _draw_summits(picture: Picture, axes: Axes, venues: pd.DataFrame, *, row: int) -> None:
    """Summits as spans with their names, in as many lanes as the names need."""
    canvas.require(venues.columns, ("name", "starts_on", "ends_on"), table="venues")
    starts, ends = canvas.numbers(venues["starts_on"]), canvas.numbers(venues["ends_on"])
    texts = [
        axes.text(start, row, str(name), fontsize=canvas.SMALL, color=INK, va="center", parse_math=False)
        for start, name in zip(starts, venues["name"], strict=True)
    ]
    picture.draw_without_rendering()
    right = axes.get_xlim()[1]
    spans = []
    gap = 0.01 * (right - axes.get_xlim()[0])
    for text, start, last in zip(texts, starts, ends + 1, strict=True):
        begin, end = canvas.span_of(text, axes)
        width = end - begin
        # A name that would leave the sheet stands before its days.
        before = last + gap + width > right
        text.set_horizontalalignment("right" if before else "left")
        text.set_x(start - gap if before else last + gap)
        spans.append((start - gap - width, last + gap) if before else (start - gap, last + gap + width))
    lanes = canvas.stacked(spans)
    for text, lane, start, end in zip(texts, lanes, starts, ends, strict=True):
        text.set_y(row + lane)
        axes.plot([start, end + 1], [row + lane] * 2, color=INK, linewidth=4, solid_capstyle="butt")
        # A day is thinner than a line of print: its first one is marked as well.
        axes.plot([start], [row + lane], color=INK, marker="|", markersize=7, markeredgewidth=1.4)
    extra = max(lanes)
    if extra:
        axes.set_ylim(row + extra + 0.6, -0.6)
        height = picture.get_figheight() + _ROW * extra
        picture.set_figheight(height)
        grid = axes.get_subplotspec()
        if grid is not None:
            grid.get_gridspec().set_height_ratios([3.0, 0.12 + _ROW * (row + 1 + extra)])


_LEVEL_NAMES: Final = {
    "leader": "leaders", "deputy": "deputies", "minister": "ministers", "deputy_minister": "deputy\nministers",
    "working": "working level,\nstatements",
}  # fmt: skip
_NEEDED: Final = ("dyad", "occurred_on", "event", "mode", "status", "level")
#: Height in inches of a lane.
_LANE: Final = 0.14


def engagements(events: pd.DataFrame, *, start: str | Day | None = None, end: str | Day | None = None) -> Picture:
    """Show when two states had to do with one another, at which level and how; meetings of leaders are stars.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows of one dyad, as `forecast.engagements` returns them: columns dyad, occurred_on, event, mode, status, level.
    start, end : str or numpy.datetime64, optional
        First and last day; by default those of the events.

    Returns
    -------
    Picture
    """
    canvas.require(events.columns, _NEEDED, table="events")
    dyad = canvas.only(events["dyad"], what="dyad")
    days = events["occurred_on"].to_numpy("datetime64[D]")
    first = np.datetime64(str(start), "D") if start is not None else days.min()
    last = np.datetime64(str(end), "D") if end is not None else days.max() + ONE_DAY
    shown = events.loc[(days >= first) & (days <= last)]
    if shown.empty:
        raise ForecastError(f"there are no engagements of {dyad} from {first} to {last}")
    met, kinds = leaders_met(shown), kind_of(shown)
    levels = [level for level in LEVELS if (shown["level"] == level).any()]
    used = [kind for kind in SIGNS if ((kinds == kind) & ~met).any()]
    lanes = max(len(used), 1)
    picture, (axes,) = canvas.sheet(f"{dyad_name(dyad)}: engagements", height=1.6 + _LANE * (lanes + 1.2) * len(levels))
    canvas.note(axes, f"{len(shown)} records from {first} to {last}, meetings of record: {int(met.sum())}; {dyad}")
    for row, level in enumerate(levels):
        top = row * (lanes + 1.2)
        at_level = (shown["level"] == level).to_numpy()
        for lane, kind in enumerate(used):
            part = shown.loc[at_level & (kinds == kind).to_numpy() & ~met.to_numpy()]
            if part.empty:
                continue
            sign = SIGNS[kind]
            axes.plot(
                canvas.numbers(part["occurred_on"]), np.full(len(part), top + lane), linestyle="none",
                color=sign.colour,
                marker=sign.marker, markersize=5, markeredgewidth=1.2 if sign.marker == "+" else 0.4,
                markeredgecolor=sign.colour if sign.marker == "+" else "white", clip_on=False,
            )  # fmt: skip
        if row:
            axes.axhline(top - 1.1, color=GREY, linewidth=0.5)
    stars = canvas.numbers(shown.loc[met, "occurred_on"])
    for day in stars:
        axes.axvline(day, color=BLACK, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
    if len(stars):
        axes.plot(
            stars, np.zeros(len(stars)), linestyle="none", marker="*", markersize=11, color=BLACK,
            markeredgecolor="white", markeredgewidth=0.5, zorder=4, clip_on=False,
        )  # fmt: skip
    axes.set_yticks([row * (lanes + 1.2) + (lanes - 1) / 2 for row in range(len(levels))])
    axes.set_yticklabels([_LEVEL_NAMES[level] for level in levels], fontsize=canvas.SMALL)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(levels) * (lanes + 1.2) - 1.1, -1.1)
    canvas.day_axis(axes, first, last)
    canvas.name_axes(axes, x="Day on which it occurred", y="Level")
    canvas.legend(picture, _engagement_signs(used, met=bool(met.any())), columns=3)
    return picture


def _engagement_signs(used: list[str], *, met: bool) -> list[Any]:
    handles: list[Any] = []
    if met:
        handles.append(
            Line2D([], [], color=BLACK, marker="*", markersize=9, linewidth=0.7, linestyle=(0, (1, 2)),
                   label="the leaders met (of record)")
        )  # fmt: skip
    return handles + [
        Line2D([], [], color=SIGNS[kind].colour, marker=SIGNS[kind].marker, linestyle="none", markersize=5, label=kind)
        for kind in used
    ]
