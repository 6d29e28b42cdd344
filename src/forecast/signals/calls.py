"""Signals of calls and video meetings, from ledgers; missing for dyads without one."""

from __future__ import annotations

from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

_MODES: Final = ("phone", "virtual")
_LEADERS: Final = Selector(event=("CONSULT",), mode=_MODES, level=("leader",))
_MINISTERS: Final = Selector(event=("CONSULT",), mode=_MODES, level=("deputy", "minister"))

SIGNALS: Final = (
    Signal("calls__leader_count__365d", "calls of the two leaders in 365 days", _LEADERS, window_days=365, ledger=True),
    Signal(
        "calls__leader_days_since_last",
        "days since the two leaders last spoke by telephone or video",
        _LEADERS,
        measure="days_since_last",
        ledger=True,
    ),
    Signal("calls__minister_count__180d", "calls of ministers in 180 days", _MINISTERS, window_days=180, ledger=True),
    Signal(
        "calls__minister_days_since_last",
        "days since ministers last spoke by telephone or video",
        _MINISTERS,
        measure="days_since_last",
        ledger=True,
    ),
)
