"""Who led which state from when to when: the effective leader, who goes to meetings of leaders.

A change of leader is known on the day on which the new one begins; when a spell will end is never looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forecast.errors import InputError
from forecast.facts.countries import states
from forecast.facts.leaders import Spell
from forecast.files import file_reader
from forecast.readers.tables import day_of, table_rows

LEADERS: Final = "leaders.csv"
_NEEDED: Final = ("state", "leader", "office", "from", "to")


@file_reader
def read_leaders(directory: Path) -> tuple[Spell, ...]:
    """Read `leaders.csv` of a folder, ordered by state and first day; without it there are none."""
    path = directory / LEADERS
    if not path.exists():
        return ()
    spells = [_spell(row, path, line) for line, row in table_rows(path, _NEEDED)]
    return tuple(sorted(spells, key=lambda spell: (spell.state, spell.begins_on, spell.leader)))


def _spell(row: dict[str, str], path: Path, line: int) -> Spell:
    if row["state"] not in states():
        raise InputError(f"{row['state']!r} is no code of a state", path=path, row=line, field="state")
    return Spell(row["state"], row["leader"], day_of(row, "from", path, line))
