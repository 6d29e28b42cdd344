"""Wikipedia's lists of a leader's international trips: each stop a journey, a meeting with its host by stated rules.

Ruled on here:

* A stop is a meeting with the host if the details name a state, official, working or bilateral visit, say that the
  host's leader was met, or name a summit (setting ``multilateral``, or ``margins`` if the host was also met apart).
  Details that are empty say no more than that the journey was made in office: it counts as a visit.
* Transit, private stays, funerals, ceremonies and visits to the own troops are no meetings unless the details say that
  the host's leader was met; nor is a stop whose details name nobody. They are listed with the reason.
* A leader of a third state who is said to have been met, with his nationality and office, is a meeting with that state.
* A stay is public on its last day. What a page expects (a section of future trips, or a stay that has not ended by the
  day of its revision) is announced, and public from the day of the revision.
* The page is complete from its first trip to the day of its revision, unless its leader had left office by then.

No sentence of a page is kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import ONE_DAY, Day
from forecast.errors import InputError, StateError
from forecast.facts.countries import find_state, fold
from forecast.facts.events import SETTINGS
from forecast.facts.leaders import Spell
from forecast.files import reading
from forecast.readers.coded_source import CodedSource, Collection, facts_table, meeting
from forecast.readers.stay_days import Stay
from forecast.readers.trip_details import Ruling, rule_on
from forecast.readers.trip_tables import Stop, state_of, stops_of
from forecast.readers.wikipedia_api import fetch_trips
from forecast.readers.wikipedia_pages import SavedPage, read_page

__all__ = ["SavedPage", "code_trips", "fetch_trips", "read_page"]

PUBLISHER: Final = "wikipedia-trips"
#: A list whose last trip is older than this, and that expects no other, is taken to have ended with that trip.
_QUIET_DAYS: Final = 365
_TITLE: Final = re.compile(
    r"^(?:draft:\s*)?list of (?:international |foreign |overseas )*[\w -]*?(?:trips|visits|travels?) (?:made )?by "
    r"(?P<who>.+?)(?: as .+?)?(?:\s*\((?P<from>\d{4})(?:\s*[-–—]\s*(?P<to>\d{4}|present|))?\))?$",
    re.IGNORECASE,
)


def code_trips(
    pages: Sequence[Path | SavedPage], *, leader_state: str, today: Day, leaders: Sequence[Spell] = ()
) -> CodedSource:
    """Code lists of the international trips of one state's leaders as journeys.

    Parameters
    ----------
    pages : sequence of Path or SavedPage
        Saved pages or answers of the API; one collection is made of each.
    leader_state : str
        The state whose leader travels: ISO code or name.
    today : numpy.datetime64[D]
        A page of a later day is refused.
    leaders : sequence of Spell, optional
        Who led which state since when. With them a host whom the details name without his office is recognised, and a
        list ends when its leader left office.

    Returns
    -------
    CodedSource
        Publisher ``wikipedia-trips-<state>``; stops that are no meetings, and those that could not be coded, stand in
        `uncoded` with the reason.

    Raises
    ------
    InputError
        With all pages that cannot be read or hold no table of trips.
    StateError
        If `leader_state` is unknown.
    """
    focal = find_state(leader_state)
    read: list[tuple[SavedPage, list[Stop]]] = []
    problems = []
    for one in pages:
        try:
            read.append(_read_page(one, today))
        except InputError as error:
            problems.append(str(error))
    slugs = [_slug(page.title) for page, _ in read]
    problems += [f"{slug}: the same page was given twice" for slug in sorted(set(slugs)) if slugs.count(slug) > 1]
    if problems or not read:
        raise InputError("; ".join(problems) or "no page was given")
    collections = [
        _collection(page, stops, focal, leaders, earlier=[other for other, _ in read if other is not page])
        for page, stops in read
    ]
    return CodedSource(
        publisher=f"{PUBLISHER}-{focal.lower()}",
        address="; ".join(f"{page.address or 'https://en.wikipedia.org'} ({page.title})" for page, _ in read),
        version="; ".join(f"{page.revised_on} (revision {page.revision or 'unknown'})" for page, _ in read),
        licence="CC BY-SA 4.0; facts only, no sentence is kept",
        known_rule="a stay is known on its last day, a planned one on the day of the page's revision",
        collections=collections,
    )


def _read_page(one: Path | SavedPage, today: Day) -> tuple[SavedPage, list[Stop]]:
    """The page and its stops; a page of a later day, and one without a stop, is refused."""
    where = one if isinstance(one, Path) else one.title
    with reading(lambda reason: InputError(f"cannot be read: {reason}", path=where)):
        page = read_page(one) if isinstance(one, Path) else one
        stops = stops_of(page)
    if page.revised_on > today:
        raise InputError(f"is of {page.revised_on}, which is after {today}", path=where)
    if not stops:
        raise InputError(
            "holds no table of trips (columns such as Country, Dates and Details); give an English list of a leader's "
            "international trips",
            path=where,
        )
    return page, stops


def _slug(title: str) -> str:
    found = _TITLE.match(" ".join(title.split()))
    if found is None:
        return fold(title).replace(" ", "-") or "page"
    years = "-".join(filter(None, (found["from"], found["to"])))
    return "-".join(filter(None, (fold(found["who"]).replace(" ", "-"), fold(years).replace(" ", "-"))))


def _collection(
    page: SavedPage, stops: list[Stop], focal: str, leaders: Sequence[Spell], *, earlier: list[SavedPage]
) -> Collection:
    """Code the stops of one page."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    uncoded: list[dict[str, str]] = []
    slug = _slug(page.title)
    past = [stay for stop in stops if not stop.future for stay in stop.stays if stay[0] <= page.revised_on]
    first = min((stay[0] for stay in past), default=page.revised_on)
    starts_on, ends_on = _covered(page, first, past, stops, focal, leaders, earlier)

    def leave(stop: Stop, state: str, reason: str, day: Day | None) -> None:
        number = len(uncoded) + 1
        record = f"{slug}:{day if day is not None else f'u{number}'}:{state or fold(stop.country).replace(' ', '-')}"
        cells = {"country": " ".join(stop.country.split()), "dates": stop.dates}
        shown = {"record_id": record, "started_on": "" if day is None else str(day), "reason": reason}
        uncoded.append({**shown, "state": state, **cells})

    for stop in stops:
        if stop.problem:
            leave(stop, "", stop.problem, None)
        for begin, end in stop.stays:
            try:
                host = state_of(" ".join(stop.country.split()), begin)
            except StateError as error:
                reason = str(error) if "did not exist" in str(error) else "no state in the table"
                leave(stop, "", reason, begin)
                continue
            if host == focal:
                leave(stop, host, "no meeting: within the own state", begin)
                continue
            planned = stop.future or bool(end > page.revised_on)
            ruling = rule_on(stop.details, host=host, focal=focal, on=begin, leaders=leaders, planned=planned)
            if planned and end < page.revised_on and ruling.status == "occurred":
                leave(stop, host, "a planned trip whose days had passed", begin)
                ends_on = min(ends_on, begin - ONE_DAY)
                continue
            if end > page.revised_on and begin <= page.revised_on:
                # Whether they meet is open until the stay ends.
                ends_on = min(ends_on, begin - ONE_DAY)
            if ruling.reason:
                leave(stop, host, ruling.reason, begin)
            for row in _rows(ruling, host, focal, (begin, end), page, planned=planned):
                row["record_id"] = f"{slug}:{begin}:{host}"
                key = (row["recipient"], row["started_on"], row["ended_on"], row["status"])
                # Two events in one state in the same days are one stay.
                if key not in rows or SETTINGS.index(row["setting"]) < SETTINGS.index(rows[key]["setting"]):
                    rows[key] = row
    names = ["record_id", "started_on", "reason", "state", "country", "dates"]
    return Collection(
        name=slug,
        rows=facts_table(sorted(rows.values(), key=lambda row: (row["mode"], row["recipient"]))),
        uncoded=pd.DataFrame(uncoded, columns=names).astype(str),
        starts_on=str(starts_on),
        ends_on=str(max(starts_on, ends_on)),
        focal=focal,
        direction="journeys",
        complete=bool(past) and bool(ends_on >= starts_on),
        records=sum(max(1, len(stop.stays)) for stop in stops),
    )


