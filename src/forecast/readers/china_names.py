"""States, offices and persons in the lists on China: Chinese cells of a visit, English sentences of a journey."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from forecast.facts.countries import states
from forecast.readers.problems import Problems
from forecast.readers.state_names import names_in

#: Names of states that babel lacks: short and long forms, and states that are gone.
_NAMES: Final = {
    "沙特": "SAU", "阿联酋": "ARE", "波黑": "BIH", "巴新": "PNG", "特多": "TTO", "多米尼加": "DOM", "蒙古国": "MNG",
    "刚果共和国": "COG", "刚果民主共和国": "COD", "刚果（布）": "COG", "刚果（金）": "COD", "刚果(布)": "COG",
    "刚果(金)": "COD", "密克罗尼西亚联邦": "FSM", "巴勒斯坦国": "PSE", "巴勒斯坦": "PSE", "以色列国": "ISR",
    "马其顿": "MKD", "中非": "CAF", "吉尔吉斯共和国": "KGZ", "科索沃": "XKX", "梵蒂冈": "VAT", "教廷": "VAT",
    "库克群岛": "COK", "斯威士兰": "SWZ", "苏联": "SUN", "南斯拉夫": "YUG", "捷克斯洛伐克": "CSK",
}  # fmt: skip
_ORGANISATIONS: Final = re.compile(
    "欧洲理事会|欧盟|欧洲联盟|欧洲议会|联合国|东盟|非盟|非洲联盟|阿盟|阿拉伯国家联盟|上海合作组织|上合组织|海合会"
    "|国际奥委会|国际货币基金组织|世界银行|世界贸易组织|世贸组织"
)
#: Level, English office, titles. Without a level it is no office of a state that leads or serves.
_OFFICE_TABLE: Final = (
    ("leader", "president", "总统 国家主席 联邦主席 国家元首 代总统 临时总统 过渡总统 国家主席/总书记"),
    ("leader", "general secretary", "总书记"),
    ("leader", "prime minister", "总理 首相 国务总理 代总理 看守总理 过渡总理 部长会议主席"),
    ("leader", "chancellor", "联邦总理"),
    ("leader", "state counsellor", "国务资政"),
    ("leader", "king", "国王"),
    ("leader", "queen", "女王"),
    ("leader", "emperor", "天皇"),
    ("leader", "sultan", "苏丹"),
    ("leader", "emir", "埃米尔"),
    ("leader", "grand duke", "大公"),
    ("leader", "pope", "教皇 教宗"),
    ("leader", "chairman", "国务委员会主席 国务委员会委员长 国务委员长 总统委员会主席 主席团主席 主席团轮值主席"),
    ("leader", "chairman", "主权委员会主席 过渡主权委员会主席"),
    ("leader", "crown prince and prime minister", "王储兼首相"),
    ("deputy", "crown prince", "王储"),
    ("deputy", "vice president", "副总统 第一副总统 国家副主席"),
    ("deputy", "deputy prime minister", "副总理 第一副总理 常务副总理 副首相"),
    ("deputy", "governor-general", "总督"),
    ("deputy", "president-elect", "当选总统 候任总统"),
    ("deputy", "prime minister-designate", "当选总理 候任总理"),
    ("deputy", "chairman of the people's council", "最高人民委员会主席 人民委员会主席"),
    ("minister", "national security adviser", "总统国家安全事务助理 国家安全事务助理 国家安全顾问"),
    ("minister", "chief of staff", "总统办公厅主任 办公厅主任"),
    ("minister", "foreign minister", "外长 外交部长 外交大臣 国务卿"),
    ("minister", "minister", "国防部长 防长 财政部长"),
    ("working", "speaker", "议长 参议长 众议长 国会主席 国会议长 联邦委员会主席"),
    ("", "former office holder", "首任总统 前总统 前总理 前首相"),
    ("", "royal who does not reign", "亲王 王子 公主 王后"),
)
OFFICES: Final = {title: (office, level) for level, office, titles in _OFFICE_TABLE for title in titles.split()}
#: Offices that lead one state only, or lead one state since a day although others who bear the title do not.
_ONLY_IN: Final = {"委员长": ("PRK", "chairman"), "亲王": ("MCO", "ruling prince")}
_SINCE: Final = {("SAU", "crown prince"): (dt.date(2022, 9, 27), "crown prince and prime minister")}
_PARTY: Final = re.compile("[^总]*?党(?:总)?(?:主席|书记|领袖|领导人)")
_OFFICE_WORD: Final = re.compile("助理|主任|顾问|特使|代表|部长|大臣|议长|秘书|主席|总统|总理|首相")

_MET: Final = re.compile(r"\b(?:met|meeting)\b(?! by\b)|\btalks with\b|\bsummit with\b|\bhosted by\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[a-z0-9)])\.\s*(?=[A-Z])|;")
_TITLES: Final = (
    ("vice president", "deputy"), ("governor-general", "deputy"), ("crown prince and prime minister", "leader"),
    ("crown prince", "deputy"), ("deputy prime minister", "deputy"), ("president", "leader"),
    ("prime minister", "leader"), ("head of government", "leader"), ("chancellor", "leader"), ("king", "leader"),
    ("queen", "leader"), ("emperor", "leader"), ("sultan", "leader"), ("emir", "leader"), ("premier", "leader"),
)  # fmt: skip
_TITLE: Final = "|".join(title for title, _ in _TITLES)
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
            office = match["title"].lower()
            whose = match["whose"] or match["of"] or ""
            name = (match["name"] or match["name_of"] or "").strip()
            if whose or name or office == "head of government":
                found.append(Visitor(_english().get(whose, ""), office, dict(_TITLES)[office], name))
    return found


@cache
def _mention_pattern() -> re.Pattern[str]:
    """``Japanese Prime Minister Fumio Kishida``, ``President of Guyana Donald Ramotar``, ``the Czech president``."""
    known = "|".join(re.escape(name) for name in sorted(_english(), key=len, reverse=True))
    of = rf"\s+of\s+(?:the\s+)?(?-i:(?P<of>{known})\b)(?P<name_of>{_NAME})"
    whose = rf"(?<![\w-])(?<!Commission )(?<!Senate )(?<!Council )(?:(?-i:(?P<whose>{known}))\s+)?"
    named = rf"(?P<title>{_TITLE})\b(?:{of}|(?!\s+of\b)(?P<name>{_NAME}))"
    return re.compile(whose + named, re.IGNORECASE)


@cache
def _english() -> dict[str, str]:
    """Codes by English name or demonym; a name that two states bore in turn means the later one."""
    found = {"US": "USA"}
    for state in sorted(states().values(), key=lambda one: one.exists_to):
        found.update({name: state.code for name in (*state.aliases, *state.demonyms, state.name) if len(name) > 3})
    return found


def read_visitor(row: dict[str, str], day: dt.date, line: int, problems: Problems) -> Visitor | str:
    """Read state, office and name of a visitor, or say why there is none; an unknown state is noted."""
    country = row["country"]
    if _ORGANISATIONS.match(country):
        return "organisation"
    name = next((name for name in chinese_names() if country.startswith(name)), "")
    if not name:
        near = difflib.get_close_matches(country, chinese_names(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]} ({chinese_names()[near[0]]})?" if near else "no Chinese name is like it"
        problems.add(f"unknown state {country!r}; {hint}", line=line)
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
    found = {name: code for code, name in names_in("zh").items()} | _NAMES
    return {name: found[name] for name in sorted(found, key=lambda name: (-len(name), name))}
