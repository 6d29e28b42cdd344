"""Visits below or beside the leaders' meetings (who travels to whom, how often, how high he is received), and calls.

Calls and video meetings are reported by ledgers alone: missing for dyads without one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from forecast.facts.codebook import IN_PERSON_MODES
from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

_LEADER_VISIT: Final = Selector(event=("CONSULT",), mode=("visit",), level=("leader",), opens="visit")
_LEADER_TO_SECOND: Final = replace(_LEADER_VISIT, forward=True)
_LEADER_TO_FIRST: Final = replace(_LEADER_VISIT, forward=False)
# From complete publishers alone: a dyad with a ledger beside one would otherwise count its visits twice.
# A minister in the president's suite prepares nothing: only journeys of his own count.
_MINISTER: Final = Selector(
    event=("CONSULT",), mode=IN_PERSON_MODES, level=("minister", "deputy"), accompanied=False, of_record=True
)
_TO_SECOND: Final = replace(_MINISTER, forward=True)
_TO_FIRST: Final = replace(_MINISTER, forward=False)
_RECEIVED: Final = replace(_MINISTER, access=("head_of_state", "head_of_government"))

_CALL_MODES: Final = ("phone", "virtual")
_LEADER_CALLS: Final = Selector(event=("CONSULT",), mode=_CALL_MODES, level=("leader",))
_MINISTER_CALLS: Final = Selector(event=("CONSULT",), mode=_CALL_MODES, level=("deputy", "minister"))

_CALLS: Final = (
    Signal(
        "calls__leader_count__365d", "calls of the two leaders in 365 days", _LEADER_CALLS, window_days=365, ledger=True
    ),
    Signal(
        "calls__leader_days_since_last",
        "days since the two leaders last spoke by telephone or video",
        _LEADER_CALLS,
        measure="days_since_last",
        ledger=True,
    ),
    Signal(
        "calls__minister_count__180d", "calls of ministers in 180 days", _MINISTER_CALLS, window_days=180, ledger=True
    ),
    Signal(
        "calls__minister_days_since_last",
        "days since ministers last spoke by telephone or video",
        _MINISTER_CALLS,
        measure="days_since_last",
        ledger=True,
    ),
)

SIGNALS: Final = (
    Signal(
        "visits__leader_to_first_count__1096d",
        "days on which a visit of the second side's leader to the first side began in three years",
        _LEADER_TO_FIRST,
        window_days=1096,
    ),
    Signal(
        "visits__leader_to_second_count__1096d",
        "days on which a visit of the first side's leader to the second side began in three years",
        _LEADER_TO_SECOND,
        window_days=1096,
    ),
    Signal(
        "visits__leader_to_second_days_since_last",
        "days since the first side's leader was last received by the second side",
        _LEADER_TO_SECOND,
        measure="days_since_last",
    ),
    Signal(
        "visits__leader_reciprocity__1826d",
        "leader visits by the first side minus those by the second, over their sum plus one, in five years",
        _LEADER_TO_SECOND,
        measure="balance",
        window_days=1826,
        against=_LEADER_TO_FIRST,
    ),
    *(
        Signal(
            f"visits__minister_to_second_count__{days}d",
            f"encounters of the first side's ministers or deputies with the second side in {days} days",
            _TO_SECOND,
            window_days=days,
        )
        for days in (90, 365, 1826)
    ),
    Signal(
        "visits__minister_to_first_count__365d",
        "encounters of the second side's ministers or deputies with the first side in 365 days",
        _TO_FIRST,
        window_days=365,
    ),
    Signal(
        "visits__minister_days_since_last",
        "days since the last encounter at minister or deputy level",
        _MINISTER,
        measure="days_since_last",
    ),
    *(
        Signal(
            f"visits__minister_received_by_leader_count__{days}d",
            f"ministers received by the other side's head of state or government in {days} days",
            _RECEIVED,
            window_days=days,
        )
        for days in (180, 730)
    ),
    Signal(
        "visits__minister_tempo__180d",
        "rate of minister-level encounters in 180 days against three years",
        _MINISTER,
        measure="log_ratio",
        window_days=180,
        against_days=1096,
    ),
    *_CALLS,
)
