"""Colours, markers and line styles.

The colours are those of Okabe and Ito (2008, https://jfly.uni-koeln.de/color/), made for readers with any colour
vision; yellow is left out because it is lost on white paper. Orange and vermillion, and green and purple, come near one
another without green cones, so no picture needs both of a pair before its fifth series. A marker or a line style always
goes with a colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"

#: Text, frames and guides: darker than 4.5 to 1 on white.
INK: Final = "#1A1A1A"
GREY: Final = "#5F5F5F"
RULE: Final = "#D0D0D0"


class Style(NamedTuple):
    """How one series is told apart, in colour and without."""

    colour: str
    marker: str
    line: Literal["-"] | tuple[float, Sequence[float]]


#: Styles in the order in which series take them.
SERIES: Final = (
    Style(BLUE, "o", "-"),
    Style(VERMILLION, "s", (0, (5, 1.5))),
    Style(GREEN, "^", (0, (3, 1, 1, 1))),
    Style(BLACK, "D", (0, (1, 1))),
    Style(PURPLE, "v", (0, (7, 2, 1, 2, 1, 2))),
    Style(ORANGE, "P", (0, (2, 2))),
)

#: The reference of every forecast.
CLIMATOLOGY: Final = Style(GREY, "", (0, (4, 2)))
