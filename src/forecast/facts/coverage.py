"""Coverage: the days over which a source holds the facts of its dyads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from forecast.dates import Day

#: What a source holds of its focal state: its leader's journeys to others, visits of others to it, both, or neither.
DIRECTIONS: Final = ("journeys", "visits", "both", "")


@dataclass(frozen=True)
class Coverage:
    """The days, first and last included, over which one source holds facts."""

    publisher: str
    #: Collection or file.
    source: str
    starts_on: Day
    ends_on: Day
    #: The state all of whose dyads the source covers; empty for a ledger, which covers the dyads that it names.
    focal: str
    #: Whether outcomes are taken from this source.
    defines_meetings: bool
    #: False if the days are only the first and last `known_on` of the rows.
    declared: bool
    #: Which meetings of the focal state it holds, one of `DIRECTIONS`.
    direction: str = "both"
    #: Whether it holds all of them, by its own claim or, where it declares nothing, as far as is known: only then can
    #: it prove that two leaders did not meet.
    complete: bool = True
    #: Whose meetings it holds, ``leader`` or ``minister``; empty for those of all levels.
    level: str = ""
