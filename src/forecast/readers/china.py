"""Journeys of China's leaders and visits of foreign leaders to China, from lists with names and titles in Chinese.

``docs/readers.md`` is the codebook. What it decides on the awkward rows:

* *Title and name in one another's cell*: ``总统`` (president) with the name ``国家安全事务助理沙利文`` is Sullivan, the
  president's adviser, a minister; ``主席`` with ``团轮值主席乔维奇`` is the chairman of a collective presidency.
  State, title and name are read as one text, the longest office first.
* *States inside states*: ``白俄罗斯`` (Belarus) ends like Russia, ``印度尼西亚`` (Indonesia) begins like India.
  A state is the longest name at the beginning of the cell.
* *Meetings abroad among the visits*: a row of the English pages on a day of a journey of China's president is a meeting
  where he was, or that journey itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from forecast.errors import StateError
from forecast.facts import package_rows
from forecast.facts.countries import find_state
from forecast.files import file_reader
from forecast.readers.china_names import Visitor, mentions, read_visitor
from forecast.readers.coded_source import CodedSource, Collection, collection_of, meeting, venue_named_first
from forecast.readers.tables import Cells, Problems

PUBLISHER: Final = "china"
ADDRESS: Final = "https://github.com/wangmm001/visit-g2"
LICENCE: Final = "none stated: facts only, with the source named"
KNOWN_RULE: Final = "A meeting counts as public on the last day of the stay that the list gives."

_JOURNEYS: Final = ("leader", "start_date", "end_date", "destination_country", "locale", "details")
_VISITS: Final = ("country", "leader_title", "name", "first", "last", "visit_type", "source")
_ATTENDEES: Final = ("summit", "src", "first", "last", "country", "leader_title", "name")

#: Presidents and premiers: both are leaders by the codebook.
_TRAVELLERS: Final = {
    **dict.fromkeys(("Xi Jinping", "Hu Jintao", "Jiang Zemin"), "president"),
    **dict.fromkeys(("Li Qiang", "Li Keqiang", "Wen Jiabao", "Zhu Rongji"), "premier"),
}
#: What the list says of a visit: setting, or the reason why it is no meeting.
_TYPES: Final = {
    **dict.fromkeys(("国事访问", "正式访问", "工作访问", "友好访问", "正式友好访问"), "bilateral"),
    **dict.fromkeys(("非正式访问", "私人访问", "会见/会谈(双边)"), "bilateral"),
    "来华出席": "multilateral",
    **dict.fromkeys(("过境", "经停", "技术经停"), "no meeting: transit"),
    **dict.fromkeys(("休假", "度假"), "no meeting: private stay"),
}
_ANNOUNCED: Final = "预告"
_ENGLISH_PAGES: Final = "/eng/"

_STAY: Final = re.compile(
    r"\b(?:state|official|working|informal|friendly) (?:visit|summit)\b|\bhosted by\b", re.IGNORECASE
)
_EVENT: Final = re.compile(r"\battend(?:ance|ed|ing)\b", re.IGNORECASE)
_OF_THE_TWO: Final = re.compile(r"\b[A-Z]\w+-China leaders?'? summit", re.IGNORECASE)
_STOPOVER: Final = re.compile(r"\b(?:stop-?over|transit|refuel\w*|en route|vacation|holiday)\b", re.IGNORECASE)
_UNNAMED: Final = re.compile(r"\b(?:numerous|various|other|Central Asian|Arab)\b[\w ]{0,20}\bleaders\b")


@dataclass(frozen=True)
class _Journey:
    record_id: str
    state: str
    starts_on: dt.date
    ends_on: dt.date
    event: bool
    president: bool


def code_china(outbound: Path, inbound: Path, *, attendees: Path | None = None, version: str) -> CodedSource:
    """Code CSV files of journeys of China's leaders, of visits to China and of those who came to summits in China.

    Journeys and visits are complete for China, the attendees of hosted summits are partial. An error has all problems
    of a file.
    """
    journeys, abroad = _journeys(outbound)
    collections = [journeys, _visits(inbound, abroad)]
    if attendees is not None:
        collections.append(_hosted(attendees))
    return CodedSource(PUBLISHER, ADDRESS, version, LICENCE, KNOWN_RULE, collections)


@file_reader
def _journeys(path: Path) -> tuple[Collection, list[_Journey]]:
    problems = Problems(path)
    rows, uncoded, days, abroad, ids = [], [], [], [], _Ids()
    records = problems.rows(_JOURNEYS, some=True)
    for row in records:
        first = row.date("start_date")
        last = row.date("end_date")
        try:
            place = find_state(row["destination_country"], on=np.datetime64(first) if first > dt.date.min else None)
        except StateError as error:
            row.refuse(str(error))
            continue
        days += [first, last]
        office = _TRAVELLERS.get(row["leader"], "")
        journey = _Journey(
            ids.of(place, first), place, first, last, bool(_EVENT.search(row["details"])), office == "president"
        )
        abroad.append(journey)
        reason = (
            "journey ends before it begins"
            if last < first
            else _no_meeting(place, row["start_date"])
            or ("no meeting: stopover" if _STOPOVER.search(row["details"]) else "")
            or ("" if office else "office of the traveller not known")
        )
        if reason:
            uncoded.append(
                (journey.record_id, row["start_date"], reason, f"{row['leader']}, {row['destination_country']}")
            )
            continue
        rows += _journey_rows(row["details"], journey)
        if _UNNAMED.search(row["details"]):
            uncoded.append(
                (journey.record_id, row["start_date"], "more leaders met, not named", row["destination_country"])
            )
    problems.check()
    collection = collection_of(
        "journeys", rows, uncoded, days, focal="CHN", direction="journeys", complete=True, records=len(records)
    )
    return collection, [one for one in abroad if one.president]


@cache
def _rulings() -> dict[tuple[str, str, str], dict[str, str]]:
    """What is known of single records from elsewhere, by list, state and first day."""
    return {(row["list"], row["state"], row["first"]): row for row in package_rows("readers/china_rulings.csv")}


def _no_meeting(state: str, first: str) -> str:
    said = _rulings().get(("journeys", state, first), {}).get("ruling", "")
    return said if said.startswith("no meeting") else ""


def _journey_rows(details: str, journey: _Journey) -> list[dict[str, str]]:
    """Give the meeting with the host, and one with each leader of a third state who is named as met."""
    named_as_met = mentions(details)
    host = [one for one in named_as_met if one.state in {"", journey.state} and one.level == "leader"]
    if _STAY.search(details) or not journey.event:
        setting = "bilateral"
    else:
        setting = "margins" if host or _OF_THE_TWO.search(details) else "multilateral"
    venue = venue_named_first(details) if journey.event else ""
    common = {"record_id": journey.record_id, "source": "CHN", "place": journey.state, "venue": venue}
    stay = journey.starts_on, journey.ends_on
    named = dict.fromkeys((one.name, one.office) for one in host if one.name)
    found = [
        meeting(
            stay,
            recipient=journey.state,
            setting=setting,
            persons="; ".join(name for name, _ in named),
            offices="; ".join(office for _, office in named),
            **common,
        )
    ]
    third = {(one.state, one.level): one for one in named_as_met if one.state not in {"", "CHN", journey.state}}
    found += [
        meeting(
            stay,
            recipient=one.state,
            mode="third-party",
            level=one.level,
            setting="margins" if journey.event else "bilateral",
            persons=one.name,
            offices=one.office,
            **common,
        )
        for one in third.values()
    ]
    ruling = _rulings().get(("journeys", journey.state, journey.starts_on.isoformat()), {})
    if ruling.get("ruling") == "also met":
        # The meeting may be in the midst of the stay; the list makes it public on the last day.
        found.append(
            meeting(
                stay,
                recipient=ruling["met"],
                mode="third-party",
                setting="bilateral",
                occurred_on=ruling["day"],
                persons=ruling["person"],
                offices=ruling["office"],
                url=ruling["url"],
                **common,
            )
        )
    return found


@file_reader
def _visits(path: Path, abroad: list[_Journey]) -> Collection:
    problems = Problems(path)
    rows, uncoded, days, ids = [], [], [], _Ids()
    records = problems.rows(_VISITS, some=True)
    for row in records:
        first, last = (row.date(name) for name in ("first", "last"))
        days += [first, last]
        visitor = read_visitor(row, first)
        state = visitor if isinstance(visitor, str) else visitor.state
        record_id = ids.of(state if isinstance(visitor, Visitor) else row["country"], first)
        setting = _TYPES.get(row["visit_type"], "visit type not recognised")
        coded: list[dict[str, str]] | str
        if isinstance(visitor, str):
            coded = visitor
        elif last < first:
            coded = "stay ends before it begins"
        elif setting not in {"bilateral", "multilateral"}:
            coded = setting
        else:
            coded = _visit_rows(row, record_id, visitor, (first, last), setting, abroad)
        if isinstance(coded, str):
            text = " ".join((row["country"], row["leader_title"], row["name"], row["visit_type"]))
            uncoded.append((record_id, row["first"], coded, text))
        else:
            rows += coded
    problems.check()
    return collection_of(
        "visits", rows, uncoded, days, focal="CHN", direction="visits", complete=True, records=len(records)
    )


def _visit_rows(
    row: Cells,
    record_id: str,
    visitor: Visitor,
    stay: tuple[dt.date, dt.date],
    setting: str,
    abroad: list[_Journey],
) -> list[dict[str, str]] | str:
    """Code one visit: to China, or a meeting where China's president was, or a visit that was put off."""
    common = {"record_id": record_id, "level": visitor.level, "persons": visitor.name, "offices": visitor.office}
    ruling = _rulings().get(("visits", visitor.state, row["first"]), {})
    if ruling.get("ruling") == "put off":
        day = ruling["day"]
        act = {"event": "SANCTION", "mode": "cancel", "status": "postponed", "occurred_on": day, "known_on": day}
        said = {"note": "announced visit postponed", "url": ruling["url"]}
        return [meeting(stay, source=visitor.state, recipient="CHN", setting=setting, **act, **said, **common)]
    away = [one for one in abroad if one.starts_on <= stay[0] and stay[1] <= one.ends_on]
    if away and _ENGLISH_PAGES in row["source"]:
        if visitor.state in {one.state for one in away}:
            return "journey of China's president, in the other list"
        there = away[0]
        setting = "margins" if there.event else "bilateral"
        return [
            meeting(
                stay,
                source="CHN",
                recipient=visitor.state,
                mode="third-party",
                place=there.state,
                setting=setting,
                **common,
            )
        ]
    note = "days as announced" if _ANNOUNCED in row["source"] else ""
    venue = venue_named_first(row["source"]) if setting == "multilateral" else ""
    return [
        meeting(
            stay, source=visitor.state, recipient="CHN", place="CHN", setting=setting, venue=venue, note=note, **common
        )
    ]


