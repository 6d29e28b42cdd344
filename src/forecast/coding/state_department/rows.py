"""The coded row: its columns, how the persons of one state become one row, and the rulings without one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

from forecast.coding.offices import OFFICES
from forecast.coding.state_department.records import Record, patterns


@dataclass(frozen=True)
class Row:
    """One coded row; an empty text is what the record does not say."""

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

    @classmethod
    def of(cls, record: Record, state: str, reason: str) -> Uncoded:
        """The reason why a record about a state has no rows."""
        return cls(record.collection, record.record_id, record.started_on.isoformat(), state, reason)


#: The more bilateral setting of two counts.
_CLOSER: Final = {"bilateral": 0, "margins": 1, "multilateral": 2}


def ruled(record: Record, ruling: str) -> Row:
    """Make the one row of a record that yields no interaction."""
    return Row(record.record_id, ruling, record.started_on.isoformat(), record.ended_on.isoformat())


def meeting(
    record: Record,
    persons: list[Met],
    *,
    source: str,
    recipient: str,
    place: str,
    stay_until: dt.date | None = None,
    **cells: str,
) -> Row:
    """Make the row of a record and one counterpart state from the persons of that state, with some more cells.

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
        record_id=record.record_id, ruling="meeting", started_on=record.started_on.isoformat(),
        ended_on=record.ended_on.isoformat(), occurred_on=occurred_on.isoformat(),
        known_on=max(known_on, occurred_on).isoformat(), source=source, recipient=recipient, event="CONSULT",
        mode="visit" if place in {source, recipient} else "third-party", context="diplomatic", setting=setting,
        status="occurred", place=place,
        persons="; ".join(dict.fromkeys(person.name for person in named if person.name)),
        offices="; ".join(dict.fromkeys(person.office for person in named if person.office)), **cells,
    )  # fmt: skip


#: The order is the order of precedence: a funeral attended between two refuelling stops is a funeral.
_NO_MEETING: Final = patterns("ruling")
RULINGS: Final = (
    "meeting", *dict.fromkeys(ruling for ruling, _ in _NO_MEETING), "no meeting: nobody named",
    "no meeting: own officials", "organisation", "not a leader", "not yet a state",
)  # fmt: skip


def ruling_of(text: str) -> str:
    """Rule on a record in which nobody was met; an empty text if no word of the remark justifies a ruling.

    Examples
    --------
    >>> ruling_of("Attended the funeral of King Hussein."), ruling_of("Fishing trip."), ruling_of("Quebec")
    ('no meeting: funeral', 'no meeting: vacation', '')
    """
    return next((ruling for ruling, pattern in _NO_MEETING if re.search(pattern, text)), "")


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Write rows as CSV, always in the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def document(value: Any) -> bytes:
    """Write a JSON document, always in the same bytes."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
