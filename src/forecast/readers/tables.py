"""Tables of facts in CSV, row by row with their line numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError

#: Problems of a file that are listed one by one; the rest is counted.
LISTED: Final = 20


def table_header(path: Path) -> tuple[str, ...]:
    """Return the names of the columns; none for an empty file."""
    with _lines(path) as lines:
        return tuple(next(csv.reader(lines, strict=True), ()))


def table_rows(
    path: Path, needed: tuple[str, ...], problems: list[InputError] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its line number, or raise `InputError` with what is wrong with the file.

    With a list of problems, a row with another number of cells than the header is added to it and left out.
    """
    with _lines(path) as lines:
        reader = csv.DictReader(lines, strict=True)
        missing = [name for name in needed if name not in (reader.fieldnames or [])]
        if missing:
            raise InputError(f"the header lacks {', '.join(missing)}", path=path, row=1)
        for row in reader:
            if None in row or None in row.values():
                error = InputError("has another number of cells than the header", path=path, row=reader.line_num)
                if problems is None:
                    raise error
                problems.append(error)
                continue
            yield reader.line_num, row


def day_of(row: dict[str, str], field: str, path: Path, line: int) -> Day:
    """Read the day in a cell of a row, or raise `InputError` with its place."""
    try:
        return parse_day(row[field])
    except DateError:
        raise InputError(f"{row[field]!r} is no day of the calendar", path=path, row=line, field=field) from None


def raise_all(problems: Sequence[InputError]) -> None:
    """Raise the problems of one file as one error, which lists the first of them with their lines and columns."""
    if len(problems) < 2:
        for problem in problems:
            raise problem
        return
    first = problems[0]
    said = []
    for one in problems[:LISTED]:
        place = ", ".join(filter(None, ["" if one.row is None else f"line {one.row}", one.field]))
        said.append(": ".join(filter(None, [place, one.problem])))
    if len(problems) > LISTED:
        said.append(f"and {len(problems) - LISTED} more")
    text = "\n  ".join([f"{len(problems)} problems:", *said])
    raise InputError(text, path=first.path)


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    try:
        # A byte order mark, which spreadsheets set before the first name, is no part of it.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"is no CSV in UTF-8: {error}", path=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