@file_reader
def _hosted(path: Path) -> Collection:
    problems = Problems(path)
    rows, uncoded, days, ids = [], [], [], _Ids()
    records = problems.rows(_ATTENDEES, some=True)
    for row in records:
        first, last = (row.date(name) for name in ("first", "last"))
        days += [first, last]
        visitor = read_visitor(row, first)
        if isinstance(visitor, str) or last < first:
            reason = visitor if isinstance(visitor, str) else "stay ends before it begins"
            text = " ".join((row["summit"], row["country"], row["leader_title"], row["name"]))
            uncoded.append((ids.of(row["country"], first), row["first"], reason, text))
            continue
        rows.append(
            meeting(
                (first, last),
                record_id=ids.of(visitor.state, first),
                source=visitor.state,
                recipient="CHN",
                place="CHN",
                level=visitor.level,
                setting="multilateral",
                venue=venue_named_first(row["summit"]),
                persons=visitor.name,
                offices=visitor.office,
                url=_address(row["src"]),
            )
        )
    problems.check()
    return collection_of(
        "hosted-summits", rows, uncoded, days, focal="CHN", direction="", complete=False, records=len(records)
    )


def _address(cell: str) -> str:
    """Give the address that a source cell names; most name a document by its number only."""
    if cell.startswith("zh.wikipedia:"):
        return "https://zh.wikipedia.org/wiki/" + cell.partition(":")[2]
    found = re.search(r"(?:[\w-]+\.)+(?:cn|com|org)/\S+", cell)
    return f"https://{found[0]}" if found else ""


class _Ids:
    """Names of records that outlast rows added elsewhere in the file: state and first day, numbered from the second."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, state: str, day: dt.date) -> str:
        name = f"{state}-{day.isoformat()}"
        self._seen[name] += 1
        return name if self._seen[name] == 1 else f"{name}-{self._seen[name]}"
