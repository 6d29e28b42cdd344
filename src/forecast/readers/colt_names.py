"""Leaders named in COLT's cells: office, name and the state that each leads on a day."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from forecast.errors import StateError
from forecast.facts import package_rows
from forecast.facts.countries import find_state, fold, states
from forecast.facts.leaders import leader_offices
from forecast.readers.state_names import names_in
from forecast.readers.tables import Problems

_LEADERS: Final = ("state", "leader", "from", "to")
_PARTICLES: Final = frozenset(re.findall(r"\w+", "de la da del dos do bin al el van der den of the jr"))
_ELECT: Final = re.compile(r"elect[oa]?\b|asumiendo", re.IGNORECASE)
_NOT_A_NAME: Final = re.compile(r"^(?:~|\d|Posse d[aeo]\b|Busca\b|Cumbre\b)")


@dataclass(frozen=True)
class Person:
    """One leader of a cell; the state is empty if the cell does not give it."""

    name: str
    office: str
    leader: bool
    state: str


@cache
def _office_before() -> re.Pattern[str]:
    return re.compile(rf"({'|'.join(map(re.escape, leader_offices()))})\s+", re.IGNORECASE)


def persons(cell: str) -> list[Person]:
    """Read a list of leaders, each with an office before or a state behind the name.

    Examples
    --------
    >>> [(one.office, one.name, one.state) for one in persons("President Hugo Chavez;Evo Morales (Bolivia)")]
    [('president', 'Hugo Chavez', ''), ('', 'Evo Morales', 'BOL')]
    """
    found = []
    for part in re.split(r";|,(?![^(]*\))|(?<=\w) / (?=presidente?\b)", cell):
        text, _, brackets = part.partition("(")
        text = text.split(" / ")[0].strip()
        if not text:
            continue
        name, office, leader = text, "", True
        if match := _office_before().match(text):
            name, (office, level) = text[match.end() :], leader_offices()[match[1].lower()]
            leader = level == "leader"
        if _NOT_A_NAME.match(name) or not re.fullmatch(r"(?:[^\W\d_][\w.'’-]*\s*)+", name):
            name = ""
        state = _state_in(brackets.rstrip(") "))
        found.append(Person(name, office, leader and not _ELECT.search(brackets), state))
    return found


def _state_in(brackets: str) -> str:
    """Find a state in what stands in brackets, in English, Spanish, Portuguese or French."""
    for part in re.split(r",|\bde\b", brackets):
        try:
            return find_state(part)
        except StateError:
            if code := _foreign().get(fold(part), ""):
                return code
    return ""


@cache
def _foreign() -> dict[str, str]:
    """Codes by folded name in three languages."""
    return {fold(name): code for language in ("fr", "pt", "es") for code, name in names_in(language).items()}


class Register:
    """Who leads which state: the register of leaders, the file's own hosts and travellers, and a supplement."""

    def __init__(self, seen: Iterable[tuple[str, str]], path: Path | None) -> None:
        """Take names with their states as the file gives them, and the register's file."""
        self._spells = _spells(path)
        self._seen: dict[frozenset[str], set[str]] = {}
        self._supplement: dict[frozenset[str], set[str]] = {}
        for name, state in seen:
            self._seen.setdefault(_words(name), set()).add(state)
        for row in package_rows("readers/colt_people.csv"):
            self._supplement.setdefault(_words(row["name"]), set()).add(row["state"])

    def place(self, person: Person, day: dt.date, *, host: str = "") -> Person:
        """Give the person with a state, if exactly one can be meant on the day; a host leads the state given."""
        if not person.name:
            return person
        words, on = _words(person.name), day.isoformat()
        led = {
            state
            for state, name, begins, ends in self._spells
            if begins <= on and (not ends or on <= ends) and _same(words, name)
        }
        if person.state:
            return replace(person, leader=person.leader or person.state in led)
        known = led | self._supplement.get(words, set())
        if host in known:
            known = {host}
        for found in (known, self._seen.get(words, set())):
            if len(found) == 1:
                state = next(iter(found))
                return replace(person, state=state, leader=person.leader or state in led)
        return person


def _spells(path: Path | None) -> list[tuple[str, frozenset[str], str, str]]:
    if path is None:
        return []
    problems = Problems(path)
    rows = problems.rows(_LEADERS, some=True)
    problems.check()
    return [(row["state"], _words(row["leader"]), row["from"], row["to"]) for row in rows]


def _words(name: str) -> frozenset[str]:
    """Fold a name to its words, in whatever order they stand."""
    text = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "").replace("-", " "))
    return frozenset(word for word in fold(text).split() if len(word) > 1 and word not in _PARTICLES)


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or (min(len(one), len(other)) > 1 and (one <= other or other <= one))


def state_on(code: str, day: dt.date) -> str:
    """Give the state on that day: itself, or the one it succeeded."""
    at = np.datetime64(day)
    candidates = (code, *(one.code for one in states().values() if code in one.successors))
    return next((one for one in candidates if states()[one].exists_on(at)), "")
