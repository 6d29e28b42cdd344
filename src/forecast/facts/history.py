"""The history of a workspace behind its time gate.

Everything that computes a forecast receives a `History` that has passed `History.known_before`: facts with
``known_on >= as_of`` are not in it, and no source is covered beyond the day before `as_of`. What cannot see the
future need not promise not to look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import ONE_DAY, Day, Days, Ints, as_day, day_number, day_numbers
from forecast.facts.calendar import NEVER, Calendar
from forecast.facts.countries import alive_on, canonical_dyad, sides
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.leaders import Spell
from forecast.facts.record import GROUPS, Spans, directions, spans_of, union, with_groups
from forecast.facts.reports import Reports

T = TypeVar("T")

_FAR = 1 << 40


class Once:
    """A value with which is kept what was made of it once."""

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Give what was made under a key, making it the first time."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made


@dataclass(frozen=True, eq=False)
class History(Once):
    """Events and the coverage of their sources, scheduled summits, and who leads which state since when."""

    #: Columns of `forecast.facts.events.COLUMNS` plus `dyad` and `forward` (the source is the dyad's first side), in an
    #: order that depends on the facts alone.
    events: pd.DataFrame
    coverages: tuple[Coverage, ...]
    calendar: Calendar = field(default_factory=Calendar)
    leaders: tuple[Spell, ...] = ()
    #: Event data, for signals alone; no outcome and no fingerprint of facts is made of them.
    reports: Reports = field(default_factory=Reports)

    def known_before(self, as_of: Day) -> History:
        """Give the history as it was public before `as_of`: a fact stays only if ``known_on < as_of``.

        A source of which no fact is known yet does not exist yet. Declared coverage is cut at the day before `as_of`;
        undeclared coverage is taken again from the facts that stay, so that a fact of the future cannot resolve an
        outcome of the past.
        """
        events = self.events.loc[self.events["known_on"].to_numpy() < as_of]
        coverages = []
        for coverage in self.coverages:
            known = self.days_known(coverage)
            if not len(known) or known[0] >= as_of:
                continue
            last = min(coverage.ends_on, as_of - ONE_DAY)
            if not coverage.declared:
                last = min(coverage.ends_on, known[np.searchsorted(known, as_of) - 1])
            if coverage.starts_on <= last:
                coverages.append(replace(coverage, ends_on=last))
        leaders = tuple(spell for spell in self.leaders if spell.begins_on < as_of)
        calendar, reports = self.calendar.known_before(as_of), self.reports.known_before(as_of)
        return History(events, tuple(coverages), calendar, leaders, reports)

    def days_known(self, coverage: Coverage) -> Days:
        """Sorted days on which facts of a source's publisher became known."""
        return self.once(("days known", coverage.publisher), lambda: self._days_known(coverage.publisher))

    def _days_known(self, publisher: str) -> Days:
        return np.unique(self.events.loc[self.events["publisher"] == publisher, "known_on"].to_numpy("datetime64[D]"))

    @cached_property
    def resolving(self) -> tuple[Coverage, ...]:
        """Sources that can resolve meetings: complete ones, and ledgers that declare nothing."""
        return tuple(c for c in self.coverages if c.defines_meetings and c.complete)

    @cached_property
    def focal_states(self) -> tuple[str, ...]:
        """States of which complete sources cover both directions: all of whose dyads are resolved."""
        return tuple(sorted(self._focal_on(NEVER)["both"]))

    def focal_states_on(self, as_of: Day) -> tuple[str, ...]:
        """The same by the sources that exist and cover a day before the as-of date."""
        return tuple(sorted(self._focal_on(as_of)["both"]))

    def _focal_on(self, as_of: Day) -> dict[str, set[str]]:
        """States whose journeys, visits and both are held by complete sources before the as-of date."""
        begun = [c for c in self.resolving if c.focal and c.declared and self._exists_from(c, "") < as_of]
        journeys, visits = (
            {c.focal for c in begun if c.direction in ("both", direction)} for direction in ("journeys", "visits")
        )
        return {"journeys": journeys, "visits": visits, "both": journeys & visits}

    @cached_property
    def _first_reports(self) -> dict[str, dict[str, Day]]:
        """Day on which each ledger first reported on each dyad."""
        rows = self.events.loc[self.events["publisher"].str.startswith("ledger:")]
        first = rows.groupby(["dyad", "publisher"], as_index=False)["known_on"].min()
        days: dict[str, dict[str, Day]] = {}
        for dyad, publisher, known_on in first[["dyad", "publisher", "known_on"]].itertuples(index=False):
            days.setdefault(dyad, {})[publisher] = as_day(known_on)
        return days

    def first_report(self, dyad: str, publisher: str) -> Day:
        """Day on which a ledger first reported on the dyad; far in the future if it never does."""
        return self._first_reports.get(dyad, {}).get(publisher, NEVER)

    def publishers_of_record(self, dyad: str) -> tuple[str, ...]:
        """Publishers that can prove that the two did not meet, or else the ledgers that report on them."""
        return tuple(sorted(self._focal_since(dyad))) or tuple(sorted(self._first_reports.get(dyad, {})))

    def _focal_since(self, dyad: str) -> dict[str, Day]:
        """Complete publishers of either side, each with the day since which it covers meetings of the dyad."""
        return self.once(("focal since", dyad), lambda: self._since(dyad))

    def _since(self, dyad: str) -> dict[str, Day]:
        since: dict[str, Day] = {}
        for coverage in self.coverages_of_record(dyad):
            if coverage.focal and coverage.declared:
                begun = self._exists_from(coverage, dyad)
                since[coverage.publisher] = min(since.get(coverage.publisher, NEVER), begun)
        return {publisher: begun for publisher, begun in since.items() if begun < NEVER}

    def of_record(self, events: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Whether each event is of a publisher of record on the day on which it becomes known.

        A ledger's report counts until a complete publisher of the dyad begins: a source that begins later does not
        change how earlier reports were counted.
        """
        known = events["known_on"].to_numpy("datetime64[D]")
        pairs, names = _pairs(events["dyad"], events["publisher"])
        begun, until = np.full((2, len(names)), NEVER)
        for pair, (dyad, publisher) in enumerate(names):
            since = self._focal_since(dyad)
            begun[pair] = since.get(publisher, NEVER)
            reports = publisher in self._first_reports.get(dyad, {})
            until[pair] = min(since.values(), default=NEVER) if reports else np.datetime64("NaT", "D")
        return np.asarray((known < until[pairs]) | (known >= begun[pairs]), dtype=bool)

    def coverages_of_record(self, dyad: str) -> list[Coverage]:
        """Sources whose coverage resolves the dyad's meetings: complete ones, of either side or of the dyad.

        Ledgers that declare no days stand among them: where no other source resolves the dyad they are taken as
        complete between their first and last report.
        """
        return self.once(("of record", dyad), lambda: self._of_record(dyad))

    def _of_record(self, dyad: str) -> list[Coverage]:
        pair, ledgers = sides(dyad), self._first_reports.get(dyad, {})
        return [
            c
            for c in self._concerning(dyad)
            if c.defines_meetings and c.complete and (directions(c, pair) if c.focal else c.publisher in ledgers)
        ]

    @cached_property
    def _by_source(self) -> dict[str, list[int]]:
        """Positions of the sources of each focal state and of each publisher."""
        places: dict[str, list[int]] = {}
        for at, coverage in enumerate(self.coverages):
            for name in {coverage.focal, coverage.publisher}:
                places.setdefault(name, []).append(at)
        return places

    def _concerning(self, dyad: str) -> list[Coverage]:
        """Sources of either side, and ledgers that report on the dyad, in their order: of many, few."""
        names = (*sides(dyad), *self._first_reports.get(dyad, {}))
        return [self.coverages[at] for at in sorted({at for name in names for at in self._by_source.get(name, ())})]

    def spans(self, dyad: str) -> Spans:
        """Days over which the dyad's meetings are resolved by sources that declare what they cover."""
        return self.once(("spans", dyad), lambda: self._spans(dyad))

    def _spans(self, dyad: str) -> Spans:
        known = [(c, day_number(self._exists_from(c, dyad))) for c in self.coverages_of_record(dyad) if c.declared]
        return spans_of(sides(dyad), known)

    def _exists_from(self, coverage: Coverage, dyad: str) -> Day:
        """Day after which a source exists: a fact (a ledger's: on the dyad) is known and its days have begun."""
        if not coverage.focal:
            return max(self.first_report(dyad, coverage.publisher), coverage.starts_on)
        known = self.days_known(coverage)
        return max(known[0], coverage.starts_on) if len(known) else NEVER

    def sources(self, dyad: str, about: str = "meetings") -> Hashable:
        """What the spans of a dyad's record depend on: dyads of which this is equal have equal spans at any date."""
        return self.once(("sources", dyad, about), lambda: self._sources(dyad, about))

    def _sources(self, dyad: str, about: str) -> Hashable:
        if about == "meetings":
            reported = ((c, self.first_report(dyad, c.publisher)) for c in self._undeclared(dyad))
            return self.spans(dyad), tuple(reported)
        ledgers = tuple(self._ledgers_since(dyad))
        if about == "ledgers":
            return ledgers
        return tuple(self._listing_ministers(dyad)), min(self._focal_since(dyad).values(), default=NEVER), ledgers

    def recorded(self, dyad: str, days: Ints) -> tuple[Ints, Ints]:
        """First day and the day after the last on which the dyad's meetings are resolved, as known before each day."""
        first, until = self.spans(dyad).recorded(days)
        open_rows = np.flatnonzero(first == until)
        if len(open_rows):
            first[open_rows], until[open_rows] = self._between_reports(dyad, days[open_rows])
        return first, until

    def _between_reports(self, dyad: str, days: Ints) -> tuple[Ints, Ints]:
        """The same by ledgers that declare no days, from their first report to the last before each day."""
        first, until = np.full(len(days), -_FAR), np.full(len(days), -_FAR)
        for coverage in sorted(self._undeclared(dyad), key=lambda one: one.starts_on):
            reported = day_number(self.first_report(dyad, coverage.publisher)) < days
            known, start = day_numbers(self.days_known(coverage)), day_number(coverage.starts_on)
            reported &= start < days
            ends = np.minimum(known[np.maximum(np.searchsorted(known, days) - 1, 0)], day_number(coverage.ends_on)) + 1
            first = np.where(reported & (start > until), start, first)
            until = np.where(reported, np.maximum(until, ends), until)
        return np.where(until > -_FAR, first, days), np.where(until > -_FAR, until, days)

    def _undeclared(self, dyad: str) -> list[Coverage]:
        """Ledgers that declare no days and report on both directions of the dyad."""
        ledgers = self._first_reports.get(dyad, {})
        return [
            c
            for c in self.coverages_of_record(dyad)
            if not c.declared and c.publisher in ledgers and len(directions(c, sides(dyad))) == 2
        ]

    def ministers_recorded(self, dyad: str, days: Ints) -> tuple[Ints, Ints]:
        """The same for encounters of ministers: by publishers that list those of either side, or else by ledgers."""
        first, until = self._covered(self._listing_ministers(dyad), days)
        alone = days <= day_number(min(self._focal_since(dyad).values(), default=NEVER))
        begins, ends = self.ledgers_recorded(dyad, days)
        return np.where(alone, begins, first), np.where(alone, ends, until)

    def _listing_ministers(self, dyad: str) -> list[tuple[Coverage, Day]]:
        pair = sides(dyad)
        return [
            (c, self._exists_from(c, dyad))
            for c in self._concerning(dyad)
            if c.focal in pair and c.complete and c.level in ("", "minister")
        ]

    def ledgers_recorded(self, dyad: str, days: Ints) -> tuple[Ints, Ints]:
        """The same for what ledgers alone report, each from the day after its first report on the dyad."""
        return self._covered(self._ledgers_since(dyad), days)

    def _ledgers_since(self, dyad: str) -> list[tuple[Coverage, Day]]:
        reported = self._first_reports.get(dyad, {})
        ledgers = [c for c in self._concerning(dyad) if c.publisher in reported]
        return [(c, max(reported[c.publisher], c.starts_on)) for c in ledgers]

    def _covered(self, begun: list[tuple[Coverage, Day]], days: Ints) -> tuple[Ints, Ints]:
        """First day and the day after the last that any of some sources covers, each from the day after it begins."""
        first, until = np.full(len(days), _FAR), np.full(len(days), -_FAR)
        for coverage, since in begun:
            exists = day_number(since) < days
            ends = np.full(len(days), day_number(coverage.ends_on))
            if not coverage.declared:
                known = day_numbers(self.days_known(coverage))
                ends = known[np.maximum(np.searchsorted(known, days) - 1, 0)]
            first = np.where(exists, np.minimum(first, day_number(coverage.starts_on)), first)
            until = np.where(exists, np.maximum(until, ends + 1), until)
        until = np.where(until > -_FAR, np.minimum(days, until), days)
        return np.minimum(first, until), until

    def resolved_until(self, dyad: str, days: Ints) -> Ints:
        """Day after the last resolved one of the span that holds each as-of date; the date itself outside of all.

        What ledgers without declared days report beside a source that declares its own resolves nothing.
        """
        spans = self.spans(dyad).intervals
        if spans:
            return _ends_of(spans[-1], days)
        reported = [(day_number(c.starts_on), day_number(c.ends_on)) for c in self._undeclared(dyad)]
        return _ends_of(union(reported), days)

    def coverage_end(self, dyad: str) -> Day | None:
        """Last day on which the dyad's meetings are resolved, or None if they never are."""
        spans = self.spans(dyad).intervals
        ends = [spans[-1][-1][1]] if spans else [day_number(c.ends_on) for c in self._undeclared(dyad)]
        return np.datetime64(max(ends), "D") if ends else None

    def cohort(self, as_of: Day, *, focal: str | None = None) -> list[str]:
        """Dyads that exist on the date: both states exist and sources can resolve the two."""
        alive = alive_on(as_of)
        journeys, visits, whole = (self._focal_on(as_of)[way] & alive for way in ("journeys", "visits", "both"))
        dyads = {canonical_dyad(one, other) for one in whole for other in alive - {one}}
        for one_way in (journeys, visits):
            dyads |= {canonical_dyad(one, other) for one in one_way for other in one_way - {one}}
        dyads.update(
            dyad for dyad, known_on in self._first_in_ledger.items() if known_on < as_of and set(sides(dyad)) <= alive
        )
        return sorted(dyad for dyad in dyads if focal is None or focal in sides(dyad))

    @cached_property
    def _first_in_ledger(self) -> dict[str, Day]:
        """Day on which any ledger first reported on each dyad."""
        return {dyad: min(days.values()) for dyad, days in self._first_reports.items()}

    def in_ledger(self, dyads: Sequence[str], as_ofs: Days) -> npt.NDArray[np.bool_]:
        """Whether a ledger had reported on each dyad before its as-of date."""
        first = np.array([self._first_in_ledger.get(str(dyad), NEVER) for dyad in dyads], dtype="datetime64[D]")
        return np.asarray(first < as_ofs)

    @cached_property
    def first_day(self) -> Day:
        """First day that any source that resolves meetings covers."""
        return min((c.starts_on for c in self.resolving), default=NEVER)

    def fingerprint(self) -> str:
        """SHA-256 of the facts and the coverage, as hexadecimal text.

        The address of an event is left out: it touches no forecast. Its note tells the tone of a readout.
        """
        return self._fingerprint

    def fingerprint_before(self, as_of: Day) -> str:
        """The same of what was public before a day."""
        return self.once(("fingerprint", str(as_of)), lambda: self.known_before(as_of).fingerprint())

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for name in self.events.columns:
            if name not in ("url", *GROUPS):
                digest.update(name.encode() + b"\0" + _column_bytes(self.events[name]))
        digest.update(repr((self.calendar, self.leaders, self.coverages)).encode())
        return digest.hexdigest()


def rows_by_sources(
    history: History, dyads: Sequence[str] | npt.NDArray[np.str_], about: str = "meetings"
) -> list[tuple[str, npt.NDArray[np.int64]]]:
    """Rows of dyads that share their `History.sources`, each with one of these dyads: of many, most do."""
    inverse, names = pd.factorize(np.asarray(dyads, dtype=object))
    places: dict[Hashable, int] = {}
    kind = np.array([places.setdefault(history.sources(name, about), len(places)) for name in names], dtype=np.int64)
    order = np.argsort(kind[inverse], kind="stable")
    _, begins = np.unique(kind[inverse][order], return_index=True)
    return [(str(names[inverse[rows[0]]]), rows) for rows in np.split(order, begins[1:]) if len(rows)]


def _column_bytes(column: pd.Series) -> bytes:
    """The values of a column; texts with their lengths, so that no two columns give the same bytes."""
    if column.dtype.kind in "bM":
        return column.to_numpy().astype(np.int64).tobytes()
    texts = column.to_list()
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)).tobytes() + "".join(texts).encode()


