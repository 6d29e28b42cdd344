"""Signals of snubs told by ledgers: invitations declined, visits cancelled or postponed, channels suspended.

Absence from summits is computed from the calendar and the records, in `forecast.signals.venues`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from forecast.cube import Selector
from forecast.signals.declare import Signal

_SNUB: Final = Selector(
    event=("REJECT", "SANCTION"),
    mode=("meet", "phone", "visit", "cancel", "postpone", "suspend", "withdraw"),
    status=("occurred", "announced", "cancelled", "postponed"),
)

SIGNALS: Final = (
    Signal(
        "snubs__by_first_count__365d",
        "refusals, cancellations and suspensions by the first side in 365 days",
        replace(_SNUB, forward=True),
        window_days=365,
        ledger=True,
    ),
    Signal(
        "snubs__by_second_count__365d",
        "refusals, cancellations and suspensions by the second side in 365 days",
        replace(_SNUB, forward=False),
        window_days=365,
        ledger=True,
    ),
    Signal(
        "snubs__decayed__180d",
        "refusals, cancellations and suspensions of all time, halved in weight every 180 days",
        _SNUB,
        measure="decayed",
        window_days=180,
        ledger=True,
    ),
)
