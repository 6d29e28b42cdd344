"""Facts beside the publishers' own tables: meetings beside summits, and corrections of records.

* `meetings-beside-summits.csv` holds meetings of leaders at or around summits, and single visits that a publisher's
  list leaves out, in a ledger's columns. It is a partial source: it adds meetings and proves no absence.
* `record-corrections.csv` says which records of a publisher name a meeting that did not take place in person, and which
  give another day than the meeting's. The record is as its publisher wrote it; the history is corrected.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.facts.coverage import Coverage
from forecast.files import file_reader
from forecast.readers.ledger import read_ledger
from forecast.readers.tables import NO_DAY, Problems

BESIDE_SUMMITS: Final = "meetings-beside-summits"
CORRECTIONS: Final = "record-corrections.csv"
_KINDS: Final = ("no_meeting", "virtual", "day")


@file_reader
def read_beside_summits(directory: Path, *, today: Day | None = None) -> tuple[pd.DataFrame, list[Coverage]]:
    """Read the meetings beside summits of a folder; without the file there are none."""
    path = directory / f"{BESIDE_SUMMITS}.csv"
    if not path.exists():
        return pd.DataFrame(), []
    table = read_ledger(path, today=today).assign(publisher=BESIDE_SUMMITS)
    if table.empty:
        return table, []
    # Days of publication: a report that is written down later, of an earlier meeting, must not make it begin earlier.
    first, last = table["known_on"].min(), table["known_on"].max()
    return table, [
        Coverage(
            publisher=BESIDE_SUMMITS,
            source=path.name,
            starts_on=np.datetime64(first, "D"),
            ends_on=np.datetime64(last, "D"),
            focal="",
            defines_meetings=True,
            declared=False,
            direction="",
            complete=False,
        )
    ]


def corrected(events: pd.DataFrame, directory: Path) -> pd.DataFrame:
    """Correct the records that `record-corrections.csv` names; without the file nothing changes."""
    path = directory / CORRECTIONS
    if not path.exists():
        return events
    events = events.copy()
    gone = np.zeros(len(events), dtype=bool)
    seen: dict[tuple[str, str], int | None] = {}
    problems = Problems(path)
    for row in problems.rows(("publisher", "record_id", "correction", "day")):
        record, kind = (row["publisher"], row["record_id"]), row.one_of("correction", _KINDS)
        mine = ((events["publisher"] == record[0]) & (events["record_id"] == record[1])).to_numpy()
        if not mine.any():
            row.refuse(f"{record[0]} has no record {record[1]!r}", "record_id")
            continue
        if seen.setdefault(record, row.line) != row.line:
            row.refuse(f"{record[0]} {record[1]!r} is corrected twice: see line {seen[record]}", "record_id")
        day = row.day("day") if kind == "day" else NO_DAY
        if kind in ("no_meeting", "virtual") and row["day"]:
            row.refuse(f"{row['day']!r} goes with the correction 'day' alone; leave the cell empty", "day")
        latest = events.loc[mine, "known_on"].to_numpy("datetime64[D]").max()
        if row.day("known_on", empty=NO_DAY) > max(latest, day):
            said = f"{row['known_on']} is after the day on which the record was known: that would be hindsight"
            row.refuse(said, "known_on")
        if kind != "day":
            gone |= mine
        elif day > NO_DAY:
            events.loc[mine, ["started_on", "ended_on", "occurred_on"]] = day.astype("datetime64[s]")
            events.loc[mine & (events["known_on"].to_numpy() < day), "known_on"] = day.astype("datetime64[s]")
    problems.check()
    return events.loc[~gone]