def _ends_of(spans: Iterable[tuple[int, int]], days: Ints) -> Ints:
    """Day after the end of the span that holds each day, or the day itself."""
    until = days.copy()
    for start, end in spans:
        until = np.where((start <= days) & (days <= end), np.maximum(until, end + 1), until)
    return until


def _pairs(one: pd.Series, other: pd.Series) -> tuple[Ints, list[tuple[str, str]]]:
    """Number of the pair of texts in each row, and the pairs in the order in which they come."""
    (ones, firsts), (others, seconds) = pd.factorize(one), pd.factorize(other)
    codes, pairs = pd.factorize(ones.astype(np.int64) * len(seconds) + others)
    first, second = firsts.to_numpy(dtype=object), seconds.to_numpy(dtype=object)
    places = np.divmod(pairs, max(len(seconds), 1))
    return codes, list(zip(first[places[0]].tolist(), second[places[1]].tolist(), strict=True))


def make_history(
    events: pd.DataFrame,
    coverages: list[Coverage],
    calendar: Calendar | None = None,
    leaders: tuple[Spell, ...] = (),
) -> History:
    """Order events and give each its dyad."""
    events = events.loc[:, list(COLUMNS)].copy()
    codes, pairs = _pairs(events["source"], events["recipient"])
    names = [canonical_dyad(source, recipient) for source, recipient in pairs]
    forward = [name.startswith(f"{source}-") for name, (source, _) in zip(names, pairs, strict=True)]
    events["dyad"] = pd.Series(np.array(names, dtype=object)[codes], index=events.index, dtype=str)
    events["forward"] = np.array(forward, dtype=bool)[codes]
    for column in DAY_COLUMNS:
        events[column] = events[column].astype("datetime64[s]")
    order = list(dict.fromkeys(["known_on", "publisher", "record_id", "dyad", *(c for c in COLUMNS if c != "url")]))
    # Numbers of records are mostly distinct, and sorting by all columns takes ten times as long.
    order = order if events.duplicated(order[:3]).any() else order[:3]
    events = events.sort_values(order, kind="stable", ignore_index=True)
    events = with_groups(events)
    return History(events, tuple(coverages), calendar if calendar is not None else Calendar(), leaders)
