"""Comparison bit by bit: signals and forecasts of one as-of date, computed from two histories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day
from forecast.facts.history import History
from forecast.facts.plans import announced_within
from forecast.models.base import PeriodModel
from forecast.panel.panel import build_panel
from forecast.signals.declare import ComputedSignal, Signal

#: Horizons of the forecasts that are compared, in days.
HORIZONS: Final = (30, 90, 365)
#: The window whose outcome is read where an outcome is needed.
OUTCOME_DAYS: Final = 90
#: Name of a forecast in a report.
FORECAST: Final = "forecast of {} days"


@dataclass(frozen=True)
class Counterexample:
    """The first value that differs, as text from either history."""

    dyad: str
    as_of: str
    signal: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """How many rows of two histories were compared, and what differs."""

    #: Facts in which the two histories differ.
    touched: int
    rows: int
    #: Rows in which something differs.
    failures: int
    #: Largest difference of a value; infinite if a value is missing from one history alone.
    worst: float
    #: Largest difference that passes: none where bits are compared.
    allowed: float = 0.0
    #: Signals and forecasts that differ in some row.
    changed: tuple[str, ...] = ()
    first: Counterexample | None = None


#: Result where there was nothing to compare, which proves nothing.
NOTHING_COMPARED: Final = Comparison(0, 0, 0, 0.0)


@dataclass(frozen=True, eq=False)
class Subject:
    """What is audited: a history, the user's own signals, and a model trained before all as-of dates of the audit."""

    history: History
    model: PeriodModel
    extra: Sequence[Signal | ComputedSignal] = ()

    def signals_and_forecasts(self, history: History, as_of: Day) -> pd.DataFrame:
        """One row a dyad of the cohort at an as-of date: its signals, forecasts and announcements from one history."""
        panel = build_panel(history, np.array([as_of]), extra=self.extra)
        if panel.signals.empty:
            return panel.signals
        probability = self.model.predict_cumulative_incidence(panel.signals, list(HORIZONS))
        dyads = panel.signals.index.get_level_values("dyad").tolist()
        columns: dict[str, npt.NDArray[np.float64]] = {}
        for k, days in enumerate(HORIZONS):
            columns[FORECAST.format(days)] = probability[:, k]
            announced = announced_within(history, dyads=dyads, as_ofs=panel.as_ofs, horizon_days=days)
            columns[f"announced in {days} days"] = announced.astype(np.float64)
        return pd.concat([panel.signals, pd.DataFrame(columns, index=panel.signals.index)], axis=1)


def compare_rows(before: pd.DataFrame, after: pd.DataFrame, *, touched: int) -> Comparison:
    """Compare tables of `Subject.signals_and_forecasts` bit by bit; a row that only one of them has is a failure."""
    if not touched:
        return NOTHING_COMPARED
    rows = before.index.union(after.index, sort=True)
    lone = before.index.symmetric_difference(after.index)
    both = before.index.intersection(after.index, sort=True)
    one, other = before.loc[both].to_numpy(dtype=np.float64), after.loc[both].to_numpy(dtype=np.float64)
    differs = one.view(np.int64) != other.view(np.int64)
    gap = np.abs(one - other)
    gap[np.isnan(one) != np.isnan(other)] = np.inf
    worst = float(np.nanmax(gap, where=differs & ~np.isnan(gap), initial=0.0)) if differs.any() else 0.0
    first = None
    if len(lone):
        dyad, as_of = lone[0]
        there = lone[0] in before.index
        first = Counterexample(dyad, f"{as_of:%Y-%m-%d}", "row", *(("yes", "no") if there else ("no", "yes")))
    elif differs.any():
        row, column = (int(place) for place in np.argwhere(differs)[0])
        dyad, as_of = both[row]
        values = (_digits(one[row, column]), _digits(other[row, column]))
        first = Counterexample(dyad, f"{as_of:%Y-%m-%d}", str(before.columns[column]), *values)
    changed = tuple(str(name) for name in before.columns[differs.any(axis=0)])
    failures = len(lone) + int(differs.any(axis=1).sum())
    return Comparison(touched, len(rows), failures, worst, changed=changed, first=first)


def _digits(value: float) -> str:
    """Write a value with all its digits: it may differ in the last bit."""
    return "missing" if np.isnan(value) else repr(float(value))


def compare_known_facts(comparison: Comparison, one: History, other: History, as_of: Day) -> Comparison:
    """Turn a pass into a failure if the known facts, from which `forecast predict` computes, are not the same."""
    if comparison.first is not None or not comparison.touched:
        return comparison
    before, after = (history.fingerprint_before(as_of)[:12] for history in (one, other))
    if before == after:
        return comparison
    first = Counterexample("all", str(as_of), "data_version", before, after)
    return replace(comparison, failures=comparison.rows, worst=np.inf, changed=("data_version",), first=first)
