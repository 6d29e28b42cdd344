"""The calendar of summits: editions with hosts and days, and who is a member or a guest.

Ruled on here:

* An edition is known from `announced_on`: the day that a source names, or a conservative rule of the series
  (`announcement-rules.csv`), which the column `announced_basis` distinguishes, or its first day.
* `off_on` is the day on which it became public that the leaders would not meet there in person on these days. Until
  then the edition stands in the calendar, however it ended: whether a summit was held, and how, is not known before.
* A moved or postponed edition is a row of its own, and its successor names it in `replaces`. By rule, the successor is
  known no earlier than the day on which the predecessor is off.
* Members of a series are known as soon as both the edition and their membership are. A part in one edition is known on
  its `known_on`; without one, as a membership that begins with the edition itself, `GUEST_NOTICE_DAYS` before it
  begins; never before the edition. A guest of the series, who names no edition, is a member from its first day on.
* A member that leaves before the summit is expected there until it has left, and again once it has come back, on what
  was known at each day. So are the states of ``*UN``: all that exist and are not in `OUTSIDE_UN`, each while it exists.
* States publicly not invited, or whose leader said that he would not come, are no longer expected from the day after
  that was public, whatever else is known of them.
* `us_attendance` says who came for the United States. It is no part of an edition, since nobody knew it before the
  summit ended: no forecast may see it. Here its words are checked alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from forecast.dates import ONE_DAY, Day
from forecast.errors import StateError
from forecast.facts.calendar import NEVER, Calendar, Edition, Parts
from forecast.facts.countries import find_state, states
from forecast.files import file_reader
from forecast.readers.tables import NO_DAY, Cells, Problems

VENUES: Final = "venues.csv"
MEMBERSHIPS: Final = "memberships.csv"
GUEST_NOTICE_DAYS: Final = 7
ALL_UN: Final = "*UN"
OUTSIDE_UN: Final = frozenset({"TWN", "XKX", "COK", "NIU"})
ROLES: Final = {
    "member": "belongs to the series, or to the edition",
    "guest": "invited for the edition, or a permanent guest of the series",
    "observer": "no part of a leader",
    "not_invited": "publicly left out of the edition, or suspended",
    "will_not_attend": "publicly said, or said by the host, that the leader will not come to the edition in person",
}
_ABSENCES: Final = ("not_invited", "will_not_attend")
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
_VENUE_COLUMNS: Final = (
    *("series", "edition", "host", "starts_on", "ends_on"),
    *("format", "status", "announced_on", "off_on"),
)
_MEMBERSHIP_COLUMNS: Final = ("series", "state", "from", "to", "role", "edition")
_FORMATS: Final = ("in_person", "virtual", "hybrid")
_STATUSES: Final = ("held", "planned", "cancelled", "postponed")
_BASES: Final = ("source", "rule", "first_day")


@dataclass(frozen=True)
class _Membership:
    state: str
    first: Day
    last: Day
    edition: str
    role: str
    known_on: Day | None


@file_reader
def read_calendar(directory: Path) -> Calendar:
    """Read `venues.csv` and `memberships.csv` of a folder; without them the calendar is empty."""
    venues, memberships = directory / VENUES, directory / MEMBERSHIPS
    if not venues.exists():
        return Calendar()
    members = _read_memberships(memberships) if memberships.exists() else {}
    problems = Problems(venues)
    rows = problems.rows(_VENUE_COLUMNS)
    named = {(row["series"], row["edition"]): row for row in rows}
    editions = []
    for row in rows:
        # Memberships of the series as a whole, and of the edition.
        concerned = [*members.get((row["series"], ""), []), *members.get((row["series"], row["edition"]), [])]
        edition = _edition(row, concerned)
        _check_replaced(row, named)
        if edition is not None:
            editions.append(edition)
    problems.check()
    return Calendar(tuple(sorted(editions, key=lambda e: (e.starts_on, e.series, e.edition))))


def _read_memberships(path: Path) -> dict[tuple[str, str], list[_Membership]]:
    """Memberships by series and edition: the lists of one-off gatherings are long, and each concerns one edition."""
    found: dict[tuple[str, str], list[_Membership]] = {}
    problems = Problems(path)
    for row in problems.rows(_MEMBERSHIP_COLUMNS):
        member = _membership(row)
        if member.role != "observer":
            found.setdefault((row["series"], row["edition"]), []).append(member)
    problems.check()
    return found


def _membership(row: Cells) -> _Membership:
    role, edition = row.one_of("role", ROLES), row["edition"]
    known_on = row.get("known_on")
    if role in _ABSENCES:
        if not edition:
            row.refuse(f"is empty; {role} is said of one edition", "edition")
        if not known_on:
            row.refuse(f"is empty; {role} needs the day on which it was public", "known_on")
    elif known_on and not edition:
        row.refuse("a row without an edition is known from its `from`; leave it empty", "known_on")
    return _Membership(
        state=ALL_UN if row["state"] == ALL_UN else row.state("state"),
        first=row.day("from", empty=NO_DAY),
        last=row.day("to", empty=NEVER),
        edition=edition,
        role=role,
        known_on=row.day("known_on") if known_on else None,
    )


def _edition(row: Cells, members: list[_Membership]) -> Edition | None:
    for field, allowed in (("format", _FORMATS), ("status", _STATUSES), ("announced_basis", _BASES)):
        if field in row.row:
            row.one_of(field, allowed)
    if row.get("us_attendance"):
        row.one_of("us_attendance", ATTENDANCES, hint="; leave it empty if it is not known")
    for field in ("starts_on", "ends_on", "announced_on"):
        if not row[field]:
            row.refuse("is empty; a day YYYY-MM-DD is needed", field)
    starts_on, ends_on, announced_on, off_on = (
        row.day(field, empty=NEVER) for field in ("starts_on", "ends_on", "announced_on", "off_on")
    )
    if NO_DAY < ends_on < starts_on != NEVER:
        row.refuse(f"{row['ends_on']} is before starts_on", "ends_on")
    try:
        host = find_state(row["host"])
    except StateError as error:
        row.refuse(str(error), "host")
    if row.problems.found:
        return None
    came, left = _parts(host, members, starts_on, announced_on)
    return Edition(
        series=row["series"],
        edition=row["edition"],
        host=host,
        starts_on=starts_on,
        ends_on=ends_on,
        announced_on=announced_on,
        off_on=off_on,
        took_place=row["status"] in ("held", "planned") and row["format"] != "virtual",
        members=came,
        left=left,
        absent=_absent(members),
    )


def _check_replaced(row: Cells, named: dict[tuple[str, str], Cells]) -> None:
    """Hold an edition against the one that it replaces: by rule, it is known no earlier than the other is off."""
    replaced = row.get("replaces")
    if not replaced:
        return
    other = named.get((row["series"], replaced))
    if other is None or replaced == row["edition"]:
        row.refuse(f"{replaced!r} is no other edition of {row['series']}", "replaces")
    elif row.get("announced_basis") == "rule":
        # Days in ISO order; those that are none are reported where they stand.
        if not other["off_on"]:
            said = f"{replaced} has no off_on; write there the day on which it was moved or postponed"
            row.refuse(said, "replaces")
        elif row["announced_on"] < other["off_on"]:
            row.refuse(
                f"{row['announced_on']} is before the day on which {replaced}, which it replaces, was off; "
                f"by rule, use {other['off_on']} or later",
                "announced_on",
            )


def _parts(host: str, members: Iterable[_Membership], starts_on: Day, announced_on: Day) -> tuple[Parts, Parts]:
    """When states come into an edition, and when those leave that have a part in it and lose it before it begins.

    A part is a stretch of days, from the day on which it was public to the last day of a membership. The stretches of a
    state that overlap, or follow one another without a day between, are one.
    """
    spells: dict[str, list[tuple[Day, Day]]] = {host: [(announced_on, NEVER)]}
    for member in members:
        if member.role in _ABSENCES:
            continue
        for state, first, last in _spells(member):
            if not member.edition and (first > starts_on or last < announced_on):
                continue
            since = max(announced_on, _known_from(member, first, starts_on))
            spells.setdefault(state, []).append((since, NEVER if member.edition or last >= starts_on else last))
    came: list[tuple[str, Day]] = []
    left: list[tuple[str, Day]] = []
    for state, stretches in spells.items():
        merged: list[tuple[Day, Day]] = []
        for since, last in sorted(stretches):
            if merged and since <= merged[-1][1] + ONE_DAY:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((since, last))
        came += [(state, since) for since, _ in merged]
        left += [(state, last) for _, last in merged if last != NEVER]
    return tuple(sorted(came)), tuple(sorted(left))


def _spells(member: _Membership) -> list[tuple[str, Day, Day]]:
    """First and last day of the membership of a state, or of each state of ``*UN`` while it exists."""
    if member.state != ALL_UN:
        return [(member.state, member.first, member.last)]
    return [
        (code, max(member.first, state.exists_from), min(member.last, state.exists_to - ONE_DAY))
        for code, state in states().items()
        if code not in OUTSIDE_UN
    ]


def _known_from(member: _Membership, first: Day, starts_on: Day) -> Day:
    """Day on which a state's part was public, were the edition known."""
    if member.known_on is not None:
        return member.known_on
    if member.edition or first == starts_on:
        return starts_on - np.timedelta64(GUEST_NOTICE_DAYS, "D")
    return first


def _absent(members: Iterable[_Membership]) -> Parts:
    """States that are publicly not invited or will not come, with the first day on which that was public."""
    found: dict[str, Day] = {}
    for member in members:
        if member.role in _ABSENCES and member.known_on is not None:
            found[member.state] = min(found.get(member.state, NEVER), member.known_on)
    return tuple(sorted(found.items()))
