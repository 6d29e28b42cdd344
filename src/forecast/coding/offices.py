"""The closed vocabulary of offices: how texts spell them, and the rank of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from forecast.coding import read_table


@dataclass(frozen=True)
class Office:
    """One office: rank (1 is the highest), the level of a meeting with its holder, and a minister's access by it."""

    name: str
    family: str
    rank: int
    level: str
    access: str


OFFICES: Final = {
    row["office"]: Office(row["office"], row["family"], int(row["rank"]), row["level"], row["access"])
    for row in read_table("offices.csv")
}
#: A stay without a named person: the visitor was received by nobody whom the record names.
NOBODY: Final = Office("", "other", 9, "working", "none")
OFFICES[""] = NOBODY
#: Spellings, the most specific first. "chairman of the Joint Chiefs" and the like never reach "chairman".
_SPELLINGS: Final = read_table("spellings.csv")
_PATTERN: Final = "|".join(f"(?P<o{number}>{row['pattern']})" for number, row in enumerate(_SPELLINGS))
#: An office word in a text. Plurals are written small in lists ("the presidents of the Baltic States").
OFFICE: Final = re.compile(rf"(?<![\w-])(?:{_PATTERN})(?![\w])")


def highest(offices: Iterable[str]) -> str:
    """Return the highest of several offices."""
    return min(offices, key=lambda office: OFFICES[office].rank)


def office_of(match: re.Match[str]) -> str:
    """Name the office that a match of `OFFICE` means.

    Examples
    --------
    >>> [office_of(match) for match in OFFICE.finditer("Amir Jabir, Vice Premier Teng and Foreign Secretary Rifkind")]
    ['emir', 'vice premier', 'foreign minister']
    """
    return _SPELLINGS[int(str(match.lastgroup)[1:])]["office"]
