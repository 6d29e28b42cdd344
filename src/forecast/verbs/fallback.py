"""What can be said of a pair that no complete source covers: how often pairs of its kind meet, and the summits ahead.

No model knows such a pair. The record of the pairs that are covered gives the rate of meetings outside summits, by kind
of pair, and the share of shared summits at which two leaders meet, of all pairs together (where few summits are shared
they are made for the two, such as one of the USA with the Baltic states); both are learned from the ten years before
the as-of date and applied to the calendar that was public then. The kind of a pair is the number of summits, of at most
`MOST_MEMBERS` states, to which both belonged in the five years before: pairs that share more meet more, beside them
too. What any source reports of the pair itself, such as a ledger or journeys in one direction, can only raise the rate,
since such sources prove no absence. The interval is that of the pairs of the kind, widened by `TRANSFER`: most pairs of
the record have one state in common, and those of other states may meet more or less often, which nothing here measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaincinv

from forecast.dates import Day, day_number, day_numbers
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
#: Factor by which the rates of pairs of other states may differ: assumed.
TRANSFER: Final = 3.0
#: No fallback is surer than this, either way.
LEAST, MOST = 1e-3, 0.999


@dataclass(frozen=True)
class _Rates:
    """Of one kind of pair: meetings a day outside summits with the shape of their Gamma distribution, share at them."""

    pairs: int
    a_day: float
    shape: float
    at_summit: float


@dataclass(frozen=True, eq=False)
class Fallback:
    """Probabilities of pairs by horizon, with bounds and the pooled rate of all pairs, and what they rest on."""

    probability: Floats
    low: Floats
    high: Floats
    pooled: Floats
    reasons: list[str]


def fallback(known: History, dyads: list[str], day: Day, horizons: list[int], *, target: str) -> Fallback:
    """Forecast pairs that no complete source covers, from the facts known before a day."""
    calendar = _Calendar(known, day)
    meetings = meetings_of(known.events, KINDS_OF_TARGET[target])
    kinds, overall, focal = _learned(known, day, calendar, meetings)
    days = np.array(horizons, dtype=np.float64)
    rows, reasons = [], []
    for dyad in dyads:
        kind = calendar.kind(dyad)
        rates = kinds[kind]
        own = _reported(meetings, dyad, calendar, day_number(day) - LEARNED_DAYS, day_number(day))[0]
        shape, a_day = rates.shape, rates.a_day
        if own:
            # As if the sources were complete: they are not, so this is the least that the rate can be.
            reported = (shape + own) / (shape / a_day + LEARNED_DAYS)
            shape, a_day = (shape + own, reported) if reported > a_day else (shape, a_day)
        ahead = calendar.ahead(dyad, days)
        bounds = [a_day, *(a_day / shape * gammaincinv(shape, [0.05, 0.95]) * [1 / TRANSFER, TRANSFER])]
        shares = [rates.at_summit, rates.at_summit / TRANSFER, min(rates.at_summit * TRANSFER, 0.98)]
        rows.append([_within(rate, days, share, ahead) for rate, share in zip(bounds, shares, strict=True)])
        reasons.append(_reason(dyad, kind, rates, own, int(ahead[-1]), focal))
    table = np.clip(np.array(rows).reshape(len(dyads), 3, len(days)), LEAST, MOST)
    pooled = np.clip(_within(overall, days, 0.0, np.zeros(len(days))), LEAST, MOST)
    return Fallback(table[:, 0], table[:, 1], table[:, 2], np.tile(pooled, (len(dyads), 1)), reasons)


def _within(a_day: float, days: Floats, at_summit: float, summits: Floats) -> Floats:
    survived: Floats = np.exp(-a_day * days) * (1 - at_summit) ** summits
    return 1 - survived


def _reason(dyad: str, kind: int, rates: _Rates, own: int, ahead: int, focal: str) -> str:
    least = KINDS[kind]
    shared = f"{least} or more" if kind == len(KINDS) - 1 else f"{least} to {KINDS[kind + 1] - 1}" if least else "no"
    parts = [
        f"fallback: no complete source covers {dyad}, so this is no forecast of a model: {rates.pairs} covered pairs "
        f"({focal}) that shared {shared} summits in five years met {365.25 * rates.a_day:.2f} times a year beside "
        f"them, and all pairs at {rates.at_summit:.0%} of theirs; {ahead} shared summits lie ahead"
    ]
    if own:
        parts.append(f"{own} meetings of the two are reported in ten years")
    return "; ".join([*parts, "pairs of other states may differ, and the interval is wide for it"])


class _Calendar:
    """Summits by state, as they were public before the as-of date."""

    def __init__(self, known: History, day: Day) -> None:
        small = []
        for edition in known.calendar.editions:
            states = edition.expected()
            if edition.off_on > edition.starts_on and len(states) <= MOST_MEMBERS:
                small.append((edition, states))
        self.day = day_number(day)
        self.first, self.last = (
            day_numbers(np.array([getattr(edition, name) for edition, _ in small], dtype="datetime64[D]"))
            for name in ("starts_on", "ends_on")
        )
        self.codes = {code: n for n, code in enumerate(sorted({code for _, states in small for code in states}))}
        self.member = np.zeros((len(self.codes) + 1, len(small)), dtype=bool)
        for column, (_, states) in enumerate(small):
            self.member[[self.codes[code] for code in states], column] = True

    def shared(self, dyad: str, start: int, end: int) -> npt.NDArray[np.int64]:
        """Numbers of the summits of both states that begin in ``[start, end)``."""
        one, other = (self.member[self.codes.get(code, len(self.codes))] for code in sides(dyad))
        return np.flatnonzero(one & other & (self.first >= start) & (self.first < end))

    def kind(self, dyad: str) -> int:
        """Place in `KINDS`."""
        count = len(self.shared(dyad, self.day - KIND_DAYS, self.day))
        return int(np.searchsorted(KINDS, count, side="right")) - 1

    def ahead(self, dyad: str, days: Floats) -> Floats:
        """How many shared summits begin within each number of days."""
        begins = self.first[self.shared(dyad, self.day, self.day + int(days.max()))]
        return np.array([np.sum(begins < self.day + some) for some in days], dtype=np.float64)


def _reported(meetings: Meetings, dyad: str, calendar: _Calendar, start: int, end: int) -> tuple[int, int, int]:
    """Meetings of a pair in ``[start, end)`` outside its summits, summits at which the two met, and all its summits."""
    low, high = (int(np.searchsorted(meetings.dyad, dyad, side)) for side in ("left", "right"))
    first, last = meetings.first[low:high], meetings.last[low:high]
    mine = (first >= start) & (first < end)
    first, last = first[mine], last[mine]
    summits = calendar.shared(dyad, start, end)
    # A day on either side: leaders arrive before it and leave after it.
    at = (first[:, None] <= calendar.last[summits] + 1) & (last[:, None] >= calendar.first[summits] - 1)
    return int((~at.any(axis=1)).sum()), int(at.any(axis=0).sum()), len(summits)


def _learned(known: History, day: Day, calendar: _Calendar, meetings: Meetings) -> tuple[list[_Rates], float, str]:
    """Rates by kind of pair, the rate of all pairs, and the states whose pairs the record covers."""
    rows = []
    end = np.array([day_number(day)], dtype=np.int64)
    for dyad in known.cohort(day):
        first, until = (int(days[0]) for days in known.recorded(dyad, end))
        first = max(first, until - LEARNED_DAYS)
        if until > first and known.coverage_end(dyad) is not None:
            outside, at, summits = _reported(meetings, dyad, calendar, first, until)
            rows.append((calendar.kind(dyad), until - first, outside, at, summits))
    if not rows:
        raise DataMissingError(f"no source covers any pair before {day}: there is nothing from which to learn a rate")
    table = pd.DataFrame(rows, columns=["kind", "days", "outside", "at", "summits"])
    overall = (table["outside"].sum() + 0.5) / table["days"].sum()
    share = (table["at"].sum() + 0.5) / (table["summits"].sum() + 1.0)
    kinds = [_rates(table.loc[table["kind"] == kind], overall, share) for kind in range(len(KINDS))]
    states = known.focal_states_on(day)
    whole = (table["outside"].sum() + table["at"].sum() + 0.5) / table["days"].sum()
    return kinds, float(whole), f"those of {', '.join(states)}" if states else "those of ledgers"


def _rates(rows: pd.DataFrame, overall: float, share: float) -> _Rates:
    """Rates of one kind, drawn by one meeting towards that of all; the shape of their distribution by moments."""
    days, met = float(rows["days"].sum()), float(rows["outside"].sum())
    a_day = (met + 1.0) / (days + 1.0 / overall)
    expected = rows["days"] * a_day
    excess = float(((rows["outside"] - expected) ** 2 - expected).sum())
    shape = float((expected**2).sum()) / excess if excess > 0 else 1.0
    return _Rates(len(rows), a_day, float(np.clip(shape, 0.2, 5.0)), share)
