"""Signals of snubs told by ledgers: invitations declined, visits cancelled or postponed, channels suspended.

Absence from summits is computed from the calendar and the records, in `forecast.signals.absences`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

_SNUB: Final = Selector(
    event=("REJECT", "SANCTION"),
    mode=("meet", "phone", "visit", "cancel", "postpone", "suspend", "withdraw"),
    status=("occurred", "announced", "cancelled", "postponed"),
)
_PLANS: Final = ("CONSULT", "AGREE")
_KINDS: Final = (
    (
        "declined",
        "invitations, meetings and calls declined",
        Selector(event=("REJECT",), mode=("meet", "phone", "visit")),
    ),
    (
        "cancelled",
        "visits, meetings and channels cancelled by one side",
        Selector(event=("SANCTION",), mode=("cancel",), status=("occurred", "announced", "cancelled")),
    ),
    ("called_off", "plans of meetings and visits called off", Selector(event=_PLANS, status=("cancelled",))),
    ("postponed", "visits and meetings postponed", Selector(event=("SANCTION", *_PLANS), status=("postponed",))),
    (
        "suspended",
        "dialogues and channels suspended or left",
        Selector(event=("SANCTION",), mode=("suspend", "withdraw")),
    ),
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
    *(
        Signal(
            f"snubs__by_{side}_decayed__180d",
            f"refusals, cancellations and suspensions by the {side} side, halved in weight every 180 days",
            replace(_SNUB, forward=side == "first"),
            measure="decayed",
            window_days=180,
            ledger=True,
        )
        for side in ("first", "second")
    ),
    *(
        Signal(f"snubs__{kind}_count__365d", f"{said} in 365 days", select, window_days=365, ledger=True)
        for kind, said, select in _KINDS
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
