"""The one engine that evaluates signals behind the time gate.

For every row (dyad, as_of) only cells with ``entered < as_of`` are seen: declared signals are evaluated for all rows at
once, computed ones a date at a time from a `View` of what was known. Windows end where the record of the dyad
ends, at the latest on the day before the as-of date (see `forecast.signals.cube.effective_days`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from forecast.dates import Day, Days, Floats, Ints, as_days, day_number, day_numbers
from forecast.errors import InputError
from forecast.facts.countries import sides
from forecast.periods import PERIODS
from forecast.signals.cube import Cube, Selector, Slice, effective_days, releases_reporting
from forecast.signals.declare import ComputedSignal, Signal
from forecast.signals.meetings import MEETING
from forecast.signals.summits import summit_table
from forecast.signals.view import View

_NEVER = -(1 << 40)
_PERIOD_NAMES = {f"{start}-{end}" for start, end in PERIODS}


def evaluate(cube: Cube, signals: Iterable[Signal], *, dyads: list[str], as_ofs: Days) -> pd.DataFrame:
    """Evaluate signals for pairs of dyad and as-of date."""
    signals = list(signals)
    numbers, days = cube.number(dyads), day_numbers(as_ofs)
    spans = {about: effective_days(cube.history, dyads, as_ofs, about=about) for about in {s.about for s in signals}}
    if "meetings" in spans:
        # A meeting reported after the end of complete coverage counts, and so does the time since.
        first, until = spans["meetings"]
        latest = cube.slice(MEETING).last_occurred(numbers, days, default=until - 1)
        spans["meetings"] = first, np.where(latest >= until, days, until)
    pairs = np.array([sides(dyad) for dyad in dyads], dtype=object).reshape(len(dyads), 2)
    columns = {}
    for signal in signals:
        first, until = spans[signal.about]
        if signal.ledger:
            first, until = _with_releases(cube, signal, pairs, as_ofs, first, until)
        columns[signal.name] = _where_reported(cube, signal, numbers, first, until)
    return pd.DataFrame(columns)


def _with_releases(
    cube: Cube, signal: Signal, pairs: np.ndarray[Any, Any], as_ofs: Days, first: Ints, until: Ints
) -> tuple[Ints, Ints]:
    """The days over which ledgers report, with those over which releases of either side report such events."""
    for coverage, since in releases_reporting(cube.history, signal.select):
        reported, alone = (pairs == coverage.focal).any(axis=1) & (as_ofs > since), first == until
        begins = day_number(coverage.starts_on)
        ends = np.minimum(day_numbers(as_ofs), day_number(coverage.ends_on) + 1)
        first = np.where(reported, np.where(alone, begins, np.minimum(first, begins)), first)
        until = np.where(reported, np.where(alone, ends, np.maximum(until, ends)), until)
    return first, until


def _where_reported(cube: Cube, signal: Signal, dyads: Ints, first: Ints, until: Ints) -> Floats:
    """Measure a signal; where no source could have reported such an event, nothing reported says nothing."""
    values = np.asarray(_measure(cube, signal, dyads, first, until), dtype=np.float64)
    return np.where(first < until, values, np.nan)


def views(
    cube: Cube, meetings: Selector, *, rows: Mapping[Day, list[str]], cohorts: Mapping[Day, list[str]]
) -> list[View]:
    """Give the view of each as-of date that has rows."""
    everyone = sorted({dyad for dyads in (*rows.values(), *cohorts.values()) for dyad in dyads})
    table = summit_table(cube, meetings, everyone)
    seen = [View(as_of, dyads, cohorts[as_of], cube, meetings, table) for as_of, dyads in rows.items() if dyads]
    if not seen:
        return seen
    # All records at once: built date by date this would be most of the work of a panel of many dyads.
    names = [dyad for view in seen for dyad in view.everyone]
    days = as_days([view.as_of for view in seen for _ in view.everyone])
    first, until = effective_days(cube.history, names, days)
    ends = np.cumsum([len(view.everyone) for view in seen])[:-1]
    for view, *span in zip(seen, np.split(first, ends), np.split(until, ends), strict=True):
        view.recorded_over(*span)
    return seen


def evaluate_computed(seen: Iterable[View], signals: Iterable[ComputedSignal]) -> pd.DataFrame:
    """Evaluate families that functions compute, date by date, in the order of the views and their dyads."""
    signals = list(signals)
    parts = []
    for view in seen if signals else ():
        names, values = zip(*(_checked(signal, view) for signal in signals), strict=True)
        parts.append((tuple(chain(*names)), np.hstack(values)))
    # One table for all dates, unless a function gives other columns on another date.
    tables = [
        pd.DataFrame(np.concatenate([values for _, values in alike]), columns=list(names), copy=False)
        for names, alike in groupby(parts, key=itemgetter(0))
    ]
    return pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0] if tables else pd.DataFrame()


def _checked(signal: ComputedSignal, view: View) -> tuple[tuple[str, ...], Floats]:
    """Call a function and refuse a table that is not one row of numbers a dyad under names of its family."""
    table = signal.compute(view)

    def refuse(problem: str) -> InputError:
        return InputError(problem, field=f"signal {signal.name}")

    if not isinstance(table, pd.DataFrame):
        raise refuse(f"its function returns a {type(table).__name__}; it must return a pandas DataFrame")
    if len(table) != len(view.dyads):
        raise refuse(f"its function returns {len(table)} rows for {len(view.dyads)} dyads on {view.as_of}")
    names = tuple(map(str, table.columns.tolist()))
    if problem := _problem_of(signal.name, names):
        raise refuse(problem)
    try:
        values = table.to_numpy()
        values = values if values.dtype == np.float64 else table.astype(np.float64).to_numpy()
    except (TypeError, ValueError) as error:
        raise refuse(f"its values are no numbers: {error}") from None
    if np.isinf(values).any():
        raise refuse("a value is infinite; leave it missing or give a number")
    return names, values


@lru_cache(maxsize=256)
def _problem_of(family: str, names: tuple[str, ...]) -> str:
    """What is wrong with the names of a family's columns; they are mostly the same on every date."""
    odd = [name for name in names if not name.startswith(f"{family}__")]
    if odd or not names or len(set(names)) < len(names):
        return f"its columns {', '.join(names) or '(none)'} must be distinct and begin with {family}__"
    given: dict[str, set[str]] = {}
    for name in names:
        measure, at, period = name.partition("@")
        if at:
            given.setdefault(measure, set()).add(period)
    for measure, periods in given.items():
        if periods != _PERIOD_NAMES:
            return f"{measure}@... must have a column for each of the periods {', '.join(sorted(_PERIOD_NAMES))}"
    return ""


