"""Who could meet at which summit, who was recorded to have met there, and since when that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import day_number
from forecast.facts.calendar import Edition
from forecast.facts.countries import sides
from forecast.periods import EDGES
from forecast.signals.cube import Cube, Ints, Selector

RELATIONS: Final = ("hosted_by_first", "hosted_by_second", "abroad")

#: A stay begins before the summit and ends after it by up to this many days.
SLACK_DAYS: Final = 3
_UNKNOWN: Final = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, eq=False)
class Attendance:
    """Editions against dyads: who could meet, who was recorded to have met, and since when that is known.

    Parameters
    ----------
    dyads : list of str
    states : numpy.ndarray of str, shape (2, n_dyads)
        First and second side of each dyad.
    editions : list of Edition
        Those at which both sides of some dyad take part; the rows of all tables below.
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
    states: npt.NDArray[np.str_]
    editions: list[Edition]
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

    def ended_before(self, today: int, *, since: int | None = None) -> Ints:
        """Positions of the editions, known before a day, that had taken place by then and not begun before `since`."""
        ended = (self.announced < today) & (self.ends + SLACK_DAYS < today) & self.took_place
        return np.flatnonzero(ended if since is None else ended & (self.starts >= since))

    def ahead(self, today: int) -> Ints:
        """Positions of the editions, known before a day and not known to be off, that begin on it or later."""
        standing = (self.announced < today) & (self.starts >= today) & (self.off >= today)
        return np.flatnonzero(standing & (self.starts < today + EDGES[-1]))

    def takes_part(self, editions: Ints, today: int) -> npt.NDArray[np.bool_]:
        """Whether both sides take part in editions ahead, as known before a day."""
        return (self.since[editions] < today) & (self.gone[editions] >= today)

    def could_meet(self, editions: Ints, today: int, recorded_from: Ints) -> npt.NDArray[np.bool_]:
        """Whether both sides took part in editions, as known before a day, and the dyad's record had begun."""
        stayed = self.gone[editions] >= self.starts[editions][:, None]
        return (self.since[editions] < today) & stayed & (recorded_from <= self.starts[editions][:, None])


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
    since = np.maximum(part[:, first], part[:, second]).reshape(len(editions), len(dyads))
    # Most gatherings of the calendar bring no pair of these dyads together: they would only be carried along.
    kept = (since < _UNKNOWN).any(axis=1)
    since, last = since[kept], last[kept]
    editions = [edition for edition, keep in zip(editions, kept, strict=True) if keep]
    host = np.array([place.get(edition.host, -1) for edition in editions], dtype=np.int64)[:, None]
    relation = np.where(host == first, 0, np.where(host == second, 1, 2))
    starts = _days([edition.starts_on for edition in editions])
    ends = _days([edition.ends_on for edition in editions])
    names = sorted({edition.series for edition in editions})
    return Attendance(
        dyads=dyads,
        states=np.array(pairs, dtype=str).reshape(-1, 2).T,
        editions=editions,
        starts=starts,
        ends=ends,
        announced=_days([edition.announced_on for edition in editions]),
        off=_days([edition.off_on for edition in editions]),
        took_place=np.array([edition.took_place for edition in editions], dtype=bool),
        series=np.array([names.index(edition.series) for edition in editions], dtype=np.int64),
        since=since,
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
