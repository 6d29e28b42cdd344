"""Leaders: who led which state since when, and the words by which one of them is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from forecast.dates import Day
from forecast.facts import package_rows

#: Shorter words are too much alike for a comparison by sound.
_HEARD: Final = 5


@dataclass(frozen=True)
class Spell:
    """One leader's time in office."""

    state: str
    leader: str
    begins_on: Day


@cache
def _sounds() -> tuple[tuple[re.Pattern[str], str], ...]:
    """How transliterations of one name differ: what is written, in this order, and what stands for all of it."""
    return tuple((re.compile(row["written"]), row["sound"]) for row in package_rows("facts/data/sounds.csv"))


@cache
def heard(word: str) -> str:
    """A folded word of a name as it sounds, in which transliterations agree; a short word as it is written.

    Examples
    --------
    >>> {heard(word) for word in ("zelenskyy", "zelensky", "zelenskiy", "zelenskij")}
    {'zelenski'}
    >>> heard("xi"), heard("tokaev") == heard("tokayev"), heard("lukashenka")
    ('xi', True, 'lukashenko')
    """
    if len(word) < _HEARD:
        return word
    for written, sound in _sounds():
        word = written.sub(sound, word)
    return word


@cache
def called() -> dict[tuple[str, str], tuple[str, ...]]:
    """By state and leader the names by which he is called beside his own, such as Lula, each with its address."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in package_rows("facts/data/called.csv"):
        key = (row["state"], row["leader"])
        found[key] = (*found.get(key, ()), row["called"])
    return found


@cache
def leader_offices() -> dict[str, tuple[str, str]]:
    """Office and level by spelling in lower case, as lists of journeys name them; a mere title has no level."""
    return {
        spelling.lower(): (row["office"], row["level"])
        for row in package_rows("facts/data/leader_offices.csv")
        for spelling in row["spellings"].split("|")
    }
