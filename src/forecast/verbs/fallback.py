"""What can be said of a pair that no complete source covers: how often pairs of its kind meet, and the summits ahead.

No model knows such a pair. The record of the pairs that are covered gives two things, both learned from the ten years
before the as-of date and applied to the calendar that was public then:

- the rate of meetings outside summits, by kind of pair: by the number of summits, of at most `MOST_MEMBERS` states, to
  which both belonged in the five years before, since pairs that share more meet more, beside them too; and by how often
  each of the two meets the leaders whose record is known, compared with others of the kind (`BUSY`);
- the share of shared summits at which two leaders meet, by whether one of the two is host and by how many states
  belong: a guest mostly meets the host, and two guests of a large summit seldom sit down.

Each record (that of the USA, that of China, the others together) counts alike, however many pairs it has. What any
source reports of the pair itself, such as a ledger or journeys in one direction, can only raise the rate, since such
sources prove no absence. The interval is that of the pairs of the kind, widened by `TRANSFER` and `AT_SUMMITS`. Skill
and intervals are measured by holding out one record at a time (``benchmarks/fallback.py``), on which the settings were
chosen, on as-of dates before 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from forecast.dates import Day, Ints, day_number, day_numbers
from forecast.errors import DataMissingError
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.facts.record import Meetings, meetings_of
from forecast.panel.outcomes import KINDS_OF_TARGET
from forecast.periods import Floats

MODEL: Final = "fallback"
#: Days before the as-of date from which rates are learned, and in which summits make the kind of a pair.
LEARNED_DAYS: Final = 3653
KIND_DAYS: Final = 1826
#: Summits of more states say little of any two of them.
MOST_MEMBERS: Final = 60
#: Least number of shared summits of each kind of pair.
KINDS: Final = (0, 1, 5, 15)
#: Most members of the smaller kinds of summits.
SIZES: Final = (12, 25)
#: Days of pairs, and summits, that a kind must have in a record to be believed as much as all kinds together.
PAIR_DAYS: Final = 3653.0
SUMMITS: Final = 20.0
#: Power of how busy each of the two is, and meetings beyond those expected that a state must have to be believed half.
BUSY, BUSY_MEETINGS = 0.5, 3.0
#: Factors by which the rates of pairs of other states may differ, beside what pairs of a kind differ among themselves,
#: and the shares of their summits.
TRANSFER: Final = 1.5
AT_SUMMITS: Final = 2.0
#: No fallback is surer than this, either way.
LEAST, MOST = 1e-3, 0.999

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Rates:
    """Of one kind of pair: how many are covered, their meetings a day outside summits, the shape of their Gamma."""

    pairs: int
    a_day: float
    shape: float


@dataclass(frozen=True, eq=False)
class _Learned:
    """Rates by kind of pair, how busy each state is, the share met by kind of summit, and the rate of all pairs."""

    kinds: list[_Rates]
    busy: dict[str, float]
    shares: Floats
    overall: float
    whose: str


@dataclass(frozen=True, eq=False)
class Account:
    """What the forecast of one pair is made of: meetings a day outside summits, shares and summits by position."""

    overall: float
    kind: float
    reported: float
    n_reported: int
    shares: Floats
    calendar: _Calendar

    def probability(self, days: Floats, rate: float, *, but: int | None = None, summits: bool = True) -> Floats:
        """Probability within so many days at a rate outside summits; without one summit, or without all."""
        shares = self.shares * summits
        if but is not None:
            shares[but] = 0.0
        return np.clip(_within(rate, days, shares, self.calendar), LEAST, MOST)


@dataclass(frozen=True, eq=False)
class Fallback:
    """Probabilities of pairs by horizon, with bounds and the pooled rate of all pairs, and what they rest on."""

    probability: Floats
    low: Floats
    high: Floats
    pooled: Floats
    reasons: list[str]
    accounts: list[Account]


def fallback(known: History, dyads: list[str], day: Day, horizons: list[int], *, target: str) -> Fallback:
    """Forecast pairs that no complete source covers, from the facts known before a day."""
    calendar = _Calendar(known, day)
    meetings = meetings_of(known.events, KINDS_OF_TARGET[target])
    learned = _learned(known, day, calendar, meetings)
    days = np.array(horizons, dtype=np.float64)
    pairs = calendar.pairs(dyads)
    today = np.full(len(dyads), day_number(day))
    own, _ = _reported(meetings, pairs, calendar, today - LEARNED_DAYS, today)
    tables, reasons, accounts = [], [], []
    for at, dyad in enumerate(dyads):
        kind = int(pairs.kind[at])
        busy = float(np.prod([learned.busy.get(code, 1.0) ** BUSY for code in sides(dyad)]))
        shape, a_day = learned.kinds[kind].shape, learned.kinds[kind].a_day * busy
        of_kind = a_day
        if own[at]:
            # As if the sources were complete: they are not, so this is the least that the rate can be.
            reported = (shape + own[at]) / (shape / a_day + LEARNED_DAYS)
            shape, a_day = (shape + own[at], reported) if reported > a_day else (shape, a_day)
        low, high = a_day / shape * gammaincinv(shape, [0.05, 0.95]) * [1 / TRANSFER, TRANSFER]
        shares = learned.shares[pairs.cell[at]] * pairs.shared[at]
        rows = [(a_day, shares), (low, shares / AT_SUMMITS), (high, np.minimum(shares * AT_SUMMITS, 0.98))]
        tables.append([_within(rate, days, some, calendar) for rate, some in rows])
        reasons.append(_reason(dyad, kind, learned, busy, int(own[at]), shares[calendar.begins(int(days.max()))]))
        accounts.append(Account(learned.overall, of_kind, a_day, int(own[at]), np.asarray(shares), calendar))
    table = np.clip(np.array(tables).reshape(len(dyads), 3, len(days)), LEAST, MOST)
    pooled = np.clip(1 - np.exp(-learned.overall * days), LEAST, MOST)
    return Fallback(table[:, 0], table[:, 1], table[:, 2], np.tile(pooled, (len(dyads), 1)), reasons, accounts)


def _within(a_day: float, days: Floats, shares: Floats, calendar: _Calendar) -> Floats:
    away = np.array([np.prod(1 - shares[calendar.begins(int(some))]) for some in days])
    met: Floats = 1 - np.exp(-a_day * days) * away
    return met


def _reason(dyad: str, kind: int, learned: _Learned, busy: float, own: int, ahead: Floats) -> str:
    least, rates, count = KINDS[kind], learned.kinds[kind], int(np.sum(ahead > 0))
    shared = f"{least} or more" if kind == len(KINDS) - 1 else f"{least} to {KINDS[kind + 1] - 1}" if least else "no"
    a_year = 365.25 * rates.a_day
    parts = [
        f"fallback: no complete source covers {dyad}, so this is no forecast of a model: {rates.pairs} covered pairs "
        f"({learned.whose}) that shared {shared} summits in five years met {a_year:.2f} times a year beside them, "
        f"which is {a_year * busy:.2f} for two that meet those states as often as these do; {count} shared "
        f"{'summit lies' if count == 1 else 'summits lie'} ahead"
    ]
    if count:
        chances = list(dict.fromkeys(f"{some:.0%}" for some in (ahead[ahead > 0].min(), ahead.max())))
        parts[0] += f", where {' to '.join(chances)} of pairs meet"
    if own:
        parts.append(
            f"{own} {'meeting of the two is' if own == 1 else 'meetings of the two are'} reported in ten years"
        )
    return "; ".join([*parts, "pairs of other states may differ, and the interval is wide for it"])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs against summits: which both belong to, of which kind each is for the pair, and the kind of the pair."""

    dyads: list[str]
    shared: Flags
    cell: Ints
    kind: Ints


