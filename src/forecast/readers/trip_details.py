"""What the details of a stop say: a meeting with the host, with others beside it, or none and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from forecast.dates import Day
from forecast.errors import StateError
from forecast.facts import package_rows
from forecast.facts.countries import find_state, fold, states
from forecast.facts.leaders import Spell
from forecast.readers.coded_source import venue_named_first

_NAME: Final = re.compile(
    r"^,? ?((?:[A-ZÀ-Þ][\w'’.-]*)(?: (?:(?:al|el|bin|ibn|de|da|dos?|der|van|von|den|y|e|la)\b|[A-ZÀ-Þ][\w'’.-]*)){0,4})"
)
#: Why a stop is no meeting if nothing in its details says so.
_NOBODY: Final = "nobody named"


@cache
def trip_patterns(kind: str) -> dict[str, re.Pattern[str]]:
    """Patterns by name in the order in which they are tried: of details, of reasons for no meeting, of columns."""
    rows = (row for row in package_rows("readers/trip_patterns.csv") if row["kind"] == kind)
    return {row["name"]: re.compile(row["pattern"]) for row in rows}


@dataclass(frozen=True)
class Other:
    """The leader of a third state who was met."""

    state: str
    person: str
    office: str


@dataclass(frozen=True)
class Ruling:
    """What a stop is."""

    setting: str = ""
    status: str = "occurred"
    venue: str = ""
    persons: str = ""
    offices: str = ""
    note: str = ""
    reason: str = ""
    others: tuple[Other, ...] = field(default=())


def rule_on(
    details: str, *, host: str, focal: str, on: Day, leaders: Sequence[Spell] = (), planned: bool = False
) -> Ruling:
    """Rule on a stop by its details.

    Examples
    --------
    >>> import numpy as np
    >>> rule_on("Working visit.", host="DEU", focal="FRA", on=np.datetime64("2019-05-01")).setting
    'bilateral'
    >>> rule_on("Refuelling stop.", host="DEU", focal="FRA", on=np.datetime64("2019-05-01")).reason
    'no meeting: transit'
    """
    said, reasons = trip_patterns("details"), trip_patterns("reason")
    text = " ".join(details.split())
    off = said["off"].search(text)
    status = "occurred"
    if off:
        word = (off["first"] or off["then"]).lower()
        status = "postponed" if word == "postponed" else "cancelled"
    if not text.strip(" .-–—"):
        return Ruling(setting="bilateral", note="no details")
    with_host, others = _met(text, host=host, focal=focal, on=on, leaders=leaders)
    guest, summit = said["guest"].search(text), said["summit"].search(said["guest"].sub(" ", text))
    larger = bool(guest or summit)
    venue = venue_named_first(text, kind="series") if larger else ""
    found = Ruling(
        status=status,
        venue=venue,
        persons="; ".join(dict.fromkeys(one.person for one in with_host if one.person)),
        offices="; ".join(dict.fromkeys(one.office for one in with_host)),
        others=others,
    )
    own = _without(text, others)
    if said["stay"].search(own) and not re.search(r"(?i)\bunofficial visit", text):
        return replace(found, setting="bilateral")
    if with_host:
        return replace(found, setting="margins" if larger else "bilateral")
    if reasons["by video"].search(text):
        return replace(found, reason="no meeting: by video", others=())
    if summit:
        return replace(found, setting="multilateral")
    if off or (said["talks"].search(own) and not guest):
        return replace(found, setting="bilateral")
    reason = next((name for name, pattern in reasons.items() if pattern.search(text)), _NOBODY)
    if planned and reason == _NOBODY and not guest:
        # Before a trip nobody can say who was met.
        return replace(found, setting="bilateral", note="no details")
    return replace(found, reason=f"no meeting: {reason}")


def _without(text: str, others: tuple[Other, ...]) -> str:
    """The text without bilateral meetings that were held with third states."""
    if not others:
        return text
    meets = trip_patterns("details")["meets"]
    persons = [one.person for one in others if one.person]
    clauses = _sentences(text)
    return " ".join(one for one in clauses if not (meets.search(one) and any(name in one for name in persons)))


def _sentences(text: str) -> list[str]:
    # "U.S. President" and "St. Petersburg" end no sentence.
    return [one for one in re.split(r"(?<=[a-z0-9)\]])[.;!](?:\s+|(?=[A-Z]))|\n", text) if one.strip()]


def _met(
    text: str, *, host: str, focal: str, on: Day, leaders: Sequence[Spell]
) -> tuple[list[Other], tuple[Other, ...]]:
    """Leaders of the host and of other states whom the text says to have been met."""
    said = trip_patterns("details")
    hosts: list[Other] = []
    others: dict[str, Other] = {}
    for sentence in _sentences(text):
        begin = said["meets"].search(sentence)
        if begin is None or said["not_met"].search(sentence):
            continue
        about = said["about"].search(sentence, begin.end())
        clause = sentence[: about.start()] if about else sentence
        for found in said["office"].finditer(clause):
            before, after = clause[: found.start()], clause[found.end() :]
            if said["lesser"].search(before) or said["not_of"].search(after):
                continue
            place = _of(after)
            named = _NAME.match(after.removeprefix(f" of {place}") if place else after)
            # "King Faris of Saudi Arabia" names the state behind the person.
            place = place or (_of(after[named.end() :]) if named else "")
            state = _nationality(before, place, on)
            person = named[1].removesuffix(".").removesuffix("'s") if named else ""
            office = {"pm": "prime minister"}.get(found["office"].lower(), found["office"].lower())
            vague = office.rstrip("s") in ("leader", "counterpart", "chairman")
            if vague and state is None and "counterpart" not in office:
                continue
            who = Other(state or host, person, "leader" if vague else office)
            if who.state == host:
                hosts.append(who)
            elif who.state != focal:
                others.setdefault(who.state, who)
        hosts += _known_leaders(clause, host, on, leaders, hosts)
    return hosts, tuple(others.values())


def _known_leaders(clause: str, host: str, on: Day, leaders: Sequence[Spell], found: list[Other]) -> list[Other]:
    """The host's leader of that day, if the clause names him without his office."""
    spells = [one for one in leaders if one.state == host and one.begins_on <= on]
    if not spells:
        return []
    leader = max(spells, key=lambda one: one.begins_on).leader
    words = fold(leader).split()
    folded = fold(clause).split()
    together = len(words) > 1 and all(word in folded for word in (words[0], words[-1]))
    if not together or any(fold(one.person).split()[-1:] == words[-1:] for one in found):
        return []
    return [Other(host, leader, "leader")]


