"""Scheduled summits at which the two leaders can meet: the chance of a meeting at each, by period of the horizon.

For each edition known at the as-of date and each dyad with both states in it, the chance that a meeting of the two
is recorded during it is learned from past editions alone, in three steps that shrink towards one another: all series
with the same relation (hosted by the first side, by the second, or abroad), the series, and the dyad's own record at
the series, with old editions fading. The cumulative chance of a period, ``-log(1 - p)`` summed over its editions, is
the signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.countries import sides
from forecast.cube import Cube, Floats, Ints, Selector, effective_days
from forecast.dates import day_number
from forecast.history import History
from forecast.periods import EDGES, PERIODS, column

RELATIONS: Final = ("hosted_by_first", "hosted_by_second", "abroad")

#: A stay begins before the summit and ends after it by up to this many days.
SLACK_DAYS: Final = 3
HALF_LIFE_DAYS: Final = 3653.0
SERIES_PRIOR: Final = 10.0
DYAD_PRIOR: Final = 2.0
_UNIT: Final = 1 << 20
_LAST_EDGE: Final = EDGES[-1]
_UNKNOWN: Final = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, eq=False)
class Attendance:
    """Editions against dyads: who could meet, who was recorded to have met, and since when that is known.

    Parameters
    ----------
    dyads : list of str
    starts, ends, announced, off : numpy.ndarray of int64, shape (n_editions,)
    took_place : numpy.ndarray of bool, shape (n_editions,)
    series : numpy.ndarray of int64, shape (n_editions,)
    since : numpy.ndarray of int64, shape (n_editions, n_dyads)
        Day from which both states' part is known; far away if they do not both take part.
    gone : numpy.ndarray of int64, shape (n_editions, n_dyads)
        Last day of membership of a side that leaves before the edition begins; far away if neither does.
    relation : numpy.ndarray of int64, shape (n_editions, n_dyads)
        Position in `RELATIONS`.
    met_known : numpy.ndarray of int64, shape (n_editions, n_dyads)
        Day on which a meeting during the edition was known; far away if none is recorded.
    """

    dyads: list[str]
    starts: Ints
    ends: Ints
    announced: Ints
    off: Ints
    took_place: npt.NDArray[np.bool_]
    series: Ints
    since: Ints
    gone: Ints
    relation: Ints
    met_known: Ints


def attendance(cube: Cube, meetings: Selector, dyads: list[str]) -> Attendance:
    """Lay the recorded meetings of dyads over the calendar of the cube's history.

    Parameters
    ----------
    cube : Cube
    meetings : Selector
        What counts as a meeting.
    dyads : list of str

    Returns
    -------
    Attendance
    """
    pairs = [sides(dyad) for dyad in dyads]
    centres = {code for pair in pairs for code in pair}
    editions = [
        edition for edition in cube.history.calendar.editions if sum(code in centres for code, _ in edition.members) > 1
    ]
    codes = sorted(centres)
    part = np.full((len(editions), len(codes)), _UNKNOWN)
    last = np.full((len(editions), len(codes)), _UNKNOWN)
    place = {code: position for position, code in enumerate(codes)}
    for row, edition in enumerate(editions):
        for code, since in edition.members:
            if code in place:
                part[row, place[code]] = day_number(since)
        for code, day in edition.left:
            if code in place:
                last[row, place[code]] = day_number(day)
    first = np.array([place[a] for a, _ in pairs], dtype=np.int64)
    second = np.array([place[b] for _, b in pairs], dtype=np.int64)
    host = np.array([place.get(edition.host, -1) for edition in editions], dtype=np.int64)[:, None]
    relation = np.where(host == first, 0, np.where(host == second, 1, 2))
    starts = _days([edition.starts_on for edition in editions])
    ends = _days([edition.ends_on for edition in editions])
    names = sorted({edition.series for edition in editions})
    return Attendance(
        dyads=dyads,
        starts=starts,
        ends=ends,
        announced=_days([edition.announced_on for edition in editions]),
        off=_days([edition.off_on for edition in editions]),
        took_place=np.array([edition.took_place for edition in editions], dtype=bool),
        series=np.array([names.index(edition.series) for edition in editions], dtype=np.int64),
        since=np.maximum(part[:, first], part[:, second]).reshape(len(editions), len(dyads)),
        gone=np.minimum(last[:, first], last[:, second]).reshape(len(editions), len(dyads)),
        relation=relation.reshape(len(editions), len(dyads)),
        met_known=_met(cube, meetings, dyads, starts, ends),
    )


def _days(days: list[np.datetime64]) -> Ints:
    return np.array([day_number(day) for day in days], dtype=np.int64)


def _met(cube: Cube, meetings: Selector, dyads: list[str], starts: Ints, ends: Ints) -> Ints:
    """Day on which a meeting during each edition was known, of shape (n_editions, n_dyads)."""
    found = cube.slice(meetings)
    known = np.full((len(starts), len(dyads)), _UNKNOWN)
    columns = {number: at for at, number in enumerate(cube.number(dyads).tolist()) if number < len(cube.numbers)}
    order = np.argsort(starts, kind="stable")
    ordered = starts[order]
    longest = int((ends - starts).max(initial=0)) + 2 * SLACK_DAYS
    for dyad, entered, occurred in zip(
        found.dyad.tolist(), found.entered.tolist(), found.occurred.tolist(), strict=True
    ):
        if dyad not in columns:
            continue
        low, high = np.searchsorted(ordered, [occurred - longest, occurred + SLACK_DAYS + 1])
        for row in order[low:high]:
            if starts[row] - SLACK_DAYS <= occurred <= ends[row] + SLACK_DAYS:
                known[row, columns[dyad]] = min(known[row, columns[dyad]], entered)
    return known


def venue_signals(
    seen: Attendance, history: History, *, dyads: list[str], as_of: np.datetime64, cohort: list[str]
) -> pd.DataFrame:
    """Cumulative chance of a meeting at the summits of each period, by who hosts.

    Parameters
    ----------
    seen : Attendance
        Of the dyads asked for and of the cohort.
    history : History
        Tells how far each dyad is recorded.
    dyads : list of str, length n_rows
    as_of : numpy.datetime64[D]
    cohort : list of str
        Dyads from whose record the chances of a series are learned.

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 3 * n_periods)
        Columns ``venues__hosted_by_first@start-end`` and so on.
    """
    today = day_number(as_of)
    position = {dyad: at for at, dyad in enumerate(seen.dyads)}
    rows = np.array([position[dyad] for dyad in dyads], dtype=np.int64)
    ahead = np.flatnonzero(
        (seen.announced < today) & (seen.starts >= today) & (seen.starts < today + _LAST_EDGE) & (seen.off >= today)
    )
    recorded_from, _ = effective_days(history, seen.dyads, np.full(len(seen.dyads), as_of))
    chance = _chances(seen, today, ahead, recorded_from, np.isin(seen.dyads, cohort))[:, rows]
    both = (seen.since[np.ix_(ahead, rows)] < today) & (seen.gone[np.ix_(ahead, rows)] >= today)
    weight = -np.log1p(-np.minimum(chance, 0.99)) * both
    relation = seen.relation[np.ix_(ahead, rows)]
    lead = seen.starts[ahead] - today
    columns = {}
    for start, end in PERIODS:
        here = ((lead >= start) & (lead < end))[:, None]
        for code, name in enumerate(RELATIONS):
            columns[column(f"venues__{name}", start, end)] = (weight * (here & (relation == code))).sum(axis=0)
    return pd.DataFrame(columns)


def _chances(seen: Attendance, today: int, ahead: Ints, recorded_from: Ints, pool: npt.NDArray[np.bool_]) -> Floats:
    """Chance of a recorded meeting at each edition ahead for each dyad, learned from editions that have ended."""
    past = np.flatnonzero((seen.ends + SLACK_DAYS < today) & seen.took_place)
    stayed = seen.gone[past] >= seen.starts[past][:, None]
    could = (seen.since[past] < today) & stayed & (recorded_from <= seen.starts[past][:, None])
    met = (seen.met_known[past] < today) & could
    # Weights are whole numbers: their sums are exact, whatever other dyads stand in the table.
    faded = np.round(_UNIT * np.exp2((seen.starts[past] - today) / HALF_LIFE_DAYS)).astype(np.int64)[:, None]
    order = np.argsort(seen.series[past], kind="stable")
    kinds, begins = np.unique(seen.series[past][order], return_index=True)
    known_kind = np.searchsorted(kinds, seen.series[ahead])
    is_known = np.isin(seen.series[ahead], kinds)
    chance = np.zeros((len(ahead), len(seen.dyads)))
    for code in range(len(RELATIONS)):
        these = could & (seen.relation[past] == code)
        n, hits = (np.where(these, faded, 0)[order], np.where(met & these, faded, 0)[order])
        overall = (hits[:, pool].sum() / _UNIT + 1.0) / (n[:, pool].sum() / _UNIT + 4.0)
        own = np.full(chance.shape, overall)
        if len(kinds):
            n, hits = (np.add.reduceat(table, begins, axis=0) for table in (n, hits))
            together, possible = hits[:, pool].sum(axis=1), n[:, pool].sum(axis=1)
            pooled = (together / _UNIT + SERIES_PRIOR * overall) / (possible / _UNIT + SERIES_PRIOR)
            # A series without a record is worth what an unknown one is, to the last bit: whether editions of it that
            # nobody knows of yet stand in the calendar must not be seen.
            pooled = np.where(possible > 0, pooled, overall)
            by_dyad = (hits / _UNIT + DYAD_PRIOR * pooled[:, None]) / (n / _UNIT + DYAD_PRIOR)
            own[is_known] = by_dyad[known_kind[is_known]]
        chance = np.where(seen.relation[ahead] == code, own, chance)
    return chance
