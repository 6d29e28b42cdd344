"""Journeys of heads of state and government in the layout of COLT (Country and Organizational Leader Travel).

``docs/readers.md`` is the codebook. What it decides on the awkward rows:

* *A journey is no meeting.* Only ``MetHostHoGS`` says that the host's leader was met.
* *Leaders without a state.* ``NonhostHOGSNames`` names persons. Their state is taken from the brackets behind the name,
  the register of leaders, a supplement beside this module and the other rows of the file, in this order.
* *Trips that were planned and not made* stand in the file; the notes say so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from forecast.errors import StateError
from forecast.facts import package_rows
from forecast.facts.countries import find_state, fold, states
from forecast.files import file_reader
from forecast.readers.coded_source import CodedSource, Collection, collection_of, meeting, venue_named_first
from forecast.readers.colt_names import Person, Register, persons, state_on
from forecast.readers.table_files import workbook_rows
from forecast.readers.tables import Cells, Problems

PUBLISHER: Final = "colt"
ADDRESS: Final = "https://github.com/aromanolopez-research/PE-Latam"
LICENCE: Final = "MIT"
KNOWN_RULE: Final = (
    "A meeting counts as public on the last day of the trip; a cancellation on the day that the source gives, "
    "otherwise on the planned first day."
)
#: Before this year the file holds single trips and proves nothing.
SYSTEMATIC_SINCE: Final = dt.date(1990, 1, 1)
#: Longer stays say no day of a meeting: exiles, convalescences.
_LONGEST_DAYS: Final = 31

_NEEDED: Final = (
    "TripID", "LeaderCountryOrIGO", "LeaderCountryISO", "LeaderRole", "LeaderTitle", "LeaderFullName", "Exiled",
    "CountryVisited", "CountryVisitedISO", "TripStartDate", "TripEndDate", "MetHostHoGS", "HostHOGSName",
    "SubHOGSmetHostSubHOGS", "HostSubHOGSName", "AttendedMultilatEvent", "NameMultilatEvent", "MetNonhostHOGS",
    "NonhostHOGSNames", "Notes", "SourceLink1",
)  # fmt: skip
#: Head of government, head of state, or both.
_ROLES: Final = ("GS", "G", "S", "HOGS", "HOG", "HOS")

_PHANTOM: Final = re.compile(
    r"phantom|viaje fantasma|no ocurri[oó]|no haber ocurrido|no se encontr[oó] (?:ninguna|evidencia)"
    r"|no hay evidencia independiente|probable error de COLT|duplicado/err[oó]neo|triplicado err[oó]neo"
    r"|\b(?:trip|visit|journey)\b[^.;]{0,20}\b(?:cancell?ed|postponed|did not (?:take place|happen|occur))"
    r"|\b(?:trip|visit) planned\W+but unconfirmed",
    re.IGNORECASE,
)
#: A summit of leaders on the host's soil. The file does not say who else sat in the room.
_SUMMIT: Final = re.compile(r"(?<!Millennium )(?<!Business )(?<!Economic )Summit|Cumbre|C[uú]pula")
_SUMMIT_ONLY: Final = "no meeting: summit in the host's state, host not named as met"
#: Journeys that were planned and called off, with the reason in Spanish.
_CANCELLED: Final = (
    "LeaderCountryOrIGO", "LeaderFullName", "CountryVisited_Planeado", "TripStartDate_Planeado", "TripEndDate_Planeado",
    "Visit_Category", "Cancellation_Reason", "Source_Verification",
)  # fmt: skip
_MONTHS: Final = {
    name: number for number, name in enumerate(re.findall(r"\w+", "ene feb mar abr may jun jul ago sep oct nov dic"), 1)
}
_SAID_ON: Final = re.compile(
    r"(?:anuncio(?: del?)?|anunciad[oa](?: el)?|(?:cancelad|postergad|suspendid)[oa] el|retir[oó][^.]{0,60}? el)\s+"
    r"(?P<day>\d{1,2})[/-](?P<month>\d{1,2}|[a-z]{3,4})(?:[/-](?P<year>\d{4}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Trip:
    """One row of the file, read."""

    record_id: str
    leader: str
    state: str
    place: str
    first: dt.date
    last: dt.date
    cells: dict[str, str]

    @property
    def event(self) -> bool:
        return self.cells["AttendedMultilatEvent"].lower() == "yes"


@file_reader
def code_colt(path: Path, *, cancelled: Path | None = None, leaders: Path | None = None, version: str) -> CodedSource:
    """Code a CSV file or workbook in COLT's official layout, one row a country of a trip, and one of `cancelled` ones.

    There is a collection for each travelling state, complete from its first to its last trip since 1990; the cancelled
    are partial. `leaders`, such as ``data/raw/leaders.csv``, gives the states of leaders who are named without one. An
    error has all problems of a file.
    """
    problems = Problems(path)
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        rows = problems.cells(workbook_rows(path, _NEEDED))
    else:
        rows = problems.rows(_NEEDED, some=True)
    trips, ruled = _trips(rows)
    problems.check()
    register = Register(_seen(trips), leaders)
    collections = []
    for state in sorted({trip.state for trip in trips} | set(ruled)):
        mine, left = [trip for trip in trips if trip.state == state], ruled.get(state, [])
        coded = [(trip, *_code_trip(trip, register)) for trip in mine]
        days = [day for trip in mine for day in (trip.first, trip.last)]
        collections.append(
            _collection(
                f"{state.lower()}-journeys" if state else "organisations",
                [row for _, found, _ in coded for row in found],
                left + [_left(trip, *reason) for trip, _, reasons in coded for reason in reasons],
                days or [dt.date.fromisoformat(started_on) for _, started_on, _, _ in left],
                focal=state if mine else "",
                records=len(mine) + len(left),
            )
        )
    if cancelled is not None:
        called_off, left, days = _read_cancelled(cancelled)
        collections.append(
            _collection("cancelled", called_off, left, days, focal="", records=len(called_off) + len(left))
        )
    return CodedSource(PUBLISHER, ADDRESS, version, LICENCE, KNOWN_RULE, collections)


def _trips(rows: list[Cells]) -> tuple[list[_Trip], dict[str, list[tuple[str, str, str, str]]]]:
    """Read days and states of all rows; rows that cannot be a trip of a leader are ruled on here, by state."""
    trips = []
    ruled: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in rows:
        first, last = (row.date(name) for name in ("TripStartDate", "TripEndDate"))
        leads, reason = row["LeaderRole"] in _ROLES, ""
        # Whom else the file names may come from no state, which is no mistake.
        noted = row if leads else replace(row, problems=Problems(row.problems.path))
        state = _state(noted, "LeaderCountryISO", "LeaderCountryOrIGO", first)
        if not leads:
            reason = f"not a leader: role {row['LeaderRole']!r}" if state else "organisation"
        trip = _Trip(row["TripID"], row["LeaderFullName"], state, _place(row, first), first, last, row.row)
        reason = reason or _ruled_out(trip)
        if reason:
            ruled.setdefault(state, []).append(_left(trip, reason))
        else:
            trips.append(trip)
    return trips, ruled


def _left(trip: _Trip, reason: str, name: str = "") -> tuple[str, str, str, str]:
    text = f"{trip.leader}, {trip.cells['CountryVisited']}" + (f": {name}" if name else "")
    return trip.record_id, trip.first.isoformat(), reason, text


def _ruled_out(trip: _Trip) -> str:
    cells = trip.cells
    if trip.last < trip.first:
        return "trip ends before it begins"
    if cells["Exiled"] not in {"", "0", "No"}:
        return "not a leader: in exile"
    if not trip.place:
        return "no state on that day"
    if trip.place == "territory":
        return "territory of another state"
    if trip.place == trip.state:
        return "trip in the own state"
    if _PHANTOM.search(cells["Notes"]):
        return "no meeting: trip not made"
    if (trip.last - trip.first).days >= _LONGEST_DAYS:
        return f"stay longer than {_LONGEST_DAYS} days"
    return ""


def _state(row: Cells, code: str, name: str, day: dt.date) -> str:
    """Give the state on that day, from the code or else the name; an unknown one is noted."""
    if row[code].upper() in states():
        return state_on(row[code].upper(), day)
    try:
        return state_on(find_state(row[name]), day)
    except StateError as error:
        row.refuse(str(error))
        return ""


def _place(row: Cells, day: dt.date) -> str:
    if fold(row["CountryVisited"]) in {"", "unknown"}:
        return ""
    if row["CountryVisitedISO"].upper() not in states() and fold(row["CountryVisited"]) in _territories():
        return "territory"
    return _state(row, "CountryVisitedISO", "CountryVisited", day)


@cache
def _territories() -> frozenset[str]:
    return frozenset(fold(row["name"]) for row in package_rows("facts/data/territories.csv"))


def _seen(trips: list[_Trip]) -> Iterator[tuple[str, str]]:
    """Give the names whose state the file tells: those who travel and those who are met at home."""
    for trip in trips:
        yield trip.leader, trip.state
        if trip.cells["MetHostHoGS"].lower() == "yes":
            yield from ((one.name, trip.place) for one in persons(trip.cells["HostHOGSName"]))


def _code_trip(trip: _Trip, register: Register) -> tuple[list[dict[str, str]], list[tuple[str, str]]]:
    """Give the rows of a trip, and what could not be coded of it: the reason, and whom it is about."""
    cells = trip.cells
    rows: list[dict[str, str]] = []
    reasons: list[tuple[str, str]] = []
    setting = "margins" if trip.event else "bilateral"
    host = [register.place(one, trip.first, host=trip.place) for one in persons(cells["HostHOGSName"])]
    others = [register.place(one, trip.first) for one in persons(cells["NonhostHOGSNames"])]
    met = cells["MetHostHoGS"].lower()
    if met == "yes" and len(host) == 1 and host[0].state not in {"", trip.place}:
        reasons.append(("host's leader named is of another state", host[0].name))
        others += host
    elif met == "yes" or any(one.state == trip.place and one.leader for one in others):
        named = host or [one for one in others if one.state == trip.place]
        rows.append(_row(trip, trip.place, setting=setting, who=[one for one in named if one.leader]))
    elif cells["SubHOGSmetHostSubHOGS"].lower() == "yes":
        named = persons(cells["HostSubHOGSName"])
        rows.append(_row(trip, trip.place, setting=setting, who=named, level="minister"))
    elif met != "no":
        reasons.append(("not known whether the host's leader was met", ""))
    third: dict[str, list[Person]] = {}
    for one in others:
        if not one.state:
            reasons.append(("leader whose state is not known" if one.name else "leaders not named", one.name))
        elif not one.leader:
            reasons.append((f"not a leader: {one.office or 'elect'}", one.name))
        elif one.state not in {trip.place, trip.state}:
            third.setdefault(one.state, []).append(one)
    rows += [_row(trip, state, setting=setting, who=who, mode="third-party") for state, who in third.items()]
    if not rows and not reasons:
        summit = trip.event and _SUMMIT.search(cells["NameMultilatEvent"])
        reasons.append((_SUMMIT_ONLY if summit else "no meeting with the host's leader", ""))
    return rows, reasons


def _row(
    trip: _Trip, recipient: str, *, setting: str, who: list[Person], level: str = "leader", mode: str = "visit"
) -> dict[str, str]:
    named = [one for one in who if one.name]
    return meeting(
        (trip.first, trip.last),
        record_id=trip.record_id,
        source=trip.state,
        recipient=recipient,
        mode=mode,
        level=level,
        setting=setting,
        place=trip.place,
        venue=venue_named_first(trip.cells["NameMultilatEvent"]) if trip.event else "",
        persons="; ".join(one.name for one in named),
        offices="; ".join(one.office for one in named),
        url=_address(trip.cells["SourceLink1"]),
    )


def _collection(
    name: str,
    rows: Iterable[dict[str, str]],
    uncoded: list[tuple[str, str, str, str]],
    days: list[dt.date],
    *,
    focal: str,
    records: int,
) -> Collection:
    """Put a collection together; a state's is complete from its first to its last trip, since 1990."""
    complete = bool(focal) and max(days, default=dt.date.min) >= SYSTEMATIC_SINCE
    if complete:
        days = [max(day, SYSTEMATIC_SINCE) for day in days]
    direction = "journeys" if focal else ""
    return collection_of(
        name, rows, uncoded, days, focal=focal, direction=direction, complete=complete, records=records
    )