class _Calendar:
    """Summits by state, as they were public before the as-of date."""

    def __init__(self, known: History, day: Day) -> None:
        small = []
        for edition in known.calendar.editions:
            states = edition.expected()
            if edition.off_on > edition.starts_on and len(states) <= MOST_MEMBERS:
                small.append((edition, states))
        self.day = day_number(day)
        self.editions = [edition for edition, _ in small]
        self.first, self.last = (
            day_numbers(np.array([getattr(edition, name) for edition, _ in small], dtype="datetime64[D]"))
            for name in ("starts_on", "ends_on")
        )
        self.size = np.searchsorted(SIZES, [len(states) for _, states in small])
        self.codes = {code: n for n, code in enumerate(sorted({code for _, states in small for code in states}))}
        self.host = np.array([self.codes.get(edition.host, -1) for edition, _ in small], dtype=np.int64)
        self.member = np.zeros((len(self.codes) + 1, len(small)), dtype=bool)
        for column, (_, states) in enumerate(small):
            self.member[[self.codes[code] for code in states], column] = True

    def pairs(self, dyads: list[str]) -> _Pairs:
        """Lay pairs over the summits."""
        nobody = len(self.codes)
        both = np.array([[self.codes.get(code, nobody) for code in sides(dyad)] for dyad in dyads]).reshape(-1, 2)
        one, other = both.T
        shared = self.member[one] & self.member[other]
        hosted = (self.host == one[:, None]) | (self.host == other[:, None])
        before = (self.first >= self.day - KIND_DAYS) & (self.first < self.day)
        kind = np.searchsorted(KINDS, (shared & before).sum(axis=1), side="right") - 1
        return _Pairs(dyads, shared, hosted * (len(SIZES) + 1) + self.size, kind)

    def begins(self, days: int) -> Flags:
        """Whether each summit begins within so many days."""
        return np.asarray((self.first >= self.day) & (self.first < self.day + days))


