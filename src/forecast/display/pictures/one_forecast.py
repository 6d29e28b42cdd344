"""One forecast: how its probability grows over the horizon, and what moved it away from its reference."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from forecast.dates import parse_day
from forecast.display.frames import dyad_name
from forecast.display.numbers import log_odds
from forecast.display.pictures import canvas
from forecast.display.pictures.canvas import Picture
from forecast.display.pictures.signs import BLACK, BLUE, CLIMATOLOGY, GREY, INK, RULE, VERMILLION
from forecast.errors import ForecastError
from forecast.periods import EDGES, Floats

#: Days to which the chance of every period is scaled, so that long and short ones can be compared.
_UNIT_DAYS: Final = 30
#: Height in inches of a lane of summits' names.
_LANE: Final = 0.22


def hazard_curve(forecasts: pd.DataFrame, *, venues: pd.DataFrame | None = None) -> Picture:
    """Show the probability that the leaders have met, day by day, and the chance of each period.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Rows of one dyad, as-of date, model and target with at least two horizons, as `forecast.predict` returns them.
        The probability is drawn in steps from one horizon to the next: ask for every day to see when it rises.
    venues : pandas.DataFrame, optional
        Summits to mark, as `forecast.venues_ahead` returns them: columns name and starts_on.

    Returns
    -------
    Picture
        Above the cumulative probability with its 90% interval and climatology; below the chance of a first meeting
        between two marked horizons if there was none before, scaled to 30 days. Of many horizons those where the
        model's periods end are marked.
    """
    needed = ("dyad", "as_of", "model_id", "target", "horizon_days", "probability", "low", "high", "climatology")
    canvas.require(forecasts.columns, needed, table="forecasts")
    dyad, as_of, model, _ = (canvas.only(forecasts[name], what=name) for name in needed[:4])
    rows = forecasts.sort_values("horizon_days", kind="stable")
    if len(rows) < 2 or rows["horizon_days"].duplicated().any():
        raise ForecastError("a hazard curve needs two horizons or more, each once")
    horizons = np.concatenate([[0], rows["horizon_days"].to_numpy(dtype=np.int64)])
    marked = np.flatnonzero(np.isin(horizons, [*EDGES, horizons[-1]]) | (len(horizons) <= len(EDGES)))
    edges = horizons[marked]
    lines = {name: _survival(rows[name]) for name in ("probability", "low", "high", "climatology")}
    start = parse_day(str(as_of)[:10], what="as_of")
    # The lowest label above and the highest below need room between them.
    picture, (above, below) = canvas.sheet(
        f"{dyad_name(dyad)}: when could they meet?", height=4.7, rows=(3.0, 1.15), gap=0.09
    )
    days = np.arange(edges[-1] + 1)
    latest = np.searchsorted(horizons, days, side="right") - 1
    grown = {name: 0.0 - np.expm1(line[latest]) for name, line in lines.items()}
    steps: dict[str, Any] = {"drawstyle": "steps-post"}
    above.fill_between(days, grown["low"], grown["high"], step="post", color=BLUE, alpha=0.18, linewidth=0)
    above.plot(days, grown["climatology"], color=GREY, linestyle=CLIMATOLOGY.line, linewidth=1.4, **steps)
    above.plot(days, grown["probability"], color=BLUE, linewidth=1.8, **steps)
    dots: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 4, "clip_on": False}
    above.plot(edges[1:], grown["probability"][edges[1:]], color=BLUE, **dots)
    canvas.share_axis(above)
    canvas.note(above, f"Probability that they have met in the days since {start}; model {model}, {dyad}")
    canvas.name_axes(above, y="Probability (%)")
    for name, colour, line in (("climatology", GREY, CLIMATOLOGY.line), ("probability", BLUE, "-")):
        chance = _per_unit(lines[name][marked], edges)
        below.stairs(chance, edges, color=colour, linewidth=1.6, linestyle=line, baseline=None)
    top = max(0.01, *(float(_per_unit(lines[name][marked], edges).max()) for name in ("probability", "climatology")))
    canvas.share_axis(below, top=min(1.05, 1.2 * top))
    canvas.name_axes(below, x="Days after the as-of date", y=f"Chance per\n{_UNIT_DAYS} days (%)")
    ticks = _apart(edges)
    below.set_xticks(ticks)
    below.set_xlim(0, edges[-1])
    signs: list[Any] = [
        Line2D([], [], color=BLUE, marker="o", markersize=4, label="forecast"),
        Patch(color=BLUE, alpha=0.18, linewidth=0, label="90% interval"),
        Line2D([], [], color=GREY, linestyle=CLIMATOLOGY.line, label="climatology"),
    ]
    if venues is not None and len(venues):
        canvas.require(venues.columns, ("name", "starts_on"), table="venues")
        lead = canvas.numbers(venues["starts_on"]) - canvas.numbers([start])[0]
        shown = (lead >= 0) & (lead <= edges[-1])
        if shown.any():
            _mark_venues(picture, above, lead[shown], [str(name) for name in venues.loc[shown, "name"]])
            signs.append(
                Line2D([], [], color=VERMILLION, linewidth=1.0, linestyle=(0, (1, 1.5)), label="first day of a summit")
            )
    canvas.legend(picture, signs)
    _dates_on_top(above, start, ticks)
    return picture


def _apart(edges: npt.NDArray[np.int64]) -> list[int]:
    """Edges that leave room for a date each; the first and the last stay."""
    least = 0.08 * edges[-1]
    kept = [0]
    for edge in edges[1:-1].tolist():
        if edge - kept[-1] >= least and edges[-1] - edge >= least:
            kept.append(edge)
    return [*kept, int(edges[-1])]


def _survival(shares: pd.Series) -> Floats:
    """Logarithm of the probability of no meeting at each edge, from 0 at the as-of date."""
    p = shares.to_numpy(dtype=np.float64)
    if (np.diff(p) < 0).any() or (p < 0).any() or (p > 1).any():
        raise ForecastError(f"the column {shares.name} is no probability that grows with the horizon")
    # A certain meeting has no finite logarithm; this one is drawn as 100%.
    survival: Floats = np.concatenate([[0.0], np.log1p(-np.minimum(p, 1.0 - 1e-12))])
    return survival


def _per_unit(survival: Floats, edges: npt.NDArray[np.int64]) -> Floats:
    """Chance of a first meeting in each period, scaled to `_UNIT_DAYS`."""
    scaled = [
        -np.expm1((there - here) * _UNIT_DAYS / (end - start))
        for (here, there), (start, end) in zip(pairwise(survival), pairwise(edges), strict=True)
    ]
    chances: Floats = np.maximum(np.array(scaled), 0.0)
    return chances


def _mark_venues(picture: Picture, axes: Axes, lead: Floats, names: list[str]) -> None:
    """Dotted lines on first days, named above the curve in as many lanes as the names need."""
    for day in lead:
        axes.axvline(day, color=VERMILLION, linewidth=1.0, linestyle=(0, (1, 1.5)), zorder=1)
    texts = [
        axes.text(day, 1.0, name, fontsize=canvas.SMALL, color=INK, ha="center", va="center", parse_math=False)
        for day, name in zip(lead, names, strict=True)
    ]
    picture.draw_without_rendering()
    left, right = axes.get_xlim()
    spans = []
    for text, day in zip(texts, lead, strict=True):
        begin, end = canvas.span_of(text, axes)
        centre = float(np.clip(day, left + (end - begin) / 2, right - (end - begin) / 2))
        text.set_x(centre)
        spans.append((centre - (end - begin) / 2, centre + (end - begin) / 2))
    lanes = canvas.stacked(spans)
    step = 0.075
    if max(lanes) > 1:
        picture.set_figheight(picture.get_figheight() + _LANE * (max(lanes) - 1))
    axes.set_ylim(0.0, 1.0 + step * (max(lanes) + 1.4))
    axes.set_yticks(np.linspace(0.0, 1.0, 6))
    for text, lane in zip(texts, lanes, strict=True):
        text.set_y(1.0 + step * (max(lanes) - lane + 0.8))
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.8})


def _dates_on_top(axes: Axes, start: np.datetime64, ticks: list[int]) -> None:
    """Days of the calendar for the ticks of the horizon; only the first and each new year carry the year."""
    years: set[str] = set()
    labels = []
    for tick in ticks:
        day = pd.Timestamp(start + np.timedelta64(tick, "D"))
        labels.append(f"{day.day} {day:%b}" + ("" if f"{day:%Y}" in years else f"\n{day:%Y}"))
        years.add(f"{day:%Y}")
    canvas.top_axis(axes, ticks, labels)


#: Log-odds below which a rest is rounding and not shown.
_ROUNDING: Final = 0.005
_REST: Final = "not attributed"
#: Probabilities that may be marked above the log-odds.
_MARKS: Final = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999)


def waterfall(
    contributions: pd.DataFrame,
    *,
    start: float,
    end: float,
    title: str = "What moves the forecast",
    start_label: str = "reference",
    end_label: str = "forecast",
) -> Picture:
    """Show step by step how contributions lead from one probability to another.

    Parameters
    ----------
    contributions : pandas.DataFrame
        Columns `family`, a name, and `contribution`, in log-odds; drawn from above in the order of the rows.
    start, end : float
        Probabilities between 0 and 1, exclusive. What the contributions leave between the two is a step of its own,
        "not attributed", unless it is rounding.
    title, start_label, end_label : str

    Returns
    -------
    Picture

    Examples
    --------
    >>> steps = pd.DataFrame({"family": ["summits", "friction"], "contribution": [1.5, -0.5]})
    >>> [text.get_text() for text in waterfall(steps, start=0.5, end=0.731).axes[0].get_yticklabels()]
    ['reference', 'summits', 'friction', 'forecast']
    """
    canvas.require(contributions.columns, ("family", "contribution"), table="contributions")
    for value in (start, end):
        if not 0.0 < value < 1.0:
            raise ForecastError(f"a waterfall leads from one probability between 0 and 1 to another, not {value!r}")
    moves = [float(value) for value in contributions["contribution"]]
    names = [str(name) for name in contributions["family"]]
    if not all(math.isfinite(value) for value in moves):
        raise ForecastError("a contribution is missing or infinite: each family needs a finite figure in log-odds")
    rest = float(log_odds(end) - log_odds(start)) - sum(moves)
    if abs(rest) > _ROUNDING:
        moves, names = [*moves, rest], [*names, _REST]
    stations = log_odds(start) + np.concatenate([[0.0], np.cumsum(moves)])
    picture, (axes,) = canvas.sheet(title, height=1.7 + 0.27 * (len(moves) + 2))
    low, high = min(stations), max(stations)
    room = 0.16 * max(high - low, 0.5)
    axes.set_xlim(low - room, high + room)
    for row, (move, before, after) in enumerate(zip(moves, stations[:-1], stations[1:], strict=True), start=1):
        up = move >= 0
        axes.barh(
            row, move, left=before, height=0.62, color=BLUE if up else "white", edgecolor=BLUE if up else VERMILLION,
            hatch=None if up else "////", linewidth=1.0,
        )  # fmt: skip
        axes.annotate(
            f"{move:+.2f}", (max(before, after) if up else min(before, after), row), xytext=(4 if up else -4, 0),
            textcoords="offset points", va="center", ha="left" if up else "right", fontsize=canvas.SMALL, color=INK,
        )  # fmt: skip
        axes.plot([after, after], [row, row + 1], color=GREY, linewidth=0.7, zorder=0)
    axes.plot([stations[0]] * 2, [0, 1], color=GREY, linewidth=0.7, zorder=0)
    for row, value in ((0, start), (len(moves) + 1, end)):
        axes.plot([log_odds(value)], [row], color=BLACK, marker="D", markersize=6, linestyle="none")
        axes.annotate(
            f"{value:.1%}", (log_odds(value), row), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=canvas.SMALL, fontweight="bold", color=INK,
        )  # fmt: skip
    axes.set_yticks(range(len(moves) + 2), [start_label, *names, end_label], parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(moves) + 1.6, -0.6)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    canvas.note(axes, "Contribution of each family in log-odds; probability above")
    canvas.name_axes(axes, x="Log-odds of a meeting")
    _probabilities_on_top(picture)
    canvas.legend(
        picture,
        [
            Patch(facecolor=BLUE, edgecolor=BLUE, label="raises it"),
            Patch(facecolor="white", edgecolor=VERMILLION, hatch="////", label="lowers it"),
            Line2D([], [], color=BLACK, marker="D", markersize=6, linestyle="none", label="probability"),
        ],
    )
    return picture


def _probabilities_on_top(picture: Picture) -> None:
    """Mark probabilities above the log-odds, as many as stand apart."""
    axes = picture.axes[0]
    low, high = axes.get_xlim()
    inside = [p for p in _MARKS if low <= log_odds(p) <= high]
    kept: list[float] = []
    for p in inside:
        if not kept or log_odds(p) - log_odds(kept[-1]) >= 0.08 * (high - low):
            kept.append(p)
    canvas.top_axis(axes, [float(log_odds(p)) for p in kept], [f"{100 * p:.3g}%" for p in kept])
