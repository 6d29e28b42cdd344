"""Whom a journey met: the persons that a remark names, by the rules for the host and for others."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from forecast.coding.state_department.collections import Record
from forecast.coding.state_department.dialogues import dialogue_of, party_of
from forecast.coding.state_department.mentions import Mention
from forecast.coding.state_department.nations import states_called
from forecast.coding.state_department.offices import OFFICES
from forecast.coding.state_department.people import Register, office_on
from forecast.coding.state_department.places import Place
from forecast.coding.state_department.remarks import Clause, sentences
from forecast.coding.state_department.rows import Met
from forecast.coding.state_department.settings import (
    STAY,
    SUMMIT_OF_TWO,
    hosts_leaders,
    larger_event,
    setting_of,
)
from forecast.facts.countries import states

MEETS: Final = frozenset({"met", "conference", "present"})
ACCOMPANIED: Final = re.compile(
    r"\b[Aa]cc?oo?mpan(?:ied|ying) (?:President|the President|Vice President)"
    r"|[Jj]oined (?:the )?(?:U\.S\. delegation led by )?(?:Vice )?President"
    r"|\bwith President (?:Johnson|Nixon|Ford|Carter|Reagan|Bush|Clinton|Obama|Trump|Biden)\b"
    r"|President's summit|President \w+'s (?:bilateral|summit|meetings)"
)
#: Events that the host's ministers do not chair.
_NOT_CHAIRED: Final = re.compile(
    r"[Ff]uneral|[Mm]emorial [Ss]ervice|[Ii]naugurations? of (?!the NATO)"
    r"|[Pp]residential [Ii]naug|[Cc]eremon|[Ss]wearing-in|[Ii]nstallation|[Oo]pening of"
    r"|[Tt]ransfer of sovereignty|wedding|[Cc]oronation|Chiefs of Mission|Ambassadors"
    r"|Bar Association|[Pp]ress [Cc]onference|[Ss]igning of|banquet|birthday|celebrations"
)
_EVENT: Final = re.compile(
    r"[Cc]onference|[Mm]eetings?\b|[Mm]inisterial|[Ss]ummit|[Ff]orum|[Ss]ession|[Cc]ouncil"
    r"|[Cc]ommission|[Dd]ialogue|[Cc]ommittee|[Tt]alks|[Nn]egotiations|[Gg]eneral Assembly"
    r"|[Rr]oundtable|[Cc]onsultations"
)


_TOOK_PART: Final = re.compile(
    r"[Aa]ttend|[Pp]articipat|[Tt]ook part|[Hh]osted|[Cc]haired|[Cc]onvened|[Ll]ed\b"
    r"|[Hh]eaded|[Ll]aunched|[Oo]pened|[Cc]hairman of U\.S\. [Dd]elegation|^G-?[78]|[Pp]repar"
    r"|[Mm]inisters meeting|summit\.$"
)


@dataclass(frozen=True)
class Named:
    """A person or office of a journey with the state it stands for."""

    state: str
    office: str
    name: str
    act: str
    clause: Clause
    day: dt.date | None
    until: dt.date | None


def named_in(clause: Clause, record: Record, place: Place, register: Register) -> list[Named]:
    """List the persons of a clause that says who was met, with their states; Americans are no counterparts."""
    if clause.act not in MEETS:
        return []
    return [
        Named(state, office, mention.name, clause.act, clause, day, until)
        for mention, day, until in clause.mentions
        for state, office in _resolved(mention, record, place, register)
    ]


def _resolved(mention: Mention, record: Record, place: Place, register: Register) -> list[tuple[str, str]]:
    """Give state and office of a mention: the words first, then the register, then the host."""
    day = record.started_on
    office = mention.office
    if register.is_american(mention.name, office, day) or office == "own secretary":
        return []
    if office == "secretary of state" and place.code != "VAT":
        return []
    office = office_on(mention.name, office, day) if mention.name else office
    if mention.states is not None:
        states = tuple(state for state in mention.states if state != "USA")
    elif office == "pope":
        states = ("VAT",)
    elif mention.name:
        states = (register.state_of(mention.name, office, day, place.code),)
    else:
        states = (place.code,)
    if place.territory and mention.states is None and states == (place.code,) and OFFICES[office].rank < 7:
        # The president of a land that is not yet a state, or the governor of a territory, is an official of no state.
        known = mention.name and register.state_of(mention.name, office, day, "") == place.code
        office = office if known else "governor"
    if office == "prince" and states in {("MCO",), ("LIE",)}:
        office = "ruling prince"
    return [(state, office) for state in states]


def _larger_text(text: str, named: list[Named]) -> str:
    """Leave out summits and conferences of two ("Summit meeting with Gorbachev"), which are no larger events."""
    for person in named:
        if person.act == "conference" and len({one.state for one in named if one.clause is person.clause}) == 1:
            text = text.replace(person.clause.text, "")
    return text


def leaders_met(record: Record, place: Place, named: list[Named]) -> list[Met]:
    """Whom a president met, by the rules for the host and for others."""
    text, rest = record.text, _larger_text(record.text, named)
    larger, stay = larger_event(rest), bool(STAY.search(text))
    met = []
    for person in named:
        if not OFFICES[person.office].level:
            continue
        others = {one.state for one in named if one.clause is person.clause}
        act = "present" if re.search(r"\bfor the .*[Ss]ummit", person.clause.text) else person.act
        host = person.state == place.code
        setting = setting_of(act, counterparts=len(others), larger=larger, stay=stay and host)
        met.append(Met(person.state, person.office, person.name, setting, person.day, person.until))
    for two in SUMMIT_OF_TWO.finditer(text):
        if re.search(r"(?:en route to|on) (?:the )?$", text[: two.start()]):
            continue
        codes = states_called(two["one"] or two["other"], record.started_on) or states_called(
            (two["other"] or "").split(" ")[-1], record.started_on
        )
        met.extend(Met(code, "leader", "", "bilateral") for code in codes if code != "USA")
    if place.territory:
        return met
    listed = {one.state for one in named if one.act == "conference"}
    if any(one.state == place.code and OFFICES[one.office].level == "leader" for one in met):
        if stay and not any(one.state == place.code and one.setting == "bilateral" for one in met):
            met.append(Met(place.code, "leader", "", "bilateral"))
        return met
    if hosts_leaders(rest) and (len(listed) < 2 or place.code in listed):
        # The host's leader chairs a summit on his own soil: "Attended the NATO Summit" in Latvia is a meeting with LVA.
        summit = re.search(r"^[Ss]ummit [Mm]eeting\.", text)
        setting = "bilateral" if stay else ("margins" if larger and summit else "multilateral")
        return [Met(place.code, "leader", "", setting), *met]
    if stay and not any(one.state == place.code for one in named):
        # "State visit." names nobody, but nobody pays a state visit without meeting the host.
        return [Met(place.code, "leader", "", "bilateral"), *met]
    return met


def ministers_met(record: Record, place: Place, found: list[Clause], named: list[Named]) -> list[Met]:
    """Whom a secretary met; a stay for an event or beside the president is a row although it names nobody."""
    text = record.text
    larger, stay = larger_event(_larger_text(text, named)), bool(STAY.search(text))
    met = []
    for person in named:
        if OFFICES[person.office].rank > 7:
            continue
        others = {one.state for one in named if one.clause is person.clause}
        setting = setting_of(
            person.act, counterparts=len(others), larger=larger, stay=stay and person.state == place.code
        )
        met.append(Met(person.state, person.office, person.name, setting, person.day, person.until))
    if any(person.state == place.code for person in met) or place.code == "USA":
        return met
    host = Met(place.code, "officials", "", "bilateral")
    if ACCOMPANIED.search(text) and not _NOT_CHAIRED.search(text) and (stay or not met):
        return [Met(place.code, "", "", "multilateral" if larger and not stay else "bilateral"), *met]
    if stay or (not met and any(clause.act == "talks" for clause in found)):
        return [host, *met]
    if not met and any(
        _TOOK_PART.search(part) and _EVENT.search(part) and not _NOT_CHAIRED.search(part) for part in sentences(text)
    ):
        between_two = party_of(dialogue_of(text, host=states()[place.code].name), record.started_on) == place.code
        return [Met(place.code, "", "", "bilateral" if between_two else "multilateral")]
    return met
