"""The record of a dyad: which reports are of one meeting, and over which days its meetings are resolved.

Truth comes from all sources. Two leaders *met* if any source reports a meeting; that they *did not meet* is known only
where complete sources cover both directions, the journeys of either leader to the other state. A stay is an interval:
reports of one dyad whose days overlap are one meeting, and a report of a single day dates the stay.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Ints, day_number, day_numbers
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.coverage import Coverage
from forecast.facts.events import SETTINGS

#: Columns of a history that number the meeting to which a report belongs, by the row that reported it first; -1 for
#: what is no meeting of that kind. Settings and modes say which reports are taken together.
KINDS: Final = {"meeting": (), "sit_down": ("bilateral", "margins"), "visit": ()}
GROUPS: Final = tuple(f"{kind}_of" for kind in KINDS)

#: No meeting.
NONE: Final = -1


def with_groups(events: pd.DataFrame) -> pd.DataFrame:
    """Number the meetings of ordered events, one column a kind.

    Reports are taken in the order in which they became known. One that overlaps a meeting already reported belongs to
    it; any other opens a meeting of its own. So what a later report says never changes how earlier ones were counted.
    """
    leader = events["level"].eq("leader") & events["event"].eq("CONSULT") & events["status"].eq("occurred")
    met = (leader & events["mode"].isin(IN_PERSON_MODES)).to_numpy()
    first, last, known = (day_numbers(events[name].to_numpy()) for name in ("started_on", "ended_on", "known_on"))
    codes = pd.factorize(events["dyad"])[0].astype(np.int64)
    columns = {}
    for kind, settings in KINDS.items():
        rows, keys = met.copy(), codes
        if settings:
            rows &= events["setting"].isin(settings).to_numpy()
        if kind == "visit":
            # Each side's visits apart: who travels to whom.
            rows &= events["mode"].eq("visit").to_numpy()
            keys = codes * 2 + events["forward"].to_numpy(dtype=np.int64)
        columns[f"{kind}_of"] = _grouped(np.flatnonzero(rows), keys, first, last, known)
    return events.assign(**columns)


def _grouped(rows: Ints, keys: Ints, first: Ints, last: Ints, known: Ints) -> Ints:
    """Row that opened the meeting of each row; reports of one day come before stays that became known on that day."""
    group = np.full(len(keys), NONE, dtype=np.int64)
    order = rows[np.lexsort((rows, first[rows], (last - first)[rows], known[rows], keys[rows]))]
    opened: list[tuple[int, int, int]] = []
    key, longest = None, 0
    for row in order.tolist():
        if keys[row] != key:
            key, opened, longest = keys[row], [], 0
        begins, ends = int(first[row]), int(last[row])
        at = bisect_left(opened, (begins - longest,))
        while at < len(opened) and opened[at][0] <= ends:
            if opened[at][1] >= begins:
                break
            at += 1
        if at < len(opened) and opened[at][0] <= ends and opened[at][1] >= begins:
            start, end, opener = opened[at]
            group[row] = opener
            if (begins, ends) != (start, end) and (begins < start or ends > end):
                del opened[at]
                insort(opened, (min(start, begins), max(end, ends), opener))
                longest = max(longest, max(end, ends) - min(start, begins))
        else:
            group[row] = row
            insort(opened, (begins, ends, row))
            longest = max(longest, ends - begins)
    return group


@dataclass(frozen=True, eq=False)
class Meetings:
    """Days of the meetings of one kind, ordered by dyad, first day and setting, as all reports together date them."""

    dyad: npt.NDArray[np.str_]
    first: Ints
    last: Ints
    setting: Ints


def meetings_of(events: pd.DataFrame, kind: str) -> Meetings:
    """Date each meeting of events by its most precise report.

    Reports that are equally precise and name different days all stand: in a stay of a week the two can meet twice, and
    they met if any source reports it.
    """
    group = events[f"{kind}_of"].to_numpy()
    first, last = (day_numbers(events[name].to_numpy()) for name in ("started_on", "ended_on"))
    setting = events["setting"].map({name: place for place, name in enumerate(SETTINGS)}).to_numpy()
    rows = np.flatnonzero(group != NONE)
    reports = pd.DataFrame(
        {
            "group": group[rows],
            "dyad": events["dyad"].to_numpy(dtype=object)[rows],
            "first": first[rows],
            "last": last[rows],
            "setting": setting[rows].astype(np.int64),
        }
    )
    length = reports["last"] - reports["first"]
    precise = reports.loc[length == length.groupby(reports["group"]).transform("min"), ["group", "first", "last"]]
    held: pd.DataFrame = precise.drop_duplicates().merge(reports, on="group", suffixes=("", "_held"))
    held = held.loc[(held["first_held"] <= held["first"]) & (held["last"] <= held["last_held"])]
    held = held.sort_values(["dyad", "first", "setting", "last"], kind="stable")
    days = held.drop_duplicates(["group", "first", "last"])
    return Meetings(
        days["dyad"].to_numpy(dtype=str), *(days[name].to_numpy(np.int64) for name in ("first", "last", "setting"))
    )


@dataclass(frozen=True)
class Spans:
    """Days over which a dyad's meetings are resolved, as sources came into being."""

    since: tuple[int, ...] = ()
    intervals: tuple[tuple[tuple[int, int], ...], ...] = ()

    def recorded(self, days: Ints) -> tuple[Ints, Ints]:
        """First day and the day after the last that are resolved, as known before each day: ``[first, until)``."""
        first, until = days.copy(), days.copy()
        epoch = np.searchsorted(np.array(self.since, dtype=np.int64), days) - 1
        for number, spans in enumerate(self.intervals):
            rows = np.flatnonzero(epoch == number)
            starts = np.array([start for start, _ in spans], dtype=np.int64)
            at = np.searchsorted(starts, days[rows]) - 1
            some, at = rows[at >= 0], at[at >= 0]
            first[some] = starts[at]
            until[some] = np.minimum(days[some], np.array([end for _, end in spans], dtype=np.int64)[at] + 1)
        return first, until


def spans_of(dyad: tuple[str, str], coverages: Iterable[tuple[Coverage, int]]) -> Spans:
    """Combine complete sources: a dyad is resolved on the days on which both of its directions are covered."""
    ways: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]] = ([], [])
    for coverage, exists_from in coverages:
        if not coverage.complete:
            continue
        span = (exists_from, day_number(coverage.starts_on), day_number(coverage.ends_on))
        for way in directions(coverage, dyad):
            ways[way].append(span)
    pairs = [
        (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]))
        for a in ways[0]
        for b in ways[1]
        if max(a[1], b[1]) <= min(a[2], b[2])
    ]
    since = sorted({pair[0] for pair in pairs})
    return Spans(tuple(since), tuple(union([(s, e) for known, s, e in pairs if known <= day]) for day in since))


def directions(coverage: Coverage, dyad: tuple[str, str]) -> tuple[int, ...]:
    """Which journeys of a dyad a source holds: 0 of the first side to the second, 1 of the second to the first."""
    if not coverage.focal:
        return (0, 1)  # a ledger that covers the dyads which it names
    if coverage.focal not in dyad or not coverage.direction:
        return ()
    own = dyad.index(coverage.focal)
    return {"both": (0, 1), "journeys": (own,), "visits": (1 - own,)}[coverage.direction]


def union(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Days of several spans, both ends included, as disjoint ascending spans; spans side by side are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)
