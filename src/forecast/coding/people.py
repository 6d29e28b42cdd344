"""Persons whom a text names: the words for them, and a register that says which state a name stands for.

A text often names a person without the state ("met with King Hussein" in a row for Egypt). The register holds every
sighting of a name: the visitors, whose state the publisher names; persons whose state the words name ("Syrian President
Assad"); and persons met in a country without such words, who are most likely its own. A name is resolved as of the day
of the row, so that the Perez of Venezuela and the Perez of another decade stay apart.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np

from forecast.coding import read_table
from forecast.coding.offices import OFFICE, OFFICES, highest, office_of
from forecast.coding.places import demonyms_pattern, names_pattern, states_called
from forecast.facts.countries import fold, states

_EXPRESSIONS: Final = {row["name"]: row["pattern"] for row in read_table("expressions.csv")}
_MONTH: Final = _EXPRESSIONS["month"]
_PARTICLE: Final = _EXPRESSIONS["particle"]
_WORD: Final = r"(?:(?:al|el|as|ad|ar|an|ash|es|d|l|O)[-'] ?)?[A-ZÀ-Ž][\w'.\-]*(?<!')"
#: A name: capitals, with particles between or before them; it ends before a month, a comma or a word in small letters.
NAME: Final = (
    rf"(?!(?:{_MONTH}) \d)(?:{_PARTICLE} )*{_WORD}(?: (?!(?:{_MONTH}) \d)(?:(?:{_PARTICLE}"
    rf" )*{_WORD}|(?:al|el) ?[-–] ?[A-Z]\w+))*(?:, (?:3rd|Jr\.?)| 3rd)?"
)
_HONORIFIC: Final = re.compile(_EXPRESSIONS["honorific"])
#: Before an office: these make the person an official of something that is no state.
_ORGANISATION: Final = _EXPRESSIONS["organisation"]
_MODIFIER: Final = _EXPRESSIONS["modifier"]
_FORMER: Final = re.compile(r"(?:[Ff]ormer|[Ee]x-?|[Ll]ate|[Ee]xiled|[Dd]eposed) (?:\S+ )?$")


_LINK: Final = re.compile(r"(?:,? and |/|, | )(?:the )?")
_CROWNED: Final = frozenset({"king", "queen"})
_TITLES: Final = _CROWNED | {"prince", "general"}
_PLURAL: Final = re.compile(r"s'?$|men$|eads of|hiefs of")


@dataclass(frozen=True)
class Mention:
    """One person or office that the text names.

    `states` are the states that the words name; None means that they name none, an empty tuple that they name a people
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
_AFTER_NAME: Final = re.compile(rf"(?P<name>{NAME})")


def mentions_in(text: str, day: dt.date) -> list[Mention]:
    """List the persons and offices in a text, in their order; names of states mean the states of the day.

    Examples
    --------
    >>> day = dt.date(2003, 3, 16)
    >>> for mention in mentions_in("British Prime Minister Blair and the Presidents of Peru and Colombia", day):
    ...     print(mention.office, "|", mention.name, "|", mention.states)
    prime minister | Blair | ('GBR',)
    president |  | ('PER',)
    president |  | ('COL',)
    """
    mentions: list[Mention] = []
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
        persons, position = _persons(text, offices, states, plural, start, position, day)
        mentions += persons
    return mentions


def _event_word(text: str, position: int) -> bool:
    """Whether the office only names an event ("Foreign Ministers' Meeting") or what somebody owns ("leader's")."""
    return bool(re.match(_EXPRESSIONS["event word"], text[position:]))


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
    office = highest(offices) if not plural else ""
    both = offices if plural else [office]
    listed = (_state_list() if plural else _one_state()).match(text, position)
    if listed:
        codes = [code for word in _state_name().findall(listed["states"]) for code in states_called(word, day)]
        made = [Mention(one, "", (code,), start, listed.end()) for code in codes for one in both]
        return made or [Mention(both[0], "", (), start, listed.end())], listed.end()
    if states is None and _OF_ORGANISATION.match(text, position):
        return [Mention("organisation", "", (), start, position)], position
    prefix = _before().search(text[:start])
    if states == () and not plural and not (prefix and prefix["nations"]):
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


_YEAR: Final = dt.timedelta(days=365)
#: How far from a sighting a name still means the same person: crowned heads and popes stay long, others a term.
_REACH: Final = {"monarch": 8 * _YEAR, "president": 3 * _YEAR, "premier": 3 * _YEAR}
_PARTICLES: Final = frozenset(
    (
        *("al", "el", "bin", "ibn", "abd", "abdul", "de", "da", "la", "le"),
        *("van", "von", "der", "of", "d", "l", "y", "s", "jr"),
    )
)
#: An incoming president is met before he takes office, an outgoing one is still called so.
_AROUND_TERM: Final = dt.timedelta(days=100)


