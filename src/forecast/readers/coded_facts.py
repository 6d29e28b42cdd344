"""The facts of a workspace: coded records of publishers, the researcher's own ledgers, and the addresses of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import Day, Days, parse_day
from forecast.errors import DateError, InputError
from forecast.facts import package_rows
from forecast.facts.countries import states
from forecast.facts.coverage import DIRECTIONS, Coverage
from forecast.facts.events import COLUMNS
from forecast.files import file_reader, read_json
from forecast.readers.calendar import VENUES
from forecast.readers.coded_source import read_manifest
from forecast.readers.ledger import read_ledger
from forecast.readers.tables import table_rows

STATE_DEPARTMENT = "state-department"
ENGAGEMENTS = "engagements"
#: Days without a row after which a ledger that declares nothing begins anew.
SILENCE_DAYS: Final = 3653
_DECLARATIONS = {"coverage_start", "coverage_end", "about", "focal", "direction", "complete"}


@file_reader
def read_engagements(directory: Path, *, today: Day | None = None) -> tuple[pd.DataFrame, list[Coverage]]:
    """Read every ledger of the folder, and what each covers.

    The days of coverage are those that `manifest.json` declares by file name, else those from the first to the last
    `known_on`. Ten years without a row are not covered: the ledger begins anew after them, so that one odd row (1904
    for 2004) does not stretch what it covers.
    """
    manifest_path = directory / "manifest.json"
    declared = read_json(manifest_path) if manifest_path.exists() else {}
    paths = sorted(directory.glob("*.csv"))
    unknown = sorted(set(declared) - {path.name for path in paths})
    if unknown:
        raise InputError(f"declares {', '.join(unknown)}, which is not in the folder", path=manifest_path)
    tables, coverages = [], []
    for path in paths:
        table = read_ledger(path, today=today)
        entry = declared.get(path.name, {})
        days = _declared_days(entry, path.name, manifest_path)
        focal, direction, complete = _declared_focus(entry, path.name, manifest_path)
        if not table.empty:
            tables.append(table)
            spans = [days] if days else _runs(np.unique(table["known_on"].to_numpy("datetime64[D]")))
        elif days:
            # An empty ledger whose days are declared says that nothing happened in them.
            spans = [days]
        else:
            continue
        coverages += [
            Coverage(
                publisher=f"ledger:{path.stem}",
                source=path.name,
                starts_on=span[0],
                ends_on=span[1],
                focal=focal,
                defines_meetings=True,
                declared=days is not None,
                direction=direction,
                complete=complete,
            )
            for span in spans
        ]
    events = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    return events, coverages


def _runs(known: Days) -> list[tuple[Day, Day]]:
    """First and last of the days of each run in which none is `SILENCE_DAYS` after the one before."""
    cuts = np.flatnonzero(np.diff(known).astype(int) > SILENCE_DAYS) + 1
    return [(run[0], run[-1]) for run in np.split(known, cuts)]


def _declared_days(entry: object, name: str, path: Path) -> tuple[Day, Day] | None:
    """First and last day that the manifest declares for a ledger, or None if it declares none."""
    if not isinstance(entry, dict) or set(entry) - _DECLARATIONS:
        raise InputError(f"{name}: {entry!r} is no object with {', '.join(sorted(_DECLARATIONS))}", path=path)
    if not {"coverage_start", "coverage_end"} & set(entry):
        return None
    try:
        start, end = (parse_day(entry[key], what=key) for key in ("coverage_start", "coverage_end"))
    except KeyError as error:
        raise InputError(f"{name}: {error.args[0]} is missing; declare both days or none", path=path) from None
    except DateError as error:
        raise InputError(f"{name}: {error}", path=path) from None
    if end < start:
        raise InputError(f"{name}: coverage ends before it begins", path=path)
    return start, end


def _declared_focus(entry: dict[str, Any], name: str, path: Path) -> tuple[str, str, bool]:
    """Focal state, direction and completeness that the manifest declares for a ledger."""
    focal = entry.get("focal", "")
    direction, complete = entry.get("direction", "journeys" if focal else "both"), entry.get("complete", True)
    if focal and focal not in states():
        raise InputError(f"{name}: focal {focal!r} is no code of a state", path=path)
    if direction not in DIRECTIONS[:3]:
        raise InputError(f"{name}: direction {direction!r} is not one of {', '.join(DIRECTIONS[:3])}", path=path)
    if not isinstance(complete, bool):
        raise InputError(f"{name}: complete is true or false, not {complete!r}", path=path)
    return focal, direction, complete


@dataclass(frozen=True)
class Addresses:
    """Where facts can be looked up. No forecast looks at it; explanations name it."""

    #: From series and edition to the address of the source.
    summits: dict[tuple[str, str], str] = field(default_factory=dict)
    #: From record id, first day, source and recipient of a publisher's record to the address of the page that lists it.
    records: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def of_event(self, event: pd.Series) -> str:
        """Return the address of an event, or of the page that lists its record; empty if none is known."""
        if event["url"]:
            return str(event["url"])
        key = (event["record_id"], f"{event['started_on']:%Y-%m-%d}", event["source"], event["recipient"])
        return self.records.get(key, "")


#: Where the publisher shows its records: visits by year, journeys by traveller.
_PAGES: Final = "https://history.state.gov/departmenthistory"


@cache
def _travellers() -> tuple[dict[str, str], ...]:
    """Travellers of the publisher's pages, with the days on which their first and last listed journeys began."""
    return tuple(package_rows("readers/travellers.csv"))


def _page(collection: str, started_on: str) -> str:
    """The page that lists a record of the State Department; of a traveller it does not know, the page of all."""
    if collection == "visits":
        return f"{_PAGES}/visits/{started_on[:4]}"
    role = collection.removesuffix("-travels")
    if role not in {one["role"] for one in _travellers()}:
        return ""
    own = [one for one in _travellers() if one["role"] == role and one["first_on"] <= started_on <= one["last_on"]]
    return "/".join([_PAGES, "travels", role, *(one["page"] for one in own)])


@file_reader
def read_addresses(raw: Path) -> Addresses:
    """Read from ``data/raw`` the addresses of the summits and of the publisher's collections."""
    venues = raw / VENUES
    summits = {}
    if venues.exists():
        rows = table_rows(venues, ("series", "edition"))
        summits = {(row["series"], row["edition"]): row.get("url", "") for _, row in rows}
    records = {}
    folder = raw / STATE_DEPARTMENT
    if (folder / "manifest.json").exists():
        for name, entry in read_manifest(folder / "manifest.json")["collections"].items():
            for _, row in table_rows(folder / f"{name}.csv", ("record_id", "started_on", "source", "recipient")):
                key = (row["record_id"], row["started_on"], row["source"], row["recipient"])
                records[key] = _page(name, row["started_on"]) or str(entry.get("address", ""))
    return Addresses(summits, records)
