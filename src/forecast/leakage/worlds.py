"""Worlds: histories that agree on all that was public before an as-of date and differ in what came after it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, as_days
from forecast.facts.calendar import Calendar
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.history import History, make_history
from forecast.facts.leaders import Spell
from forecast.facts.record import NONE

Mask = npt.NDArray[np.bool_]

#: Ledgers are published under this name and the name of their file.
LEDGER = "ledger:"


@dataclass(frozen=True, eq=False)
class World:
    """A history to compare with another, and how many facts were touched to make it.

    Parameters
    ----------
    history : History
    touched : int
    """

    history: History
    touched: int


def meetings_of_record(history: History) -> Mask:
    """Events that are meetings of leaders in person, whichever source reports them."""
    return np.asarray(history.events["meeting_of"].to_numpy() != NONE)


def as_events(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Make an events table of rows, whose columns are empty where a row says nothing."""
    filled = [dict.fromkeys(COLUMNS, "") | {"accompanied": False} | row for row in rows]
    frame = pd.DataFrame(filled, columns=list(COLUMNS)).astype({"accompanied": bool})
    return frame.astype(dict.fromkeys(DAY_COLUMNS, "datetime64[s]"))


def joined(
    history: History,
    events: pd.DataFrame,
    *,
    calendar: Calendar | None = None,
    leaders: tuple[Spell, ...] | None = None,
    coverages: tuple[Coverage, ...] = (),
) -> History:
    """Add events and coverage, and put another calendar and other leaders in the place of the history's own."""
    kept = history.events[list(COLUMNS)]
    every = pd.concat([kept, events[list(COLUMNS)]], ignore_index=True) if len(events) else kept
    return _as_read(
        every,
        (*history.coverages, *coverages),
        calendar if calendar is not None else history.calendar,
        leaders if leaders is not None else history.leaders,
    )


def without(history: History, gone: Mask) -> History:
    """Take events away."""
    return _as_read(history.events.loc[~gone, list(COLUMNS)], history.coverages, history.calendar, history.leaders)


def _as_read(
    events: pd.DataFrame, coverages: tuple[Coverage, ...], calendar: Calendar, leaders: tuple[Spell, ...]
) -> History:
    """Make the history with the coverage that its files would be read with.

    Undeclared coverage runs from the first to the last day on which a fact of the ledger became known, so a fact of the
    future lengthens it; a ledger that is new has such coverage too.
    """
    known: dict[str, tuple[Day, Day]] = {}
    for publisher, days in events.groupby("publisher", sort=True)["known_on"]:
        told = as_days(days.to_numpy())
        known[str(publisher)] = (told.min(), told.max())
    found = []
    for coverage in coverages:
        if coverage.declared:
            found.append(coverage)
        elif coverage.publisher in known:
            first, last = known[coverage.publisher]
            found.append(replace(coverage, starts_on=first, ends_on=last))
    named = {coverage.publisher for coverage in coverages}
    for publisher in sorted(set(known) - named):
        source, (first, last) = publisher.removeprefix(LEDGER) + ".csv", known[publisher]
        found.append(Coverage(publisher, source, first, last, "", defines_meetings=True, declared=False))
    return make_history(events, found, calendar, leaders)


def mirrored(history: History, as_of: Day) -> tuple[World, World] | None:
    """Two worlds for the dyads that meet on the as-of date: one without their future, one with the meeting twice.

    Returns
    -------
    alone, twinned : World
        In the first nothing becomes known of these dyads on the as-of date or later. In the second their meeting of
        that day is public on the day itself, ``known_on == as_of``, told by its record and by a twin of the record
        with the sides exchanged. None if no two leaders meet on the day.
    """
    events = history.events
    known_on, occurred_on = (as_days(events[name].to_numpy()) for name in ("known_on", "occurred_on"))
    that_day = meetings_of_record(history) & (occurred_on == as_of) & (known_on >= as_of)
    that_day &= events["dyad"].isin(history.cohort(as_of)).to_numpy()
    if not that_day.any():
        return None
    meeting = events.loc[that_day, list(COLUMNS)].assign(known_on=as_of.astype("datetime64[s]"))
    twin = meeting.rename(columns={"source": "recipient", "recipient": "source"})
    twin = twin.assign(record_id="twin-" + twin["record_id"])
    alone = without(history, events["dyad"].isin(events.loc[that_day, "dyad"]).to_numpy() & (known_on >= as_of))
    twinned = joined(alone, pd.concat([meeting, twin], ignore_index=True))
    return World(alone, int(that_day.sum())), World(twinned, int(that_day.sum()))
