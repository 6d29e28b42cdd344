"""States and peoples as the remarks spell them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Final

import numpy as np

from forecast.facts.countries import states

#: What the remarks mean by names that the table of states does not hold, or holds for another state.
_NAMES: Final = {
    "Congo": (
        "COD",
    ),  # 1998: "the Presidents of Ethiopia, Rwanda, Tanzania, Kenya, and the Congo" were five at Entebbe
    "Great Britain": ("GBR",),
    "Vietnam": ("VNM",),
    "St. Christopher and Nevis": ("KNA",),
    "Saint Christopher and Nevis": ("KNA",),
    "PLO": ("PSE",),
}
_DEMONYMS: Final = {
    "Argentinean": ("ARG",),
    "Argentine": ("ARG",),
    "Bosnian": ("BIH",),
    "British": ("GBR",),
    "Chinese Nationalist": ("TWN",),
    "Congolese": ("COD",),
    "Dominican": ("DOM",),
    "East German": ("DDR",),
    "Georgian": ("GEO",),
    "Indian": ("IND",),
    "Irish": ("IRL",),
    "Korean": ("KOR",),
    "Palestinian": ("PSE",),
    "Palestine Liberation Organization": ("PSE",),
    "PLO": ("PSE",),
    "Salvadoran": ("SLV",),
    "Saudi": ("SAU",),
    "Saudi Arabian": ("SAU",),
    "Sudanese": ("SDN",),
    "United Kingdom": ("GBR",),
}
#: Groups whose members are fixed and few, so that to name the group is to name the states.
GROUPS: Final = {"Baltic States": ("EST", "LVA", "LTU"), "Baltic states": ("EST", "LVA", "LTU")}


@cache
def _codes(kind: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for state in states().values():
        for name in (state.name, *state.aliases) if kind == "names" else state.demonyms:
            if re.match(r"[A-ZÀ-Ž]", name) and (len(name) > 3 or "." in name or name in {"UK", "UAE"}):
                found.setdefault(name.removeprefix("The "), []).append(state.code)
    found.update({name: list(codes) for name, codes in (_NAMES if kind == "names" else _DEMONYMS).items()})
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


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
