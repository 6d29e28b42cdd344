"""A release, what it states of the publisher's state and others, and what a publisher's template holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

from forecast.coding import read_table
from forecast.facts.events import LEVELS

#: Facts about days to come.
AHEAD: Final = ("plan", "cancelled", "postponed")
_HEADING_DAY: Final = re.compile(
    r"\((January|February|March|April|May|June|July|August|September|October|November|December) (\d{1,2}), (20\d\d)\)"
)
_HEADING_TIME: Final = re.compile(r"\b(\d{1,2}):(\d{2}) ?([AP])\.M\. E[SD]T")
ONE_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class Document:
    """One release: day of publication at the publisher's place, section, title, address, text, and the time of day."""

    published: dt.date
    section: str
    title: str
    url: str
    text: str
    at: dt.time | None = None

    @property
    def day(self) -> dt.date:
        """The day on which a transcript was spoken, by its heading; else the day of publication."""
        heading = self.text[:400]
        if self.section not in ("press-briefings", "speeches-remarks"):
            return self.published
        if dated := _HEADING_DAY.search(heading):
            day = dt.datetime.strptime(" ".join(dated.groups()), "%B %d %Y").date()
            return day if dt.timedelta(0) <= self.published - day <= dt.timedelta(days=7) else self.published
        if self.at and (began := _HEADING_TIME.search(heading)):
            hour = int(began[1]) % 12 + (12 if began[3] == "P" else 0)
            # A speech that began at 9:45 in the evening and came out at 11 in the morning was yesterday's.
            # A briefing that came out in the afternoon is not of the day before, whatever the minute of its stamp,
            # nor a daily one whose stamp, to the full minute, was set by hand.
            by_hand = self.title.startswith("Press Briefing by Press Secretary") and not self.at.second
            stale = (
                self.section != "press-briefings" or (self.at.hour < 12 and not by_hand) or "Press Call" in self.title
            )
            if stale and hour < 24 and int(began[2]) < 60 and dt.time(hour, int(began[2])) > self.at:
                return self.published - ONE_DAY
        return self.published


@dataclass(frozen=True)
class Fact:
    """One interaction of the publisher's state with one other.

    `kind` is meeting, call, plan, invitation, cancelled, postponed, dialogue, sanction or goodwill; days are None where
    none is fixed. `passing` says that the event is only named ("his meeting with A today"): its day may be another's.
    """

    kind: str
    state: str
    level: str
    mode: str
    first: dt.date | None
    last: dt.date | None
    own: str
    travels: str = ""
    place: str = ""
    setting: str = "bilateral"
    persons: str = ""
    dialogue: str = ""
    note: str = ""
    travel: bool = False
    passing: bool = False
    #: Whether it took place on the day of publication or the day before, which the text does not say.
    near: bool = False
    sentence: int = -1


@dataclass(frozen=True)
class Principal:
    """A person of the own side as a text names him."""

    name: str
    level: str
    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """What one publisher's releases have of their own: tables beside this file, and a few words."""

    own: str
    #: Table of the own persons: name, level, pattern; the first leader is who "the state" means.
    principals_table: str
    #: Table of what is done: name, kind, tense, mode, pattern; English releases share one.
    predicates_table: str = "press/predicates.csv"
    #: Speakers of transcripts who speak of their own doings as "I", by a word of the name.
    speakers: tuple[tuple[str, str], ...] = ()
    #: Places at home, and how the own state is called: a counterpart comes there.
    home: str = ""

    #: Whether its texts are headlines or short messages, which are read by `forecast.coding.press.headlines`.
    brief: bool = False

    def principals(self, day: dt.date) -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
        """Pattern of the own persons of a day, and name and level of each alternative."""
        rows = _own_persons(self.principals_table)
        return _alternatives(tuple(row for row in rows if row[0] <= str(day) <= (row[1] or "9999")))

    @cached_property
    def predicates(self) -> tuple[tuple[dict[str, str], re.Pattern[str]], ...]:
        """Predicates in their order, each with its pattern."""
        return tuple(
            (row, re.compile(rf"(?:(?<!\w)|(?='s ))(?:{row['pattern']})")) for row in read_table(self.predicates_table)
        )


@cache
def _own_persons(table: str) -> tuple[tuple[str, str, str, str, str], ...]:
    """First day, last day, name, level and pattern of each; without days, whenever a text names them."""
    rows = read_table(table)
    return tuple((row.get("from", ""), row.get("to", ""), row["name"], row["level"], row["pattern"]) for row in rows)


@cache
def _alternatives(
    rows: tuple[tuple[str, str, str, str, str], ...],
) -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    pattern = "|".join(f"(?P<p{number}>{row[4]})" for number, row in enumerate(rows))
    return re.compile(rf"(?<![\w])(?:{pattern})(?![\w])"), tuple((row[2], row[3]) for row in rows)


def merged(facts: Sequence[Fact]) -> list[Fact]:
    """Take what a document states twice once: meetings and calls by day, plans by overlapping days."""
    kept: list[Fact] = []
    for fact in sorted(
        facts, key=lambda one: (one.kind != "plan", one.first is None, LEVELS.index(one.level), one.sentence)
    ):
        same = [one for one in kept if (one.kind, one.state) == (fact.kind, fact.state) and _one_event(one, fact)]
        if not same:
            kept.append(fact)
            continue
        best = same[0]
        kept[kept.index(best)] = _joined(best, fact)
    return sorted(kept, key=lambda one: one.sentence)


def _one_event(one: Fact, other: Fact) -> bool:
    overlap = (
        one.first is None
        or other.first is None
        or bool(one.last and other.last and one.first <= other.last and other.first <= one.last)
    )
    for dated, open_ in ((one, other), (other, one)):
        if dated.kind == "meeting" and dated.first and open_.note.startswith("month="):
            overlap = overlap and f"{dated.first:%Y-%m}" in open_.note
    if one.kind in (*AHEAD, "invitation") or one.travel or other.travel:
        return one.own == other.own and overlap and (one.note == other.note or not (one.note and other.note))
    return (one.first, one.note) == (other.first, other.note) and (one.own == other.own or one.level == other.level)


def _joined(one: Fact, other: Fact) -> Fact:
    """Both statements of one event: the narrower days, the person met rather than the mere journey, the known place."""
    first, last = one.first, one.last
    if other.first and other.last and (first is None or last is None or other.last - other.first < last - first):
        first, last = other.first, other.last
    base = other if one.travel and not other.travel else one
    if one.travel != other.travel and base.level == "working" and not base.persons:
        base = replace(base, level=max(one.level, other.level, key=lambda level: -LEVELS.index(level)))
    level = base.level if one.travel != other.travel else min(one.level, other.level, key=LEVELS.index)
    return replace(
        base, first=first, last=last, level=level, place=base.place or one.place or other.place,
        travels=base.travels or one.travels or other.travels, persons=base.persons or one.persons or other.persons,
        mode=next((mode for mode in (base.mode, one.mode, other.mode) if mode not in ("", "meet")), base.mode),
        travel=one.travel and other.travel, passing=one.passing and other.passing,
    )  # fmt: skip
