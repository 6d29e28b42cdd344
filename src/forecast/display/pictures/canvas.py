"""The sheet on which a picture is drawn: size, type, axes of days and of shares."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter

from forecast.display.pictures.signs import GREY, INK, RULE
from forecast.errors import ForecastError

#: Width in inches of the text of an A4 page with margins of 20 mm.
WIDTH: Final = 6.7
#: Sizes of type in points at the printed size; nothing is smaller than `SMALL`.
SMALL: Final = 8.0
TEXT: Final = 9.0
TITLE: Final = 10.5
#: Resolution at which a notebook shows a picture, in dots per inch.
_SCREEN: Final = 110


class Picture(Figure):
    """A matplotlib figure that a notebook shows by itself, with no plotting state set up."""

    def _repr_png_(self) -> bytes:
        shown = io.BytesIO()
        self.savefig(shown, format="png", dpi=_SCREEN)
        return shown.getvalue()


def sheet(
    title: str,
    *,
    height: float,
    width: float = WIDTH,
    rows: Sequence[float] = (1.0,),
    columns: Sequence[float] = (1.0,),
    gap: float = 0.03,
) -> tuple[Picture, list[Axes]]:
    """A picture of so many inches with a title and bare axes of relative sizes; one above another shares its axis."""
    layout = ConstrainedLayoutEngine(w_pad=0.05, h_pad=0.05, hspace=gap)
    picture = Picture(figsize=(width, height), layout=layout, facecolor="white")
    picture.suptitle(title, x=0.01, ha="left", fontsize=TITLE, fontweight="bold", color=INK, parse_math=False)
    grid = picture.subplots(
        len(rows), len(columns), sharex="col", squeeze=False, height_ratios=list(rows), width_ratios=list(columns)
    )
    for axes in grid.flat:
        axes.set_facecolor("white")
        axes.tick_params(labelsize=SMALL, labelcolor=INK, color=GREY)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(GREY)
        axes.set_axisbelow(True)
    return picture, list(grid.flat)


def note(axes: Axes, text: str) -> None:
    """Write a line beside the title, above the axes."""
    axes.set_title(text, loc="left", fontsize=SMALL, color=GREY, parse_math=False)


def name_axes(axes: Axes, *, x: str = "", y: str = "") -> None:
    """Write what the axes measure, with the unit."""
    axes.set_xlabel(x, fontsize=TEXT, color=INK)
    axes.set_ylabel(y, fontsize=TEXT, color=INK)


def legend(picture: Picture, handles: Sequence[Any], *, columns: int = 4) -> None:
    """Explain below the axes what the signs mean."""
    shown = picture.legend(
        handles=list(handles), loc="outside lower left", ncols=columns, fontsize=SMALL, frameon=False, labelcolor=INK,
        handlelength=3.0, columnspacing=1.5, borderaxespad=0.2,
    )  # fmt: skip
    for text in shown.get_texts():
        text.set_parse_math(False)


def share_axis(axes: Axes, *, top: float = 1.0) -> None:
    """Make the vertical axis one of shares, written in per cent."""
    axes.set_ylim(0.0, top)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g}"))
    axes.grid(axis="y", color=RULE, linewidth=0.6)


def day_axis(axes: Axes, first: np.datetime64, last: np.datetime64) -> None:
    """Make the horizontal axis one of days, with few and short dates."""
    axes.set_xlim(*(float(end) for end in numbers([first, last])))
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.xaxis.get_offset_text().set_fontsize(SMALL)


def top_axis(axes: Axes, ticks: Sequence[float], labels: Sequence[str]) -> None:
    """Write a second scale above the axes."""
    top = axes.secondary_xaxis("top")
    top.set_xticks(ticks, labels)
    top.tick_params(labelsize=SMALL, labelcolor=INK, color=GREY)
    top.spines["top"].set_color(GREY)


def numbers(days: Iterable[Any]) -> npt.NDArray[np.float64]:
    """Days as numbers of matplotlib's calendar."""
    counted = np.asarray(list(days), dtype="datetime64[D]")
    return np.asarray(date2num(counted), dtype=np.float64)  # type: ignore[no-untyped-call]


def stacked(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Put spans into lanes so that no two of a lane overlap; the lowest free lane is taken.

    >>> stacked([(0, 2), (1, 3), (2.5, 4)])
    [0, 1, 0]
    """
    ends: list[float] = []
    lanes = [0] * len(spans)
    for at in sorted(range(len(spans)), key=lambda k: spans[k]):
        start, end = spans[at]
        lane = next((lane for lane, taken in enumerate(ends) if taken < start), len(ends))
        ends[lane : lane + 1] = [end]
        lanes[at] = lane
    return lanes


def span_of(artist: Artist, axes: Axes, *, margin: float = 3.0) -> tuple[float, float]:
    """First and last position of what is drawn, in the units of the horizontal axis, with a margin in points."""
    box = artist.get_window_extent()
    space = margin * axes.figure.dpi / 72.0
    ends = axes.transData.inverted().transform([(box.x0 - space, box.y0), (box.x1 + space, box.y1)])
    return float(ends[0, 0]), float(ends[1, 0])


def require(columns: Iterable[str], needed: Iterable[str], *, table: str) -> None:
    """Refuse a table that lacks columns."""
    present = set(columns)
    lacking = [name for name in needed if name not in present]
    if lacking:
        raise ForecastError(f"the table of {table} lacks the columns {', '.join(lacking)}")


def only(values: Iterable[Any], *, what: str) -> Any:
    """The one value of a column, or an error that names the first few."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) != 1:
        first = ", ".join(str(value) for value in distinct[:3]) or "none"
        raise ForecastError(f"a picture shows one {what}, and the table has {first}: choose the rows of one")
    return distinct[0]
