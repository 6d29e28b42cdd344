"""What moved a forecast away from its reference: contributions in log-odds."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from forecast.display.pictures.canvas import SMALL, Picture, legend, name_axes, note, require, sheet
from forecast.display.pictures.palette import BLACK, BLUE, GREY, INK, RULE, VERMILLION
from forecast.errors import ForecastError

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

    Raises
    ------
    ForecastError
        If a column is missing, a contribution is not finite or a probability is not between 0 and 1.

    Examples
    --------
    >>> steps = pd.DataFrame({"family": ["summits", "friction"], "contribution": [1.5, -0.5]})
    >>> [text.get_text() for text in waterfall(steps, start=0.5, end=0.731).axes[0].get_yticklabels()]
    ['reference', 'summits', 'friction', 'forecast']
    """
    require(contributions.columns, ("family", "contribution"), table="contributions")
    for value in (start, end):
        if not 0.0 < value < 1.0:
            raise ForecastError(f"a waterfall leads from one probability between 0 and 1 to another, not {value!r}")
    moves = [float(value) for value in contributions["contribution"]]
    names = [str(name) for name in contributions["family"]]
    if not all(math.isfinite(value) for value in moves):
        raise ForecastError("a contribution is missing or infinite: give each family a finite figure in log-odds")
    rest = _log_odds(end) - _log_odds(start) - sum(moves)
    if abs(rest) > _ROUNDING:
        moves, names = [*moves, rest], [*names, _REST]
    stations = _log_odds(start) + np.concatenate([[0.0], np.cumsum(moves)])
    picture, (axes,) = sheet(title, height=1.7 + 0.27 * (len(moves) + 2))
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
            textcoords="offset points", va="center", ha="left" if up else "right", fontsize=SMALL, color=INK,
        )  # fmt: skip
        axes.plot([after, after], [row, row + 1], color=GREY, linewidth=0.7, zorder=0)
    axes.plot([stations[0]] * 2, [0, 1], color=GREY, linewidth=0.7, zorder=0)
    for row, value in ((0, start), (len(moves) + 1, end)):
        axes.plot([_log_odds(value)], [row], color=BLACK, marker="D", markersize=6, linestyle="none")
        axes.annotate(
            f"{value:.1%}", (_log_odds(value), row), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=SMALL, fontweight="bold", color=INK,
        )  # fmt: skip
    axes.set_yticks(range(len(moves) + 2), [start_label, *names, end_label], parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(moves) + 1.6, -0.6)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    note(axes, "Contribution of each family in log-odds; probability above")
    name_axes(axes, x="Log-odds of a meeting")
    _probabilities_on_top(picture)
    legend(
        picture,
        [
            Patch(facecolor=BLUE, edgecolor=BLUE, label="raises it"),
            Patch(facecolor="white", edgecolor=VERMILLION, hatch="////", label="lowers it"),
            Line2D([], [], color=BLACK, marker="D", markersize=6, linestyle="none", label="probability"),
        ],
    )
    return picture


def _log_odds(probability: float) -> float:
    return math.log(probability) - math.log1p(-probability)


def _probabilities_on_top(picture: Picture) -> None:
    """Mark probabilities above the log-odds, as many as stand apart."""
    axes = picture.axes[0]
    low, high = axes.get_xlim()
    inside = [p for p in _MARKS if low <= _log_odds(p) <= high]
    kept: list[float] = []
    for p in inside:
        if not kept or _log_odds(p) - _log_odds(kept[-1]) >= 0.08 * (high - low):
            kept.append(p)
    top = axes.secondary_xaxis("top")
    top.set_xticks([_log_odds(p) for p in kept], [f"{p:.3g}" if p < 0.001 else f"{100 * p:.3g}%" for p in kept])
    top.tick_params(labelsize=SMALL, labelcolor=INK, color=GREY)
    top.spines["top"].set_color(GREY)
