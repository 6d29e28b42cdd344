"""Persons and offices that a piece of a remark names, with the state that the words themselves give."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from forecast.coding.state_department.nations import demonyms_pattern, names_pattern, states_called
from forecast.coding.state_department.offices import OFFICE, OFFICES, office_of

_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Jan\.|Feb\.|Mar\.|Apr\.|Aug\.|Sept?\."
    r"|Oct\.|Nov\.|Dec\.)"
)
_PARTICLE: Final = (
    r"(?:de|da|do|dos|das|la|las|le|van|von|der|den|ter|al|el|bin|ibn|bint|abd|ben|d'|y|e|zu"
    r"|zur|du|di|del|ul|ur|av|af|-Oh)"
)
_WORD: Final = r"(?:(?:al|el|as|ad|ar|an|ash|es|d|l|O)[-'] ?)?[A-ZÀ-Ž][\w'.\-]*(?<!')"
#: A name: capitals, with particles between or before them; it ends before a month, a comma or a word in small letters.
_NAME: Final = (
    rf"(?!(?:{_MONTH}) \d)(?:{_PARTICLE} )*{_WORD}(?: (?!(?:{_MONTH}) \d)(?:(?:{_PARTICLE}"
    rf" )*{_WORD}|(?:al|el) ?[-–] ?[A-Z]\w+))*(?:, (?:3rd|Jr\.?)| 3rd)?"
)
_HONORIFIC: Final = re.compile(
    r"^(?:(?:Sheikh|Shaikh|Prince|Princess|Lord|Sir|Generals?|Gen\.|Field Marshal|Marshal"
    r"|Colonel|Col\.|Lt\.|Brigadier|Lieutenant|Admiral|Cardinal"
    r"|Archbishop|Dr\.|Mr\.|Mrs\.|His|Her|Highness|Holiness|Excellency|Majesty|Royal|Viscount"
    r"|Earl of|Haji|Emeritus|Hojatoleslam) )+"
)
#: Before an office: these make the person an official of something that is no state.
_ORGANISATION: Final = (
    r"NATO|UN|U\.N\.|United Nations|EU|E\.U\.|EC|EEC|European(?: Union| Commission| Council"
    r"| Community| Parliament| Central Bank)?|Commission|Council"
    r"|OSCE|CSCE|OAS|OECD|IMF|AU|African Union|OAU|Arab League|League|ASEAN|GCC|World Bank"
    r"|Regional|Bank|IAEA|WTO|Quartet|Red Cross|FIFA|APEC|CARICOM|OPEC|IOC|UNGA"
    r"|General Assembly|Commonwealth|Organization|Federation|Cross|Coalition|Kurdish"
    r"|Kurdistan|Kurdistan Regional Government|Turkish Cypriot|Bosnian Serb|Bosnian Croat"
    r"|Kosovo Albanian"
    r"|Tatarstan|Quebec|Northern Ireland|Northern Irish|Republika Srpska|Greenland(?:ic)?"
    r"|Faroese|Hong Kong|Tibetan|Catalan|Court|University|Party|Bosniak|Croat|Muslim"
    r"|Interim Authority|Foundation"
    r"|Transitional National Council|Syrian Opposition Coalition|Syrian National Council"
    r"|U\.S\.|US|American|Federation of"
)
_MODIFIER: Final = (
    r"(?:acting|Acting|interim|Interim|provisional|Provisional|transitional|Transitional"
    r"|caretaker|Caretaker|then|new|newly elected|incoming|outgoing|Alternate|Federal|senior"
    r"|key|other|top|both|their|the|The|His Majesty|Her Majesty|His Holiness)"
)
_FORMER: Final = re.compile(r"(?:[Ff]ormer|[Ee]x-?|[Ll]ate|[Ee]xiled|[Dd]eposed) (?:\S+ )?$")


_LINK: Final = re.compile(r"(?:,? and |/|, | )(?:the )?")
_CROWNED: Final = frozenset({"king", "queen"})
_TITLES: Final = _CROWNED | {"prince", "general"}
_PLURAL: Final = re.compile(r"s'?$|men$|eads of|hiefs of")


@dataclass(frozen=True)
class Mention:
    """One person or office that the text names.

    `states` are the states that the words give; None means that they give none, an empty tuple that they name a people
    or land that was no state on the day.
    """

    office: str
    name: str
    states: tuple[str, ...] | None
    start: int
    end: int


@cache
def _before() -> re.Pattern[str]:
    nation = rf"(?:{demonyms_pattern()})(?:'s?)?(?: Authority| Republic| Federation)?"
    many = rf"(?P<nations>{nation}(?:(?:, | and |, and |-){nation})*)"
    return re.compile(rf"(?<![\w.])(?:(?P<org>{_ORGANISATION})|{many})(?:'s?)? (?:{_MODIFIER} )*$")


@cache
def _nation() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?:{demonyms_pattern()})(?![\w])")


@cache
def _state_list() -> re.Pattern[str]:
    # "the Foreign Ministers of the Gulf Cooperation Council, Egypt, and Jordan": the organisation stands for no state.
    one = (
        rf"(?:the )?(?:{names_pattern()}|Gulf Cooperation Council|European (?:Union|Community)"
        rf"|[Pp]ermanent [Mm]embers? of the (?:UN )?Security Council)(?![\w])"
    )
    return re.compile(rf" ?(?:of|from) (?P<states>{one}(?:(?:; |, and |, with |, | and of | and ){one})*)")


@cache
def _one_state() -> re.Pattern[str]:
    return re.compile(rf",? ?(?:of|from) (?P<states>(?:the )?(?:{names_pattern()}))(?![\w])")


@cache
def _state_name() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{names_pattern()})(?!\w)")


_OF_ORGANISATION: Final = re.compile(
    rf" ?(?:of|for|to) (?:the )?(?:\w+ )?(?:{_ORGANISATION}|\w+ (?:Council|Commission|Bank"
    rf"|Assembly|League|Union|Cooperation))\b"
)
_AFTER_NAME: Final = re.compile(rf"(?P<name>{_NAME})")


def mentions_in(text: str, day: dt.date) -> list[Mention]:
    """List the persons and offices in a text, in their order.

    Parameters
    ----------
    text : str
        A remark or a part of one, as `collections.plain` gives it.
    day : datetime.date
        Names of states mean the states of this day.

    Examples
    --------
    >>> day = dt.date(2003, 3, 16)
    >>> for found in mentions_in("British Prime Minister Blair and the Presidents of Peru and Colombia", day):
    ...     print(found.office, "|", found.name, "|", found.states)
    prime minister | Blair | ('GBR',)
    president |  | ('PER',)
    president |  | ('COL',)
    """
    found: list[Mention] = []
    position = 0
    while office := OFFICE.search(text, position):
        offices, start, position = _compound(text, office)
        before = text[:start]
        if _event_word(text, position):
            continue
        plural = bool(_PLURAL.search(office.group()))
        states, bounds = _states_before(before, day, plural)
        if _FORMER.search(before) or _FORMER.search(before[:bounds]):
            offices = ["former office holder"]
        mentions, position = _persons(text, offices, states, plural, start, position, day)
        found.extend(mentions)
    return found


def _event_word(text: str, position: int) -> bool:
    """Whether the office only names an event ("Foreign Ministers' Meeting") or what somebody owns ("leader's")."""
    return bool(
        re.match(
            r"(?:s')?'?s?,? (?:(?:\w|-|')+ ){0,2}(?:Meetings?|meetings?|Summits?|Conference"
            r"|conference|level|Forum|Roundtable|Week|Dialogue|Residence|retreat|Retreat|talks"
            r"|Ministerial|Dinner|dinner)\b"
            r"|'s? (?!officials)",
            text[position:],
        )
    )


def _compound(text: str, first: re.Match[str]) -> tuple[list[str], int, int]:
    """Read offices that one person holds ("Crown Prince and Prime Minister Mohammed"), or two sorts in one list."""
    offices, end = [office_of(first)], first.end()
    while link := _LINK.match(text, end):
        following = OFFICE.match(text, link.end())
        if not following or "officials" in (offices[0], office_of(following)):
            break
        if link.group() == " ":
            # "Foreign Minister Prince Saud": after an office a title is a part of the name.
            if office_of(following) in _CROWNED:
                break
        elif office_of(following) in _TITLES:
            break
        else:
            offices.append(office_of(following))
        end = following.end()
    return offices, first.start(), end


def _states_before(before: str, day: dt.date, plural: bool) -> tuple[tuple[str, ...] | None, int]:
    prefix = _before().search(before)
    if prefix is None:
        return None, len(before)
    if prefix["org"]:
        return (), prefix.start()
    words = _nation().findall(prefix["nations"])
    # "King Abdullah of Jordan, Palestinian Authority President Abbas": one person has one state, the nearest.
    codes = [code for word in (words if plural else words[-1:]) for code in states_called(word, day)]
    return tuple(dict.fromkeys(codes)), prefix.start()


def _persons(
    text: str, offices: list[str], states: tuple[str, ...] | None, plural: bool, start: int, position: int, day: dt.date
) -> tuple[list[Mention], int]:
    """Read what follows an office: a list of states, the names of its holders, or nothing."""
    office = _highest(offices) if not plural else ""
    both = offices if plural else [office]
    listed = (_state_list() if plural else _one_state()).match(text, position)
    if listed:
        codes = [code for word in _state_name().findall(listed["states"]) for code in states_called(word, day)]
        made = [Mention(one, "", (code,), start, listed.end()) for code in codes for one in both]
        return made or [Mention(both[0], "", (), start, listed.end())], listed.end()
    if states is None and _OF_ORGANISATION.match(text, position):
        return [Mention("organisation", "", (), start, position)], position
    if states == () and not plural and not _nation_before(text[:start]):
        both = ["organisation"]
    named = list(_names(text, position, plural, day))
    if named:
        made = [Mention(both[0], name, own if own is not None else states, start, end) for name, own, end in named]
        return made, named[-1][2]
    if plural and states:
        return [Mention(one, "", (code,), start, position) for code in states for one in both], position
    if plural and both[0] != "officials":
        # "various heads of state", "NATO Foreign Ministers": several, of whom none is named.
        return [], position
    return [Mention(both[0], "", states, start, position)], position


def _nation_before(before: str) -> bool:
    prefix = _before().search(before)
    return bool(prefix and prefix["nations"])


def _names(text: str, position: int, plural: bool, day: dt.date) -> Iterator[tuple[str, tuple[str, ...] | None, int]]:
    """Yield name, state and end of each holder: one, or after a plural all that follow ("Presidents A of X and B")."""
    link = re.compile(r" " if position and text[position - 1 : position] != "(" else "")
    while separator := link.match(text, position):
        begin = separator.end()
        name = _AFTER_NAME.match(text, begin)
        if (
            not name
            or OFFICE.match(text, begin)
            or _nation_office(text, begin)
            or re.match(r"(?:The|Also|In|At|Met|U\.S\.|NATO|UN)\b", name["name"])
        ):
            return
        end = name.end()
        state = _one_state().match(text, end)
        own: tuple[str, ...] | None = None
        if state:
            own = tuple(code for word in _state_name().findall(state["states"]) for code in states_called(word, day))
            end = state.end()
        elif group := _OF_ORGANISATION.match(text, end):
            own, end = (), group.end()
        yield _HONORIFIC.sub("", name["name"]).removesuffix("'s").rstrip(".,"), own, end
        if not plural:
            return
        position, link = end, re.compile(r", and | and |, ")


def _nation_office(text: str, begin: int) -> bool:
    """Whether a demonym and an office begin here ("Presidents A and B and Soviet Premier C")."""
    nation = _nation().match(text, begin)
    return bool(nation and OFFICE.match(text, nation.end() + 1))


def _highest(offices: list[str]) -> str:
    return min(offices, key=lambda office: OFFICES[office].rank)
