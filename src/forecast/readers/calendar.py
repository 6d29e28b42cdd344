"""The calendar of summits: editions with hosts and days, and who is a member or a guest.

Ruled on here:

* An edition is known from `announced_on`: the day that a source names, or a conservative rule of the series
  (`announcement-rules.csv`), which the column `announced_basis` distinguishes.
* `off_on` is the day on which it became public that the leaders would not meet there in person on these days. Until
  then the edition stands in the calendar, however it ended: whether a summit was held, and how, is not known before.
* Members are known as soon as both the edition and their membership are; guests of one edition, and members whose
  membership begins with it, `GUEST_NOTICE_DAYS` before it begins. A member that leaves before the summit stands in it
  until it has left.
* `us_attendance` says who came for the United States. It is no part of an edition, since nobody knew it before the
  summit ended: no forecast may see it. Here its words are checked alone.
* The state ``*UN`` stands for every state that exists and is not in `OUTSIDE_UN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from forecast.dates import Day
from forecast.errors import InputError, StateError
from forecast.facts.calendar import NEVER, Calendar, Edition
from forecast.facts.countries import find_state, states
from forecast.readers.tables import day_of, table_rows

VENUES: Final = "venues.csv"
MEMBERSHIPS: Final = "memberships.csv"
GUEST_NOTICE_DAYS: Final = 30
ALL_UN: Final = "*UN"
OUTSIDE_UN: Final = frozenset({"TWN", "XKX", "COK", "NIU"})
#: The words of `us_attendance`; an empty cell says that it was not looked up or that there was nothing to attend.
ATTENDANCES: Final = {
    "president": "the president met leaders there in person",
    "unnamed": "he did; the records have the leaders' visits and do not name the summit",
    "not_recorded": "he was there in person; no record names a leader whom he met at it",
    "virtual": "he took part from a distance",
    "vice_president": "the vice president came for him",
    "secretary": "the secretary of state came for him",
    "other": "somebody else came for him",
    "none": "nobody came",
    "not_held": "the edition was cancelled or postponed",
}
_FORMATS: Final = ("in_person", "virtual", "hybrid")
_STATUSES: Final = ("held", "planned", "cancelled", "postponed")


@dataclass(frozen=True)
class _Membership:
    state: str
    first: Day
    last: Day
    edition: str
    guest: bool


def read_calendar(directory: Path) -> Calendar:
    """Read `venues.csv` and `memberships.csv` of a folder; without them the calendar is empty."""
    venues, memberships = directory / VENUES, directory / MEMBERSHIPS
    if not venues.exists():
        return Calendar()
    # By series and edition: the lists of one-off gatherings are long, and each concerns one edition only.
    members: dict[tuple[str, str], list[_Membership]] = {}
    if memberships.exists():
        for line, row in table_rows(memberships, ("series", "state", "from", "to", "role", "edition")):
            if row["role"] != "observer":
                members.setdefault((row["series"], row["edition"]), []).append(_membership(row, memberships, line))
    editions = [
        _edition(row, _concerned(members, row), venues, line)
        for line, row in table_rows(
            venues, ("series", "edition", "host", "starts_on", "ends_on", "format", "status", "announced_on", "off_on")
        )
    ]
    return Calendar(tuple(sorted(editions, key=lambda e: (e.starts_on, e.series, e.edition))))


def _concerned(members: dict[tuple[str, str], list[_Membership]], row: dict[str, str]) -> list[_Membership]:
    """Memberships of the series as a whole and of the edition."""
    return [*members.get((row["series"], ""), []), *members.get((row["series"], row["edition"]), [])]


def _day(row: dict[str, str], field: str, path: Path, line: int, *, empty: Day) -> Day:
    return day_of(row, field, path, line) if row[field] else empty


def _membership(row: dict[str, str], path: Path, line: int) -> _Membership:
    state = row["state"]
    if state != ALL_UN and state not in states():
        raise InputError(f"{state!r} is no code of a state", path=path, row=line, field="state")
    return _Membership(
        state=state,
        first=_day(row, "from", path, line, empty=np.datetime64("0001-01-01", "D")),
        last=_day(row, "to", path, line, empty=NEVER),
        edition=row["edition"],
        guest=row["role"] == "guest",
    )


def _edition(row: dict[str, str], members: list[_Membership], path: Path, line: int) -> Edition:
    for field, allowed in (("format", _FORMATS), ("status", _STATUSES)):
        if row[field] not in allowed:
            raise InputError(f"{row[field]!r} is not one of {', '.join(allowed)}", path=path, row=line, field=field)
    attendance = row.get("us_attendance", "")
    if attendance and attendance not in ATTENDANCES:
        raise InputError(
            f"{attendance!r} is not one of {', '.join(ATTENDANCES)}; leave it empty if it is not known",
            path=path,
            row=line,
            field="us_attendance",
        )
    needed = {}
    for field in ("starts_on", "ends_on", "announced_on"):
        if not row[field]:
            raise InputError("is empty; a day YYYY-MM-DD is needed", path=path, row=line, field=field)
        needed[field] = _day(row, field, path, line, empty=NEVER)
    if needed["ends_on"] < needed["starts_on"]:
        raise InputError(f"{row['ends_on']} is before starts_on", path=path, row=line, field="ends_on")
    try:
        host = find_state(row["host"])
    except StateError as error:
        raise InputError(str(error), path=path, row=line, field="host") from None
    return Edition(
        series=row["series"],
        edition=row["edition"],
        host=host,
        off_on=_day(row, "off_on", path, line, empty=NEVER),
        took_place=row["status"] in ("held", "planned") and row["format"] != "virtual",
        members=_members(host, members, needed["starts_on"], needed["announced_on"]),
        left=_left(members, needed["starts_on"], needed["announced_on"]),
        **needed,
    )


def _members(host: str, members: list[_Membership], starts_on: Day, announced_on: Day) -> tuple[tuple[str, Day], ...]:
    """States that take part in an edition, each with the day from which that is known."""
    known = {host: announced_on}
    for member in members:
        since = _part_known_from(member, starts_on, announced_on)
        if since is None:
            continue
        codes = [member.state]
        if member.state == ALL_UN:
            codes = [c for c, s in states().items() if s.exists_on(starts_on) and c not in OUTSIDE_UN]
        for code in codes:
            known[code] = min(known.get(code, since), since)
    return tuple(sorted(known.items()))


def _part_known_from(member: _Membership, starts_on: Day, announced_on: Day) -> Day | None:
    """Day from which a state's part in an edition is known, or None if it has none."""
    if not member.edition and (member.first > starts_on or member.last < announced_on):
        return None
    if member.guest or (not member.edition and member.first == starts_on):
        return max(announced_on, starts_on - np.timedelta64(GUEST_NOTICE_DAYS, "D"))
    return announced_on if member.edition else max(announced_on, member.first)


def _left(members: list[_Membership], starts_on: Day, announced_on: Day) -> tuple[tuple[str, Day], ...]:
    """Members that are so when the edition is announced and no longer when it begins."""
    stay = {member.state for member in members if member.first <= starts_on <= member.last}
    gone = {
        member.state: member.last
        for member in members
        if not member.edition and announced_on <= member.last < starts_on and member.state not in stay
    }
    return tuple(sorted(gone.items()))
