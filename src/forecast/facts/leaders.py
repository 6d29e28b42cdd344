"""Leaders: who led which state since when."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.dates import Day


@dataclass(frozen=True)
class Spell:
    """One leader's time in office."""

    state: str
    leader: str
    begins_on: Day
