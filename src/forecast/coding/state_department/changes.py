"""What newly coded facts change: records added, removed or coded otherwise, and whether coverage shrinks."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.coding.state_department.records import COLLECTIONS
from forecast.errors import InputError

#: Columns of a table of changes.
COLUMNS: Final = ("change", "collection", "record_id", "started_on", "what")
#: Columns of the counts by collection.
COUNTS: Final = ("collection", "records", "records_before", "added", "removed", "recoded", "ends_on", "ended_on")
#: Share of a collection's coded records that may go without `allow_shrink`: mended duplicates, not a lost file.
GONE_SHARE: Final = 0.01
_UNCODED: Final = "uncoded"

#: Tables by file name.
Contents = Mapping[str, bytes]
Rows = tuple[dict[str, str], ...]


def read_contents(folder: Path) -> dict[str, bytes]:
    """Read the tables of a folder of coded facts; an absent folder holds none."""
    names = [*(f"{collection}.csv" for collection in COLLECTIONS), f"{_UNCODED}.csv"]
    try:
        return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=error.filename) from None


def changes_between(old: Contents, new: Contents) -> pd.DataFrame:
    r"""Compare two sets of coded facts, tables by file name, and return one row a record that changed.

    `what` is the coding; for a recoded record it is the cells that differ.
    """
    rows = []
    for collection in COLLECTIONS:
        before, after = _records(old, collection), _records(new, collection)
        for record_id in sorted(before.keys() | after.keys(), key=_number):
            was, now = before.get(record_id, ()), after.get(record_id, ())
            if was != now:
                change = "added" if not was else "removed" if not now else "recoded"
                what = _differences(was, now) if was and now else "; ".join(map(_coding, was or now))
                rows.append((change, collection, record_id, (now or was)[0].get("started_on", ""), what))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def count_changes(
    old: Contents, new: Contents, changes: pd.DataFrame, before: dict[str, Any], after: dict[str, Any]
) -> pd.DataFrame:
    """Count the changes by collection, with the ends of coverage that the manifests declare."""
    rows = []
    for collection in COLLECTIONS:
        mine = changes.loc[changes["collection"] == collection, "change"]
        rows.append(
            (
                collection,
                len(_records(new, collection)),
                len(_records(old, collection)),
                *(int((mine == change).sum()) for change in ("added", "removed", "recoded")),
                coverage_end(after, collection),
                coverage_end(before, collection),
            )
        )
    return pd.DataFrame(rows, columns=list(COUNTS))


def coverage_end(manifest: dict[str, Any], collection: str) -> str:
    """Return the last day that a manifest declares for a collection, or an empty text."""
    collections = manifest.get("collections")
    entry = collections.get(collection) if isinstance(collections, dict) else None
    return str(entry.get("coverage_end", "")) if isinstance(entry, dict) else ""


def shrinkage(old: Contents, new: Contents, counts: pd.DataFrame) -> tuple[str, ...]:
    r"""Say in which collections coverage ends earlier, or too many coded records are gone or no longer understood."""
    reasons = []
    for _, row in counts.iterrows():
        collection = row["collection"]
        if row["ends_on"] < row["ended_on"]:
            reasons.append(f"{collection} ends on {row['ends_on']} instead of {row['ended_on']}")
        coded, kept = (_coded(contents, collection) for contents in (old, new))
        gone = len(coded - kept)
        if gone > GONE_SHARE * len(coded):
            reasons.append(f"{gone} of {len(coded)} coded records of {collection} are gone")
    return tuple(reasons)


def _coded(contents: Contents, collection: str) -> set[str]:
    return {record_id for record_id, rows in _records(contents, collection).items() if _UNCODED not in rows[0]}


def _records(contents: Contents, collection: str) -> dict[str, Rows]:
    """Group the rows of a collection by record; a record that was not understood has one row with the reason."""
    records: dict[str, Rows] = {}
    for row in _table(contents, f"{collection}.csv"):
        records[row["record_id"]] = (*records.get(row["record_id"], ()), row)
    for row in _table(contents, f"{_UNCODED}.csv"):
        if row.get("collection") == collection:
            left = {"started_on": row.get("started_on", ""), _UNCODED: row.get("reason", "")}
            records[row["record_id"]] = (*records.get(row["record_id"], ()), left)
    return records


def _table(contents: Contents, name: str) -> list[dict[str, str]]:
    """Read the filled cells of a table, so that a column more or less is no change by itself."""
    try:
        rows = list(csv.DictReader(io.StringIO(contents.get(name, b"").decode(), newline=""), strict=True, restval=""))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"is no table of coded facts ({error}); run forecast ingest again", path=name) from None
    if rows and "record_id" not in rows[0]:
        raise InputError("is no table of coded facts (no record_id); run forecast ingest again", path=name)
    return [
        {key: cell for key, cell in row.items() if key == "record_id" or (key is not None and cell)} for row in rows
    ]


def _number(record_id: str) -> tuple[int, str]:
    return (int(record_id) if record_id.isascii() and record_id.isdigit() else 0, record_id)


def _coding(row: dict[str, str]) -> str:
    if _UNCODED in row:
        return f"uncoded: {row[_UNCODED]}"
    if not row.get("event"):
        return row.get("ruling", "")
    days = row.get("occurred_on", "")
    return f"{row.get('source')}-{row.get('recipient')} {row.get('level')} {row.get('setting')}, {days}"


def _differences(was: Rows, now: Rows) -> str:
    """Name the cells that differ between two single rows, else the codings."""
    if len(was) == len(now) == 1 and bool(was[0].get("event")) == bool(now[0].get("event")):
        columns = dict.fromkeys([*was[0], *now[0]])
        return "; ".join(
            f"{column}: {was[0].get(column, '') or '(empty)'} -> {now[0].get(column, '') or '(empty)'}"
            for column in columns
            if was[0].get(column, "") != now[0].get(column, "")
        )
    return f"{'; '.join(map(_coding, was))} -> {'; '.join(map(_coding, now))}"
