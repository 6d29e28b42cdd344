"""Leaders: who led which state since when."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.dates import Day


@dataclass(frozen=True)
class Spell:
    """One leader's time in office.

    Parameters
    ----------
    state, leader : str
    begins_on : numpy.datetime64[D]
    """

    state: str
    leader: str
    begins_on: Day
