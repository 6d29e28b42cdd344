"""Pairs of states as a person types them: codes of any list, names in any language, or the leaders of the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from forecast.dates import Day, today
from forecast.errors import StateError
from forecast.facts.countries import fold, parse_dyad, states
from forecast.facts.leaders import Spell, called, heard
from forecast.readers.state_names import StateNames, is_own_name

#: Unions and groups of states, which have no leader to meet.
_UNIONS: Final = {
    **dict.fromkeys(("eu", "european union"), "the European Union"),
    **dict.fromkeys(("un", "united nations"), "the United Nations"),
    **dict.fromkeys(("african union",), "the African Union"),
    **dict.fromkeys(("arab league", "league of arab states"), "the Arab League"),
    **{name.lower(): name for name in ("NATO", "ASEAN", "BRICS", "Mercosur", "APEC", "OPEC", "G7", "G20")},
}  # fmt: skip

#: Gives the spells of all leaders; it is called only for a text that names no state.
Leaders = Callable[[], tuple[Spell, ...]]


def read_pair(text: str, *, on: Day, leaders: Leaders) -> str:
    """Read a dyad in any spelling: ``USA_CHN``, ``usa china``, ``IN-CN``, ``Indien-China`` or ``Biden-Xi``."""
    return parse_dyad(text, on=on, find=lambda name, on: read_state(name, on=on, leaders=leaders))


def read_state(text: str, *, on: Day | None, leaders: Leaders) -> str:
    """Code of the state that is named, or that is led by the person named on the day."""
    key = fold(text)
    if not is_own_name(text):
        if key in _UNIONS:
            raise StateError(f"{_UNIONS[key]} is no state but unites states: name one of them, by code or name")
        if (state := _led_by(key, text, on if on is not None else today(), leaders())) is not None:
            return state
    return StateNames().find(text, on=on)


def _led_by(key: str, text: str, on: Day, spells: tuple[Spell, ...]) -> str | None:
    """The state whose leader on the day carries the name; none if nobody ever did."""
    present = {spell.state: spell.leader for spell in spells if spell.begins_on <= on}
    if not key:
        return None
    led = [state for state, leader in present.items() if _named(key, state, leader)]
    if len(led) > 1:
        persons = " or ".join(f"{present[state]} ({state})" for state in sorted(led))
        raise StateError(f"{text!r} may be {persons}; write the state")
    if led:
        return led[0]
    former = [spell for spell in spells if _named(key, spell.state, spell.leader) and spell.state in present]
    if former:
        spell = former[-1]
        raise StateError(
            f"{spell.leader} did not lead {states()[spell.state].name} ({spell.state}) on {on}: "
            f"{present[spell.state]} did"
        )
    return None


def _named(key: str, state: str, leader: str) -> bool:
    """Whether all words are of the leader's name, in any transliteration, or of what he is called."""
    names = fold(" ".join((leader, *called().get((state, leader), ()))))
    # "Al-Sisi" and "el-Sisi" are one name.
    words = set(map(heard, key.split())) - {"al", "el"}
    return bool(words) and words <= set(map(heard, names.split()))
