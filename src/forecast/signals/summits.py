"""Who could meet at which summit, and who was recorded to have met there, as known before an as-of date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Day, Ints, as_days, day_number, day_numbers
from forecast.facts.calendar import Edition
from forecast.facts.countries import sides
from forecast.periods import EDGES
from forecast.signals.cube import Cube, Selector, classified

Flags = npt.NDArray[np.bool_]

RELATIONS: Final = ("hosted_by_first", "hosted_by_second", "abroad")

#: A stay begins before the summit and ends after it by up to this many days.
SLACK_DAYS: Final = 3
_UNKNOWN: Final = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, eq=False)
class Summits:
    """Summits announced before an as-of date against the dyads of a view; positions count along `editions`."""

    editions: list[Edition]
    starts: Ints
    ends: Ints
    series: Ints
    states: npt.NDArray[np.str_]
    _table: SummitTable
    _rows: Ints
    _columns: Ints
    _today: int
    _recorded_from: Ints

    def held(self, *, since: int | None = None) -> Ints:
        """Positions of the editions that have taken place, and did not begin before `since`."""
        rows = self._rows
        held = (self.ends + SLACK_DAYS < self._today) & self._table.took_place[rows]
        return np.flatnonzero(held if since is None else held & (self.starts >= since))

    def ahead(self) -> Ints:
        """Positions of the editions, not called off, that begin within the longest horizon."""
        standing = (self.starts >= self._today) & (self._table.off[self._rows] >= self._today)
        return np.flatnonzero(standing & (self.starts < self._today + EDGES[-1]))

    @property
    def recorded_from(self) -> int:
        """First day on which the record of any of the dyads had begun: no earlier edition says anything."""
        return int(self._recorded_from.min(initial=self._today))

    def relation(self, editions: Ints, dyads: Ints | None = None) -> npt.NDArray[np.int8]:
        """Position in `RELATIONS` of editions for each dyad, shape (n_editions, n_dyads); or for pairs of the two."""
        rows = self._rows[editions]
        return self._table.relation[np.ix_(rows, self._columns) if dyads is None else (rows, self._columns[dyads])]

    def both_expected(self, editions: Ints) -> Flags:
        """Whether both sides of each dyad are known to take part in editions ahead."""
        return self._both(self._table.expected(self._today)[self._rows[editions]])

    def could_meet(self, editions: Ints) -> Flags:
        """Whether both sides of each dyad took part in held editions, and the dyad's record had begun."""
        rows = self._rows[editions]
        came = (self._table.part[rows] < self._today) & self._table.stayed[rows]
        return self._both(came) & (self._recorded_from <= self.starts[editions][:, None])

    def shared(self, editions: Ints) -> Flags:
        """Whether both sides of each dyad belonged to held editions, come or not, and the dyad's record had begun."""
        starts = self.starts[editions][:, None]
        return self._both(self._table.part[self._rows[editions]] < starts) & (self._recorded_from <= starts)

    def presence(self, editions: Ints, dyads: Flags) -> tuple[Flags, Flags, Flags]:
        """Whether each state met anyone at held editions, by the record of some dyads; stayed away; was due abroad."""
        table, rows = self._table, self._rows[editions]
        came = np.zeros((len(rows), len(table.codes)), dtype=bool)
        edition, dyad, _ = self.meetings(editions)
        counted = dyads[dyad]
        for side in self.places:
            came[edition[counted], side[dyad[counted]]] = True
        abroad = np.array([self.editions[at].host for at in editions], dtype=str)[:, None] != np.array(table.codes)
        member = (table.part[rows] < self.starts[editions][:, None]) & abroad
        return came, table.absent[rows] < self._today, member

    @property
    def codes(self) -> list[str]:
        """States along the last axis of `presence`."""
        return self._table.codes

    @property
    def places(self) -> tuple[Ints, Ints]:
        """Position in `codes` of the first and the second side of each dyad."""
        return self._table.first[self._columns], self._table.second[self._columns]

    def met(self, editions: Ints) -> Flags:
        """Whether a meeting of the two during held editions is on record."""
        met = np.zeros((len(editions), len(self._columns)), dtype=bool)
        edition, dyad, _ = self.meetings(editions)
        met[edition, dyad] = True
        return met

    def meetings(self, editions: Ints) -> tuple[Ints, Ints, Ints]:
        """Positions among editions and dyads of the meetings on record, and the first day of each.

        Of several meetings of the two at one edition it is that of the one that was known first.
        """
        row, column, on = self._on_record
        at = _places(self._rows[editions], len(self._table.starts))[row]
        return at[at >= 0], column[at >= 0], on[at >= 0]

    @cached_property
    def _on_record(self) -> tuple[Ints, Ints, Ints]:
        """Rows of the table, dyads and first days of all meetings known."""
        row, column, known, on = self._table.met
        dyad = _places(self._columns, len(self._table.dyads))[column]
        kept = (known < self._today) & (dyad >= 0)
        return row[kept], dyad[kept], on[kept]

    def _both(self, by_state: Flags) -> Flags:
        """Whether something holds for both sides of each dyad; `by_state` has shape (n_editions, n_states)."""
        return by_state[:, self._table.first[self._columns]] & by_state[:, self._table.second[self._columns]]