@dataclass(frozen=True)
class Sighting:
    """A name with office and state on a day; `sure` if the publisher or the words gave the state."""

    name: tuple[str, ...]
    family: str
    state: str
    day: dt.date
    sure: bool


@dataclass(frozen=True)
class Term:
    """The days on which one president of the United States held office."""

    name: str
    began_on: dt.date
    ended_on: dt.date


@dataclass(frozen=True)
class Person:
    """One row of the supplement: what the records alone do not say."""

    name: tuple[str, ...]
    office: str
    state: str
    began_on: dt.date
    ended_on: dt.date


class Register:
    """Sightings by the words of the name, and the presidents of the United States, who are never a counterpart."""

    def __init__(self, sightings: Iterable[Sighting], terms: Iterable[Term]) -> None:
        self._by_word: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in sightings:
            for word in set(sighting.name):
                self._by_word[word].append(sighting)
        self._terms = [(name_words(term.name)[-1], term) for term in terms]

    def is_american(self, name: str, office: str, day: dt.date) -> bool:
        """Whether the name is that of a president of the United States around his term, or of a listed American."""
        words = name_words(name)
        if not words:
            return False
        held = office in {"president", "president-elect", "former office holder"}
        for last, term in self._terms if held else ():
            ended_on = dt.date.max if office == "former office holder" else term.ended_on
            if words[-1] == last and term.began_on - _AROUND_TERM <= day <= ended_on:
                return True
        return any(person.state == "USA" for person in _listed(words, day) if person.office == office)

    def state_of(self, name: str, office: str, day: dt.date, host: str) -> str:
        """Resolve a name without a state: the state that the sightings around the day give, else the host."""
        words = name_words(name)
        family = OFFICES[office].family
        if not words:
            return host
        listed = _listed(words, day)
        if listed:
            return listed[0].state
        if OFFICES[office].level != "leader":
            # Ministers abroad are always named with their state; a bare "Foreign Minister Lee" is the host's.
            return host
        near = [one for one in self._by_word.get(words[-1], ()) if _same(words, family, one, day)]
        guessed = Counter(one.state for one in near if not one.sure)
        sure: dict[str, list[dt.date]] = defaultdict(list)
        for one in near:
            if one.sure and (one.state == host or one.name[-1] == words[-1]):
                sure[one.state].append(one.day)
        if host in sure or guessed[host] > 2:
            return host
        exists = {state: states()[state].exists_on(np.datetime64(day, "D")) for state in sure}
        holders = [state for state, days in sure.items() if exists[state] and _in_office(days, day)]
        return max(holders, key=lambda state: len(sure[state]), default=host)


def _in_office(days: list[dt.date], day: dt.date) -> bool:
    """Whether sightings show that the person held the office on a day: seen before and after it, or shortly off it.

    A sighting of President Banda of Malawi in 2012 does not make him of 2011 the Malawian one.
    """
    around = min(days) <= day <= max(days)
    return around or any(-_AROUND_TERM <= day - seen <= 2 * _YEAR for seen in days)


def office_on(name: str, office: str, day: dt.date) -> str:
    """Return the office that the supplement has for a person on a day, else the office that the text gives.

    Examples
    --------
    >>> office_on("Mohammed bin Salman", "crown prince", dt.date(2023, 6, 7))
    'prime minister'
    >>> office_on("Mohammed bin Salman", "crown prince", dt.date(2018, 3, 20))
    'crown prince'
    """
    listed = _listed(name_words(name), day)
    return listed[0].office if listed and listed[0].state != "USA" else office


@lru_cache(maxsize=8192)
def name_words(name: str) -> tuple[str, ...]:
    """Fold a name to the words that count.

    Examples
    --------
    >>> name_words("Abdel Fattah al-Sisi")
    ('abdel', 'fattah', 'sisi')
    """
    words = fold(re.sub(r"\b[A-Z]\.", " ", name)).split()
    kept = tuple(word for word in words if word not in _PARTICLES)
    return kept or tuple(words)


def _same(words: tuple[str, ...], family: str, sighting: Sighting, day: dt.date) -> bool:
    if sighting.family != family or abs(sighting.day - day) > _REACH.get(family, 2 * _YEAR):
        return False
    shorter, longer = sorted((words, sighting.name), key=len)
    return set(shorter) <= set(longer)


@cache
def _people() -> tuple[Person, ...]:
    return tuple(
        Person(
            name_words(row["name"]),
            row["office"],
            row["state"],
            dt.date.fromisoformat(row["from"]),
            dt.date.fromisoformat(row["to"]),
        )
        for row in read_table("people.csv")
    )


def _listed(words: tuple[str, ...], day: dt.date) -> list[Person]:
    return [
        person for person in _people() if set(person.name) <= set(words) and person.began_on <= day <= person.ended_on
    ]
