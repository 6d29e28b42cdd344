"""The grammar of remarks: sentences, and in each the verbs that say what was done with the persons after them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from forecast.coding.people import Mention, mentions_in
from forecast.coding.state_department.records import Record, patterns
from forecast.coding.text_days import days_of_stay


@dataclass(frozen=True)
class Clause:
    """A verb and the words up to the next verb.

    `act` is what the verb says of the persons named after it: ``met``; ``conference`` (met, if several, as
    participants); ``present`` (participants); ``event`` (attended something); ``talks`` (talked, with whom is not
    said); ``accompanied``; ``stay`` (the kind of visit); ``other`` (nothing: a funeral *of*, a statue *of*).
    """

    act: str
    text: str
    mentions: tuple[tuple[Mention, dt.date | None, dt.date | None], ...]


#: Verbs in the order of precedence; at one position the first that fits wins.
_VERBS: Final = patterns("act")
_VERB: Final = re.compile(
    "|".join(f"(?P<v{number}>(?<![\\w-]){pattern})" for number, (_, pattern) in enumerate(_VERBS))
)
_ABBREVIATIONS: Final = (
    *(r"U\.S", r"U\.N", "St", "Gen", "Dr", "Mr", "Mt", "Ft", "Lt", "Col"),
    *("Jan", "Feb", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"),
)
#: A sentence ends with a stop that no abbreviation owns, or with a semicolon.
_STOP: Final = re.compile(
    "".join(rf"(?<!\b{word})" for word in _ABBREVIATIONS)
    + r"(?<! [A-Z])(?<!\.[A-Z])\.\s+(?=[A-Z\[\"'])|(?<=[SN])\.\s+(?=(?:Afterwards?|Also"
    r"|Addressed|Visited|Departed|Met|Private|In)\b)|;\s*|\.$"
)
_LEADS: Final = re.compile(r"[A-Z][a-z]+\.? \d+(?:-(?:[A-Z][a-z]+ )?\d+)?\)?,? (?:with|of)\b")
_CONTINUES: Final = re.compile(r"^(?:and |also )?(?:with |between )?(?:the )?(?=[A-Z])")


def sentences(text: str) -> list[str]:
    """Split a remark at full stops and semicolons.

    Examples
    --------
    >>> sentences("Met with Gen. Petraeus at a U.S. base; spoke. Met with President William R. Tolbert.")
    ['Met with Gen. Petraeus at a U.S. base', 'spoke', 'Met with President William R. Tolbert']
    """
    return [part.strip() for part in _STOP.split(text) if part and part.strip()]


def clauses(record: Record) -> list[Clause]:
    """Divide a remark into its verbs, each with the persons it governs and the day it names for them."""
    parts: list[Clause] = []
    for sentence in sentences(record.text):
        verbs = list(_VERB.finditer(sentence))
        first = verbs[0].start() if verbs else len(sentence)
        head = sentence[:first]
        if mentions_in(head, record.started_on) and not re.match(r"(?:of|for|to|in) ", head):
            # "Met with A; the Presidents of B" goes on with the verb before; a remark without a verb lists who was met.
            act = parts[-1].act if parts and _CONTINUES.match(head) else "met"
            parts.append(_clause(act, head, record))
        elif head.strip():
            parts.append(Clause("stay" if re.search(r"[Vv]isit", head) else "other", head, ()))
        for number, verb in enumerate(verbs):
            end = verbs[number + 1].start() if number + 1 < len(verbs) else len(sentence)
            act = _VERBS[int(str(verb.lastgroup)[1:])][0]
            parts.append(_clause(act, sentence[verb.start() : end], record, verb.end() - verb.start()))
    return parts


def _clause(act: str, text: str, record: Record, after: int = 0) -> Clause:
    days = days_of_stay(text, record.started_on, record.ended_on)
    persons: list[tuple[Mention, dt.date | None, dt.date | None]] = []
    for mention in mentions_in(text[after:], record.started_on):
        begin, end = after + mention.start, after + mention.end
        # "met April 8 with A and B" dates those who follow, "with A, July 16; and B, July 17" those who went before.
        before = [day for day in days if day.start < begin and _LEADS.match(text, day.start)]
        behind = [day for day in days if day.start >= end and not _LEADS.match(text, day.start)]
        plain = [day for day in days if not _LEADS.match(text, day.start)]
        named = (before[-1:] or behind or plain)[:1]
        persons.append((mention, named[0].first, named[0].last) if named else (mention, None, None))
    return Clause(act, text, tuple(persons))
