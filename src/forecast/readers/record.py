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

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError
from forecast.facts.coverage import Coverage
from forecast.files import file_reader
from forecast.readers.ledger import read_ledger
from forecast.readers.tables import day_of, table_rows

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


def _day(row: dict[str, str]) -> Day:
    """The day that a correction gives; the first of all days if it gives none."""
    try:
        return parse_day(row["day"])
    except DateError:
        return np.datetime64("0001-01-01", "D")


def corrected(events: pd.DataFrame, directory: Path) -> pd.DataFrame:
    """Correct the records that `record-corrections.csv` names; without the file nothing changes."""
    path = directory / CORRECTIONS
    if not path.exists():
        return events
    events = events.copy()
    gone = np.zeros(len(events), dtype=bool)
    seen: dict[tuple[str, str], int] = {}
    needed = ("publisher", "record_id", "correction", "day")
    for line, row in table_rows(path, needed):

        def refuse(problem: str, field: str, line: int = line) -> InputError:
            return InputError(problem, path=path, row=line, field=field)

        record = row["publisher"], row["record_id"]
        if row["correction"] not in _KINDS:
            raise refuse(f"{row['correction']!r} is not one of {', '.join(_KINDS)}", "correction")
        mine = ((events["publisher"] == record[0]) & (events["record_id"] == record[1])).to_numpy()
        if not mine.any():
            raise refuse(f"{record[0]} has no record {record[1]!r}", "record_id")
        if record in seen:
            raise refuse(f"{record[0]} {record[1]!r} is corrected twice: see line {seen[record]}", "record_id")
        seen[record] = line
        known = day_of(row, "known_on", path, line) if row.get("known_on") else None
        if known is not None and known > max(events.loc[mine, "known_on"].to_numpy("datetime64[D]").max(), _day(row)):
            raise refuse(f"{known} is after the day on which the record was known: that would be hindsight", "known_on")
        if row["correction"] != "day":
            if row["day"]:
                raise refuse(f"{row['day']!r} goes with the correction 'day' alone; leave the cell empty", "day")
            gone |= mine
            continue
        try:
            day = parse_day(row["day"]).astype("datetime64[s]")
        except DateError:
            raise refuse(f"{row['day']!r} is no day of the calendar; write YYYY-MM-DD", "day") from None
        events.loc[mine, ["started_on", "ended_on", "occurred_on"]] = day
        events.loc[mine & (events["known_on"] < day).to_numpy(), "known_on"] = day
    return events.loc[~gone]
