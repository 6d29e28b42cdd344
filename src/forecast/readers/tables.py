"""Tables of facts in CSV, row by row with their line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError
from forecast.files import reading
from forecast.readers.seals import read_sealed

#: Problems of a file that are listed one by one; the rest is counted.
LISTED: Final = 20


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
    lines = _lines_of(path)
    header = next(lines, (0, []))[1]
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise InputError(f"the header names {', '.join(twice)} twice", path=path, row=1)
    need_columns(header, needed, path, lacking=lacking)
    rows = []
    try:
        for line, cells in lines:
            if len(cells) == len(header):
                rows.append((line, dict(zip(header, cells, strict=True))))
            elif any(cells):
                said = f"has {len(cells)} cells, but the header has {len(header)}; quote cells that contain commas"
                mine.append(InputError(said, path=path, row=line))
    except InputError as error:
        raise_all([*mine, error])
    if problems is None:
        raise_all(mine)
    return [(line, row) for line, row in rows if any(row.values())]


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


def day_of(row: dict[str, str], field: str, path: Path, line: int) -> Day:
    """Read the day in a cell of a row, or raise `InputError` with its place."""
    try:
        return parse_day(row[field])
    except DateError:
        raise InputError(f"{row[field]!r} is no day of the calendar", path=path, row=line, field=field) from None


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
