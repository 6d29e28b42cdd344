"""Journeys of presidents and secretaries of state as rows."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from forecast.coding.offices import OFFICES, highest
from forecast.coding.people import Mention, Register, Sighting, Term, name_words, office_on
from forecast.coding.places import Place, states_called
from forecast.coding.state_department import events
from forecast.coding.state_department.records import Record, place_of, words
from forecast.coding.state_department.remarks import Clause, clauses, sentences
from forecast.coding.state_department.rows import Met, Row, Uncoded, meeting, ruled, ruling_of
from forecast.facts.countries import states

MEETS: Final = frozenset({"met", "conference", "present"})
ACCOMPANIED: Final = words("accompanied")
#: Events that the host's ministers do not chair.
_NOT_CHAIRED: Final = words("not chaired by ministers")
_EVENT: Final = words("event")
_TOOK_PART: Final = words("took part")
#: Americans whom the traveller met abroad.
_OWN: Final = words("own people")


@dataclass(frozen=True)
class Named:
    """A person or office of a journey with the state it stands for."""

    state: str
    office: str
    name: str
    act: str
    clause: Clause
    day: dt.date | None
    until: dt.date | None


def named_in(clause: Clause, record: Record, place: Place, register: Register) -> list[Named]:
    """List the persons of a clause that says who was met, with their states; Americans are no counterparts."""
    if clause.act not in MEETS:
        return []
    return [
        Named(state, office, mention.name, clause.act, clause, day, until)
        for mention, day, until in clause.mentions
        for state, office in _resolved(mention, record, place, register)
    ]


def _resolved(mention: Mention, record: Record, place: Place, register: Register) -> list[tuple[str, str]]:
    """Return state and office of a mention: the words first, then the register, then the host."""
    day = record.started_on
    office = mention.office
    if register.is_american(mention.name, office, day) or office == "own secretary":
        return []
    if office == "secretary of state" and place.code != "VAT":
        return []
    office = office_on(mention.name, office, day) if mention.name else office
    if mention.states is not None:
        states = tuple(state for state in mention.states if state != "USA")
    elif office == "pope":
        states = ("VAT",)
    elif mention.name:
        states = (register.state_of(mention.name, office, day, place.code),)
    else:
        states = (place.code,)
    if place.territory and mention.states is None and states == (place.code,) and OFFICES[office].rank < 7:
        # The president of a land that is not yet a state, or the governor of a territory, is an official of no state.
        known = mention.name and register.state_of(mention.name, office, day, "") == place.code
        office = office if known else "governor"
    if office == "prince" and states in {("MCO",), ("LIE",)}:
        office = "ruling prince"
    return [(state, office) for state in states]


def _larger_text(text: str, named: list[Named]) -> str:
    """Leave out summits and conferences of two ("Summit meeting with Gorbachev"), which are no larger events."""
    for person in named:
        if person.act == "conference" and len({one.state for one in named if one.clause is person.clause}) == 1:
            text = text.replace(person.clause.text, "")
    return text


def leaders_met(record: Record, place: Place, named: list[Named]) -> list[Met]:
    """Whom a president met, by the rules for the host and for others."""
    text, rest = record.text, _larger_text(record.text, named)
    larger, stay = events.larger_event(rest), bool(events.STAY.search(text))
    met = []
    for person in named:
        if not OFFICES[person.office].level:
            continue
        others = {one.state for one in named if one.clause is person.clause}
        act = "present" if re.search(r"\bfor the .*[Ss]ummit", person.clause.text) else person.act
        host = person.state == place.code
        setting = events.setting_of(act, counterparts=len(others), larger=larger, stay=stay and host)
        met.append(Met(person.state, person.office, person.name, setting, person.day, person.until))
    for two in events.SUMMIT_OF_TWO.finditer(text):
        if re.search(r"(?:en route to|on) (?:the )?$", text[: two.start()]):
            continue
        codes = states_called(two["one"] or two["other"], record.started_on) or states_called(
            (two["other"] or "").split(" ")[-1], record.started_on
        )
        met.extend(Met(code, "leader", "", "bilateral") for code in codes if code != "USA")
    if place.territory:
        return met
    listed = {one.state for one in named if one.act == "conference"}
    if any(one.state == place.code and OFFICES[one.office].level == "leader" for one in met):
        if stay and not any(one.state == place.code and one.setting == "bilateral" for one in met):
            met.append(Met(place.code, "leader", "", "bilateral"))
        return met
    if events.hosts_leaders(rest) and (len(listed) < 2 or place.code in listed):
        # The host's leader chairs a summit on his own soil: "Attended the NATO Summit" in Latvia is a meeting with LVA.
        summit = re.search(r"^[Ss]ummit [Mm]eeting\.", text)
        setting = "bilateral" if stay else ("margins" if larger and summit else "multilateral")
        return [Met(place.code, "leader", "", setting), *met]
    if stay and not any(one.state == place.code for one in named):
        # "State visit." names nobody, but nobody pays a state visit without meeting the host.
        return [Met(place.code, "leader", "", "bilateral"), *met]
    return met


def ministers_met(record: Record, place: Place, parts: list[Clause], named: list[Named]) -> list[Met]:
    """Whom a secretary met; a stay for an event or beside the president is a row although it names nobody."""
    text = record.text
    larger, stay = events.larger_event(_larger_text(text, named)), bool(events.STAY.search(text))
    met = []
    for person in named:
        if OFFICES[person.office].rank > 7:
            continue
        others = {one.state for one in named if one.clause is person.clause}
        setting = events.setting_of(
            person.act, counterparts=len(others), larger=larger, stay=stay and person.state == place.code
        )
        met.append(Met(person.state, person.office, person.name, setting, person.day, person.until))
    if any(person.state == place.code for person in met) or place.code == "USA":
        return met
    host = Met(place.code, "officials", "", "bilateral")
    if ACCOMPANIED.search(text) and not _NOT_CHAIRED.search(text) and (stay or not met):
        return [Met(place.code, "", "", "multilateral" if larger and not stay else "bilateral"), *met]
    if stay or (not met and any(clause.act == "talks" for clause in parts)):
        return [host, *met]
    if not met and any(
        _TOOK_PART.search(part) and _EVENT.search(part) and not _NOT_CHAIRED.search(part) for part in sentences(text)
    ):
        between_two = (
            events.party_of(events.dialogue_of(text, host=states()[place.code].name), record.started_on) == place.code
        )
        return [Met(place.code, "", "", "bilateral" if between_two else "multilateral")]
    return met


def sightings(records: list[Record]) -> list[Sighting]:
    """List the names of persons met with their states: sure if the words give the state, else a guess for the host."""
    seen = []
    for record in records:
        place = place_of(record)
        for clause in clauses(record):
            for mention, _, _ in clause.mentions if clause.act in MEETS else ():
                states = mention.states if mention.states is not None else ((place.code,) if place else ())
                if mention.name and len(states) == 1:
                    family = OFFICES[mention.office].family
                    sure = mention.states is not None
                    seen.append(Sighting(name_words(mention.name), family, states[0], record.started_on, sure))
    return seen


def code_journey(record: Record, register: Register, terms: list[Term]) -> list[Row] | Uncoded:
    """Code one stop of a journey: a row for each state whose representative was met, or a ruling."""
    place = place_of(record)
    if place is None:
        ruling = ruling_of(record.text)
        return [ruled(record, ruling)] if ruling else Uncoded.of(record, "", "no state in the table")
    if record.collection == "president-travels" and not _in_office(record, terms):
        return [ruled(record, "no meeting: before or after office")]
    parts = clauses(record)
    named = [person for clause in parts for person in named_in(clause, record, place, register)]
    if record.collection == "president-travels":
        met = leaders_met(record, place, named)
    else:
        met = ministers_met(record, place, parts, named)
    if not met:
        return _without_meeting(record, place, parts, named)
    return _rows(record, place, met)


def _rows(record: Record, place: Place, met: list[Met]) -> list[Row]:
    parties = sorted(dict.fromkeys(person.state for person in met), key=lambda state: state != place.code)
    minister = record.collection == "secretary-travels"
    rows = []
    for state in parties:
        persons = [person for person in met if person.state == state]
        top = OFFICES[highest(person.office for person in persons)]
        rows.append(
            meeting(
                record,
                persons,
                source="USA",
                recipient=state,
                place=place.code,
                venue=events.venue_of(record.text) if events.larger_event(record.text) else "",
                level="minister" if minister else top.level,
                dialogue=events.dialogue_of(record.text, host=states()[place.code].name)
                if minister and state in {place.code, parties[0]}
                else "",
                access=top.access if minister else "",
                accompanied=str(bool(ACCOMPANIED.search(record.text))).lower() if minister else "",
            )
        )
    return rows


def _in_office(record: Record, terms: list[Term]) -> bool:
    if "[Visit made as President-elect" in record.text:
        return False
    surname = name_words(record.traveller)[-1]
    mine = [term for term in terms if name_words(term.name)[-1] == surname]
    return not mine or any(term.began_on <= record.started_on <= term.ended_on for term in mine)


def _without_meeting(record: Record, place: Place, parts: list[Clause], named: list[Named]) -> list[Row] | Uncoded:
    if any(clause.act == "met" and _OWN.search(clause.text) for clause in parts) and not named:
        return [ruled(record, "no meeting: own officials")]
    if place.territory and named:
        return [ruled(record, "not yet a state")]
    talked = [clause for clause in parts if clause.act in MEETS]
    if any(person.office == "organisation" for person in named) or any(
        mention.states == () for clause in talked for mention, _, _ in clause.mentions
    ):
        return [ruled(record, "organisation")]
    if named:
        return [ruled(record, "not a leader")]
    ruling = ruling_of(record.text)
    if any(clause.act == "met" for clause in talked) and ruling not in {
        "no meeting: funeral",
        "no meeting: inauguration",
    }:
        among = any(re.search(r"\b(?:NATO|EU|UN|GCC|ASEAN|European|Organization)\b", clause.text) for clause in talked)
        return [ruled(record, "organisation" if among else "no meeting: nobody named")]
    if ruling:
        return [ruled(record, ruling)]
    return Uncoded.of(record, place.code, "no verb understood" if record.text else "no remark")
