"""The coded records against the calendar of summits: was the focal state's leader where the calendar says?

At every edition with the focal state as host or member its leader must be recorded, or the calendar must give the
reason (`us_attendance`). `forecast.readers.crosscheck` compares them the other way round. No forecast sees the column,
since nobody knew it before the summit ended; ``benchmarks/summits.py`` prints the comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.facts.calendar import Edition
from forecast.facts.history import History
from forecast.readers.crosscheck import SERIES_OF, SINCE, TOLERANCE_DAYS, leader_records, stands_for
from forecast.readers.tables import table_rows

#: Words of `us_attendance` that say that the leader was there.
THERE: Final = frozenset({"president", "unnamed", "not_recorded"})


def read_attendances(path: Path) -> dict[tuple[str, str], str]:
    """Read the attendance at each series and edition of a `venues.csv`; without file or column there is none."""
    if not path.exists():
        return {}
    rows = table_rows(path, ("series", "edition"))
    return {(row["series"], row["edition"]): row.get("us_attendance", "") for _, row in rows}


def editions_to_attend(history: History, *, focal: str = "USA", since: Day = SINCE) -> tuple[Edition, ...]:
    """Editions with the focal state as host or member that began on `since` or later and ended inside the coverage."""
    covering = [c for c in history.coverages if c.focal == focal and c.defines_meetings and c.complete]
    if not covering:
        return ()
    first, last = max(c.starts_on for c in covering), min(c.ends_on for c in covering)
    return tuple(
        edition
        for edition in history.calendar.editions
        if max(since, first) <= edition.starts_on
        and edition.ends_on <= last
        and focal in replace(edition, absent=()).expected()
    )


def recorded_at(edition: Edition, records: pd.DataFrame, *, focal: str = "USA") -> bool:
    """Whether a record has the focal state's leader meet somebody at the edition.

    Abroad it is his journey to the host in those days; at home, where visitors come and go, a visit that names the
    summit.
    """
    days = _in_those_days(edition, records)
    return edition.took_place and (
        not days.empty if edition.host != focal else any(names(edition, row) for _, row in days.iterrows())
    )


def names(edition: Edition, record: pd.Series) -> bool:
    """Whether the venue of a record stands for the edition.

    Where no venue is coded the setting must say that there was a larger event, and the edition must not be one of the
    United Nations: in those weeks leaders meet at many places, and the records name the Assembly.
    """
    if record["venue"] == "" and (record["setting"] == "bilateral" or edition.series in SERIES_OF["unga"]):
        return False
    return stands_for(record["venue"], edition.series)


def visited_by_member(edition: Edition, records: pd.DataFrame, *, focal: str = "USA") -> bool:
    """Whether another member of the edition was received at the place in those days, whatever the record calls it."""
    members = {state for state, _ in edition.members} - {focal}
    days = _in_those_days(edition, records)
    return bool((days["source"].isin(members) | days["recipient"].isin(members)).any())


def attendance_gaps(history: History, attendances: Mapping[tuple[str, str], str]) -> list[tuple[Edition, str]]:
    """Editions at which the records and `us_attendance` do not fit together, each with what is wrong."""
    records, gaps = leader_records(history), []
    for edition in editions_to_attend(history):
        word, recorded = attendances[edition.series, edition.edition], recorded_at(edition, records)
        exact = any(row["venue"] == edition.series for _, row in _in_those_days(edition, records).iterrows())
        if word == "president" and not recorded:
            gaps.append((edition, "no record names a meeting at it, and no reason is given"))
        elif not word:
            gaps.append((edition, "neither the president nor a reason is given"))
        elif word == "unnamed" and not visited_by_member(edition, records):
            gaps.append((edition, "no record of those days has another member there"))
        elif word in ("unnamed", "not_recorded") and recorded:
            gaps.append((edition, f"is {word}, but a record names a meeting at it"))
        elif word not in THERE and exact and edition.took_place:
            gaps.append((edition, f"is {word}, but a record has the president there"))
    return gaps


def _in_those_days(edition: Edition, records: pd.DataFrame) -> pd.DataFrame:
    """Records at the host whose stay overlaps the edition within the tolerance."""
    margin = np.timedelta64(TOLERANCE_DAYS, "D")
    begun = records["started_on"].to_numpy("datetime64[D]") <= edition.ends_on + margin
    unended = records["ended_on"].to_numpy("datetime64[D]") >= edition.starts_on - margin
    return records.loc[(records["place"] == edition.host).to_numpy() & begun & unended]
