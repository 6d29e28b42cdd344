"""Gatherings that the records name and the calendar of summits leaves out, each with its reason.

A ceremony or a business forum brings leaders together too, but it is no summit that a state is a member of, and nobody
could have put it into a calendar by rule. What is left out is listed, so that a missing summit cannot hide among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError
from forecast.facts.countries import states
from forecast.readers.tables import table_rows

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
    """One gathering that is left out of the calendar.

    Parameters
    ----------
    venue, place : str
        As the records code them; the name may be empty.
    starts_on, ends_on : numpy.datetime64[D]
        First and last day of the stays that name it.
    reason : str
        One of `REASONS`.
    """

    venue: str
    place: str
    starts_on: Day
    ends_on: Day
    reason: str


def read_gatherings(directory: Path) -> tuple[Gathering, ...]:
    """Read `gatherings.csv` of a folder in the order of its lines; without it there are none.

    Raises
    ------
    InputError
        With file, line and column of the first cell that cannot be understood.
    """
    path = directory / GATHERINGS
    if not path.exists():
        return ()
    return tuple(_gathering(row, path, line) for line, row in table_rows(path, _NEEDED))


def _gathering(row: dict[str, str], path: Path, line: int) -> Gathering:
    if row["place"] not in states():
        raise InputError(f"{row['place']!r} is no code of a state", path=path, row=line, field="place")
    if row["reason"] not in REASONS:
        raise InputError(f"{row['reason']!r} is not one of {', '.join(REASONS)}", path=path, row=line, field="reason")
    if not row["url"].startswith(("https://", "http://")):
        raise InputError(f"{row['url']!r} is no address", path=path, row=line, field="url")
    days = {}
    for field in ("starts_on", "ends_on"):
        try:
            days[field] = parse_day(row[field])
        except DateError:
            raise InputError(f"{row[field]!r} is no day of the calendar", path=path, row=line, field=field) from None
    if days["ends_on"] < days["starts_on"]:
        raise InputError(f"{row['ends_on']} is before starts_on", path=path, row=line, field="ends_on")
    return Gathering(row["venue"], row["place"], days["starts_on"], days["ends_on"], row["reason"])
