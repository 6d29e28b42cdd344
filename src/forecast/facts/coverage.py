"""Coverage: the days over which a source holds the facts of its dyads."""

from __future__ import annotations

from dataclasses import dataclass

from forecast.dates import Day


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
    """

    publisher: str
    source: str
    starts_on: Day
    ends_on: Day
    focal: str
    defines_meetings: bool
    declared: bool
