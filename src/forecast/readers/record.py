"""Facts beside the publishers' own tables: meetings beside summits, and corrections of records.

* `meetings-beside-summits.csv` holds meetings of leaders at or around summits, in a ledger's columns. It is a partial
  source: it adds meetings and proves no absence.
* `record-corrections.csv` says which records of a publisher name a meeting that did not take place in person, and which
  give another day than the meeting's. The record is as its publisher wrote it; the history is corrected.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import parse_day
from forecast.errors import DateError, InputError
from forecast.facts.coverage import Coverage
from forecast.readers.ledger import read_ledger
from forecast.readers.tables import table_rows

BESIDE_SUMMITS: Final = "meetings-beside-summits"
CORRECTIONS: Final = "record-corrections.csv"
_KINDS: Final = ("no_meeting", "virtual", "day")


def read_beside_summits(directory: Path) -> tuple[pd.DataFrame, list[Coverage]]:
    """Read the meetings beside summits of a folder; without the file there are none."""
    path = directory / f"{BESIDE_SUMMITS}.csv"
    if not path.exists():
        return pd.DataFrame(), []
    table = read_ledger(path).assign(publisher=BESIDE_SUMMITS)
    if table.empty:
        return table, []
    first, last = table["started_on"].min(), table["known_on"].max()
    return table, [
        Coverage(
            publisher=BESIDE_SUMMITS,
            source=path.name,
            starts_on=np.datetime64(first, "D"),
            ends_on=np.datetime64(last, "D"),
            focal="",
            defines_meetings=True,
            declared=True,
            direction="",
            complete=False,
        )
    ]


def corrected(events: pd.DataFrame, directory: Path) -> pd.DataFrame:
    """Correct the records that `record-corrections.csv` names; without the file nothing changes.

    Raises
    ------
    InputError
        If a row cannot be understood, or names a record that is not there.
    """
    path = directory / CORRECTIONS
    if not path.exists():
        return events
    events = events.copy()
    gone = np.zeros(len(events), dtype=bool)
    needed = ("publisher", "record_id", "correction", "day")
    for line, row in table_rows(path, needed):
        if row["correction"] not in _KINDS:
            raise InputError(
                f"{row['correction']!r} is not one of {', '.join(_KINDS)}", path=path, row=line, field="correction"
            )
        mine = ((events["publisher"] == row["publisher"]) & (events["record_id"] == row["record_id"])).to_numpy()
        if row["correction"] != "day":
            gone |= mine
            continue
        try:
            day = parse_day(row["day"]).astype("datetime64[s]")
        except DateError:
            raise InputError(f"{row['day']!r} is no day of the calendar", path=path, row=line, field="day") from None
        events.loc[mine, ["started_on", "ended_on", "occurred_on"]] = day
        events.loc[mine & (events["known_on"] < day).to_numpy(), "known_on"] = day
    return events.loc[~gone]
