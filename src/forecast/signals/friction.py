"""Signals of friction and goodwill told by ledgers, by count and against the dyad's own past."""

from __future__ import annotations

from typing import Final

from forecast.cube import Selector
from forecast.signals.declare import Signal

_FRICTION: Final = Selector(event=("REJECT", "ACCUSE", "THREATEN", "SANCTION", "COERCE"))
_GOODWILL: Final = Selector(event=("AGREE", "SUPPORT", "COOPERATE", "CONCEDE"))
_WHAT: Final = {
    "friction": "refusals, accusations, threats, sanctions and coercion",
    "goodwill": "agreements and gestures",
}

SIGNALS: Final = tuple(
    signal
    for family, select in (("friction", _FRICTION), ("goodwill", _GOODWILL))
    for signal in (
        Signal(f"{family}__count__365d", f"{_WHAT[family]} in 365 days", select, window_days=365, ledger=True),
        Signal(
            f"{family}__tempo__180d",
            f"rate of {_WHAT[family]} in 180 days against three years",
            select,
            measure="log_ratio",
            window_days=180,
            against_days=1096,
            ledger=True,
        ),
    )
)
