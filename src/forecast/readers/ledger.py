"""A researcher's own ledger of events: any CSV in the ledger schema, for any pair of states.

Ruled on here:

* `occurred_on` is `started_on`, except that an act of words (anything but a CONSULT) is done when it is public: a
  refusal on 4 September to attend a summit on 9 September occurred on 4 September.
* An encounter cannot be known to have *occurred* before its first day: such a row is an error, and its cure is the
  status ``announced``.
* Missing `ended_on` means one day, missing `setting` means ``bilateral``, missing `status` means ``occurred``. A
  missing `known_on` is refused: only the researcher can know when the event was public.
"""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Final

import pandas as pd

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError, StateError
from forecast.facts.codebook import PLOVER
from forecast.facts.countries import find_state
from forecast.facts.events import ACCESS, COLUMNS, LEVELS, SETTINGS, STATUSES

#: The columns that a ledger must have; the others of `OPTIONAL` may be left out.
REQUIRED: Final = ("started_on", "known_on", "source", "recipient", "event", "mode", "level")
OPTIONAL: Final = (
    "ended_on",
    "setting",
    "status",
    "place",
    "persons",
    "note",
    "url",
    "context",
    "venue",
    "dialogue",
    "access",
    "offices",
)

_VOCABULARY: Final = {
    "event": tuple(PLOVER),
    "level": LEVELS,
    "setting": SETTINGS,
    "status": STATUSES,
    "access": ("", *ACCESS),
}
_DEFAULTS: Final = {"setting": "bilateral", "status": "occurred"}


def read_ledger(path: Path) -> pd.DataFrame:
    """Read a CSV file in UTF-8 with the `REQUIRED` columns into events; their publisher is ``ledger:<file name>``."""
    rows = _rows(path)
    events = []
    first_seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        key = tuple(row.values())
        if key in first_seen:
            raise InputError(f"repeats line {first_seen[key]} in every column; delete one", path=path, row=line)
        first_seen[key] = line
        events.append(_event(row, path=path, line=line))
    return pd.DataFrame(events, columns=list(COLUMNS))


def read_event(cells: dict[str, str], *, path: Path | str, line: int | None = None) -> dict[str, object]:
    """Read one event from its cells by column, by the rules of a ledger; errors name path and line."""
    unknown = [name for name in cells if name not in (*REQUIRED, *OPTIONAL)]
    if unknown:
        raise InputError(
            f"is no column of a ledger; there are {', '.join((*REQUIRED, *OPTIONAL))}",
            path=path,
            row=line,
            field=unknown[0],
        )
    missing = [name for name in REQUIRED if name not in cells]
    if missing:
        raise InputError(f"lacks {', '.join(missing)}", path=path, row=line)
    known = {name: cells.get(name, "").strip() for name in (*REQUIRED, *OPTIONAL)}
    return _event({**known, **_filled(known)}, path=Path(path), line=line)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of the file with their line numbers, every known column present and stripped."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is not UTF-8; save the file as UTF-8", path=path) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            raise InputError(f"the header names {', '.join(twice)} twice", path=path, row=1)
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            raise InputError(
                f"the header lacks {', '.join(missing)}; a ledger has {','.join(REQUIRED)} "
                f"and optionally {','.join(OPTIONAL)}",
                path=path,
                row=1,
            )
        rows = []
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"has {len(cells)} cells, but the header has {len(header)}; quote cells that contain commas",
                    path=path,
                    row=lines.line_num,
                )
            row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            known = {name: row.get(name, "") for name in (*REQUIRED, *OPTIONAL)}
            rows.append((lines.line_num, {**known, **_filled(known)}))
    except csv.Error as error:
        raise InputError(f"is no CSV: {error}", path=path, row=lines.line_num) from None
    return rows


def _filled(row: dict[str, str]) -> dict[str, str]:
    filled = {name: value for name, value in _DEFAULTS.items() if not row[name]}
    if not row["ended_on"]:
        filled["ended_on"] = row["started_on"]
    return filled


def _event(row: dict[str, str], *, path: Path, line: int | None) -> dict[str, object]:
    """Check one row and write it as an event."""

    def refuse(field: str, problem: str) -> InputError:
        return InputError(problem, path=path, row=line, field=field)

    days: dict[str, Day] = {}
    for field in ("started_on", "ended_on", "known_on"):
        if not row[field]:
            raise refuse(field, "is empty; a day YYYY-MM-DD is needed")
        try:
            days[field] = parse_day(row[field])
        except DateError:
            raise refuse(field, f"{row[field]!r} is no day of the calendar; write YYYY-MM-DD") from None
    if days["ended_on"] < days["started_on"]:
        raise refuse("ended_on", f"{row['ended_on']} is before started_on {row['started_on']}")
    for field, allowed in _VOCABULARY.items():
        if row[field] not in allowed:
            raise refuse(field, f"{row[field]!r} is not one of {', '.join(filter(None, allowed))}")
    codes = {}
    for field in ("source", "recipient", "place"):
        if field == "place" and not row[field]:
            continue
        try:
            codes[field] = find_state(row[field], on=days["started_on"])
        except StateError as error:
            raise refuse(field, str(error)) from None
    if codes["source"] == codes["recipient"]:
        raise refuse("recipient", f"{codes['source']} is the source too; an event needs two states")
    if not row["mode"]:
        raise refuse("mode", "is empty; write how, such as visit, phone or cancel")
    happened = row["status"] == "occurred"
    if happened and row["event"] == "CONSULT" and days["known_on"] < days["started_on"]:
        raise refuse(
            "known_on",
            f"{row['known_on']} is before started_on {row['started_on']}: what is planned has the status 'announced'",
        )
    occurred_on = days["started_on"]
    if row["event"] != "CONSULT":
        occurred_on = min(occurred_on, days["known_on"])
    digest = hashlib.sha256("\x1f".join(row.values()).encode()).hexdigest()[:10]
    return {
        **{name: row.get(name, "") for name in COLUMNS},
        **{name: day.astype("datetime64[s]") for name, day in days.items()},
        **codes,
        "occurred_on": occurred_on.astype("datetime64[s]"),
        "accompanied": False,
        "publisher": f"ledger:{path.stem}",
        "record_id": f"{path.stem}-{digest}",
    }
