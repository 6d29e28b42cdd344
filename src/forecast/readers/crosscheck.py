"""The calendar of summits against the coded records: does it have the summits that the records name?

A summit that the records name is a group of records of leaders that carry one venue, one place and days that overlap or
follow one another. A record without a venue counts too if its setting says that there was a larger event. Every one
must be an edition of the calendar, unless it is listed among the gatherings that the calendar leaves out.

A ceremony or a business forum brings leaders together too, but it is no summit that a state is a member of, and nobody
could have put it into a calendar by rule. What is left out is listed with its reason (`gatherings.csv`), so that a
missing summit cannot hide among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import ONE_DAY, Day
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.history import History
from forecast.files import file_reader
from forecast.readers.tables import NO_DAY, Cells, Problems

GATHERINGS: Final = "gatherings.csv"

#: The reason that is no excuse: there was a summit, and the calendar has it.
RECORD_WRONG: Final = "record_wrong"

#: Why a gathering is no summit of the calendar, or why a record of a summit cannot be matched.
REASONS: Final = {
    "address": "a visitor addressed the General Assembly outside its high-level week",
    "business": "a meeting of business people or of a private body at which leaders spoke",
    "ceremony": "a celebration, a dedication or games",
    "conference": "a conference of experts, ministers or delegates at which leaders spoke",
    "funeral": "a funeral or a memorial service",
    RECORD_WRONG: "the summit is in the calendar; the record gives another day than other sources",
    "signing": "leaders came to sign or to witness",
}
_NEEDED: Final = ("venue", "place", "starts_on", "ends_on", "reason", "url")


@dataclass(frozen=True)
class Gathering:
    """One gathering that is left out of the calendar."""

    #: As the records code them; the venue may be empty.
    venue: str
    place: str
    #: First and last day of the stays that name it.
    starts_on: Day
    ends_on: Day
    #: One of `REASONS`.
    reason: str


@file_reader
def read_gatherings(directory: Path) -> tuple[Gathering, ...]:
    """Read `gatherings.csv` of a folder in the order of its lines; without it there are none."""
    path = directory / GATHERINGS
    if not path.exists():
        return ()
    problems = Problems(path)
    gatherings = tuple(map(_gathering, problems.rows(_NEEDED)))
    problems.check()
    return gatherings


def _gathering(row: Cells) -> Gathering:
    if not row["url"].startswith(("https://", "http://")):
        row.refuse(f"{row['url']!r} is no address", "url")
    starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
    if NO_DAY < ends_on < starts_on:
        row.refuse(f"{row['ends_on']} is before starts_on", "ends_on")
    return Gathering(row["venue"], row.state("place"), starts_on, ends_on, row.one_of("reason", REASONS))


SINCE: Final = np.datetime64("1990-01-01", "D")

#: A record gives the days of a stay, which may begin the evening before a summit or end the morning after.
TOLERANCE_DAYS: Final = 1

#: Series of the calendar that a venue of the records stands for, where they are not called the same. What no record
#: names may be any series.
SERIES_OF: Final = {
    "anniversary": frozenset({"d-day", "ww-memorial"}),
    "asean": frozenset({"asean", "eas", "us-asean"}),
    "caricom": frozenset({"us-caribbean"}),
    "central america": frozenset({"us-central-america"}),
    "nato": frozenset({"bucharest-nine", "nato"}),
    "peace conference": frozenset({"middle-east-peace"}),
    "signing": frozenset({"dayton-signing", "nafta"}),
    "unga": frozenset({"un-special", "unga"}),
    "us-africa": frozenset({"us-africa", "us-africa-small"}),
}


@dataclass(frozen=True)
class NamedSummit:
    """A gathering of leaders that the records name."""

    #: As the records code them; the venue may be empty.
    venue: str
    place: str
    #: First and last day of each recorded stay, in order and each once.
    stays: tuple[tuple[Day, Day], ...]

    @property
    def starts_on(self) -> Day:
        """First day of the stays."""
        return self.stays[0][0]

    @property
    def ends_on(self) -> Day:
        """Last day of the stays."""
        return max(last for _, last in self.stays)


@dataclass(frozen=True)
class CalendarCheck:
    """What became of the summits that the records name."""

    matched: tuple[tuple[NamedSummit, Edition], ...]
    #: In no edition and not left out.
    missed: tuple[NamedSummit, ...]
    #: Listed gatherings that the records name and the calendar does not.
    left_out: tuple[Gathering, ...]
    #: Listed gatherings that no record names, or that the calendar has after all: to be removed from the list.
    stale: tuple[Gathering, ...]

    @property
    def named(self) -> int:
        """Number of named summits: all but the listed gatherings that are no summits.

        A summit that a wrong record keeps from being matched counts, and it counts as not matched.
        """
        return len(self.matched) + len(self.missed) + sum(g.reason == RECORD_WRONG for g in self.left_out)

    @property
    def share(self) -> float | None:
        """Share of the named summits that are editions of the calendar, or None if the records name none."""
        return len(self.matched) / self.named if self.named else None


def leader_records(history: History, *, focal: str = "USA", since: Day = SINCE) -> pd.DataFrame:
    """Meetings of the focal state's leader that began on `since` or later, as its complete publishers record them."""
    publishers = {c.publisher for c in history.coverages if c.focal == focal and c.complete}
    events = history.events
    met = (events["event"] == "CONSULT") & events["mode"].isin(IN_PERSON_MODES) & (events["status"] == "occurred")
    theirs = events["publisher"].isin(publishers) & (events["level"] == "leader")
    return events.loc[met & theirs & (events["started_on"] >= since)]


