"""States and peoples as texts spell them, and publishers' ids of countries as states of the day."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from forecast.coding import read_table
from forecast.errors import StateError
from forecast.facts.countries import find_state, states

#: Groups whose members are fixed and few, so that to name the group is to name the states.
GROUPS: Final = {"Baltic States": ("EST", "LVA", "LTU"), "Baltic states": ("EST", "LVA", "LTU")}


def _words(table: str) -> dict[str, str]:
    """What texts mean by `names` and `demonyms` that the table of states does not hold, or holds for another state.

    1998: "the Presidents of Ethiopia, Rwanda, Tanzania, Kenya, and the Congo" were five at Entebbe.
    """
    return {row["word"]: row["state"] for row in read_table("words.csv") if row["table"] == table}


@cache
def _codes(kind: str) -> dict[str, tuple[str, ...]]:
    codes_of: dict[str, list[str]] = {}
    for state in states().values():
        for name in (state.name, *state.aliases) if kind == "names" else state.demonyms:
            if re.match(r"[A-ZÀ-Ž]", name) and (len(name) > 3 or "." in name or name in {"UK", "UAE"}):
                codes_of.setdefault(name.removeprefix("The "), []).append(state.code)
    codes_of.update({word: [code] for word, code in _words(kind).items()})
    return {name: tuple(dict.fromkeys(codes)) for name, codes in codes_of.items()}


@cache
def names_pattern() -> str:
    """Alternation of all names of states, the longest first."""
    return _alternation([*_codes("names"), *GROUPS])


@cache
def demonyms_pattern() -> str:
    """Alternation of all demonyms and names of states that can stand before an office."""
    return _alternation([*_codes("demonyms"), *_codes("names")])


def _alternation(words: Iterable[str]) -> str:
    """Alternation of words, the longest first, by their first letters: a regular expression tries branch by branch."""
    branches: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        branches.setdefault(word[:2], []).append(re.escape(word[2:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in sorted(branches.items()))


def states_called(word: str, day: dt.date) -> tuple[str, ...]:
    """States of the day that a name, a demonym or a group means; empty if none existed then.

    Examples
    --------
    >>> states_called("Soviet", dt.date(1985, 1, 1)), states_called("Baltic States", dt.date(2005, 1, 1))
    (('SUN',), ('EST', 'LVA', 'LTU'))
    """
    group = GROUPS.get(word)
    codes = group or _codes("demonyms").get(word) or _codes("names").get(word) or ()
    alive = tuple(code for code in codes if states()[code].exists_on(np.datetime64(day, "D")))
    return alive if group else alive[:1]


#: Institutions that stand for their government, and short names that only running text has.
INSTITUTIONS: Final = {
    "White House": "USA", "State Department": "USA", "Pentagon": "USA", "Treasury Department": "USA",
    "Department of State": "USA", "Oval Office": "USA", "Kremlin": "RUS", "Downing Street": "GBR", "Elysee": "FRA",
    "Élysée": "FRA", "Blue House": "KOR", "Capitol Hill": "USA",
}  # fmt: skip
SHORT: Final = {"US": "USA", "U.S": "USA", "America": "USA", "Britain": "GBR", "Holland": "NLD", "PRC": "CHN"}
#: Lands and peoples inside a state, whose officials are not of its government.
PARTS: Final = (
    "Kurdistan", "Iraqi Kurdistan", "Kurdish", "Iraqi Kurdish", "Northern Ireland", "Northern Irish", "Scotland",
    "Scottish", "Wales", "Welsh", "Hong Kong", "Greenland", "Quebec", "Puerto Rico", "Navajo", "Cherokee", "New Mexico",
    "New Jersey", "Bermuda", "Aruba", "Curaçao",
)  # fmt: skip
#: Capitals that are towns of many lands.
_TOWNS: Final = frozenset(
    {"Georgetown", "Kingston", "San Jose", "San Juan", "Victoria", "Hamilton", "Washington", "Castries", "St. George's"}
)


def parts_pattern() -> str:
    """Alternation of the parts of states."""
    return _alternation(PARTS)


@cache
def capitals() -> dict[str, str]:
    """States by the names of their capitals."""
    return {row["city"]: row["state"] for row in read_table("cities.csv") if row["capital"]}


@cache
def cities() -> dict[str, str]:
    """States by the names of their cities (GeoNames: capitals, and cities of 300,000 whose name means no other)."""
    return {row["city"]: row["state"] for row in read_table("cities.csv")}


def state_named(word: str, day: dt.date) -> str:
    """State of the day that a name, a people, a capital or a seat of government means, or "".

    Examples
    --------
    >>> [state_named(word, dt.date(2023, 9, 29)) for word in ("U.S.", "Beijing", "the Kremlin", "Narnia")]
    ['USA', 'CHN', 'RUS', '']
    """
    word = word.removeprefix("the ").removeprefix("The ")
    known = INSTITUTIONS.get(word) or SHORT.get(word) or next(iter(states_called(word, day)), "")
    code = known or capitals().get(word, "")
    # Belgrade was the capital of another state before.
    while code and states()[code].successors and not states()[code].exists_on(np.datetime64(day, "D")):
        code = states()[code].successors[0]
    return code


@cache
def land() -> re.Pattern[str]:
    """Name of a state, or of a capital that is no town of many lands."""
    towns = _alternation(city for city in capitals() if city not in _TOWNS)
    return re.compile(rf"(?<![\w-])(?<!New )(?<!Northern )(?:{names_pattern()}|{towns})(?![\w-])")


def states_at(name: str, day: dt.date) -> tuple[str, ...]:
    """States of the day that a name of a land or a capital means."""
    return states_called(name, day) or ((capitals()[name],) if name in capitals() else ())


@cache
def nation_word() -> re.Pattern[str]:
    """Name or demonym of a state."""
    return re.compile(rf"(?<![\w-])(?<!New )(?<!Northern )(?:{demonyms_pattern()})(?![\w-])")


def place_in(text: str, day: dt.date) -> Iterator[tuple[int, str, str]]:
    """Yield the places that a text names with "in", "at" or "to": position, state, words.

    Examples
    --------
    >>> list(place_in("met in San Francisco, flew to Malta and spoke in the Oval Office", dt.date(2023, 11, 15)))
    [(4, 'USA', 'San Francisco'), (27, 'MLT', 'Malta'), (46, 'USA', 'Oval Office')]
    """
    for found in _PLACE.finditer(text):
        run = found["place"]
        # The longest beginning of the run of capitals that is a place: "San Francisco Bay", "Malta Thursday".
        ends = [part.start() for part in re.finditer(r"[ .,]|$", run)][::-1]
        for words in (run[:end] for end in ends if end):
            code = state_named(words, day) or cities().get(words, "")
            if code:
                yield found.start(), code, words
                break


_PLACE: Final = re.compile(
    r"(?<!\w)(?:in|at|to|from|near|for|visit(?:s|ed|ing)?) (?:the )?"
    r"(?P<place>[A-ZÀ-Ž][\w.'’-]*(?: (?:and |of |the |al-|el-)*[A-ZÀ-Ž][\w.'’-]*){0,5})"
)


#: Who governed a land before it became a state. Its own leaders are no leaders of a state until then.
GOVERNED_BEFORE: Final = _words("governors")
#: Ids of lands that no row of the table of states covers on some days: the day until which there is none.
_OUTSIDE_UNTIL: Final = {"hawaii": dt.date(1898, 8, 12), "antarctica": dt.date.max}


@dataclass(frozen=True)
class Place:
    """The state that governs a land on a day, and whether the land is only a territory of it."""

    code: str
    territory: bool = False


@cache
def _territories() -> dict[str, str]:
    table = (files("forecast.facts") / "data" / "territories.csv").read_text(encoding="utf-8")
    return {row["id"]: row["governing_state"] for row in csv.DictReader(table.splitlines())}


def place_of_id(country_id: str, day: dt.date) -> Place | None:
    """Resolve one id on one day.

    Examples
    --------
    >>> place_of_id("russia", dt.date(1972, 5, 22)), place_of_id("morocco", dt.date(1943, 1, 14))
    (Place(code='SUN', territory=False), Place(code='FRA', territory=True))
    """
    if not country_id or day <= _OUTSIDE_UNTIL.get(country_id, dt.date.min):
        return None
    if country_id in _territories():
        return Place(_territories()[country_id], territory=True)
    name = country_id.replace("-", " ")
    try:
        return Place(find_state(name, on=np.datetime64(day, "D")))
    except StateError:
        code = find_state(name)
        if code not in GOVERNED_BEFORE:
            raise
        governor = GOVERNED_BEFORE[code]
        while not states()[governor].exists_on(np.datetime64(day, "D")):
            governor = states()[governor].successors[0]
        return Place(governor, territory=True)
