"""From facts that documents state to events of the history: each once, known from the first document that states it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from forecast.coding.press.facts import ONE_DAY, Document, Fact
from forecast.coding.press.patterns import PATTERNS
from forecast.facts.events import LEVELS
from forecast.readers.coded_source import Collection, facts_table, uncoded_table

#: Collections in which events stand, by the kinds of facts.
COLLECTIONS: Final = {
    "meetings": ("meeting", "dialogue"),
    "calls": ("call",),
    "plans": ("plan", "invitation", "cancelled", "postponed"),
    "deeds": ("sanction", "goodwill"),
}
#: Types of the events that are no encounter.
_TYPES: Final = {"invite": "AGREE", "restrict": "SANCTION", "assist": "AID", "release": "CONCEDE"}
#: Columns of the list of statements: what each document states, days blank where it fixes none.
STATEMENTS: Final = (
    "published", "kind", "source", "recipient", "level", "status", "started_on", "ended_on", "mode", "place", "setting",
    "principal", "dialogue", "note", "url",
)  # fmt: skip
_STATUS: Final = {"plan": "announced", "cancelled": "cancelled", "postponed": "postponed"}
_TONE: Final = PATTERNS["tone"]


@dataclass(frozen=True)
class Statement:
    """One fact of one document."""

    document: Document
    fact: Fact
    tone: str = ""


def statements_of(document: Document, facts: Sequence[Fact]) -> list[Statement]:
    """The facts of a document with the tone that it gives its talks."""
    words = dict.fromkeys(match.lower() for match in _TONE.findall(document.text)) if facts else {}
    held = {one.kind for one in facts} & {"meeting", "call", "dialogue"}
    tone = "; ".join(words) if held else ""
    return [Statement(document, one, tone if one.kind in held else "") for one in facts]


def statements_table(own: str, statements: Iterable[Statement]) -> pd.DataFrame:
    """Lay statements out in the columns of `STATEMENTS`."""
    rows = []
    for one in statements:
        fact = one.fact
        source, recipient = _sides(own, fact)
        rows.append(
            (
                str(one.document.published),
                fact.kind,
                source,
                recipient,
                fact.level,
                _STATUS.get(fact.kind, "occurred"),
                str(fact.first or ""),
                str(fact.last or ""),
                fact.mode,
                fact.place,
                fact.setting,
                fact.own,
                fact.dialogue,
                "; ".join(filter(None, (fact.note, one.tone))),
                one.document.url,
            )
        )
    return pd.DataFrame(rows, columns=list(STATEMENTS), dtype=str)


def collections_of(
    own: str,
    statements: Sequence[Statement],
    *,
    starts_on: str,
    ends_on: str,
    documents: int,
    uncoded: Sequence[Sequence[str]],
) -> list[Collection]:
    """Collections of events: partial, and silent on days without one."""
    dated = [
        one for one in statements if one.fact.first is not None and starts_on <= str(one.document.published) <= ends_on
    ]
    # What is only named beside something else may carry the day of that: it stands in the list of statements alone.
    dated = [one for one in dated if one.fact.kind in _STATUS or not one.fact.passing]
    plans = _standing(dated)
    events = [*_once(one for one in dated if one.fact.kind not in _STATUS), *_once(plans)]
    made = []
    for name, kinds in COLLECTIONS.items():
        rows = [event_row(own, one) for one in events if one.fact.kind in kinds]
        if name == "deeds" and not rows:
            continue
        made.append(
            Collection(
                name,
                facts_table(rows),
                uncoded_table(uncoded if name == "meetings" else ()),
                starts_on,
                ends_on,
                own,
                "",
                False,
                documents,
            )
        )
    return made


def dated_by_publication(statements: Iterable[Statement]) -> list[Statement]:
    """Date what headlines and messages report without a day: it took place on the day of publication or the day before.

    Such a report is left out where the same two are reported on one of these days, or were the day before.
    """
    kept: list[Statement] = []
    held: dict[tuple[str, str, str], list[Fact]] = {}
    for one in sorted(statements, key=lambda one: (one.fact.first is None, one.document.published)):
        fact, day = one.fact, one.document.published
        if fact.kind not in ("meeting", "call", "dialogue") or fact.passing or fact.note:
            kept.append(one)
            continue
        if fact.first is None:
            fact = replace(fact, first=day - ONE_DAY, last=day, near=True)
        same = held.setdefault((fact.kind, fact.state, fact.level), [])
        if fact.near and any(_overlap(fact, other) for other in same):
            continue
        same.append(fact)
        kept.append(replace(one, fact=fact))
    return kept


def _overlap(one: Fact, other: Fact) -> bool:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return False
    return one.first <= other.last and other.first <= one.last


def _standing(statements: Sequence[Statement]) -> list[Statement]:
    """Plans, and the calling off of each plan that stood on the day: it takes the days that were planned."""
    plans = [one for one in statements if one.fact.kind == "plan"]
    off = []
    for one in (one for one in statements if one.fact.kind in ("cancelled", "postponed")):
        day = one.document.published
        stood = {
            (plan.fact.first, plan.fact.last)
            for plan in plans
            if (plan.fact.state, plan.fact.level) == (one.fact.state, one.fact.level)
            and plan.document.published <= day
            and plan.fact.last is not None
            and plan.fact.last >= day
        }
        off += [replace(one, fact=replace(one.fact, first=first, last=last)) for first, last in sorted(stood)]
    return [*plans, *off]


def _once(statements: Iterable[Statement]) -> list[Statement]:
    """Each event once: as the first document says it, with what later ones of the same day add.

    A meeting that any document calls virtual was virtual, unless another says where the two met.
    """
    kept: dict[tuple[object, ...], Statement] = {}
    for one in sorted(
        statements,
        key=lambda one: (one.document.published, one.fact.travel, LEVELS.index(one.fact.level), one.document.url),
    ):
        fact = one.fact
        # What the same persons do on one day is one event, whoever else of either side takes part.
        key = (fact.kind, fact.state, fact.level, fact.first, fact.last if fact.kind in _STATUS else None)
        first = kept.get(key)
        kept[key] = one if first is None else _joined(first, one)
    return list(kept.values())


def _joined(first: Statement, later: Statement) -> Statement:
    one, other = first.fact, later.fact
    tone = "; ".join(dict.fromkeys(filter(None, [*first.tone.split("; "), *later.tone.split("; ")])))
    where = one if one.place else other
    mode = one.mode
    if one.mode in ("", "meet") and other.mode:
        mode = other.mode
    fact = replace(
        one, mode=mode, place=where.place, travels=where.travels, persons=one.persons or other.persons,
        setting=one.setting if one.setting != "bilateral" else other.setting,
    )  # fmt: skip
    return replace(first, fact=fact, tone=tone)


def _sides(own: str, fact: Fact) -> tuple[str, str]:
    return (fact.state, own) if fact.travels == fact.state else (own, fact.state)


def event_row(own: str, statement: Statement) -> dict[str, str]:
    """One event in the columns of the history."""
    fact, published, address = statement.fact, statement.document.published, statement.document.url
    source, recipient = _sides(own, fact)
    first, last = fact.first or published, fact.last or published
    ahead = fact.kind in (*_STATUS, "invitation")
    # East of the publisher it may be the next day already: what took place is never known before its day.
    known = published if ahead else max(published, first)
    mode = {"dialogue": "dialogue", "invitation": "invite"}.get(fact.kind) or fact.mode
    mode = mode or ("phone" if fact.kind == "call" else "meet")
    return {
        "record_id": re.sub(r"^.*?/(?=20\d\d[/-])", "", address).strip("/"),
        "started_on": str(first),
        "ended_on": str(min(last, known) if not ahead else last),
        "occurred_on": str(published if fact.kind == "invitation" else last if fact.near else first),
        "known_on": str(known),
        "source": source,
        "recipient": recipient,
        "event": _TYPES.get(mode, "CONSULT"),
        "mode": mode,
        "context": "diplomatic",
        "level": fact.level,
        "setting": fact.setting,
        "status": _STATUS.get(fact.kind, "occurred"),
        "place": fact.place,
        "dialogue": fact.dialogue,
        "persons": fact.persons,
        "note": statement.tone,
        "url": "" if statement.document.section == "messages" and "://" not in address else address,
    }
