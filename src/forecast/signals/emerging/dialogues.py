"""Signals of working groups and standing dialogues: founded, sessions and their level, lapsed, suspended."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal, tempo, windows

_SESSION: Final = Selector(event=("CONSULT",), is_dialogue=True)
_FOUNDED: Final = Selector(event=("AGREE", "COOPERATE"), is_dialogue=True)
_SUSPENDED: Final = Selector(event=("SANCTION",), mode=("suspend", "withdraw"))

WORDS: Final = {"dialogues": "standing dialogues"}

SIGNALS: Final = (
    *windows(
        "dialogues__session_count",
        "sessions of commissions, councils, dialogues and working groups of the two in {} days",
        _SESSION,
        *(365, 1826),
    ),
    Signal("dialogues__days_since_last", "days since the last such session", _SESSION, measure="days_since_last"),
    Signal(
        "dialogues__minister_session_count__1826d",
        "sessions in five years that ministers or their betters led",
        replace(_SESSION, level=("leader", "deputy", "minister")),
        window_days=1826,
    ),
    tempo(
        "dialogues__tempo",
        "rate of sessions in three years against ten: it falls where dialogues lapse",
        _SESSION,
        1096,
        3653,
    ),
    *windows(
        "dialogues__founded_count", "working groups and dialogues set up in three years", _FOUNDED, 1096, ledger=True
    ),
    *windows(
        "dialogues__suspended_count",
        "channels and dialogues suspended or left in three years",
        _SUSPENDED,
        1096,
        ledger=True,
    ),
)