@dataclass(frozen=True, eq=False)
class SummitTable:
    """All editions against states and dyads, each entry with the day on which it was public; `Summits` looks at it."""

    dyads: list[str]
    codes: list[str]
    editions: list[Edition]
    starts: Ints
    ends: Ints
    announced: Ints
    off: Ints
    took_place: Flags
    series: Ints
    first: Ints
    second: Ints
    part: Ints
    absent: Ints
    turns: Ints
    stayed: Flags
    relation: npt.NDArray[np.int8]
    #: Edition, dyad, day on which it was known and first day of each meeting on record, along the first axis.
    met: Ints

    def expected(self, before: int) -> Flags:
        """Whether each state was expected at each edition on what was public before a day: as `Edition.expected`."""
        known = self.part < before
        _replay(known, self.turns[self.turns[:, 2] < before])
        return known & (self.absent >= before)


def known_summits(
    table: SummitTable, dyads: list[str], *, today: int, recorded_from: Ints, hidden: tuple[Edition, ...] = ()
) -> Summits:
    """Give the summits announced before a day for sorted dyads whose records begin on given days."""
    known = table.announced < today
    for edition in hidden:
        known[table.editions.index(edition)] = False
    rows = np.flatnonzero(known)
    columns = np.searchsorted(table.dyads, dyads)
    return Summits(
        editions=[table.editions[row] for row in rows],
        starts=table.starts[rows],
        ends=table.ends[rows],
        series=table.series[rows],
        states=np.array([sides(dyad) for dyad in dyads], dtype=str).reshape(-1, 2).T,
        _table=table,
        _rows=rows,
        _columns=columns,
        _today=today,
        _recorded_from=recorded_from,
    )


def summit_table(cube: Cube, meetings: Selector, dyads: list[str]) -> SummitTable:
    """Lay the recorded meetings of sorted dyads over the calendar of the cube's history; the last one is kept."""
    kept: dict[tuple[Selector, tuple[str, ...]], SummitTable] = cube.once("summit table", dict)
    request = meetings, tuple(dyads)
    if request not in kept:
        kept.clear()
        kept[request] = _laid_out(cube, meetings, dyads)
    return kept[request]


def _laid_out(cube: Cube, meetings: Selector, dyads: list[str]) -> SummitTable:
    pairs = [sides(dyad) for dyad in dyads]
    centres = {code for pair in pairs for code in pair}
    editions = [
        edition
        for edition in cube.history.calendar.editions
        if len(centres & {code for code, _ in edition.members}) > 1
    ]
    place = {code: position for position, code in enumerate(sorted(centres))}
    first = np.array([place[a] for a, _ in pairs], dtype=np.int64)
    second = np.array([place[b] for _, b in pairs], dtype=np.int64)
    part = _first_days([edition.members for edition in editions], place)
    # Most gatherings of the calendar bring no pair of these dyads together: they would only be carried along.
    there = part < _UNKNOWN
    kept = np.flatnonzero((there[:, first] & there[:, second]).any(axis=1))
    part = part[kept]
    editions = [editions[row] for row in kept]
    absent = _first_days([edition.absent for edition in editions], place)
    turns = _turns(editions, place)
    host = np.array([place.get(edition.host, -1) for edition in editions], dtype=np.int64)[:, None]
    relation = np.where(host == first, np.int8(0), np.where(host == second, np.int8(1), np.int8(2)))
    starts = day_numbers(as_days([edition.starts_on for edition in editions]))
    ends = day_numbers(as_days([edition.ends_on for edition in editions]))
    stayed = np.ones(part.shape, dtype=bool)
    _replay(stayed, turns[turns[:, 2] < starts[turns[:, 0]] + turns[:, 3]])
    stayed &= absent >= starts[:, None]
    names = sorted({edition.series for edition in editions})
    return SummitTable(
        dyads=dyads,
        codes=sorted(centres),
        editions=editions,
        starts=starts,
        ends=ends,
        announced=day_numbers(as_days([edition.announced_on for edition in editions])),
        off=day_numbers(as_days([edition.off_on for edition in editions])),
        took_place=np.array([edition.took_place for edition in editions], dtype=bool),
        series=np.array([names.index(edition.series) for edition in editions], dtype=np.int64),
        first=first,
        second=second,
        part=part,
        absent=absent,
        turns=turns,
        stayed=stayed,
        relation=relation.reshape(len(editions), len(dyads)),
        met=_met(cube, meetings, dyads, editions, starts, ends),
    )


