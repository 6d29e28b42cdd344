"""Any file of a table as a grid of texts: encoding, separator and sheet are recognised and said in words."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.errors import InputError
from forecast.readers.download import LIMITS
from forecast.readers.tables import need_columns

_SEPARATORS: Final = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
#: Rows above the header that a title and its remarks may take.
HEADER_WITHIN: Final = 20
_MOST_BLANKS: Final = 1000

Row = tuple[int, list[str]]
Score = Callable[[Sequence[str]], int]


@dataclass
class Grid:
    """Rows of a file with the number of their line, and what was recognised."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_grid(path: Path, *, score: Score, options: Mapping[str, str]) -> Grid:
    """Read a file of comma-separated or likewise values, or a workbook."""
    if path.stat().st_size > LIMITS.size_bytes:
        raise InputError(f"is larger than {LIMITS.size_bytes / 2**20:g} MiB; cut it into parts", path=path)
    content, grid = path.read_bytes(), Grid()
    if content[:4] == b"PK\x03\x04":
        rows = _sheet(content, path, score, options, grid)
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError("is a workbook of the old form (.xls); save it as .xlsx or .csv", path=path)
    else:
        rows = _values(_text(content, path, options, grid), path, score, options, grid)
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if not rows:
        raise InputError("holds no rows", path=path)
    grid.rows = _from_header(rows, score, options, grid)
    return grid


def _text(content: bytes, path: Path, options: Mapping[str, str], grid: Grid) -> str:
    wanted, head = options.get("encoding", ""), content[:4096]
    if wanted:
        try:
            return content.decode(wanted)
        except (LookupError, UnicodeDecodeError) as error:
            raise InputError(f"is no text in {wanted}: {error}", path=path) from None
    if content.startswith(b"\xef\xbb\xbf"):
        encodings = {"utf-8-sig": "UTF-8 with a byte order mark"}
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = {"utf-16": "UTF-16"}
    elif head.count(0) > len(head) / 5:
        low_first = head[1::2].count(0) > head[::2].count(0)
        encodings = {"utf-16-le" if low_first else "utf-16-be": "UTF-16 without a byte order mark"}
    else:
        same = "" if any(128 <= byte < 160 for byte in content) else " (the same as Latin-1 here)"
        encodings = {"utf-8": "UTF-8", "cp1252": f"Windows-1252{same}", "latin-1": "Latin-1"}
    for encoding, name in encodings.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            problem = f"begins as {name}, but byte {error.start} is not"
            continue
        if "\0" in text:
            raise InputError("is no text: it holds null bytes", path=path)
        grid.notes.append(f"encoding: {name}")
        return text
    raise InputError(problem, path=path)


def _values(text: str, path: Path, score: Score, options: Mapping[str, str], grid: Grid) -> list[Row]:
    if text[:4].lower() == "sep=" and text[5:6] in ("\r", "\n"):
        # A line with which spreadsheets name their separator.
        text, given = "\n" + text.split("\n", 1)[-1], text[4]
    else:
        given = {name: sign for sign, name in _SEPARATORS.items()}.get(options.get("separator", ""), "")
        given = given or options.get("separator", "").replace("\\t", "\t")
    candidates = [given] if given else list(_SEPARATORS)
    best: tuple[tuple[int, float, int], str, list[Row]] | None = None
    for sign in candidates:
        try:
            rows = _split(text, sign)
        except (csv.Error, TypeError, ValueError) as error:
            if given:
                raise InputError(f"is no table with the separator {sign!r}: {error}", path=path) from None
            continue
        widths = Counter(len(cells) for _, cells in rows if any(cells))
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        named = max((score(cells) for _, cells in rows[:HEADER_WITHIN]), default=0)
        quality = (named, count / max(1, widths.total()) if width > 1 else 0.0, width)
        if best is None or quality > best[0]:
            best = quality, sign, rows
    if best is None:
        raise InputError("is no table: its quotes do not close", path=path)
    grid.notes.append(f"separator: {_SEPARATORS.get(best[1], best[1])}")
    return best[2]


def _split(text: str, sign: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    rows, last = [], 0
    for cells in reader:
        # A cell may hold line breaks: a row is named by its first line.
        rows.append((last + 1, [" ".join(cell.replace("\u00a0", " ").split()) for cell in cells]))
        last = reader.line_num
    return rows


def workbook_rows(path: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Give the rows of the sheet that has most of the columns, with their numbers; days become text."""
    table = _sheet(path.read_bytes(), path, lambda cells: len(set(needed) & set(cells)), {}, Grid())
    header = table[0][1] if table else []
    need_columns(header, needed, path)
    found = [(line, dict(zip(header, cells, strict=False))) for line, cells in table[1:] if any(cells)]
    if not found:
        raise InputError("holds no rows", path=path)
    return found


def _sheet(content: bytes, path: Path, score: Score, options: Mapping[str, str], grid: Grid) -> list[Row]:
    import openpyxl  # type: ignore[import-untyped]

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        names = list(book.sheetnames)
        sheets = {name: _rows_of(book[name]) for name in names}
        book.close()
    except Exception as error:  # openpyxl lets through whatever zipfile and the XML parser raise
        raise InputError(f"is no workbook: {type(error).__name__}: {error}", path=path) from None
    wanted = options.get("sheet", "")
    if wanted and wanted not in names:
        raise InputError(f"has no sheet {wanted!r}, only {', '.join(names)}", path=path)
    sheets = {wanted: sheets[wanted]} if wanted else sheets
    best = max(sheets, key=lambda name: max((score(cells) for _, cells in sheets[name][:HEADER_WITHIN]), default=0))
    others = [name for name in sheets if name != best]
    grid.notes.append(f"workbook: sheet {best!r}" + (f"; not read: {', '.join(others)}" if others else ""))
    return sheets[best]


def _rows_of(sheet: object) -> list[Row]:
    rows: list[Row] = []
    blanks = 0
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):  # type: ignore[attr-defined]
        texts = [_cell(cell) for cell in cells]
        blanks = 0 if any(texts) else blanks + 1
        if blanks > _MOST_BLANKS:
            break
        rows.append((line, texts))
    return rows


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).replace("\u00a0", " ").split())


def _from_header(rows: list[Row], score: Score, options: Mapping[str, str], grid: Grid) -> list[Row]:
    wanted = options.get("header", "")
    if wanted:
        found = [number for number, (line, _) in enumerate(rows) if str(line) == wanted]
        if not found:
            grid.problems.append(f"header: line {wanted} is blank or beyond the end of the file")
            return rows
        return rows[found[0] :]
    scores = [score(cells) for _, cells in rows[:HEADER_WITHIN]]
    best = scores.index(max(scores))
    grid.notes.append(f"header: line {rows[best][0]}")
    return rows[best:]
