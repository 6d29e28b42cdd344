"""Colours, markers and line styles, and the signs of the kinds of engagement.

The colours are those of Okabe and Ito (2008, https://jfly.uni-koeln.de/color/), made for readers with any colour
vision; yellow is left out because it is lost on white paper. Orange and vermillion, and green and purple, come near one
another without green cones, so no picture needs both of a pair before its fifth series. A marker or a line style always
goes with a colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import pandas as pd

from forecast.facts.codebook import IN_PERSON_MODES, PLOVER

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
    """How one series is distinguished, in colour and without."""

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


IN_PERSON: Final = "in person"
AT_A_DISTANCE: Final = "phone or video"
COOPERATION: Final = "other cooperation"
PLAN: Final = "plan or report of one"
CONFLICT: Final = "refusal or pressure"
#: Kind -> its sign.
SIGNS: Final[dict[str, Style]] = {
    IN_PERSON: Style(BLUE, "o", "-"), AT_A_DISTANCE: Style(GREEN, "^", "-"), COOPERATION: Style(BLACK, "+", "-"),
    PLAN: Style(SKY, "D", "-"), CONFLICT: Style(VERMILLION, "X", "-"),
}  # fmt: skip

_DISTANT: Final = ("phone", "virtual")


def kind_of(events: pd.DataFrame) -> pd.Series:
    """Kind of each event, a key of `SIGNS`, by its event, mode and status.

    A plan is what was announced or reported and not yet done; what calls a plan off is a refusal.
    """
    talks = events["event"] == "CONSULT"
    kinds = pd.Series(COOPERATION, index=events.index, dtype=object)
    kinds = kinds.mask(talks & events["mode"].isin(IN_PERSON_MODES), IN_PERSON)
    kinds = kinds.mask(talks & events["mode"].isin(_DISTANT), AT_A_DISTANCE)
    kinds = kinds.mask(events["status"].isin(["announced", "reported"]), PLAN)
    hostile = events["event"].map(lambda event: PLOVER.get(event, "").endswith("conflict"))
    return kinds.mask(hostile | events["status"].isin(["cancelled", "postponed"]), CONFLICT)


def leaders_met(events: pd.DataFrame) -> pd.Series:
    """Whether an event is a meeting of the leaders in person that took place, by its event, mode, status and level.

    A column `meeting`, as `forecast.engagements` returns it, comes before: it counts what the publishers that define
    the outcomes of the dyad record, and nothing twice.
    """
    if "meeting" in events.columns:
        return events["meeting"].astype(bool)
    return (kind_of(events) == IN_PERSON) & (events["level"] == "leader")
