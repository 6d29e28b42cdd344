"""The panel: one row a (dyad, as_of), with the signals known then and the outcome as far as it is resolved.

This is the one code path that makes rows for training, for backtests and for predictions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Days, as_days
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.panel.outcomes import TARGETS, check_target, observe
from forecast.signals.catalogue import CATALOGUE, signals_of
from forecast.signals.cube import make_cube
from forecast.signals.declare import ComputedSignal, Signal
from forecast.signals.engine import evaluate, evaluate_computed, views
from forecast.signals.user_signals import check_names

#: Rows of one block of dates, about 400 MB with what is needed to make them.
BLOCK_ROWS: Final = 100_000


@dataclass(frozen=True, eq=False)
class Panel:
    """Rows for models."""

    signals: pd.DataFrame
    outcomes: pd.DataFrame
    target: str
    history: History = field(repr=False)
    #: Rows of all dyads on these dates, of which these may be a choice; 0 if they were not counted.
    n_all: int = 0

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything that went into the rows."""
        digest = hashlib.sha256(f"{self.target}\n{self.history.fingerprint()}\n".encode())
        digest.update("\n".join(repr(signal) for signal in CATALOGUE.values()).encode())
        digest.update("\n".join([*self.signals.columns, *self.outcomes.columns]).encode())
        digest.update("\n".join(self.signals.index.get_level_values("dyad")).encode() + self.as_ofs.tobytes())
        for table in (self.signals, self.outcomes):
            digest.update(np.ascontiguousarray(table.to_numpy()).data)
        return digest.hexdigest()

    @property
    def as_ofs(self) -> Days:
        """As-of date of each row."""
        return self.signals.index.get_level_values("as_of").to_numpy().astype("datetime64[D]")


def build_panel(
    history: History,
    as_ofs: Days,
    *,
    target: str = "meeting",
    focal: str | None = None,
    dyads: list[str] | None = None,
    emerging: Sequence[str] = (),
    extra: Sequence[Signal | ComputedSignal] = (),
    among: Callable[[str], object] | None = None,
) -> Panel:
    """Build the rows of a cohort at each as-of date, or of those of its dyads of which `among` is true.

    Notes
    -----
    The cohort towards which climatologies are shrunk is always the whole cohort of the date, so that asking for one
    dyad gives the same row as asking for all.
    """
    meetings = TARGETS[check_target(target)]
    cube = make_cube(history)
    cohorts = {as_of: history.cohort(as_of) for as_of in as_days(np.unique(as_ofs))}
    rows = {
        as_of: sorted(dyads)
        if dyads is not None
        else [d for d in cohort if (focal is None or focal in sides(d)) and (among is None or among(d))]
        for as_of, cohort in cohorts.items()
    }
    names = [dyad for those in rows.values() for dyad in those]
    days = as_days([as_of for as_of, those in rows.items() for _ in those])
    index = _index(names, days)
    declared, computed = signals_of(tuple(emerging))
    declared += [signal for signal in extra if isinstance(signal, Signal)]
    computed += [signal for signal in extra if isinstance(signal, ComputedSignal)]
    check_names(extra)
    tables = (
        evaluate(cube, declared, dyads=names, as_ofs=days),
        evaluate_computed(views(cube, meetings, rows=rows, cohorts=cohorts), computed),
    )
    # One array for all columns: models look at it as such, without a copy.
    columns = [name for table in tables for name in table]
    signals = pd.DataFrame(np.hstack(tables), index=index, columns=columns, copy=False)
    outcomes = observe(cube, dyads=names, as_ofs=days, target=target).set_axis(index, axis=0)
    return Panel(signals, outcomes, target, history, sum(map(len, cohorts.values())))


def panel_blocks(
    history: History,
    as_ofs: Days,
    *,
    target: str = "meeting",
    emerging: Sequence[str] = (),
    extra: Sequence[Signal | ComputedSignal] = (),
    among: Callable[[str], object] | None = None,
) -> Iterator[Panel]:
    """The rows of `build_panel`, in blocks of dates: of many dyads, memory does not grow with the number of dates."""
    as_ofs = np.unique(as_ofs)
    wanted = sum(among is None or bool(among(dyad)) for dyad in history.cohort(as_ofs[-1]))
    dates = max(1, BLOCK_ROWS // max(wanted, 1))
    for start in range(0, len(as_ofs), dates):
        days = as_ofs[start : start + dates]
        yield build_panel(history, days, target=target, emerging=emerging, extra=extra, among=among)


def joined_rows(blocks: Iterator[Panel]) -> Panel:
    """The rows of blocks in one table of single precision, for models that are trained on very many."""
    parts, outcomes, n_all = [], [], 0
    for block in blocks:
        n_all += block.n_all
        parts.append(block.signals.to_numpy(dtype=np.float32))
        outcomes.append(block.outcomes)
    values = np.empty((sum(map(len, parts)), len(block.signals.columns)), dtype=np.float32)
    end = len(values)
    while parts:  # the last first, each forgotten as soon as it is copied
        part = parts.pop()
        values[end - len(part) : end] = part
        end -= len(part)
    seen = pd.concat(outcomes)
    signals = pd.DataFrame(values, seen.index, block.signals.columns, copy=False)
    return Panel(signals, seen, block.target, block.history, n_all)


def rows_known(rows: Panel, known: History, as_ofs: Days, *, among: Callable[[str], object] | None = None) -> Panel:
    """The rows that `build_panel` would build of a history as known on one day, taken from a panel of all of it.

    A row's signals are the facts known before its own as-of date, which no later gate can change. Its outcome is
    what is known when one looks back, so it is observed anew behind the gate.
    """
    whole = {as_of: known.cohort(as_of) for as_of in as_days(np.unique(as_ofs))}
    cohorts = {as_of: [dyad for dyad in those if among is None or among(dyad)] for as_of, those in whole.items()}
    names = [dyad for cohort in cohorts.values() for dyad in cohort]
    days = np.repeat(as_days(list(cohorts)), [len(cohort) for cohort in cohorts.values()])
    places = rows.signals.index.get_indexer(_index(names, days))
    if (places < 0).any():
        lacking = int(np.flatnonzero(places < 0)[0])
        raise ValueError(f"the panel has no row of {names[lacking]} on {days[lacking]}")
    signals = rows.signals.iloc[places]
    outcomes = observe(make_cube(known), dyads=names, as_ofs=days, target=rows.target).set_axis(signals.index, axis=0)
    return Panel(signals, outcomes, rows.target, known, sum(map(len, whole.values())))


def _index(names: list[str], days: Days) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([names, days.astype("datetime64[s]")], names=["dyad", "as_of"])
