"""Coded facts of a publisher: tables, a manifest and their seal in a folder of their own, written whole.

A reader codes a publisher's files into a `CodedSource`; `contents_of` lays it out as files, and `read_source` reads
them back as events with the coverage of each collection.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.dates import parse_day
from forecast.errors import InputError
from forecast.facts import package_rows
from forecast.facts.countries import states
from forecast.facts.coverage import DIRECTIONS, Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.files import file_reader, read_json, reading
from forecast.readers.seals import SEAL, read_sealed, seal_of

#: Columns of a table of coded facts; the publisher stands in the manifest.
FACTS: Final = tuple(name for name in COLUMNS if name != "publisher")
MANIFEST: Final = "manifest.json"
UNCODED: Final = "uncoded.csv"
#: What mends coded facts.
AGAIN: Final = "run forecast ingest again"
_UNCODED_COLUMNS: Final = ("record_id", "started_on", "reason", "text")


@dataclass(frozen=True, eq=False)
class Collection:
    """One table of a publisher, named for its file without ``.csv``."""

    name: str
    #: Columns of `FACTS`, days as ``YYYY-MM-DD``, one row a state that was met.
    rows: pd.DataFrame
    #: Records that could not be coded: record_id, started_on, reason, and text of the record's own cells.
    uncoded: pd.DataFrame
    #: First and last day covered.
    starts_on: str
    ends_on: str
    #: State of whose leader the collection tells; empty if of several.
    focal: str
    #: As `Coverage.direction`; empty for a list of meetings that says nothing about days without one.
    direction: str
    #: Whether it claims to hold all of them, so that a day without a row is a day without a meeting.
    complete: bool
    #: Number of records of the publisher's file.
    records: int


@dataclass(frozen=True, eq=False)
class CodedSource:
    """What a reader makes of a publisher's files; the publisher names its folder in ``data/raw``."""

    publisher: str
    address: str
    #: Commit or day of the publisher's files.
    version: str
    licence: str
    #: When a record counts as public, in a sentence.
    known_rule: str
    collections: list[Collection] = field(default_factory=list)
    #: Tables beside the collections that no forecast reads, by the names of their files without ``.csv``.
    listings: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def meeting(stay: tuple[object, object], /, **cells: str) -> dict[str, str]:
    """Lay out one fact: a leader's meeting, on the first day of the stay, unless the cells say otherwise."""
    first, last = (str(day) for day in stay)
    return {
        "started_on": first,
        "ended_on": last,
        "occurred_on": first,
        "known_on": last,
        "event": "CONSULT",
        "mode": "visit",
        "context": "diplomatic",
        "level": "leader",
        "status": "occurred",
        **cells,
    }