def _first_days(parts: list[tuple[tuple[str, Day], ...]], place: dict[str, int]) -> Ints:
    """First day of each state in the parts of each edition, shape (n_editions, n_states); far away without one."""
    found = np.full((len(parts), len(place)), _UNKNOWN)
    rows = np.repeat(np.arange(len(parts)), [len(listed) for listed in parts])
    states = np.array([place.get(code, -1) for listed in parts for code, _ in listed], dtype=np.int64)
    days = day_numbers(as_days([day for listed in parts for _, day in listed]))
    here = states >= 0
    np.minimum.at(found, (rows[here], states[here]), days[here])
    return found


def _turns(editions: list[Edition], place: dict[str, int]) -> Ints:
    """Every day on which a state comes in or leaves, of those that leave an edition, with the columns of `turns`."""
    found = [
        (row, place[code], day_number(day), is_in)
        for row, edition in enumerate(editions)
        for is_in, listed in ((1, edition.members), (0, edition.left))
        for code, day in listed
        if code in place and edition.left and code in dict(edition.left)
    ]
    # Of one day, the departure comes last, so that it stands.
    return np.array(sorted(found, key=lambda turn: (turn[2], -turn[3])), dtype=np.int64).reshape(-1, 4)


def _replay(flags: Flags, turns: Ints) -> None:
    """Set the flag of each edition and state to what its last turn says."""
    latest = turns[::-1]
    _, at = np.unique(latest[:, 0] * flags.shape[1] + latest[:, 1], return_index=True)
    flags[latest[at, 0], latest[at, 1]] = latest[at, 3] == 1


def _places(these: Ints, count: int) -> Ints:
    """Position among some numbers of each number below a count; -1 for the others."""
    places = np.full(count, -1, dtype=np.int64)
    places[these] = np.arange(len(these))
    return places


def _met(cube: Cube, meetings: Selector, dyads: list[str], editions: list[Edition], starts: Ints, ends: Ints) -> Ints:
    """Edition, dyad, day on which it was known and first day of the meetings during editions, shape (4, n).

    They took place in the host's country, as far as a place is reported: who was elsewhere in those days was not there.
    """
    events = cube.history.events
    events = events[(events[f"{meetings.opens}_of"] == events.index) & events["dyad"].isin(dyads)]
    events = events[meetings.takes(classified(cube.history, events))]
    columns = {name: at for at, name in enumerate(dyads)}
    names, places = (events[name].astype(str).tolist() for name in ("dyad", "place"))
    known, days = (day_numbers(events[name].to_numpy()) for name in ("known_on", "occurred_on"))
    order = np.argsort(starts, kind="stable")
    ordered = starts[order]
    longest = int((ends - starts).max(initial=0)) + 2 * SLACK_DAYS
    low = np.searchsorted(ordered, days - longest)
    high = np.searchsorted(ordered, days + SLACK_DAYS + 1)
    met: dict[tuple[int, int], tuple[int, int]] = {}
    # Most meetings are near no summit.
    for one in np.flatnonzero(low < high).tolist():
        entered, occurred = int(known[one]), int(days[one])
        for row in order[low[one] : high[one]].tolist():
            near = starts[row] - SLACK_DAYS <= occurred <= ends[row] + SLACK_DAYS
            if near and places[one] in ("", editions[row].host):
                at = row, columns[names[one]]
                met[at] = min(met.get(at, (entered, occurred)), (entered, occurred))
    return np.array([(*at, *on) for at, on in sorted(met.items())], dtype=np.int64).reshape(-1, 4).T
