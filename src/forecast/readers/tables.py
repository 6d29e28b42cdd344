"""Tables of facts in CSV, row by row with their line numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError
from forecast.facts.countries import states
from forecast.files import reading
from forecast.readers.seals import read_sealed

#: Problems of a file that are listed one by one; the rest is counted.
LISTED: Final = 20
#: What a cell that should hold a day and holds none is read as.
NO_DAY: Final = np.datetime64("0001-01-01", "D")


def table_header(path: Path) -> tuple[str, ...]:
    """Return the names of the columns; none for an empty file."""
    return tuple(next(_lines_of(path), (0, []))[1])


def table_rows(
    path: Path, needed: Iterable[str], problems: list[InputError] | None = None, *, lacking: str = ""
) -> list[tuple[int, dict[str, str]]]:
    """Read the rows of a CSV file in UTF-8 with the line on which each ends; cells are stripped, blank rows left out.

    A row with another number of cells than the header is left out and added to the problems, which are raised if no
    list of them is given. `lacking` is said beside the names of columns that are missing.
    """
    mine: list[InputError] = [] if problems is None else problems
    lines, columns = table_columns(path, needed, mine, lacking=lacking)
    if problems is None:
        raise_all(mine)
    cells = zip(*columns.values(), strict=True)
    return [(line, dict(zip(columns, row, strict=True))) for line, row in zip(lines, cells, strict=True)]


def table_columns(
    path: Path, needed: Iterable[str], problems: list[InputError], *, lacking: str = ""
) -> tuple[list[int], dict[str, list[str]]]:
    """The same as the lines, and the cells of each column: a million rows are no million objects."""
    rows = _lines_of(path)
    header = next(rows, (0, []))[1]
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise InputError(f"the header names {', '.join(twice)} twice", path=path, row=1)
    need_columns(header, needed, path, lacking=lacking)
    lines: list[int] = []
    columns: list[list[str]] = [[] for _ in header]
    try:
        for line, cells in rows:
            if not any(cells):
                continue
            if len(cells) != len(header):
                said = f"has {len(cells)} cells, but the header has {len(header)}; quote cells that contain commas"
                problems.append(InputError(said, path=path, row=line))
                continue
            lines.append(line)
            for column, cell in zip(columns, cells, strict=True):
                column.append(cell)
    except InputError as error:
        raise_all([*problems, error])
    return lines, dict(zip(header, columns, strict=True))


def _lines_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV file with their numbers, every cell stripped; a byte order mark is no part of the first."""
    with reading(lambda reason: InputError(f"cannot be read: {reason}", path=path)):
        text = read_sealed(path).decode("utf-8-sig")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in lines:
            yield lines.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError(f"is no CSV: {error}", path=path, row=lines.line_num) from None


def need_columns(header: Iterable[str], needed: Iterable[str], path: Path, *, lacking: str = "") -> None:
    """Refuse a header that lacks columns, naming all of them."""
    there = set(header)
    if missing := [name for name in needed if name not in there]:
        raise InputError(f"the header lacks {', '.join(missing)}{lacking}", path=path, row=1)


class Problems:
    """What is wrong with a table, collected while it is read and said at once by `check`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[InputError] = []

    def rows(self, needed: Iterable[str], *, some: bool = False) -> list[Cells]:
        """The rows of the table, `some` at least; those of another length are noted and left out."""
        rows = table_rows(self.path, needed, self.found)
        if some and not rows:
            self.check()
            raise InputError("holds no rows", path=self.path)
        return self.cells(rows)

    def cells(self, rows: Iterable[tuple[int, dict[str, str]]]) -> list[Cells]:
        """Rows with the numbers of their lines, whose problems are noted here."""
        return [Cells(row, line, self) for line, row in rows]

    def check(self) -> None:
        """Raise one error that names every problem, if there is one."""
        raise_all(self.found)


@dataclass(slots=True)
class Cells:
    """One row of a table by column; what is wrong with a cell goes to the problems of the table."""

    row: dict[str, str]
    line: int | None
    problems: Problems

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    def get(self, column: str) -> str:
        """A cell of a column that may be left out."""
        return self.row.get(column, "")

    def refuse(self, problem: str, column: str | None = None) -> None:
        """Note what is wrong with the row, or with one of its cells."""
        self.problems.found.append(InputError(problem, path=self.problems.path, row=self.line, field=column))

    def one_of(self, column: str, allowed: Iterable[str], *, hint: str = "") -> str:
        """A word of a fixed vocabulary."""
        if self.row[column] not in allowed:
            self.refuse(f"{self.row[column]!r} is not one of {', '.join(filter(None, allowed))}{hint}", column)
        return self.row[column]

    def state(self, column: str) -> str:
        """The code of a state."""
        if self.row[column] not in states():
            self.refuse(f"{self.row[column]!r} is no code of a state", column)
        return self.row[column]

    def day(self, column: str, *, timed: bool = False, empty: Day | None = None) -> Day:
        """A day, `timed` with or without a time of day behind it; one that is none is noted, and read as `NO_DAY`."""
        text = self.get(column)
        if not text and empty is not None:
            return empty
        with_time = re.fullmatch(r"(.{10})[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", text) if timed else None
        try:
            return parse_day(with_time[1] if with_time else text)
        except DateError:
            self.refuse(f"{text!r} is no day of the calendar; write YYYY-MM-DD", column)
            return NO_DAY

    def date(self, column: str) -> dt.date:
        """The same as a date, with a time of day behind it or not."""
        return dt.date.fromisoformat(str(self.day(column, timed=True)))


def raise_all(problems: Sequence[InputError]) -> None:
    """Raise the problems of one file as one error that lists them with lines and columns, the like together."""
    if len(problems) < 2:
        for problem in problems:
            raise problem
        return
    alike: dict[tuple[str | None, str], list[int]] = {}
    for one in problems:
        alike.setdefault((one.field, one.problem), []).extend([] if one.row is None else [one.row])
    said = []
    for (name, text), lines in list(alike.items())[:LISTED]:
        place = ", ".join(filter(None, [_places(lines), name]))
        said.append(": ".join(filter(None, [place, text])))
    if len(alike) > LISTED:
        said.append(f"and {len(alike) - LISTED} more")
    raise InputError("\n  ".join([f"{len(problems)} problems:", *said]), path=problems[0].path)


def _places(lines: list[int]) -> str:
    """Lines that have the same problem, the first of them by number."""
    shown = ", ".join(map(str, lines[:5]))
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}" if lines else ""
