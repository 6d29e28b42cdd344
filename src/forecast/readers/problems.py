"""All problems of one file, said at once: days that are none, states that nobody knows, rows of another length."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.errors import InputError

#: Days and rows that are listed one by one; the rest is counted.
LISTED: Final = 20
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")


@dataclass
class Problems:
    """What is wrong with a file, collected while it is read."""

    path: Path
    _lines: list[str] = field(default_factory=list)
    _states: dict[str, tuple[str, list[int]]] = field(default_factory=dict)

    def add(self, problem: str, *, line: int) -> None:
        """Note what is wrong with one line."""
        self._lines.append(f"line {line}, {problem}")

    def day(self, text: str, *, line: int, column: str) -> dt.date:
        """Read a day, with a time of day behind it or not; a day that is none is noted and read as the first of all."""
        found = _DAY.fullmatch(text.strip())
        try:
            if found:
                return dt.date.fromisoformat(found[1])
        except ValueError:
            pass
        self.add(f"{column}: {text!r} is no day of the calendar; write YYYY-MM-DD", line=line)
        return dt.date.min

    def state(self, name: str, hint: str, *, line: int) -> None:
        """Note a name that no state has; `hint` says what may be meant."""
        self._states.setdefault(name, (hint, []))[1].append(line)

    def check(self) -> None:
        """Raise one error that names every problem, if there is one."""
        said = self._lines[:LISTED]
        if len(self._lines) > LISTED:
            said.append(f"and {len(self._lines) - LISTED} more lines that cannot be read")
        said.extend(f"{hint} ({_places(lines)})" for hint, lines in self._states.values())
        if said:
            count = len(self._lines) + len(self._states)
            head = f"{count} problem{'s' if count > 1 else ''}:" if count > 1 else ""
            raise InputError("\n  ".join([head, *said]) if head else said[0], path=self.path)


def _places(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:5]))
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def need_columns(header: Iterable[str], needed: Iterable[str], path: Path) -> None:
    """Refuse a header that lacks columns, naming all of them."""
    there = set(header)
    if missing := [name for name in needed if name not in there]:
        raise InputError(f"the header lacks {', '.join(missing)}", path=path, row=1)


def csv_rows(path: Path, needed: tuple[str, ...], problems: Problems) -> list[tuple[int, dict[str, str]]]:
    """Give the rows of a CSV file with the line on which each ends; those of another length are noted and left out."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8; save the file as UTF-8", path=path) from None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    found = []
    try:
        header = [name.strip() for name in next(lines, [])]
        need_columns(header, needed, path)
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problems.add(f"has {len(cells)} cells, but the header has {len(header)}", line=lines.line_num)
                continue
            found.append((lines.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    except csv.Error as error:
        raise InputError(f"is no CSV: {error}", path=path, row=lines.line_num) from None
    if not found:
        problems.check()
        raise InputError("holds no rows", path=path)
    return found
