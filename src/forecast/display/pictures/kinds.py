"""Kinds of engagement: what a reader tells apart in a picture or a list."""

from __future__ import annotations

from typing import Final

import pandas as pd

from forecast.display.pictures.palette import BLACK, BLUE, GREEN, SKY, VERMILLION, Style
from forecast.facts.codebook import IN_PERSON_MODES, PLOVER

IN_PERSON: Final = "in person"
AT_A_DISTANCE: Final = "phone or video"
COOPERATION: Final = "other cooperation"
PLAN: Final = "plan or report of one"
CONFLICT: Final = "refusal or pressure"

#: Kind -> its sign.
SIGNS: Final[dict[str, Style]] = {
    IN_PERSON: Style(BLUE, "o", "-"),
    AT_A_DISTANCE: Style(GREEN, "^", "-"),
    COOPERATION: Style(BLACK, "+", "-"),
    PLAN: Style(SKY, "D", "-"),
    CONFLICT: Style(VERMILLION, "X", "-"),
}

_DISTANT: Final = ("phone", "virtual")


def kind_of(events: pd.DataFrame) -> pd.Series:
    """Kind of each event, a key of `SIGNS`.

    A plan is what was announced or reported and not yet done; what calls a plan off is a refusal.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns event, mode and status.

    Examples
    --------
    >>> kind_of(pd.DataFrame({"event": ["CONSULT"], "mode": ["phone"], "status": ["occurred"]})).tolist()
    ['phone or video']
    """
    talks = events["event"] == "CONSULT"
    kinds = pd.Series(COOPERATION, index=events.index, dtype=object)
    kinds = kinds.mask(talks & events["mode"].isin(IN_PERSON_MODES), IN_PERSON)
    kinds = kinds.mask(talks & events["mode"].isin(_DISTANT), AT_A_DISTANCE)
    kinds = kinds.mask(events["status"].isin(["announced", "reported"]), PLAN)
    hostile = events["event"].map(lambda event: PLOVER.get(event, "").endswith("conflict"))
    return kinds.mask(hostile | events["status"].isin(["cancelled", "postponed"]), CONFLICT)


def leaders_met(events: pd.DataFrame) -> pd.Series:
    """Whether an event is a meeting of the leaders in person that took place.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns event, mode, status and level. A column `meeting`, as `forecast.engagements` gives it, is believed: it
        counts what the publishers that define the dyad's outcomes record, and nothing twice.
    """
    if "meeting" in events.columns:
        return events["meeting"].astype(bool)
    return (kind_of(events) == IN_PERSON) & (events["level"] == "leader")
