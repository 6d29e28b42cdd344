"""Visits of foreign leaders to the United States as rows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from forecast.coding.offices import OFFICES, highest
from forecast.coding.people import Sighting, mentions_in, name_words, office_on
from forecast.coding.state_department.events import STAY, dialogue_of, larger_event, venue_of
from forecast.coding.state_department.records import Record, place_of, words
from forecast.coding.state_department.remarks import Clause, clauses
from forecast.coding.state_department.rows import Met, Row, Uncoded, meeting, ruled
from forecast.coding.text_days import days_of_stay

#: The remark says that the visitor sat down with the president, not only that he came to an event.
_MET: Final = words("met the president")
#: The visitor came for an organisation, whatever office he held at home.
_FOR_ORGANISATION: Final = re.compile(
    r"(?:as|serving as) (?:the )?President of (?:the )?(?:European (?:Commission|Council)|U\.N\. General Assembly)"
)
#: Whom the visitor met if it was not the president, and the level of that meeting.
_INSTEAD: Final = (
    (re.compile(r"\b(?:[Mm]et|[Dd]iscuss\w*)\b[^.;]*\bwith Vice President"), "deputy"),
    (re.compile(r"\b(?:[Mm]et|[Dd]iscuss\w*)\b[^.;]*\bwith President-[Ee]lect"), "deputy"),
    (re.compile(r"\b[Mm]et (?:briefly )?with Secretary of State"), "minister"),
    (re.compile(r"(?<!had )\b[Mm]et with (?:senior )?U\.S\. officials"), "working"),
)
_PRESIDENT: Final = re.compile(
    r"with (?:the )?President\b(?!-)|[Mm]et President\b|invitation of the President|[Gg]uest of the President"
)
_LEVELS: Final = ("leader", "deputy", "minister", "deputy_minister", "working")


def visitors(record: Record) -> list[tuple[str, str]]:
    """List office and name of the visitors of a row, with the higher office of a person who has two.

    A prince is the head of state in Monaco and Liechtenstein only.
    """
    # The publisher once lost a space, and gives nicknames: "Prime MinisterHaidar al-Abadi", "Rudolphus (Ruud) Lubbers".
    traveller = re.sub(r"(?<=Minister)(?=[A-Z])| \([^)]*\)", " ", record.traveller).replace("  ", " ")
    persons = []
    for mention in mentions_in(traveller, record.started_on):
        office = office_on(mention.name, mention.office, record.started_on)
        reigns = office == "prince" and record.country_id in {"monaco", "liechtenstein"}
        persons.append(("ruling prince" if reigns else office, mention.name))
    untitled = office_on(traveller, "", record.started_on)
    return persons or ([(untitled, traveller)] if untitled else [])


def sightings(records: list[Record]) -> list[Sighting]:
    """List the names of visitors with their states: the publisher names the state of every visitor."""
    seen = []
    for record in records:
        place = place_of(record)
        for office, name in visitors(record):
            if place and not place.territory and name:
                family = OFFICES[office].family
                seen.append(Sighting(name_words(name), family, place.code, record.started_on, sure=True))
    return seen


def stays(records: list[Record]) -> dict[tuple[str, dt.date], dt.date]:
    """Return the last day of every stay by country and first day.

    One stay can be two records, of which one ends early: the bilateral meeting at Woodside in November 2023 is dated
    by its day of arrival alone, the 12th, and the summit 12th to 17th. That the two met was not public before the stay
    was over, so both records are known with the later end.
    """
    ends: dict[tuple[str, dt.date], dt.date] = {}
    for record in records:
        key = record.country_id, record.started_on
        ends[key] = max(ends.get(key, record.ended_on), record.ended_on)
    return ends


def code_visit(record: Record, stay_until: dt.date | None = None) -> list[Row] | Uncoded:
    """Code one visit: a row with the visitor's state as source, or a ruling.

    `stay_until` is the last day of the stay if another record of it ends later.

    Examples
    --------
    A meeting, an event and the day that the remark names:

    >>> from pathlib import Path
    >>> text = "Attended funeral of former President Eisenhower; met with President Nixon April 1."
    >>> stay = dt.date(1969, 3, 31), dt.date(1969, 4, 1)
    >>> visit = Record("visits", "1", *stay, "Prime Minister Mariano Rumor", "italy", "", text, Path("1969.xml"), 3)
    >>> [row] = code_visit(visit)
    >>> row.source, row.level, row.setting, row.venue, row.occurred_on
    ('ITA', 'leader', 'margins', 'funeral', '1969-04-01')
    """
    place = place_of(record)
    if place is None:
        return Uncoded.of(record, "", "no state in the table")
    persons = visitors(record)
    if not persons:
        return Uncoded.of(record, place.code, "office not recognised")
    if place.code == "USA" or place.territory:
        return [ruled(record, "not yet a state")]
    if _FOR_ORGANISATION.search(record.text) or all(office == "organisation" for office, _ in persons):
        return [ruled(record, "organisation")]
    office = highest(office for office, _ in persons)
    theirs = OFFICES[office].level
    if not theirs:
        return [ruled(record, "not a leader")]
    day, until = _day_of(clauses(record), record)
    setting = visit_setting(record.text)
    met = [Met(place.code, office, name, setting, day, until) for office, name in persons]
    return [
        meeting(
            record,
            met,
            source=place.code,
            recipient="USA",
            place="USA",
            venue=venue_of(record.text) if larger_event(record.text) else "",
            level=max(theirs, _ours(record.text), key=_LEVELS.index),
            dialogue=dialogue_of(record.text),
            stay_until=stay_until,
        )
    ]


def visit_setting(text: str) -> str:
    """Rule on the setting of a visit.

    Every listed visit included a meeting, so the only questions are whether the remark names a larger event and
    whether it says more than that.

    Examples
    --------
    >>> visit_setting("Working visit; North American Leaders' Summit.")
    'bilateral'
    >>> visit_setting("Met with President Obama at the UN General Assembly in New York City.")
    'margins'
    >>> visit_setting("Attended the Nuclear Security Summit.")
    'multilateral'
    """
    if STAY.search(text) or not larger_event(text):
        return "bilateral"
    return "margins" if _MET.search(text) else "multilateral"


def _ours(text: str) -> str:
    """Level of the American side: the president, unless the remark names only someone else."""
    if _PRESIDENT.search(text):
        return "leader"
    return next((level for pattern, level in _INSTEAD if pattern.search(text)), "leader")


def _day_of(parts: list[Clause], record: Record) -> tuple[dt.date | None, dt.date | None]:
    for clause in parts:
        others = any(mention.states is not None for mention, _, _ in clause.mentions)
        again = STAY.search(record.text) and "lso met" in record.text
        if clause.act == "met" and not others and not again:
            for day in days_of_stay(clause.text, record.started_on, record.ended_on):
                return day.first, day.last
    return None, None
