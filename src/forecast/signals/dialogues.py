"""Signals of working groups and standing dialogues: sessions, and how long the last one lies back."""

from __future__ import annotations

from typing import Final

from forecast.cube import Selector
from forecast.signals.declare import Signal

_SESSION: Final = Selector(is_dialogue=True)

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
        "days since the last such session, or since the record begins",
        _SESSION,
        measure="days_since_last",
    ),
)
