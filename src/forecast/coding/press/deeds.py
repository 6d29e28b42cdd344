"""Deeds that the title of a release states: sanctions imposed, humanitarian aid given, detainees let go."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from forecast.coding import read_table
from forecast.coding.places import nation_word, state_named
from forecast.coding.press.facts import Fact
from forecast.coding.press.persons import Party

#: Titles that speak of such deeds and state none: those that stand, end, are others', or are praised afterwards.
_NO_DEED: Final = re.compile(
    r"\b(?:Lifting|Easing|Remov\w+|Waiv\w+|Suspending Sanctions|Sanctions Relief|Continu(?:ation|ing the)|Terminat\w+"
    r"|Revo[ck]\w+|WHAT THEY|Welcom\w+|European Union Sanctions|Anniversary|Security Assistance"
    r"|Deliver(?:y|ing)|to Deliver|Legislation|Act|Hostages?|Strategy|Readout)\b"
)
#: Behind these words stands whom somebody else acts upon: "Putin's War Against Ukraine".
_ANOTHERS: Final = re.compile(r"\b(?:War|Aggression|Efforts|Attacks?) (?:[Aa]gainst|on|to|in)\b")
#: Where a text says who held somebody whose release is its title.
_HELD: Final = re.compile(
    r"\b(?:(?:detained|imprisoned|held|jailed)\b(?: \w+){0,2}? (?:in|by)|free from"
    r"|(?:return|release) of [\w .]{3,60}? (?:from|by)) (?:the )?(?:[Gg]overnment of )?(?:the )?(?=[A-Z])"
)
#: Signs of a text in which it does.
_OPENING: Final = 450


@cache
def _templates() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((row["kind"], row["mode"], re.compile(row["pattern"])) for row in read_table("press/deeds.csv"))


def deeds_of(
    title: str, sentences: Sequence[str], *, day: dt.date, own: str, actor: str, persons: Sequence[Party]
) -> list[Fact]:
    """The deed that a title states, one fact a state: of the own side, or of the state that lets somebody go."""
    if _NO_DEED.search(title):
        return []
    for kind, mode, pattern in _templates():
        if (match := pattern.search(title)) is None:
            continue
        named = [(one.start - match.end(), one.end - match.end(), one.state) for one in persons]
        states = _named(title[match.end() :], day, own, [one for one in named if one[0] >= 0])
        opening = " ".join(sentences)[:_OPENING]
        if mode == "release" and not states and (held := _HELD.search(opening)):
            states = _named(opening[held.end() :], day, own)[:1]
        return [
            # Who lets somebody go is the acting side. Of the two Georgias the nearer one is no state.
            Fact(kind, state, "leader", mode, day, day, actor, travels=state if mode == "release" else "")
            for state in states
            if state != "GEO"
        ]
    return []


def _named(text: str, day: dt.date, own: str, persons: Sequence[tuple[int, int, str]] = ()) -> list[str]:
    """The first foreign state that is named, by its name, people or leader, with those that "and" joins to it."""
    text = _ANOTHERS.split(text)[0]
    found = [(one.start(), one.end(), state_named(one.group(), day)) for one in nation_word().finditer(text)]
    found += [one for one in persons if one[1] <= len(text)]
    states: list[str] = []
    end = 0
    for start, until, state in sorted(one for one in found if one[2] not in ("", own)):
        if states and text[end:start].strip() not in ("and", "and the", ","):
            break
        states, end = [*states, state], until
    return list(dict.fromkeys(states))
