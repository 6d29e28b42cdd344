"""Signals of the tone of readouts, in the standard vocabulary of diplomacy, from ledgers."""

from __future__ import annotations

from typing import Final

from forecast.signals.cube import Selector
from forecast.signals.declare import Signal

SIGNALS: Final = (
    Signal(
        "tone__constructive_count__180d",
        "encounters called constructive, productive, substantive or cordial in 180 days",
        Selector(tone=("constructive",)),
        window_days=180,
        ledger=True,
    ),
    Signal(
        "tone__candid_count__180d",
        "encounters called candid or frank, and no warmer, in 180 days",
        Selector(tone=("candid",)),
        window_days=180,
        ledger=True,
    ),
)
