"""Visits below or beside the leaders' meetings (who travels to whom, how often, how high he is received), and calls.

Calls and video meetings are reported by ledgers and by releases of governments: missing for dyads without either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from forecast.facts.codebook import IN_PERSON_MODES
from forecast.signals.cube import Selector
from forecast.signals.declare import Signal, tempo, windows

_LEADER_VISIT: Final = Selector(event=("CONSULT",), mode=("visit",), level=("leader",), opens="visit")
# A minister in the president's suite prepares nothing: only journeys of his own count.
_MINISTER: Final = Selector(
    event=("CONSULT",), mode=IN_PERSON_MODES, level=("minister", "deputy"), accompanied=False, of_record=True
)
_RECEIVED: Final = replace(_MINISTER, access=("head_of_state", "head_of_government"))

_CALL_MODES: Final = ("phone", "virtual")
_LEADER_CALLS: Final = Selector(event=("CONSULT",), mode=_CALL_MODES, level=("leader",))
_MINISTER_CALLS: Final = Selector(event=("CONSULT",), mode=_CALL_MODES, level=("deputy", "minister"))

_CALLS: Final = (
    *windows("calls__leader_count", "calls of the two leaders in {} days", _LEADER_CALLS, 365, ledger=True),
    Signal(
        "calls__leader_days_since_last",
        "days since the two leaders last spoke by telephone or video",
        _LEADER_CALLS,
        measure="days_since_last",
        ledger=True,
    ),
    *windows("calls__minister_count", "calls of ministers in {} days", _MINISTER_CALLS, 180, ledger=True),
    Signal(
        "calls__minister_days_since_last",
        "days since ministers last spoke by telephone or video",
        _MINISTER_CALLS,
        measure="days_since_last",
        ledger=True,
    ),
)

#: Each side's journeys and encounters, in the same measures: a model may exchange the sides.
_SIDES: Final = (("first", "second", True), ("second", "first", False))

WORDS: Final = {"visits": "visits below the leaders", "calls": "calls of the leaders"}

SIGNALS: Final = (
    *(
        Signal(
            f"visits__leader_to_{host}_count__1096d",
            f"visits of the {guest} side's leader to the {host} side in three years",
            replace(_LEADER_VISIT, forward=forward),
            window_days=1096,
        )
        for guest, host, forward in _SIDES
    ),
    *(
        Signal(
            f"visits__leader_to_{host}_days_since_last",
            f"days since the {guest} side's leader was last received by the {host} side",
            replace(_LEADER_VISIT, forward=forward),
            measure="days_since_last",
        )
        for guest, host, forward in _SIDES
    ),
    Signal(
        "visits__leader_never",
        "1 if no visit of either leader to the other side is on record",
        _LEADER_VISIT,
        measure="never",
    ),
    *(
        Signal(
            f"visits__minister_to_{host}_count__{days}d",
            f"encounters of the {guest} side's ministers or deputies with the {host} side in {days} days",
            replace(_MINISTER, forward=forward),
            window_days=days,
        )
        for days in (90, 365, 1826)
        for guest, host, forward in _SIDES
    ),
    Signal(
        "visits__minister_days_since_last",
        "days since the last encounter at minister or deputy level",
        _MINISTER,
        measure="days_since_last",
    ),
    *windows(
        "visits__minister_received_by_leader_count",
        "ministers received by the other side's head of state or government in {} days",
        _RECEIVED,
        *(180, 730),
    ),
    tempo(
        "visits__minister_tempo",
        "rate of minister-level encounters in 180 days against three years",
        _MINISTER,
        180,
        1096,
    ),
    *_CALLS,
)
