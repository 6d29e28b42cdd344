"""Journeys of presidents and secretaries of state as rows."""

from __future__ import annotations

import re
from typing import Final

from forecast.coding.state_department.collections import Record, Term
from forecast.coding.state_department.counterparts import (
    ACCOMPANIED,
    MEETS,
    Named,
    leaders_met,
    ministers_met,
    named_in,
)
from forecast.coding.state_department.dialogues import dialogue_of
from forecast.coding.state_department.offices import OFFICES
from forecast.coding.state_department.people import Register, Sighting, name_words
from forecast.coding.state_department.places import Place, place_of
from forecast.coding.state_department.remarks import Clause, clauses
from forecast.coding.state_department.rows import Met, Row, Uncoded, highest, meeting, ruled
from forecast.coding.state_department.rulings import ruling_of
from forecast.coding.state_department.settings import larger_event, venue_of
from forecast.facts.countries import states

_OWN: Final = re.compile(
    r"U\.S\. (?:[Oo]fficials|[Mm]arines|[Mm]ilitary|[Aa]mbassadors?|[Tt]roops|leaders"
    r"|[Dd]iplomat|embassy|Embassy|delegation|negotiat)|General Eisenhower"
)


def sightings(records: list[Record]) -> list[Sighting]:
    """Give what the journeys tell of names: sure if the words give the state, else a guess for the host."""
    found = []
    for record in records:
        place = place_of(record)
        for clause in clauses(record):
            for mention, _, _ in clause.mentions if clause.act in MEETS else ():
                states = mention.states if mention.states is not None else ((place.code,) if place else ())
                if mention.name and len(states) == 1:
                    family = OFFICES[mention.office].family
                    sure = mention.states is not None
                    found.append(Sighting(name_words(mention.name), family, states[0], record.started_on, sure))
    return found


def code_journey(record: Record, register: Register, terms: list[Term]) -> list[Row] | Uncoded:
    """Code one stop of a journey: a row for each state whose representative was met, or a ruling."""
    place = place_of(record)
    if place is None:
        ruling = ruling_of(record.text)
        return [ruled(record, ruling)] if ruling else _uncoded(record, "", "no state in the table")
    if record.collection == "president-travels" and not _in_office(record, terms):
        return [ruled(record, "no meeting: before or after office")]
    found = clauses(record)
    named = [person for clause in found for person in named_in(clause, record, place, register)]
    if record.collection == "president-travels":
        met = leaders_met(record, place, named)
    else:
        met = ministers_met(record, place, found, named)
    if not met:
        return _without_meeting(record, place, found, named)
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
                venue=venue_of(record.text) if larger_event(record.text) else "",
                level="minister" if minister else top.level,
                dialogue=dialogue_of(record.text, host=states()[place.code].name)
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


def _without_meeting(record: Record, place: Place, found: list[Clause], named: list[Named]) -> list[Row] | Uncoded:
    if any(clause.act == "met" and _OWN.search(clause.text) for clause in found) and not named:
        return [ruled(record, "no meeting: own officials")]
    if place.territory and named:
        return [ruled(record, "not yet a state")]
    talked = [clause for clause in found if clause.act in MEETS]
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
    return _uncoded(record, place.code, "no verb understood" if record.text else "no remark")


def _uncoded(record: Record, state: str, reason: str) -> Uncoded:
    return Uncoded(record.collection, record.record_id, record.started_on.isoformat(), state, reason)
