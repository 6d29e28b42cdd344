"""Declared signals, one file a family, and the catalogue made from them."""

from __future__ import annotations

from typing import Final

from forecast.signals import meetings, visits
from forecast.signals.declare import Signal

#: All signals by name, in the order of the panel's columns.
CATALOGUE: Final[dict[str, Signal]] = {
    signal.name: signal for family in (meetings, visits) for signal in family.SIGNALS
}
