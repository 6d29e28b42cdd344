"""A user's folder: its facts, read into one history."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast.errors import DataMissingError
from forecast.facts.history import History, make_history
from forecast.readers.calendar import read_calendar
from forecast.readers.coded_facts import ENGAGEMENTS, STATE_DEPARTMENT, read_engagements, read_state_department
from forecast.readers.coded_source import read_source
from forecast.readers.leaders import read_leaders
from forecast.readers.record import corrected, read_beside_summits


def load_history(root: Path) -> History:
    """Read the facts of a workspace.

    Parameters
    ----------
    root : Path
        A folder with `data/raw/`, as ``forecast init`` lays it out.

    Raises
    ------
    DataMissingError
        If there is neither a publisher's coded facts nor a ledger with events.
    InputError
        If a file cannot be understood.
    """
    raw = root / "data" / "raw"
    tables, coverages = [], []
    if (raw / STATE_DEPARTMENT / "manifest.json").exists():
        events, found = read_state_department(raw / STATE_DEPARTMENT)
        tables.append(events)
        coverages += found
    if (raw / ENGAGEMENTS).is_dir():
        events, found = read_engagements(raw / ENGAGEMENTS)
        if found:
            tables.append(events)
            coverages += found
    for folder in sorted(path.parent for path in raw.glob("*/manifest.json")):
        if folder.name not in (STATE_DEPARTMENT, ENGAGEMENTS):
            events, found = read_source(folder)
            tables.append(events)
            coverages += found
    beside, found = read_beside_summits(raw)
    if found:
        tables.append(beside)
        coverages += found
    if not tables:
        raise DataMissingError(
            f"{raw} holds no events: run 'forecast init DIR' for a workspace with the shipped facts, or put a ledger "
            f"into {raw / ENGAGEMENTS}"
        )
    return make_history(
        corrected(pd.concat(tables, ignore_index=True), raw), coverages, read_calendar(raw), read_leaders(raw)
    )
