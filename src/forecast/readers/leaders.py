"""Who led which state from when to when: the effective leader, who goes to meetings of leaders.

A change of leader is known on the day on which the new one begins; when a spell will end is never looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from forecast.facts.leaders import Spell
from forecast.files import file_reader
from forecast.readers.tables import Problems

LEADERS: Final = "leaders.csv"
_NEEDED: Final = ("state", "leader", "office", "from", "to")


@file_reader
def read_leaders(directory: Path) -> tuple[Spell, ...]:
    """Read `leaders.csv` of a folder, ordered by state and first day; without it there are none."""
    path = directory / LEADERS
    if not path.exists():
        return ()
    problems = Problems(path)
    spells = [Spell(row.state("state"), row["leader"], row.day("from")) for row in problems.rows(_NEEDED)]
    problems.check()
    return tuple(sorted(spells, key=lambda spell: (spell.state, spell.begins_on, spell.leader)))
