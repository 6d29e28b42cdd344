"""Past meetings of the two leaders, as all sources report them."""

from __future__ import annotations

from typing import Final

from forecast.facts.codebook import IN_PERSON_MODES
from forecast.signals.cube import Selector
from forecast.signals.declare import Signal, tempo, windows

#: However many sources report a meeting, it counts once, from the first report.
MEETING: Final = Selector(event=("CONSULT",), mode=IN_PERSON_MODES, level=("leader",), opens="meeting")
SIT_DOWN: Final = Selector(
    event=("CONSULT",), mode=IN_PERSON_MODES, level=("leader",), setting=("bilateral", "margins"), opens="sit_down"
)

_BEGAN: Final = "days on which the two leaders began a meeting in the {} days before"
_SAT_DOWN: Final = "meetings of the two alone or on the margins in the {} days before"
_FADED: Final = "meetings of all time, halved in weight every {} days"

WORDS: Final = {"meetings": "their past meetings"}

SIGNALS: Final = (
    *windows("meetings__count", _BEGAN, MEETING, 180, 365, 1096, 3653),
    *windows("meetings__sit_down_count", _SAT_DOWN, SIT_DOWN, 365, 1826),
    Signal("meetings__days_since_last", "days since the two leaders last met", MEETING, measure="days_since_last"),
    Signal(
        "meetings__sit_down_days_since_last",
        "days since the two last met alone or on the margins",
        SIT_DOWN,
        measure="days_since_last",
    ),
    Signal("meetings__never", "1 if no meeting of the two leaders is on record", MEETING, measure="never"),
    *windows("meetings__decayed", _FADED, MEETING, 730, 2922, measure="decayed"),
    tempo("meetings__tempo", "rate of meetings in the last year against the last five", MEETING, 365, 1826),
)
