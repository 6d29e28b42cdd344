"""States, offices and persons in the lists on China: Chinese cells of a visit, English sentences of a journey."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from forecast.facts import package_rows
from forecast.facts.countries import states
from forecast.facts.leaders import leader_offices
from forecast.readers.state_names import names_in, variants
from forecast.readers.tables import Cells

_ORGANISATIONS: Final = re.compile(
    "欧洲理事会|欧盟|欧洲联盟|欧洲议会|联合国|东盟|非盟|非洲联盟|阿盟|阿拉伯国家联盟|上海合作组织|上合组织|海合会"
    "|国际奥委会|国际货币基金组织|世界银行|世界贸易组织|世贸组织"
)
#: Office and level by Chinese title. Without a level it is no office of a state that leads or serves.
OFFICES: Final = {
    title: (row["office"], row["level"])
    for row in package_rows("readers/chinese_offices.csv")
    for title in row["titles"].split("|")
}
#: Offices that lead one state only, or lead one state since a day although others who bear the title do not.
_ONLY_IN: Final = {"委员长": ("PRK", "chairman"), "亲王": ("MCO", "ruling prince")}
_SINCE: Final = {("SAU", "crown prince"): (dt.date(2022, 9, 27), "crown prince and prime minister")}
_PARTY: Final = re.compile("[^总]*?党(?:总)?(?:主席|书记|领袖|领导人)")
_OFFICE_WORD: Final = re.compile("助理|主任|顾问|特使|代表|部长|大臣|议长|秘书|主席|总统|总理|首相")

_MET: Final = re.compile(r"\b(?:met|meeting)\b(?! by\b)|\btalks with\b|\bsummit with\b|\bhosted by\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[a-z0-9)])\.\s*(?=[A-Z])|;")
_WORD: Final = r"(?:[A-Z][\w’'-]+|al-\w+|(?:bin|van|von|der|de|dos|da)\b)"
_NAME: Final = rf"(?:\s+(?-i:{_WORD}(?:\s+{_WORD})*))?"


@dataclass(frozen=True)
class Visitor:
    """Whom a record names: state, office, level and name; a mention of the host has no state."""

    state: str
    office: str
    level: str
    name: str


def mentions(details: str) -> list[Visitor]:
    """List whom the sentences about a meeting name: the state is empty if only office and name are given."""
    found = []
    for sentence in _SENTENCE.split(details):
        if not _MET.search(sentence):
            continue
        for match in _mention_pattern().finditer(sentence):
            office, level = leader_offices()[match["title"].lower()]
            whose = match["whose"] or match["of"] or ""
            name = (match["name"] or match["name_of"] or "").strip()
            if level and (whose or name or office == "head of government"):
                found.append(Visitor(_english().get(whose, ""), office, level, name))
    return found


@cache
def _mention_pattern() -> re.Pattern[str]:
    """``Japanese Prime Minister Fumio Kishida``, ``President of Guyana Donald Ramotar``, ``the Czech president``."""
    known = "|".join(re.escape(name) for name in sorted(_english(), key=len, reverse=True))
    # Capitals alone: at "3 pm London time" nobody is received.
    titles = "|".join("(?-i:PM)" if title == "pm" else re.escape(title) for title in leader_offices())
    of = rf"\s+of\s+(?:the\s+)?(?-i:(?P<of>{known})\b)(?P<name_of>{_NAME})"
    whose = rf"(?<![\w-])(?<!Commission )(?<!Senate )(?<!Council )(?:(?-i:(?P<whose>{known}))\s+)?"
    named = rf"(?P<title>{titles})\b(?:{of}|(?!\s+of\b)(?P<name>{_NAME}))"
    return re.compile(whose + named, re.IGNORECASE)


@cache
def _english() -> dict[str, str]:
    """Codes by English name or demonym; a name that two states bore in turn means the later one."""
    found = {"US": "USA"}
    for state in sorted(states().values(), key=lambda one: one.exists_to):
        found.update({name: state.code for name in (*state.aliases, *state.demonyms, state.name) if len(name) > 3})
    return found


def read_visitor(row: Cells, day: dt.date) -> Visitor | str:
    """Read state, office and name of a visitor, or say why there is none; an unknown state is noted."""
    country = row["country"]
    if _ORGANISATIONS.match(country):
        return "organisation"
    name = next((name for name in chinese_names() if country.startswith(name)), "")
    if not name:
        near = difflib.get_close_matches(country, chinese_names(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]} ({chinese_names()[near[0]]})?" if near else "no Chinese name is like it"
        row.refuse(f"unknown state {country!r}; {hint}")
        return "no state in the table"
    code = chinese_names()[name]
    if not states()[code].exists_on(np.datetime64(day)):
        return "no state on that day"
    if code == "CHN":
        return "not another state"
    return _office(code, country.removeprefix(name) + row["leader_title"] + row["name"], day)


def _office(code: str, text: str, day: dt.date) -> Visitor | str:
    """Split the text after the state's name into office and person.

    Examples
    --------
    >>> _office("USA", "总统国家安全事务助理沙利文", dt.date(2024, 8, 29))
    Visitor(state='USA', office='national security adviser', level='minister', name='沙利文')
    """
    if _PARTY.match(text):
        return "not an office of the state: party chairman"
    title = next(
        (title for title in sorted((*OFFICES, *_ONLY_IN), key=len, reverse=True) if text.startswith(title)), ""
    )
    if not title or _OFFICE_WORD.search(text.removeprefix(title)):
        return "office not recognised"
    name = text.removeprefix(title).strip()
    office, level = OFFICES.get(title, ("", ""))
    only, reigning = _ONLY_IN.get(title, ("", ""))
    if only == code:
        office, level = reigning, "leader"
    since, higher = _SINCE.get((code, office), (None, ""))
    if since and day >= since:
        office, level = higher, "leader"
    if not level:
        return f"not a leader: {office}" if office else "office not recognised"
    return Visitor(code, office, level, name)


@cache
def chinese_names() -> dict[str, str]:
    """Codes of states by Chinese name, the longest name first.

    Examples
    --------
    >>> next(code for name, code in chinese_names().items() if "印度尼西亚当选".startswith(name))
    'IDN'
    """
    found = {name: code for code, name in names_in("zh").items()} | variants()["zh"]
    return {name: found[name] for name in sorted(found, key=lambda name: (-len(name), name))}