def named_summits(records: pd.DataFrame) -> tuple[NamedSummit, ...]:
    """Group the records that name a larger event, or whose setting says that there was one, by their first day."""
    named = records.loc[(records["venue"] != "") | (records["setting"] != "bilateral")]
    summits = []
    for key, group in named.groupby(["venue", "place"]):
        venue, place = (str(name) for name in key)
        days = (group[column].to_numpy("datetime64[D]") for column in ("started_on", "ended_on"))
        chain: list[tuple[Day, Day]] = []
        for first, last in sorted(set(zip(*days, strict=True))):
            if chain and first > max(end for _, end in chain) + ONE_DAY:
                summits.append(NamedSummit(venue, place, tuple(chain)))
                chain = []
            chain.append((first, last))
        summits.append(NamedSummit(venue, place, tuple(chain)))
    return tuple(sorted(summits, key=lambda summit: (summit.starts_on, summit.place, summit.venue)))


def edition_of(summit: NamedSummit, calendar: Calendar, *, within_days: int = TOLERANCE_DAYS) -> Edition | None:
    """Return the edition that a named summit is, or None.

    Leaders met there in person, the host is the place, the series is one that the venue stands for, and *every* stay
    overlaps the days of the edition widened by `within_days` on either side. Where no venue is coded any series will
    do, so the days are not widened. Of several editions it is the shortest.
    """
    margin = within_days if summit.venue else 0
    candidates = [
        edition
        for edition in calendar.editions
        if edition.host == summit.place
        and edition.took_place
        and stands_for(summit.venue, edition.series)
        and all(overlap(stay, edition, margin) for stay in summit.stays)
    ]
    return min(candidates, key=lambda edition: edition.ends_on - edition.starts_on, default=None)


def check_calendar(history: History, gatherings: Iterable[Gathering]) -> CalendarCheck:
    """Look up in the calendar every summit that the records name.

    A gathering stands for the summit of its venue and place on exactly its days.
    """
    listed = {(g.venue, g.place, g.starts_on, g.ends_on): g for g in gatherings}
    matched, missed, left_out = [], [], []
    for summit in named_summits(leader_records(history)):
        edition = edition_of(summit, history.calendar)
        known = (summit.venue, summit.place, summit.starts_on, summit.ends_on)
        if edition is not None:
            matched.append((summit, edition))
        elif known in listed:
            left_out.append(listed.pop(known))
        else:
            missed.append(summit)
    return CalendarCheck(tuple(matched), tuple(missed), tuple(left_out), tuple(listed.values()))


def stands_for(venue: str, series: str) -> bool:
    """Whether a venue of the records may be an edition of the series.

    Examples
    --------
    >>> stands_for("unga", "un-special"), stands_for("g7", "g20"), stands_for("", "g20")
    (True, False, True)
    """
    return venue == "" or series in SERIES_OF.get(venue, {venue})


def overlap(stay: tuple[Day, Day], edition: Edition, within_days: int) -> bool:
    """Whether a stay overlaps the days of the edition widened by `within_days` on either side."""
    margin = np.timedelta64(within_days, "D")
    return bool(stay[0] <= edition.ends_on + margin and stay[1] >= edition.starts_on - margin)
