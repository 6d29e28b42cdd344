"""The coded row: its columns, and how the persons of one state become one row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

from forecast.coding.state_department.collections import Record
from forecast.coding.state_department.offices import OFFICES


@dataclass(frozen=True)
class Row:
    """One coded row; what a row does not say is an empty text."""

    record_id: str
    ruling: str
    started_on: str
    ended_on: str
    occurred_on: str = ""
    known_on: str = ""
    source: str = ""
    recipient: str = ""
    event: str = ""
    mode: str = ""
    context: str = ""
    level: str = ""
    setting: str = ""
    status: str = ""
    place: str = ""
    venue: str = ""
    dialogue: str = ""
    access: str = ""
    accompanied: str = ""
    persons: str = ""
    offices: str = ""


COLUMNS: Final = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Met:
    """One person met: what he was, for whom he stood, and how and when."""

    state: str
    office: str
    name: str
    setting: str
    day: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Uncoded:
    """A record that the grammar could not understand."""

    collection: str
    record_id: str
    started_on: str
    state: str
    reason: str


#: The more bilateral setting of two counts.
_CLOSER: Final = {"bilateral": 0, "margins": 1, "multilateral": 2}


def ruled(record: Record, ruling: str) -> Row:
    """Make the one row of a record that yields no interaction."""
    return Row(record.record_id, ruling, record.started_on.isoformat(), record.ended_on.isoformat())


def highest(offices: Iterable[str]) -> str:
    """Give the highest of several offices.

    Examples
    --------
    >>> highest(["foreign minister", "king", "prime minister"])
    'king'
    """
    return min(offices, key=lambda office: OFFICES[office].rank)


def meeting(
    record: Record,
    persons: list[Met],
    *,
    source: str,
    recipient: str,
    place: str,
    venue: str,
    level: str,
    dialogue: str = "",
    access: str = "",
    accompanied: str = "",
    stay_until: dt.date | None = None,
) -> Row:
    """Make the row of a record and one counterpart state from the persons of that state.

    `stay_until` is the last day of the stay if another record says that it lasted longer.
    """
    top = min(OFFICES[person.office].rank for person in persons)
    decisive = [person for person in persons if OFFICES[person.office].rank == top]
    leaders = [person for person in persons if OFFICES[person.office].level == "leader"]
    setting = min((person.setting for person in leaders or decisive), key=_CLOSER.__getitem__)
    dated = [person for person in leaders or decisive if person.day and person.setting == setting]
    first = min(dated, key=lambda person: person.day or dt.date.max, default=None)
    occurred_on = (first.day if first else None) or record.started_on
    known_on = (first.until if first else None) or max(record.ended_on, stay_until or record.ended_on)
    named = [person for person in persons if person.name or person.office]
    return Row(
        record_id=record.record_id,
        ruling="meeting",
        started_on=record.started_on.isoformat(),
        ended_on=record.ended_on.isoformat(),
        occurred_on=occurred_on.isoformat(),
        known_on=max(known_on, occurred_on).isoformat(),
        source=source,
        recipient=recipient,
        event="CONSULT",
        mode="visit" if place in {source, recipient} else "third-party",
        context="diplomatic",
        level=level,
        setting=setting,
        status="occurred",
        place=place,
        venue=venue,
        dialogue=dialogue,
        access=access,
        accompanied=accompanied,
        persons="; ".join(dict.fromkeys(person.name for person in named if person.name)),
        offices="; ".join(dict.fromkeys(person.office for person in named if person.office)),
    )
