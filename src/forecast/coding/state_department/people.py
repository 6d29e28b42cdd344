"""Who is meant: a register of leaders and ministers, made from the records themselves.

A remark often names a person without the state ("met with King Hussein" in a row for Egypt). The register holds every
sighting of a name: the visitors, whose state the publisher gives; persons whose state the words give ("Syrian President
Assad"); and persons met in a country without such words, who are most likely its own. A name is resolved as of the day
of the row, so that the Perez of Venezuela and the Perez of another decade stay apart.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from forecast.coding.state_department.collections import Term
from forecast.coding.state_department.offices import OFFICES
from forecast.facts.countries import fold, states

_YEAR: Final = dt.timedelta(days=365)
#: How far from a sighting a name still means the same person: crowned heads and popes stay long, others a term.
_REACH: Final = {"monarch": 8 * _YEAR, "president": 3 * _YEAR, "premier": 3 * _YEAR}
_PARTICLES: Final = frozenset(
    (
        "al",
        "el",
        "bin",
        "ibn",
        "abd",
        "abdul",
        "de",
        "da",
        "la",
        "le",
        "van",
        "von",
        "der",
        "of",
        "d",
        "l",
        "y",
        "s",
        "jr",
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
class Person:
    """One row of the supplement: what the records alone cannot tell."""

    name: tuple[str, ...]
    office: str
    state: str
    began_on: dt.date
    ended_on: dt.date


class Register:
    """Sightings by the words of the name, and the presidents of the United States.

    Parameters
    ----------
    sightings : iterable of Sighting
    terms : iterable of Term
        Terms of the presidents of the United States, who are never a counterpart.
    """

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
        holders = [state for state, days in sure.items() if _in_office(days, day) and _exists(state, day)]
        return max(holders, key=lambda state: len(sure[state]), default=host)


def _in_office(days: list[dt.date], day: dt.date) -> bool:
    """Whether sightings show that the person held the office on a day: seen before and after it, or shortly off it.

    A sighting of President Banda of Malawi in 2012 does not make him of 2011 the Malawian one.
    """
    around = min(days) <= day <= max(days)
    return around or any(-_AROUND_TERM <= day - seen <= 2 * _YEAR for seen in days)


def _exists(state: str, day: dt.date) -> bool:
    return states()[state].exists_on(np.datetime64(day, "D"))


def office_on(name: str, office: str, day: dt.date) -> str:
    """Give the office that the supplement knows for a person on a day, else the office that the text gives.

    Examples
    --------
    >>> office_on("Mohammed bin Salman", "crown prince", dt.date(2023, 6, 7))
    'prime minister'
    >>> office_on("Mohammed bin Salman", "crown prince", dt.date(2018, 3, 20))
    'crown prince'
    """
    listed = _listed(name_words(name), day)
    return listed[0].office if listed and listed[0].state != "USA" else office


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
    source = files("forecast.coding.state_department") / "people.csv"
    return tuple(
        Person(
            name_words(row["name"]),
            row["office"],
            row["state"],
            dt.date.fromisoformat(row["from"]),
            dt.date.fromisoformat(row["to"]),
        )
        for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    )


def _listed(words: tuple[str, ...], day: dt.date) -> list[Person]:
    return [
        person for person in _people() if set(person.name) <= set(words) and person.began_on <= day <= person.ended_on
    ]
