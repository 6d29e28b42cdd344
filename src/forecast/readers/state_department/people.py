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

from forecast.countries import fold
from forecast.readers.state_department.collections import Term
from forecast.readers.state_department.offices import OFFICES

_YEAR: Final = dt.timedelta(days=365)
#: How far from a sighting a name still means the same person: crowned heads and popes stay long, others a term.
_REACH: Final = {"monarch": 8 * _YEAR, "president": 3 * _YEAR, "premier": 3 * _YEAR}
_PARTICLES: Final = frozenset("al el bin ibn abd abdul de da la le van von der the and of d l y jr sr".split())
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
        if office in {"president", "president-elect", "former office holder"} and any(
            words[-1] == last
            and term.began_on - _AROUND_TERM
            <= day
            <= max(term.ended_on, term.began_on)
            + (100 * _YEAR if office == "former office holder" and term.ended_on < dt.date(2099, 1, 1) else 0 * _YEAR)
            for last, term in self._terms
        ):
            return True
        return any(person.state == "USA" for person in _listed(words, day))

    def state_of(self, name: str, office: str, day: dt.date, host: str) -> str:
        """Resolve a name without a state: the state that the sightings around the day give, else the host."""
        words = name_words(name)
        family = OFFICES[office].family
        if not words:
            return host
        for person in _listed(words, day):
            return person.state
        near = [sighting for sighting in self._by_word.get(words[-1], ()) if _same(words, family, sighting, day)]
        sure = Counter(
            sighting.state
            for sighting in near
            if sighting.sure and (sighting.state == host or sighting.name[-1] == words[-1])
        )
        guessed = Counter(sighting.state for sighting in near if not sighting.sure)
        if not near or host in sure or guessed[host] > 2:
            return host
        if sure:
            return sure.most_common(1)[0][0]
        state, times = guessed.most_common(1)[0]
        return state if times > guessed[host] and guessed[host] <= 1 and times > 2 else host


def office_on(name: str, office: str, day: dt.date) -> str:
    """Give the higher office that the supplement knows for a person on a day ("Crown Prince Faisal", also premier).

    Examples
    --------
    >>> office_on("Mohammed bin Salman", "crown prince", dt.date(2023, 6, 7))
    'prime minister'
    >>> office_on("Mohammed bin Salman", "crown prince", dt.date(2018, 3, 20))
    'crown prince'
    """
    for person in _listed(name_words(name), day):
        if person.office:
            return person.office
    return office


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
    source = files("forecast.readers.state_department") / "people.csv"
    with source.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Person(
                name_words(row["name"]),
                row["office"],
                row["state"],
                dt.date.fromisoformat(row["from"]),
                dt.date.fromisoformat(row["to"]),
            )
            for row in csv.DictReader(lines)
        )


def _listed(words: tuple[str, ...], day: dt.date) -> list[Person]:
    if not words:
        return []
    return [
        person
        for person in _people()
        if person.began_on <= day <= person.ended_on
        and (set(words) <= set(person.name) if words[-1] == person.name[-1] else set(person.name) <= set(words))
    ]
