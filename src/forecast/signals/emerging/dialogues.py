"""Signals of working groups and standing dialogues: founded, sessions and their level, lapsed, suspended."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

_SESSION: Final = Selector(event=("CONSULT",), is_dialogue=True)
_FOUNDED: Final = Selector(event=("AGREE", "COOPERATE"), is_dialogue=True)
_SUSPENDED: Final = Selector(event=("SANCTION",), mode=("suspend", "withdraw"))

WORDS: Final = {"dialogues": "standing dialogues"}

SIGNALS: Final = (
    *(
        Signal(
            f"dialogues__session_count__{days}d",
            f"sessions of commissions, councils, dialogues and working groups of the two in {days} days",
            _SESSION,
            window_days=days,
        )
        for days in (365, 1826)
    ),
    Signal(
        "dialogues__days_since_last",
        "days since the last such session",
        _SESSION,
        measure="days_since_last",
    ),
    Signal(
        "dialogues__minister_session_count__1826d",
        "sessions in five years that ministers or their betters led",
        replace(_SESSION, level=("leader", "deputy", "minister")),
        window_days=1826,
    ),
    Signal(
        "dialogues__tempo__1096d",
        "rate of sessions in three years against ten: it falls where dialogues lapse",
        _SESSION,
        measure="log_ratio",
        window_days=1096,
        against_days=3653,
    ),
    Signal(
        "dialogues__founded_count__1096d",
        "working groups and dialogues set up in three years",
        _FOUNDED,
        window_days=1096,
        ledger=True,
    ),
    Signal(
        "dialogues__suspended_count__1096d",
        "channels and dialogues suspended or left in three years",
        _SUSPENDED,
        window_days=1096,
        ledger=True,
    ),
)
