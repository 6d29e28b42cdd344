"""The grammar of remarks: sentences, and in each the verbs that say what was done with the persons after them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from forecast.coding.days import named_days
from forecast.coding.people import Mention, mentions_in
from forecast.coding.state_department.records import Record


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
_VERBS: Final = (
    ("present", r"(?:[Aa]lso )?[Pp]resent were"),
    (
        "conference",
        r"(?:[Tt]rilateral |[Ss]ummit |[Ee]conomic |[Ll]eaders'? )*(?:[Ss]ummit"
        r"|[Cc]onference)s?(?: [Mm]eetings?| [Cc]onference| talks)?(?: (?:on|in|to|at"
        r"|for) (?:(?!\b(?:[Mm]et|held|and)\b)[^.;,]){1,60}?)?"
        r"\"?,? ?(?:\([^)]*\))?,? ?(?:(?:[A-Z][a-z]+ \d+(?:-\d+)?) )?(?:with"
        r"|of)(?= (?:the )?(?:[A-Z]|heads|chiefs|leaders|presidents|prime|foreign))"
        r"|[Mm]eetings? of (?:the )?(?=Heads|heads|Presidents|presidents|Prime|leaders|Foreign Ministers of)",
    ),
    (
        "met",
        r"(?:[Mm]et|[Mm]eets|[Mm]eeting(?= with)|[Cc]onfer(?:red|ring)?|[Cc]onvers(?:ed|ing)"
        r"|[Cc]onsult(?:ed|ing)|[Dd]ined|[Ll]unched|[Vv]acationed|[Ww]orked|[Ss]poke(?= with| to))"
        r"(?: \w+ly| afterwards?| also| again| separately| privately| there| first"
        r"| \w+ly,)*(?: with| to)?\b(?! (?:en route|its|the U))",
    ),
    (
        "met",
        r"(?:[Mm]eetings?|[Tt]alks|[Cc]onversations?|[Dd]iscussions?|[Aa]udiences?|[Dd]inner"
        r"|[Ll]uncheon|[Ll]unch|[Bb]reakfast|[Vv]isits?|[Cc]onsultations?|[Nn]egotiations?"
        r"|[Ee]vents|[Rr]eception|[Ii]nterview|[Cc]all)"
        r"(?: \([^)]*\))?(?: (?:on|in|at|about|from) [^.;,]{1,40}?)? ?(?:with|between|among)\b",
    ),
    (
        "met",
        r"(?:[Rr]eceived|[Hh]osted|[Ii]nvited|[Ww]elcomed|[Gg]reeted) by|[Gg]uest of"
        r"|[Jj]oined(?= (?:[A-Z]))|[Bb]riefed|[Cc]alled on|[Aa]ccompanied by|[Aa]greed with"
        r"|[Pp]aid a courtesy call on|[Hh]eld [^.;,]{0,40}? with",
    ),
    (
        "met",
        r"(?:[Dd]iscuss|[Rr]eview|[Nn]egotiat|[Ee]xplor|[Dd]ebat|[Cc]onsider|[Ss]ought|[Aa]ttempt"
        r"|[Pp]resent|[Ee]xchang|[Cc]o-?[Hh]ost|[Cc]o-?[Cc]hair|[Cc]oordinat|[Ss]ign|[Cc]onclu"
        r"|[Ll]aunch|[Ll]ed|[Hh]eld|[Ii]ssued)\w*\b"
        r"(?:(?!\b(?:[Mm]et|[Aa]ttended|[Aa]ddressed|[Vv]isited|[Pp]articipated)\b)(?:U\.S\."
        r"|[^.;]))*?\bwith\b(?! (?:the )?(?:U\.S\.|India\b|Iran\b|Russia\b|North Korea\b|Mexico\b"
        r"|Canada\b|Japan\b))",
    ),
    (
        "talks",
        r"(?:[Dd]iscuss|[Rr]eview|[Nn]egotiat|[Ee]xplor|[Tt]alks|[Cc]onsultations|[Aa]ttempted to"
        r"|[Ss]ought|[Ff]urther meetings|[Cc]onversations|[Ee]fforts to|[Hh]eld talks)\w*",
    ),
    (
        "accompanied",
        r"[Aa]cc?oo?mpan(?:ied|ying)|[Tt]ravell?ed with|[Jj]oined (?:the )?(?:U\.S\. delegation"
        r"|Vice President|President)",
    ),
    (
        "event",
        r"(?:[Aa]ttend(?:ed|ing)?|[Pp]articipat(?:ed|ing)(?: in)?|[Tt]ook part|[Hh]osted"
        r"|[Cc]o-?hosted|[Cc]haired|[Cc]o-?chaired|[Cc]onvened)",
    ),
    (
        "other",
        r"(?:[Aa]ddress(?:ed|ing)?|[Dd]edicat\w+|[Ss]igned|[Cc]ommemorat\w+|[Ii]nspect\w+"
        r"|[Tt]oured|[Ll]aid|[Dd]eliver\w+|[Vv]isited|[Rr]eceived|[Ss]topped|[Rr]ested|[Vv]acation"
        r"|[Ii]naugurat\w+|[Oo]pened|[Aa]nnounced|[Ll]aunched|en route|[Rr]eturn\w*|[Ll]eft"
        r"|[Aa]rrived|[Dd]eparted|[Ii]n U\.S\.|in honor|[Ff]unerals?|[Mm]emorial|[Cc]eremon\w+"
        r"|[Ll]ed"
        r"|[Cc]elebrat\w+|[Rr]epaid|[Ii]ssued|[Ww]itnessed|[Oo]bserved|[Pp]resided|[Ss]wearing-in"
        r"|on behalf|passing of|death of|statue|tomb|residence of|home of|[Rr]epresented"
        r"|condolences"
        r"|[Ss]poke|[Ii]nstallation|[Ww]edding|[Cc]oronation|[Ee]nthronement|[Aa]nniversary"
        r"|[Cc]lose of|[Aa]fterwards?|[Ll]ater|[Aa]lso visited|[Rr]evisited|[Tt]raveled"
        r"|while serving as|as a guest|invitation of)",
    ),
)
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
    days = named_days(text, record.started_on, record.ended_on)
    persons: list[tuple[Mention, dt.date | None, dt.date | None]] = []
    for mention in mentions_in(text[after:], record.started_on):
        begin, end = after + mention.start, after + mention.end
        # "met April 8 with A and B" dates those who follow, "with A, July 16; and B, July 17" those who went before.
        before = [day for day in days if day[0] < begin and _LEADS.match(text, day[0])]
        behind = [day for day in days if day[0] >= end and not _LEADS.match(text, day[0])]
        plain = [day for day in days if not _LEADS.match(text, day[0])]
        named = (before[-1:] or behind or plain)[:1]
        persons.append((mention, named[0][1], named[0][2]) if named else (mention, None, None))
    return Clause(act, text, tuple(persons))
