"""The facts of a workspace: coded records of publishers and the researcher's own ledgers, read into one table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError
from forecast.facts.countries import states
from forecast.facts.coverage import DIRECTIONS, Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.readers.ledger import read_ledger

STATE_DEPARTMENT = "state-department"
ENGAGEMENTS = "engagements"
_DECLARATIONS = {"coverage_start", "coverage_end", "about", "focal", "direction", "complete"}


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest of coded facts.

    Raises
    ------
    InputError
        If it cannot be read or is no JSON object.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"is no JSON: {error}", path=path) from None
    if not isinstance(found, dict):
        raise InputError("must hold one JSON object", path=path)
    return found


def read_state_department(directory: Path) -> tuple[pd.DataFrame, list[Coverage]]:
    """Read the coded records of the State Department.

    Parameters
    ----------
    directory : Path
        ``data/raw/state-department``, as `forecast ingest` wrote it.

    Returns
    -------
    events : pandas.DataFrame
        The interactions; records ruled to be none stay in the files.
    coverages : list of Coverage
        One a collection. Visits and presidents' journeys together define the meetings; secretaries' journeys are
        signals.
    """
    manifest_path = directory / "manifest.json"
    manifest = read_manifest(manifest_path)
    tables, coverages = [], []
    collections = manifest.get("collections")
    if (
        not collections
        or not isinstance(collections, dict)
        or not all(isinstance(told, dict) for told in collections.values())
    ):
        raise InputError("names no collections with their days; run forecast ingest again", path=manifest_path)
    for name, collection in collections.items():
        tables.append(_coded_table(directory / f"{name}.csv"))
        try:
            coverages.append(
                Coverage(
                    publisher=STATE_DEPARTMENT,
                    source=name,
                    starts_on=parse_day(collection["coverage_start"]),
                    ends_on=parse_day(collection["coverage_end"]),
                    focal="USA",
                    defines_meetings=name != "secretary-travels",
                    declared=True,
                    direction="visits" if name == "visits" else "journeys",
                    level="minister" if name == "secretary-travels" else "leader",
                )
            )
        except (KeyError, DateError) as error:
            raise InputError(f"collection {name}: {error}", path=manifest_path) from None
    events = pd.concat(tables, ignore_index=True)
    events["publisher"] = STATE_DEPARTMENT
    return events.loc[events["event"] != "", list(COLUMNS)], coverages


def _coded_table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        for column in DAY_COLUMNS:
            table[column] = pd.to_datetime(table[column], format="%Y-%m-%d").astype("datetime64[s]")
        table["accompanied"] = table["accompanied"] == "true"
    except (OSError, ValueError, KeyError, pd.errors.ParserError) as error:
        raise InputError(f"is no table of coded facts ({error}); run forecast ingest again", path=path) from None
    for column in COLUMNS:
        if column not in table:
            table[column] = ""
    return table


def read_engagements(directory: Path) -> tuple[pd.DataFrame, list[Coverage]]:
    """Read every ledger of the folder.

    Parameters
    ----------
    directory : Path
        ``data/raw/engagements``. A `manifest.json` there may declare, by file name, ``coverage_start`` and
        ``coverage_end``.

    Returns
    -------
    events : pandas.DataFrame
    coverages : list of Coverage
        One a ledger, declared or taken from the first and last `known_on`.
    """
    manifest_path = directory / "manifest.json"
    declared = read_manifest(manifest_path) if manifest_path.exists() else {}
    paths = sorted(directory.glob("*.csv"))
    unknown = sorted(set(declared) - {path.name for path in paths})
    if unknown:
        raise InputError(f"declares {', '.join(unknown)}, which is not in the folder", path=manifest_path)
    tables, coverages = [], []
    for path in paths:
        table = read_ledger(path)
        entry = declared.get(path.name, {})
        days = _declared_days(entry, path.name, manifest_path)
        focal, direction, complete = _declared_focus(entry, path.name, manifest_path)
        if not table.empty:
            tables.append(table)
            known = table["known_on"].to_numpy("datetime64[D]")
            span = days or (known.min(), known.max())
        elif days:
            # An empty ledger whose days are declared says that nothing happened in them.
            span = days
        else:
            continue
        coverages.append(
            Coverage(
                publisher=f"ledger:{path.stem}",
                source=path.name,
                starts_on=span[0],
                ends_on=span[1],
                focal=focal,
                defines_meetings=True,
                declared=days is not None,
                direction=direction,
                complete=complete and days is not None,
            )
        )
    events = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    return events, coverages


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