@cache
def _nationalities() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for state in states().values():
        for word in (*state.demonyms, state.name, *state.aliases):
            found.setdefault(fold(word), set()).add(state.code)
    return {word: frozenset(codes) for word, codes in found.items()}


def _nationality(before: str, place: str, on: Day) -> str | None:
    """State of an office: of a place that is named, or from the words before it; None if there are none."""
    if place:
        try:
            return find_state(place, on=on)
        except StateError:
            return None
    words = re.findall(r"[\w.’'-]+", before)[-4:]
    for length in range(len(words), 0, -1):
        said = " ".join(words[-length:])
        if not said[0].isupper():
            continue
        codes = _nationalities().get(fold(said), frozenset())
        alive = sorted(code for code in codes if states()[code].exists_on(on))
        if alive:
            return alive[0]
    return None


def _of(after: str) -> str:
    """Name of the state behind *of*, as long as it may be."""
    found = re.match(r"^ of ((?:the )?[A-ZÀ-Þ][\w.’'-]*(?: (?:of|the|and|[A-ZÀ-Þ][\w.’'-]*)){0,5})", after)
    words = found[1].split(" ") if found else []
    for length in range(len(words), 0, -1):
        said = " ".join(words[:length])
        if fold(said.removeprefix("the ")) in _nationalities():
            return said
    return ""
