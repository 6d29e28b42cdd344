"""States and peoples as texts spell them, and publishers' ids of countries as states of the day."""

from __future__ import annotations

import csv
import datetime as dt
import re
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


def _alternation(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


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