def _reported(meetings: Meetings, pairs: _Pairs, calendar: _Calendar, start: Ints, end: Ints) -> tuple[Ints, Flags]:
    """Meetings of each pair in its ``[start, end)`` outside shared summits, and at which of those the two met."""
    order = np.argsort(pairs.dyads)
    names = np.array(pairs.dyads, dtype=str)[order]
    place = np.minimum(np.searchsorted(names, meetings.dyad), len(names) - 1)
    pair = order[place]
    mine = (names[place] == meetings.dyad) & (meetings.first >= start[pair]) & (meetings.first < end[pair])
    pair, first, last = pair[mine], meetings.first[mine], meetings.last[mine]
    # A day on either side: leaders arrive before it and leave after it.
    at = (first[:, None] <= calendar.last + 1) & (last[:, None] >= calendar.first - 1) & pairs.shared[pair]
    met = np.zeros_like(pairs.shared)
    row, column = np.nonzero(at)
    met[pair[row], column] = True
    return np.bincount(pair[~at.any(axis=1)], minlength=len(names)), met


def _learned(known: History, day: Day, calendar: _Calendar, meetings: Meetings) -> _Learned:
    """Learn from the pairs that complete sources cover, over the last ten years of each."""
    today, dyads, spans = np.array([day_number(day)]), [], []
    for dyad in known.cohort(day):
        first, until = (int(days[0]) for days in known.recorded(dyad, today))
        first = max(first, until - LEARNED_DAYS)
        if until > first and known.coverage_end(dyad) is not None:
            dyads.append(dyad)
            spans.append((first, until))
    if not dyads:
        raise DataMissingError(f"no source covers any pair before {day}: there is nothing from which to learn a rate")
    start, end = np.array(spans, dtype=np.int64).T
    pairs = calendar.pairs(dyads)
    outside, at = _reported(meetings, pairs, calendar, start, end)
    days = (end - start).astype(np.float64)
    could = pairs.shared & (calendar.first >= start[:, None]) & (calendar.first < end[:, None])
    states = known.focal_states_on(day)
    record = np.array([next((n for n, state in enumerate(states, 1) if state in sides(dyad)), 0) for dyad in dyads])
    count = (len(states) + 1, len(KINDS))
    met, seen = _summed(record, pairs.kind, outside, count), _summed(record, pairs.kind, days, count)
    a_day = _pooled(met, seen, PAIR_DAYS)
    expected = days * (met / np.maximum(seen, 1.0))[record, pairs.kind]
    rows = np.broadcast_to(record[:, None], at.shape)
    count = (len(states) + 1, 2 * (len(SIZES) + 1))
    shares = _pooled(_summed(rows, pairs.cell, at, count), _summed(rows, pairs.cell, could, count), SUMMITS)
    kinds = []
    for kind, rate in enumerate(a_day.tolist()):
        mine = pairs.kind == kind
        kinds.append(_Rates(int(mine.sum()), rate, _shape(outside[mine], days[mine] * rate)))
    return _Learned(
        kinds,
        _busy(dyads, outside, expected),
        shares,
        float((outside.sum() + at.sum() + 0.5) / days.sum()),
        f"those of {', '.join(states)}" if states else "those of ledgers",
    )


def _busy(dyads: list[str], outside: Ints, expected: Floats) -> dict[str, float]:
    """How often each state meets those whose record is known, compared with others of the kind of its pairs."""
    names, both = np.unique([sides(dyad) for dyad in dyads], return_inverse=True)
    met, wanted = (
        np.bincount(both.ravel(), weights=np.repeat(some, 2), minlength=len(names)) for some in (outside, expected)
    )
    return dict(zip(names.tolist(), ((met + BUSY_MEETINGS) / (wanted + BUSY_MEETINGS)).tolist(), strict=True))


def _summed(record: Ints, kind: Ints, values: npt.NDArray[Any], shape: tuple[int, int]) -> Floats:
    """Sums by record and kind."""
    place = (record * shape[1] + kind).ravel()
    cells = np.bincount(place, weights=values.ravel(), minlength=shape[0] * shape[1])
    return np.asarray(cells.reshape(shape), dtype=np.float64)


def _pooled(met: Floats, seen: Floats, strength: float) -> Floats:
    """Rate of each kind: the mean of all records, each counting the more the more it has seen of the kind.

    Where one record has many more pairs than another, the rate of a pair of neither is as likely that of the other.
    """
    trust = seen.sum(axis=1) / (seen.sum(axis=1) + strength) + 1e-9  # without any summit yet
    overall = (trust * (met.sum(axis=1) + 0.5) / (seen.sum(axis=1) + 1.0)).sum() / trust.sum()
    rates = (met + strength * overall) / (seen + strength)
    weight = seen / (seen + strength)
    pooled: Floats = ((weight * rates).sum(axis=0) + 0.1 * overall) / (weight.sum(axis=0) + 0.1)
    return pooled


def _shape(outside: Ints, expected: Floats) -> float:
    """Shape of the Gamma distribution of the rates of pairs of a kind, by moments."""
    excess = float(((outside - expected) ** 2 - expected).sum())
    return float(np.clip((expected**2).sum() / excess if excess > 0 else 1.0, 0.2, 5.0))