@file_reader
def _read_cancelled(path: Path) -> tuple[list[dict[str, str]], list[tuple[str, str, str, str]], list[dt.date]]:
    """Give journeys that were called off as snubs of the state to be visited, what is left out, and the days known."""
    problems = Problems(path)
    rows, uncoded = [], []
    records = problems.rows(_CANCELLED, some=True)
    for row in records:
        first = row.date("TripStartDate_Planeado")
        last = row.date("TripEndDate_Planeado") if row["TripEndDate_Planeado"] else first
        codes = []
        for column in ("LeaderCountryOrIGO", "CountryVisited_Planeado"):
            try:
                codes.append(find_state(row[column]))
            except StateError as error:
                row.refuse(str(error))
        if len(codes) < 2 or first == dt.date.min:
            continue
        source, recipient = codes
        record_id = f"{source}-{recipient}-{first}"
        if last < first:
            uncoded.append((record_id, first.isoformat(), "trip ends before it begins", row["LeaderFullName"]))
            continue
        known = said_on(row["Cancellation_Reason"], first)
        rows.append(
            meeting(
                (first, last),
                record_id=record_id,
                occurred_on=known.isoformat(),
                known_on=known.isoformat(),
                source=source,
                recipient=recipient,
                event="SANCTION",
                mode="cancel",
                setting="bilateral" if row["Visit_Category"] == "Bilateral" else "multilateral",
                status="cancelled",
                persons=row["LeaderFullName"],
                note="journey called off",
                url=_address(row["Source_Verification"]),
            )
        )
    problems.check()
    days = [dt.date.fromisoformat(row["known_on"]) for row in rows]
    return rows, uncoded, days


def said_on(text: str, planned: dt.date) -> dt.date:
    """Give the day of a cancellation if the text names it as such, otherwise the planned first day.

    Examples
    --------
    >>> said_on("CANCELADA (anuncio 17/9/2013) por el espionaje", dt.date(2013, 10, 23))
    datetime.date(2013, 9, 17)
    >>> said_on("CANCELADO tras una caida (19/10/2024)", dt.date(2024, 10, 22))
    datetime.date(2024, 10, 22)
    """
    for found in _SAID_ON.finditer(text):
        month = found["month"].lower()
        number = int(month) if month.isdigit() else _MONTHS.get(month[:3], 0)
        try:
            day = dt.date(int(found["year"] or planned.year), number, int(found["day"]))
        except ValueError:
            continue
        if day <= planned:
            return day
    return planned


def _address(cell: str) -> str:
    """Give the cell if it is an address, otherwise nothing."""
    text = cell.strip()
    return text if re.match(r"https?://\S+$", text) else ""
