"""Meetings that the White House's releases state against the State Department's record, and the reverse.

Run ``python benchmarks/white_house_record.py``: each meeting of leaders in person that one of the two has and the other
has not on overlapping days, with the reason, and the counts.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from forecast.facts.codebook import IN_PERSON_MODES
from forecast.workspace import load_history

TOP = Path(__file__).resolve().parent.parent
RELEASES, RECORD, BESIDE = "white-house", "state-department", "meetings-beside-summits"
NONE, NEAR = pd.Timedelta(days=0), pd.Timedelta(days=3)


def meetings(events: pd.DataFrame) -> pd.DataFrame:
    """Meetings of leaders in person."""
    met = events["event"].eq("CONSULT") & events["status"].eq("occurred") & events["level"].eq("leader")
    return events[met & events["mode"].isin(IN_PERSON_MODES)]


def overlapping(rows: pd.DataFrame, one: pd.Series, margin: pd.Timedelta = NONE) -> pd.DataFrame:
    """Rows of the dyad whose days overlap those of a meeting, widened by a margin."""
    near = (rows["started_on"] - margin <= one["ended_on"]) & (rows["ended_on"] + margin >= one["started_on"])
    return rows[near & (rows["dyad"] == one["dyad"])]


def differences(events: pd.DataFrame, starts_on: str, ends_on: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Meetings of one source without the other, with the reason, and how many each source has."""
    met = meetings(events)
    days = (met["ended_on"] >= pd.Timestamp(starts_on)) & (met["started_on"] <= pd.Timestamp(ends_on))
    of = {name: met[days & met["publisher"].str.endswith(name)] for name in (RELEASES, RECORD, BESIDE)}
    rows = []
    for name, other in ((RELEASES, RECORD), (RECORD, RELEASES)):
        for _, one in of[name].iterrows():
            if overlapping(of[other], one).empty:
                rows.append((name, one["dyad"], f"{one['started_on']:%Y-%m-%d}", reason(one, of, name, other)))
    table = pd.DataFrame(rows, columns=["source", "dyad", "day", "reason"])
    return table.drop_duplicates().sort_values(["source", "day", "dyad"]), {name: len(of[name]) for name in of}


def reason(one: pd.Series, of: dict[str, pd.DataFrame], name: str, other: str) -> str:
    """Why a meeting stands in one source alone."""
    if not overlapping(of[other], one, NEAR).empty:
        return "the other gives another day within three days"
    if name == RELEASES:
        beside = not overlapping(of[BESIDE], one).empty
        return "beside a summit, by a third source too" if beside else "no other source has it"
    if one["setting"] == "multilateral":
        return "attendance of a summit, which no release names by state"
    return "no release that the corpus holds, or no template fits"


def main() -> None:
    """Print the differences and the counts."""
    history = load_history(TOP)
    covered = next(c for c in history.coverages if c.publisher == RELEASES)
    table, counts = differences(history.events, str(covered.starts_on), str(covered.ends_on))
    print(table.to_string(index=False))
    print()
    for name in (RELEASES, RECORD):
        print(f"{name}: {counts[name]} meetings of leaders, {(table['source'] == name).sum()} without the other")
        for words, number in Counter(table.loc[table["source"] == name, "reason"]).most_common():
            print(f"  {number:4}  {words}")


if __name__ == "__main__":
    main()
