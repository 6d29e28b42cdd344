"""Trials: the rows and forecasts of one as-of date in two worlds, compared bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day
from forecast.facts.history import History
from forecast.facts.plans import announced_within
from forecast.leakage.worlds import World
from forecast.models.base import PeriodModel
from forecast.panel.panel import build_panel
from forecast.signals.declare import ComputedSignal, Signal

#: Horizons of the forecasts that are compared, in days.
HORIZONS: Final = (30, 90, 365)

#: What a report calls a forecast.
FORECAST: Final = "forecast of {} days"


@dataclass(frozen=True)
class Counterexample:
    """The first value that changed.

    Parameters
    ----------
    dyad, as_of, signal : str
    before, after : str
        The value in the one world and in the other.
    """

    dyad: str
    as_of: str
    signal: str
    before: str
    after: str


@dataclass(frozen=True)
class Trial:
    """What one trial compared and found.

    Parameters
    ----------
    touched : int
        Facts in which the two worlds differ.
    rows : int
        Rows compared.
    failures : int
        Rows in which something differs.
    worst : float
        Largest difference of a value; infinite if a value is missing in one world alone.
    allowed : float
        What the difference may be: nothing where bits are compared.
    changed : tuple of str
        Signals and forecasts that differ in some row.
    first : Counterexample, optional
    """

    touched: int
    rows: int
    failures: int
    worst: float
    allowed: float = 0.0
    changed: tuple[str, ...] = ()
    first: Counterexample | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """What is audited.

    Parameters
    ----------
    history : History
        The whole of it, as backtests see it.
    model : PeriodModel
        Trained on what was known before all as-of dates of the audit.
    extra : sequence of Signal or ComputedSignal
        The user's own signals.
    """

    history: History
    model: PeriodModel
    extra: Sequence[Signal | ComputedSignal] = ()

    def answers(self, history: History, as_of: Day) -> pd.DataFrame:
        """Signals and forecasts of the whole cohort at an as-of date, from one history.

        Returns
        -------
        pandas.DataFrame of float, shape (n_dyads, n_signals + 2 * n_horizons)
        """
        panel = build_panel(history, np.array([as_of]), extra=self.extra)
        if panel.signals.empty:
            return panel.signals
        probability = self.model.predict_cumulative_incidence(panel.signals, list(HORIZONS))
        dyads = panel.signals.index.get_level_values("dyad").tolist()
        said: dict[str, npt.NDArray[np.float64]] = {}
        for k, days in enumerate(HORIZONS):
            said[FORECAST.format(days)] = probability[:, k]
            announced = announced_within(history, dyads=dyads, as_ofs=panel.as_ofs, horizon_days=days)
            said[f"announced in {days} days"] = announced.astype(np.float64)
        return pd.concat([panel.signals, pd.DataFrame(said, index=panel.signals.index)], axis=1)


def compared(before: pd.DataFrame, after: pd.DataFrame, *, touched: int) -> Trial:
    """Compare answers bit by bit.

    Parameters
    ----------
    before, after : pandas.DataFrame
        As `Subject.answers` gives them. A row that only one of them has is a failure.
    touched : int

    Returns
    -------
    Trial
        Without rows if nothing was touched: then nothing was tried.
    """
    if not touched:
        return Trial(0, 0, 0, 0.0)
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
        values = (_shown(one[row, column]), _shown(other[row, column]))
        first = Counterexample(dyad, f"{as_of:%Y-%m-%d}", str(before.columns[column]), *values)
    changed = tuple(str(name) for name in before.columns[differs.any(axis=0)])
    return Trial(touched, len(rows), len(lone) + int(differs.any(axis=1).sum()), worst, changed=changed, first=first)


def _shown(value: float) -> str:
    """Write a value with all its digits: it may differ in the last bit."""
    return "missing" if np.isnan(value) else repr(float(value))


def gated(trial: Trial, one: World | History, other: World, as_of: Day) -> Trial:
    """Add to a trial whether the facts behind the gate, from which `forecast predict` answers, are the same."""
    if trial.first is not None or not trial.touched:
        return trial
    before, after = (
        (made.history if isinstance(made, World) else made).known_before(as_of).fingerprint()[:12]
        for made in (one, other)
    )
    if before == after:
        return trial
    found = Counterexample("all", str(as_of), "data_version", before, after)
    return Trial(trial.touched, trial.rows, trial.rows, np.inf, changed=("data_version",), first=found)
