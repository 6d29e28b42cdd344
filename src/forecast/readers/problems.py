"""All problems of one file, said at once: days that are none, states that nobody knows, rows of another length."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.errors import InputError
from forecast.readers.tables import raise_all, table_rows

_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")


@dataclass
class Problems:
    """What is wrong with a file, collected while it is read."""

    path: Path
    found: list[InputError] = field(default_factory=list)

    def add(self, problem: str, *, line: int, column: str | None = None) -> None:
        """Note what is wrong with one line."""
        self.found.append(InputError(problem, path=self.path, row=line, field=column))

    def day(self, text: str, *, line: int, column: str) -> dt.date:
        """Read a day, with a time of day behind it or not; a day that is none is noted and read as the first of all."""
        found = _DAY.fullmatch(text.strip())
        try:
            if found:
                return dt.date.fromisoformat(found[1])
        except ValueError:
            pass
        self.add(f"{text!r} is no day of the calendar; write YYYY-MM-DD", line=line, column=column)
        return dt.date.min

    def check(self) -> None:
        """Raise one error that names every problem, if there is one."""
        raise_all(self.found)


def csv_rows(path: Path, needed: Iterable[str], problems: Problems) -> list[tuple[int, dict[str, str]]]:
    """Give the rows of a CSV file that must not be empty; those of another length are noted and left out."""
    rows = table_rows(path, needed, problems.found)
    if not rows:
        problems.check()
        raise InputError("holds no rows", path=path)
    return rows
