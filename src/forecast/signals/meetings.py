"""Past meetings of the two leaders, as all sources report them."""

from __future__ import annotations

from typing import Final

from forecast.facts.codebook import IN_PERSON_MODES
from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

#: However many sources report a meeting, it counts once, from the first report.
MEETING: Final = Selector(event=("CONSULT",), mode=IN_PERSON_MODES, level=("leader",), opens="meeting")
SIT_DOWN: Final = Selector(
    event=("CONSULT",), mode=IN_PERSON_MODES, level=("leader",), setting=("bilateral", "margins"), opens="sit_down"
)

WORDS: Final = {"meetings": "their past meetings"}

SIGNALS: Final = (
    *(
        Signal(
            f"meetings__count__{days}d",
            f"days on which the two leaders began a meeting in the {days} days before",
            MEETING,
            window_days=days,
        )
        for days in (180, 365, 1096, 3653)
    ),
    *(
        Signal(
            f"meetings__sit_down_count__{days}d",
            f"meetings of the two alone or on the margins in the {days} days before",
            SIT_DOWN,
            window_days=days,
        )
        for days in (365, 1826)
    ),
    Signal(
        "meetings__days_since_last",
        "days since the two leaders last met",
        MEETING,
        measure="days_since_last",
    ),
    Signal(
        "meetings__sit_down_days_since_last",
        "days since the two last met alone or on the margins",
        SIT_DOWN,
        measure="days_since_last",
    ),
    Signal("meetings__never", "1 if no meeting of the two leaders is on record", MEETING, measure="never"),
    *(
        Signal(
            f"meetings__decayed__{days}d",
            f"meetings of all time, halved in weight every {days} days",
            MEETING,
            measure="decayed",
            window_days=days,
        )
        for days in (730, 2922)
    ),
    Signal(
        "meetings__tempo__365d",
        "rate of meetings in the last year against the last five",
        MEETING,
        measure="log_ratio",
        window_days=365,
        against_days=1826,
    ),
)
