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
