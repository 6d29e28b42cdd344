"""Who held which office on a day: the register of leaders, and a table of office holders whom texts name alone.

The register (`leaders.csv` of a workspace) has the effective leader of each state; the table beside this file has vice
presidents, secretaries of state and national security advisers of the United States, and monarchs whom texts name
without their state, each row with its address. All
others are known by the office that a text gives them. A holder counts from his first day until the next one begins or
his row ends: a text of a day is read with what was so on that day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from forecast.coding import read_table
from forecast.coding.offices import OFFICES
from forecast.coding.people import name_words
from forecast.facts.leaders import called, heard
from forecast.readers.tables import table_rows

#: Offices in the register of leaders that the vocabulary has under another name; whoever stands there is a leader.
_REGISTERED: Final = (
    "prime minister", "president", "king", "sultan", "emir", "emperor", "chancellor", "premier", "general secretary",
    "chairman", "taoiseach",
)  # fmt: skip
#: In these languages the family name stands first; of other names the last word is the one that stands alone.
FAMILY_FIRST: Final = frozenset({"CHN", "PRK", "KOR", "VNM", "TWN"})


@dataclass(frozen=True)
class Holder:
    """One person in one office, from the first to the last day; `also` are words that stand alone for him too."""

    state: str
    office: str
    name: str
    words: tuple[str, ...]
    began_on: dt.date
    ended_on: dt.date
    also: frozenset[str] = frozenset()


class Holders:
    """Office holders by the words of their names, as of a day."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self._by_word: dict[str, list[Holder]] = defaultdict(list)
        self._by_state: dict[str, list[Holder]] = defaultdict(list)
        for holder in holders:
            self._by_state[holder.state].append(holder)
            for word in {*holder.words, *holder.also, *map(heard, holder.words)}:
                self._by_word[word].append(holder)

    def names(self) -> set[str]:
        """Names of all holders, without other spellings in brackets."""
        return {one.name.partition(" (")[0] for held in self._by_state.values() for one in held}

    def named(self, name: str, day: dt.date, *, state: str = "") -> list[Holder]:
        """Holders of the day whom a name can mean: all of its words are theirs, or all of theirs are its own.

        A transliteration other than the register's counts where the name as it is written means nobody.
        """
        words = set(name_words(name))
        near = {id(one): one for word in {*words, *map(heard, words)} for one in self._by_word.get(word, ())}
        present = [
            one for one in near.values() if one.began_on <= day <= one.ended_on and (not state or one.state == state)
        ]
        written = [one for one in present if words <= {*one.words, *one.also} or set(one.words) <= words]
        sounds = set(map(heard, words))
        return written or [
            one for one in present if sounds <= set(map(heard, one.words)) or set(map(heard, one.words)) <= sounds
        ]

    def alone(self, word: str, day: dt.date) -> list[Holder]:
        """Holders of the day who are called by one word, their family name."""
        folded = name_words(word)
        if len(folded) != 1:
            return []
        sound = heard(folded[0])
        return [
            one
            for one in self.named(word, day)
            if folded[0] in one.also or sound in map(heard, calling(one.words, one.state))
        ]

    def holding(self, state: str, level: str, day: dt.date) -> Holder | None:
        """The holder of the day at a level of `OFFICES`, or in an office."""
        for one in self._by_state.get(state, ()):
            if one.began_on <= day <= one.ended_on and level in (OFFICES[one.office].level, one.office):
                return one
        return None


def calling(words: tuple[str, ...], state: str) -> set[str]:
    """The words by which a person is called alone: the family name, wherever it stands.

    Examples
    --------
    >>> calling(("xi", "jinping"), "CHN"), calling(("olaf", "scholz"), "DEU")
    ({'xi'}, {'scholz'})
    """
    if not words:
        return set()
    return {words[0]} if state in FAMILY_FIRST else {words[-1]}


def read_holders(raw: Path) -> Holders:
    """Read the office holders: `leaders.csv` of a folder of facts, if there is one, and the table of this package."""
    found = []
    path = raw / "leaders.csv"
    if path.exists():
        found += _leaders([row for _, row in table_rows(path, ("state", "office", "leader", "from", "to"))])
    return Holders([*found, *_table()])


def _leaders(rows: list[dict[str, str]]) -> list[Holder]:
    holders = []
    for row in rows:
        office = next((one for one in _REGISTERED if one in row["office"].lower()), "leader")
        holders.append(_holder(row["state"], office, row["leader"], row["from"], row["to"]))
    return holders


@cache
def _table() -> tuple[Holder, ...]:
    return tuple(
        _holder(row["state"], row["office"], row["name"], row["from"], row["to"])
        for row in read_table("office_holders.csv")
    )


def _holder(state: str, office: str, name: str, first: str, last: str) -> Holder:
    ended_on = dt.date.fromisoformat(last) if last else dt.date.max
    # "Abdel Fattah el-Sisi (Elsisi)": the register has another spelling in brackets.
    plain, _, other = name.partition("(")
    also = frozenset(word for one in (other, *called().get((state, name), ())) for word in name_words(one))
    return Holder(state, office, name, name_words(plain), dt.date.fromisoformat(first), ended_on, also)
