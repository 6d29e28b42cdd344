"""Addresses of the sources of facts. No forecast looks at them; explanations name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from forecast.readers.calendar import VENUES
from forecast.readers.coded_facts import STATE_DEPARTMENT, read_manifest
from forecast.readers.tables import table_rows


@dataclass(frozen=True)
class Addresses:
    """Where facts can be looked up.

    Parameters
    ----------
    summits : dict
        From series and edition to the address of the source.
    records : dict
        From record id, first day, source and recipient of a publisher's record to the address of its collection.
    """

    summits: dict[tuple[str, str], str] = field(default_factory=dict)
    records: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def of_event(self, event: pd.Series) -> str:
        """Address of an event: its own, or that of the collection that holds its record; empty if none is known."""
        if event["url"]:
            return str(event["url"])
        key = (event["record_id"], f"{event['started_on']:%Y-%m-%d}", event["source"], event["recipient"])
        return self.records.get(key, "")


def read_addresses(raw: Path) -> Addresses:
    """Read the addresses of a workspace's summits and of its publisher's collections.

    Parameters
    ----------
    raw : Path
        The folder ``data/raw``.
    """
    venues = raw / VENUES
    summits = {}
    if venues.exists():
        rows = table_rows(venues, ("series", "edition"))
        summits = {(row["series"], row["edition"]): row.get("url", "") for _, row in rows}
    records = {}
    folder = raw / STATE_DEPARTMENT
    if (folder / "manifest.json").exists():
        for name, told in read_manifest(folder / "manifest.json")["collections"].items():
            for _, row in table_rows(folder / f"{name}.csv", ("record_id", "started_on", "source", "recipient")):
                key = (row["record_id"], row["started_on"], row["source"], row["recipient"])
                records[key] = str(told.get("address", ""))
    return Addresses(summits, records)