def _rows(ruling: Ruling, host: str, focal: str, stay: Stay, page: SavedPage, *, planned: bool) -> list[dict[str, str]]:
    """A row for the host, if the stop is a meeting with him, and one for each other state whose leader was met."""
    _, end = stay
    status = "announced" if planned and ruling.status == "occurred" else ruling.status
    known_on = end if status == "occurred" else page.revised_on
    shared = meeting(
        stay,
        known_on=str(known_on),
        source=focal,
        status=status,
        place=host,
        venue=ruling.venue,
        accompanied="false",
        note=ruling.note,
        url=page.address,
    )
    found = []
    if ruling.setting:
        said = {"recipient": host, "setting": ruling.setting}
        found.append({**shared, **said, "persons": ruling.persons, "offices": ruling.offices})
    for other in ruling.others:
        said = {"recipient": other.state, "mode": "third-party", "setting": "margins" if ruling.venue else "bilateral"}
        found.append({**shared, **said, "persons": other.person, "offices": other.office})
    return found


def _covered(
    page: SavedPage,
    first: Day,
    past: list[Stay],
    stops: list[Stop],
    focal: str,
    leaders: Sequence[Spell],
    earlier: list[SavedPage],
) -> tuple[Day, Day]:
    """First and last day over which a page holds all journeys of its leader."""
    starts_on, ends_on = first, page.revised_on
    found = _TITLE.match(" ".join(page.title.split()))
    who = fold(found["who"]) if found else ""
    if found and found["to"] and found["to"].isdigit():
        ends_on = min(ends_on, np.datetime64(f"{found['to']}-12-31", "D"))
    elif found and found["from"] and found["to"] is None:
        ends_on = min(ends_on, np.datetime64(f"{found['from']}-12-31", "D"))
    if found and found["from"] and any(_goes_before(other, who, found["from"]) for other in earlier):
        # The page that goes before ends with the last year's last day.
        starts_on = min(starts_on, np.datetime64(f"{found['from']}-01-01", "D"))
    office = _in_office(who, focal, leaders, first)
    if office is not None:
        ends_on = min(ends_on, office)
    elif past and not any(stop.future for stop in stops):
        last = max(stay[1] for stay in past)
        if ends_on - last > _QUIET_DAYS * ONE_DAY:
            ends_on = last
    return starts_on, ends_on


def _goes_before(other: SavedPage, who: str, year: str) -> bool:
    found = _TITLE.match(" ".join(other.title.split()))
    return bool(found) and fold(found["who"]) == who and (found["to"] or "") == str(int(year) - 1)  # type: ignore[index]


def _in_office(who: str, focal: str, leaders: Sequence[Spell], first: Day) -> Day | None:
    """Last day in office of a page's leader; None if he is not among the leaders or leads still."""
    spells = sorted((one for one in leaders if one.state == focal), key=lambda one: one.begins_on)
    own = set(who.split())
    for spell, following in itertools.pairwise(spells):
        name = fold(spell.leader).split()
        if name and name[-1] in own and spell.begins_on <= first + 31 * ONE_DAY < following.begins_on:
            later = [one for one in spells if one.begins_on >= following.begins_on]
            after = next((one for one in later if not set(fold(one.leader).split()) & own), None)
            return None if after is None else after.begins_on - ONE_DAY
    return None
