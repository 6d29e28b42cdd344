"""Who takes part: foreign persons whom a release names, with their state and the level of their office on the day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from forecast.coding.actors import Actor, offices_in, officials_in
from forecast.coding.holders import FAMILY_FIRST, Holders, calling
from forecast.coding.people import name_words
from forecast.facts.events import LEVELS

#: Spellings of states that a release writes and the table of states does not, or not in this form.
_NORMAL: Final = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"(?:the )?People's Republic of China(?:'s)?(?: \(PRC\))?|\bPRC\b", "China"),
        (r"(?:the )?Democratic People's Republic of Korea(?: \(DPRK\))?|\bDPRK\b", "North Korea"),
        (r"(?:the )?Republic of Korea(?: \(ROK\))?|\bROK\b", "South Korea"),
        (r"(?:the )?Democratic Republic of (?:the )?Congo(?: \(DRC\))?|\bDRC\b", "DR Congo"),
        (r"(?<!North )(?<!South )\bKorea\b(?! (?:Peninsula|Strait|War|Zinc))", "South Korea"),
        (r"(?<!North )(?<!South )\bKorean (?=President|Prime|Foreign|National|counterpart)", "South Korean "),
        (r"\bUK\b|\bU\.K\.", "United Kingdom"),
        (r"\bUAE\b|\bU\.A\.E\.", "United Arab Emirates"),
        (r"\b(?:Abu Dhabi Crown Prince|(?:[Tt]he )?Crown Prince of Abu Dhabi)", "Emirati Crown Prince"),
        (r"\b(?:the )?(?:Federal |Islamic |Socialist |Italian |Hashemite |Federative |"
         r"Arab |Co-operative |Cooperative |Bolivarian )?"
         r"(?:Republic|Kingdom|State|Commonwealth|Government|Sultanate|Federation|Union) of (?:the )?(?=[A-Z])(?!"
         r"Congo|Korea|American)", ""),
        (r"\b(?:H\.E\.|(?:His|Her|Their) (?:Royal |All )?(?:Excellency|Majest(?:y|ies)|Highness|Holiness),?)\s*", ""),
        (r"\bSecretary (?=Jens Stoltenberg)", "Secretary General "),
        (r" & ", " and "),
        (r"\b(?:[A-Z][a-z]+-|(?:Cuban|Irish|Korean|Chinese|Ukrainian|Venezuelan|Haitian|Polish|Indian|Iranian) )"
         r"American(?=s?\b)", "American"),
        (r"\b(?:Palestinian Authority|Palestinian Liberation Organization) ?(?:\(P[AL]O?\))?(?= President| Prime)",
         "Palestinian"),
    )
)  # fmt: skip

#: Words that a lost line break joined: "President BidenAnd", "of GreeceBefore".
_RUN_ON: Final = re.compile(r"(?<=[a-z]{3})(?=(?:And|Before|After|During|At|In|With) )")

#: How far apart two releases may be to mean the same person by a family name.
_NEAR: Final = dt.timedelta(days=365)


@dataclass(frozen=True)
class Party:
    """One foreign side: its state, the level of its person, the words of office and name, and where they stand."""

    state: str
    level: str
    office: str
    name: str
    start: int
    end: int


def normal(text: str) -> str:
    """Write states and forms of address in one way.

    Examples
    --------
    >>> normal("President Xi Jinping of the People's Republic of China and the ROK National Security Advisor")
    'President Xi Jinping of China and the South Korea National Security Advisor'
    """
    text = _RUN_ON.sub(" ", text)
    for pattern, plain in _NORMAL:
        text = pattern.sub(plain, text)
    return text


def _family(name: str) -> tuple[str, ...]:
    """Words of a name without numbers of kings and the like."""
    return tuple(word for word in name_words(name) if not re.fullmatch(r"i+v?|iv|jr|sr|\d+", word)) if name else ()


def lower_level(one: str, other: str) -> str:
    """The level of the lower-ranking of two."""
    return max(one, other, key=LEVELS.index)


class Sightings:
    """Leaders whom other releases of the publisher name with their state: by family name, near the day."""

    def __init__(self) -> None:
        self._days: dict[str, dict[str, list[dt.date]]] = {}

    def add(self, party: Party, day: dt.date) -> None:
        """Remember a leader named with his state."""
        if party.level == "leader" and party.name:
            for word in calling(_family(party.name), party.state):
                self._days.setdefault(word, {}).setdefault(party.state, []).append(day)

    def state_of(self, words: tuple[str, ...], day: dt.date) -> str:
        """State of a name that releases of the year around the day give in nine cases of ten; empty if none does."""
        for word in dict.fromkeys((words[-1], words[0])):
            given = word != words[-1]
            near = {
                state: sum(abs(seen - day) <= _NEAR for seen in days)
                for state, days in self._days.get(word, {}).items()
            }
            total = sum(near.values())
            best = max(near, key=lambda state: near[state], default="")
            if total and near[best] >= 0.9 * total and (not given or best in FAMILY_FIRST):
                return best
        return ""


class Reader:
    """Reads the parties of one document: what its earlier sentences said of a person holds for its later ones."""

    def __init__(self, holders: Holders, day: dt.date, own: str, seen: Sightings | None = None) -> None:
        self._holders, self._day, self._own, self._seen = holders, day, own, seen
        self._cast: dict[str, Actor] = {}
        self._last: dict[str, tuple[int, Party]] = {}
        self._clock = 0

    def note(self, text: str) -> list[Party]:
        """Remember who a sentence names with a state."""
        self._clock += 1
        parties = self.parties(text)
        for party in parties:
            for office in offices_in(text[party.start : party.end]):
                self._last[office] = (self._clock, party)
        return parties

    def parties(self, text: str, *, own_level: str = "leader") -> list[Party]:
        """Foreign persons in a text in their order; a counterpart has the level of the own person."""
        found = []
        for actor in officials_in(text, self._day, self._holders, self._cast):
            level = own_level if actor.office == "counterpart" else actor.level
            party = Party(actor.state, level, actor.office, actor.name, actor.start, actor.end)
            found.append(party if party.state or actor.plural else replace(party, state=self._state_of(party)))
        return self._shared(text, found)

    def _state_of(self, party: Party) -> str:
        """State of a person whom neither the words nor the register give one."""
        if words := _family(party.name):
            return self._seen.state_of(words, self._day) if self._seen and party.level == "leader" else ""
        last = self._last.get(party.office)
        return (
            last[1].state
            if last and self._clock - last[0] <= 8 and party.office not in ("president", "vice president")
            else ""
        )

    def _shared(self, text: str, found: list[Party]) -> list[Party]:
        """Give the state of the last of a list to those before it: "President Duda and Prime Minister Tusk of P"."""
        for number in range(len(found) - 2, -1, -1):
            one, following = found[number], found[number + 1]
            if not one.state and following.state and re.fullmatch(r",? (?:and )?|, ", text[one.end : following.start]):
                found[number] = replace(one, state=following.state)
        return [one for one in found if one.level and one.state not in ("", self._own)]


def by_state(parties: Sequence[Party]) -> dict[str, Party]:
    """The highest person of each state."""
    best: dict[str, Party] = {}
    for one in parties:
        if one.state not in best or LEVELS.index(one.level) < LEVELS.index(best[one.state].level):
            best[one.state] = one
    return best
