"""Tables of headlines and short messages: one row a message, with its day, and an address or the flags it carries."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from forecast.coding.press.facts import Document
from forecast.errors import InputError
from forecast.readers.tables import table_rows

#: Columns that may hold the text of a message; the first that a table has is read.
_TEXTS: Final = ("title_en_mt", "text_120", "title", "text")


def read_messages(path: Path) -> list[Document]:
    """Read a table of messages; every problem of the file at once.

    Raises
    ------
    InputError
        If it holds no message, or a row has no day or no text.
    """
    rows = table_rows(path, ("date",))
    found: list[Document] = []
    problems: list[str] = []
    column = next((name for name in _TEXTS if rows and name in rows[0][1]), "")
    if not column:
        raise InputError(f"holds no message; it needs the columns date and one of {', '.join(_TEXTS)}", path=path)
    for number, (line, row) in enumerate(rows, start=1):
        try:
            day = dt.date.fromisoformat(row["date"])
        except ValueError:
            problems.append(f"line {line}: date: {row['date']!r} is no day; write YYYY-MM-DD")
            continue
        if not row[column].strip():
            problems.append(f"line {line}: {column}: is empty")
            continue
        words = row[column] + _flags(row.get("flags_iso2", "")) + _by_phone(row)
        address = row.get("url") or f"{path.stem.split('-20')[0]}/{number}"
        found.append(Document(day, "messages", "", address, words))
    if problems:
        raise InputError("\n  ".join(["holds rows that are no messages:", *problems[:20]]), path=path)
    return found


def _flags(codes: str) -> str:
    """Flags of states, which a message cut off may have lost."""
    return "".join(" " + "".join(chr(ord(one) - ord("A") + 0x1F1E6) for one in code) for code in codes.split("|"))


def _by_phone(row: dict[str, str]) -> str:
    """Say that talks were by telephone if the text before its translation does."""
    return (
        " by telephone"
        if "телефон" in row.get("title_ru", "").lower() and "phone" not in row.get("title_en_mt", "")
        else ""
    )
