"""Read the State Department's records of visits and journeys and code them into facts.

The codebook, `docs/codebook.md`, is the law of this package. What it decides on the awkward cases:

* *One stay with two rows* (a bilateral meeting and a summit in the same days): both rows are kept, each with its own
  setting, and both are known with the later end; the history merges the meetings of one dyad on one day.
* *Several countries in a row*: a record has one country, but its remark may name leaders of several. Each state
  whose representative is met is a row of its own; the third states have ``mode = third-party``.
* *Journeys without a meeting* (troops, vacations, funerals, stopovers): one row with a ruling and nothing else.
* *Elect and former office holders*: an elect is a deputy, a former holder is no leader; a journey made before taking
  office or after leaving it yields no meeting at all.
* *Popes, kings and crown princes*: a pope is the head of state of the Holy See and a reigning king is a leader; a
  crown prince is a deputy, unless he also is prime minister on that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from forecast.coding.people import Register, Term
from forecast.coding.state_department import journeys, visits
from forecast.coding.state_department.records import (
    COLLECTIONS,
    PUBLISHER,
    REPOSITORIES,
    Record,
    read_collection,
    read_terms,
)
from forecast.coding.state_department.rows import COLUMNS, Row, Uncoded, document, table
from forecast.files import file_reader, replace_folder
from forecast.readers.seals import SEAL, seal_of

__all__ = ["ADDRESSES", "COLUMNS", "COMMITS", "code", "ingest"]
#: The commits of the publisher's repositories that the shipped facts were made from.
COMMITS: Final = {"visits": "869ca4f", "president-travels": "3170c77", "secretary-travels": "3170c77"}
#: Where the publisher keeps each collection.
ADDRESSES: Final = {name: f"{PUBLISHER}/{place}" for place, names in REPOSITORIES.items() for name in names.values()}
_SINCE: Final = "1945-01-01"

#: Which meetings of the United States each collection holds: direction and level.
_HOLDS: Final = {
    "visits": ("visits", "leader"),
    "president-travels": ("journeys", "leader"),
    "secretary-travels": ("journeys", "minister"),
}


def ingest(directory: Path, destination: Path, *, commits: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Code the three collections under a folder and write them as CSV with a manifest and a seal, all files or none."""
    origins = {name: {"commit": commit} for name, commit in (commits or {}).items()}
    manifest, contents = code(directory, origins=origins)
    replace_folder(destination, contents)
    return manifest


@file_reader
def code(
    directory: Path, *, origins: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Code the three collections under a folder into a manifest and the bytes of every file, and write nothing.

    `origins` is what the manifest says of where a collection comes from, if not what the shipped facts were made from.
    """
    terms = read_terms(directory)
    records = {collection: read_collection(directory, collection) for collection in COLLECTIONS}
    register = Register(
        visits.sightings(records["visits"])
        + journeys.sightings(records["president-travels"])
        + journeys.sightings(records["secretary-travels"]),
        terms,
    )
    contents: dict[str, bytes] = {}
    manifest: dict[str, Any] = {"publisher": "state-department", "licence": "CC0", "collections": {}}
    left: list[Uncoded] = []
    for collection, its_records in records.items():
        rows, uncoded = _code(its_records, register, terms)
        left.extend(uncoded)
        contents[f"{collection}.csv"] = table(COLUMNS, (astuple(row) for row in rows))
        manifest["collections"][collection] = {
            "address": ADDRESSES[collection],
            "commit": COMMITS[collection],
            **(origins or {}).get(collection, {}),
            "licence": "CC0",
            **_counts(its_records, rows, uncoded),
            "focal": "USA",
            "direction": _HOLDS[collection][0],
            "level": _HOLDS[collection][1],
            "complete": True,
        }
    contents["uncoded.csv"] = table(
        ("collection", "record_id", "started_on", "state", "reason"), (astuple(one) for one in left)
    )
    contents["manifest.json"] = document(manifest)
    return manifest, {**contents, SEAL: seal_of(contents)}


def _code(records: list[Record], register: Register, terms: list[Term]) -> tuple[list[Row], list[Uncoded]]:
    rows: list[Row] = []
    uncoded: list[Uncoded] = []
    stays = visits.stays(records)
    for record in sorted(records, key=lambda one: (one.started_on, one.ended_on, int(one.record_id))):
        coded = (
            visits.code_visit(record, stays[record.country_id, record.started_on])
            if record.collection == "visits"
            else journeys.code_journey(record, register, terms)
        )
        if isinstance(coded, Uncoded):
            uncoded.append(coded)
        else:
            rows.extend(coded)
    return rows, uncoded


def _counts(records: list[Record], rows: list[Row], uncoded: list[Uncoded]) -> dict[str, Any]:
    """Count what was coded. A collection is complete up to its latest start: later journeys are not in the file."""
    since = sum(record.started_on.isoformat() >= _SINCE for record in records)
    missing = sum(one.started_on >= _SINCE for one in uncoded)
    return {
        "records": len(records), "rows": len(rows), "coded_records": len(records) - len(uncoded),
        "meeting_rows": sum(row.ruling == "meeting" for row in rows),
        "coded_rate_since_1945": round(1 - missing / since, 4) if since else 1.0,
        "coverage_start": min(record.started_on for record in records).isoformat(),
        "coverage_end": max(record.started_on for record in records).isoformat(),
        "rulings": dict(sorted(Counter(row.ruling for row in rows).items())),
        "uncoded": dict(sorted(Counter(one.reason for one in uncoded).items())),
    }  # fmt: skip
