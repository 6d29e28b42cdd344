"""The engagements of a dyad over the years, by level and kind."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from forecast.dates import Day
from forecast.display.pictures.canvas import (
    SMALL,
    Picture,
    day_axis,
    legend,
    name_axes,
    named,
    note,
    numbers,
    only,
    require,
    sheet,
)
from forecast.display.pictures.kinds import SIGNS, kind_of, leaders_met
from forecast.display.pictures.palette import BLACK, GREY
from forecast.errors import ForecastError
from forecast.facts.events import LEVELS

_LEVEL_NAMES: Final = {
    "leader": "leaders",
    "deputy": "deputies",
    "minister": "ministers",
    "deputy_minister": "deputy\nministers",
    "working": "working level,\nstatements",
}
_NEEDED: Final = ("dyad", "occurred_on", "event", "mode", "status", "level")

#: Height in inches of a lane.
_LANE: Final = 0.14


def engagements(events: pd.DataFrame, *, start: str | Day | None = None, end: str | Day | None = None) -> Picture:
    """Show when two states dealt with one another, at which level and how; meetings of leaders are stars.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows of one dyad, as `forecast.engagements` gives them: columns dyad, occurred_on, event, mode, status, level.
    start, end : str or numpy.datetime64, optional
        First and last day; by default those of the events.

    Returns
    -------
    Picture

    Raises
    ------
    ForecastError
        If rows of several dyads are mixed, a column is missing, or no event lies between the days.
    """
    require(events.columns, _NEEDED, table="events")
    dyad = only(events["dyad"], what="dyad")
    days = events["occurred_on"].to_numpy("datetime64[D]")
    first = np.datetime64(str(start), "D") if start is not None else days.min()
    last = np.datetime64(str(end), "D") if end is not None else days.max() + np.timedelta64(1, "D")
    shown = events.loc[(days >= first) & (days <= last)]
    if shown.empty:
        raise ForecastError(f"there are no engagements of {dyad} from {first} to {last}")
    met, kinds = leaders_met(shown), kind_of(shown)
    levels = [level for level in LEVELS if (shown["level"] == level).any()]
    used = [kind for kind in SIGNS if ((kinds == kind) & ~met).any()]
    lanes = max(len(used), 1)
    picture, (axes,) = sheet(f"{named(dyad)}: engagements", height=1.6 + _LANE * (lanes + 1.2) * len(levels))
    note(axes, f"{len(shown)} records from {first} to {last}, meetings of record: {int(met.sum())}; {dyad}")
    for row, level in enumerate(levels):
        top = row * (lanes + 1.2)
        at_level = (shown["level"] == level).to_numpy()
        for lane, kind in enumerate(used):
            part = shown.loc[at_level & (kinds == kind).to_numpy() & ~met.to_numpy()]
            if part.empty:
                continue
            sign = SIGNS[kind]
            axes.plot(
                numbers(part["occurred_on"]), np.full(len(part), top + lane), linestyle="none", color=sign.colour,
                marker=sign.marker, markersize=5, markeredgewidth=1.2 if sign.marker == "+" else 0.4,
                markeredgecolor=sign.colour if sign.marker == "+" else "white", clip_on=False,
            )  # fmt: skip
        if row:
            axes.axhline(top - 1.1, color=GREY, linewidth=0.5)
    stars = numbers(shown.loc[met, "occurred_on"])
    for day in stars:
        axes.axvline(day, color=BLACK, linewidth=0.7, linestyle=(0, (1, 2)), zorder=0)
    if len(stars):
        axes.plot(
            stars, np.zeros(len(stars)), linestyle="none", marker="*", markersize=11, color=BLACK,
            markeredgecolor="white", markeredgewidth=0.5, zorder=4, clip_on=False,
        )  # fmt: skip
    axes.set_yticks([row * (lanes + 1.2) + (lanes - 1) / 2 for row in range(len(levels))])
    axes.set_yticklabels([_LEVEL_NAMES[level] for level in levels], fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(levels) * (lanes + 1.2) - 1.1, -1.1)
    day_axis(axes, first, last)
    name_axes(axes, x="Day on which it occurred", y="Level")
    legend(picture, _signs(used, met=bool(met.any())), columns=3)
    return picture


def _signs(used: list[str], *, met: bool) -> list[Any]:
    found: list[Any] = []
    if met:
        found.append(
            Line2D([], [], color=BLACK, marker="*", markersize=9, linewidth=0.7, linestyle=(0, (1, 2)),
                   label="the leaders met (of record)")
        )  # fmt: skip
    return found + [
        Line2D([], [], color=SIGNS[kind].colour, marker=SIGNS[kind].marker, linestyle="none", markersize=5, label=kind)
        for kind in used
    ]