def _measure(cube: Cube, signal: Signal, dyads: Ints, first: Ints, until: Ints) -> Any:
    found = cube.slice(signal.select)
    if signal.measure == "count":
        return found.count(dyads, until, signal.window_days)
    if signal.measure == "days_since_last":
        last = found.last_occurred(dyads, until, default=np.full(len(dyads), _NEVER))
        return np.where(last > _NEVER, (until - last).astype(np.float64), np.nan)
    if signal.measure == "never":
        return found.last_occurred(dyads, until, default=np.full(len(dyads), _NEVER)) == _NEVER
    if signal.measure == "decayed":
        return decayed_count(found, dyads, until, half_life_days=signal.window_days)
    if signal.measure == "log_ratio":
        # The long window may reach behind the record; both rates are taken over the days that the record holds.
        recorded = np.maximum(until - first, 1)
        short = np.minimum(signal.window_days, recorded)
        long = np.minimum(signal.against_days, recorded)
        now = found.count(dyads, until, signal.window_days)
        before = found.count(dyads, until, signal.against_days)
        return np.asarray(np.log((now + 0.5) / (before * (short / long) + 0.5)))
    against = cube.slice(signal.against or signal.select)
    ours = found.count(dyads, until, signal.window_days)
    theirs = against.count(dyads, until, signal.window_days)
    return np.asarray((ours - theirs) / (ours + theirs + 1))


def decayed_count(found: Slice, dyads: Ints, as_ofs: Ints, *, half_life_days: float) -> Floats:
    """Events known before each as-of date, each weighted by ``0.5 ** (age / half_life_days)``.

    Evaluated as-of date by as-of date: every sum then runs over one dyad's known cells in their own order, so that
    facts of other dyads or of the future cannot move it even by a rounding error.
    """
    total = np.zeros(len(dyads))
    for as_of in np.unique(as_ofs):
        known = found.known_before(int(as_of))
        weights = known.n * np.exp2((known.occurred - as_of) / half_life_days)
        rows = np.flatnonzero(as_ofs == as_of)
        sums = np.bincount(known.dyad, weights=weights, minlength=int(dyads[rows].max()) + 1)
        total[rows] = sums[dyads[rows]]
    return total