def facts_table(rows: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Rows in the columns of `FACTS`, by first day and record, else as they come; a cell that is not given is empty."""
    ordered = sorted(rows, key=lambda row: (row["started_on"], row["record_id"]))
    return pd.DataFrame([[row.get(name, "") for name in FACTS] for row in ordered], columns=list(FACTS), dtype=str)


def uncoded_table(rows: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Records that could not be coded: record_id, started_on, reason, text."""
    return pd.DataFrame(list(rows), columns=list(_UNCODED_COLUMNS), dtype=str)


def collection_of(
    name: str,
    rows: Iterable[Mapping[str, str]],
    uncoded: Iterable[Sequence[str]],
    days: Sequence[dt.date],
    *,
    focal: str,
    direction: str,
    complete: bool,
    records: int,
) -> Collection:
    """A collection that covers the days from the first to the last of its records."""
    first, last = (pick(days).isoformat() if days else "" for pick in (min, max))
    tables = facts_table(rows), uncoded_table(uncoded)
    return Collection(name, *tables, first, last, focal, direction, complete, records)


@cache
def _venues() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    rows = package_rows("readers/venue_names.csv")
    return tuple((row["venue"], row["kind"], re.compile(row["pattern"])) for row in rows)


def venue_named_first(text: str, *, kind: str = "") -> str:
    """Name of the venue that a text names first, of all or of one kind (series, occasion); empty if it names none."""
    places = [
        (match.start(), name)
        for name, its_kind, pattern in _venues()
        if kind in ("", its_kind) and (match := pattern.search(text))
    ]
    return min(places, key=lambda one: one[0], default=(0, ""))[1]


def contents_of(source: CodedSource) -> dict[str, bytes]:
    """Lay a coded source out as files of its folder, always in the same bytes."""
    files: dict[str, bytes] = {}
    about: dict[str, Any] = {}
    for one in source.collections:
        name = f"{one.name}.csv"
        files[name] = _table(one.rows.loc[:, list(FACTS)])
        about[one.name] = {
            "records": one.records,
            "rows": len(one.rows),
            "uncoded": {str(k): int(n) for k, n in one.uncoded["reason"].value_counts().sort_index().items()},
            "coverage_start": one.starts_on,
            "coverage_end": one.ends_on,
            "focal": one.focal,
            "direction": one.direction,
            "complete": one.complete,
        }
    uncoded = pd.concat([one.uncoded.assign(collection=one.name) for one in source.collections], ignore_index=True)
    files[UNCODED] = _table(uncoded[["collection", *(name for name in uncoded.columns if name != "collection")]])
    files |= {f"{name}.csv": _table(rows) for name, rows in source.listings.items()}
    manifest: dict[str, Any] = {
        "publisher": source.publisher,
        "address": source.address,
        "version": source.version,
        "licence": source.licence,
        "known_rule": source.known_rule,
        "collections": about,
    }
    files[MANIFEST] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    return {**files, SEAL: seal_of(files)}


@file_reader
def read_rows(path: Path) -> pd.DataFrame:
    """Read a table of a folder of coded facts, every cell as a text."""
    content = io.BytesIO(read_sealed(path, required=True))
    return pd.read_csv(content, dtype=str, keep_default_na=False, encoding="utf-8")


def _table(rows: pd.DataFrame) -> bytes:
    return rows.to_csv(index=False, lineterminator="\n").encode()


@file_reader
def read_source(folder: Path) -> tuple[pd.DataFrame, list[Coverage]]:
    """Read a folder of coded facts, which must be what its seal says, as events and the coverage of its collections."""
    path = folder / MANIFEST
    manifest = read_manifest(path)
    publisher, collections = manifest.get("publisher"), manifest.get("collections")
    if not publisher or not isinstance(collections, dict) or not collections:
        raise InputError("names no publisher and collections; run forecast ingest again", path=path)
    tables, coverages = [], []
    for name, said in collections.items():
        with reading(partial(_misdeclared, name, path)):
            coverages.append(_coverage(str(publisher), name, said))
        tables.append(_read_table(folder / f"{name}.csv"))
    events = pd.concat(tables, ignore_index=True).assign(publisher=publisher)
    return events.loc[events["event"] != "", list(COLUMNS)], coverages


def _misdeclared(name: str, path: Path, reason: str) -> InputError:
    return InputError(f"collection {name}: {reason}; run forecast ingest again", path=path)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest of coded facts, which must be what its seal says."""
    read_sealed(path, required=True)
    return dict(read_json(path))


def _check_events(events: pd.DataFrame) -> None:
    """Refuse events without their days, their states, or what makes them events."""
    for column in DAY_COLUMNS:
        if events[column].isna().any():
            raise ValueError(f"an event without {column}")
    for side in ("source", "recipient"):
        if not (known := events[side].isin(list(states()))).all():
            raise ValueError(f"{side} {events.loc[~known, side].iloc[0]!r} is no code of a state")
    if (events["source"] == events["recipient"]).any():
        raise ValueError("source and recipient are the same state")
    for name in ("record_id", "mode", "level", "setting", "status"):
        events[name]  # a column that is missing is an error of its own


def _coverage(publisher: str, name: str, said: dict[str, Any]) -> Coverage:
    level = said.get("level", "leader")
    coverage = Coverage(
        publisher=publisher,
        source=name,
        starts_on=parse_day(said["coverage_start"]),
        ends_on=parse_day(said["coverage_end"]),
        focal=said["focal"],
        defines_meetings=level != "minister",
        declared=True,
        direction=said["direction"],
        complete=bool(said["complete"]),
        level=level,
    )
    if coverage.direction not in DIRECTIONS or level not in ("leader", "minister", ""):
        raise ValueError(f"direction {coverage.direction!r} or level {level!r} is none that there is")
    if coverage.ends_on < coverage.starts_on:
        raise ValueError("coverage ends before it begins")
    return coverage


def _read_table(path: Path) -> pd.DataFrame:
    with reading(lambda reason: InputError(f"is no table of coded facts ({reason}); {AGAIN}", path=path)):
        table = read_rows(path)
        for column in DAY_COLUMNS:
            table[column] = pd.to_datetime(table[column], format="%Y-%m-%d").astype("datetime64[s]")
        table["accompanied"] = table["accompanied"] == "true"
        _check_events(table.loc[table["event"] != ""])
    return table.reindex(columns=["publisher", *FACTS], fill_value="")
