"""Coverage: the days over which a source holds the facts of its dyads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from forecast.dates import Day

#: What a source holds of its focal state: its leader's journeys to others, visits of others to it, both, or neither.
DIRECTIONS: Final = ("journeys", "visits", "both", "")


@dataclass(frozen=True)
class Coverage:
    """The days over which one source is complete.

    Parameters
    ----------
    publisher : str
        As in the events' column `publisher`.
    source : str
        Collection or file.
    starts_on, ends_on : numpy.datetime64[D]
        First and last day covered, both included.
    focal : str
        The state all of whose dyads the source covers; empty for a ledger, which covers the dyads that it names.
    defines_meetings : bool
        Whether outcomes are taken from this source.
    declared : bool
        False if the days are only the first and last `known_on` of the rows.
    direction : {"journeys", "visits", "both", ""}
        Which meetings of the focal state it holds.
    level : {"leader", "minister", ""}
        Whose meetings it holds; empty for those of all levels.
    complete : bool
        Whether it holds all of them, by its own claim or, where it declares nothing, as far as is known: only then
        can it prove that two leaders did not meet.
    """

    publisher: str
    source: str
    starts_on: Day
    ends_on: Day
    focal: str
    defines_meetings: bool
    declared: bool
    direction: str = "both"
    complete: bool = True
    level: str = ""
