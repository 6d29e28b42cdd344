"""The one engine that evaluates declared signals behind the time gate.

For every row (dyad, as_of) only cells with ``entered < as_of`` are seen. Windows end where the record of the dyad
ends, at the latest on the day before the as-of date (see `forecast.signals.cube.effective_days`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from forecast.dates import Days
from forecast.signals.cube import Cube, Floats, Ints, Slice, effective_days
from forecast.signals.declare import Signal


def evaluate(cube: Cube, signals: Iterable[Signal], *, dyads: list[str], as_ofs: Days) -> pd.DataFrame:
    """Evaluate signals for pairs of dyad and as-of date.

    Parameters
    ----------
    cube : Cube
    signals : iterable of Signal
    dyads : list of str, length n_rows
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)

    Returns
    -------
    pandas.DataFrame of float64, shape (n_rows, n_signals)
        Columns are named for the signals, in their units.
    """
    first, until = effective_days(cube.history, dyads, as_ofs)
    numbers = cube.number(dyads)
    told = cube.history.told_by_ledger(dyads, as_ofs)
    columns = {}
    for signal in signals:
        values = _measure(cube, signal, numbers, first, until).astype(np.float64)
        columns[signal.name] = np.where(told, values, np.nan) if signal.ledger else values
    return pd.DataFrame(columns)


def _measure(cube: Cube, signal: Signal, dyads: Ints, first: Ints, until: Ints) -> Floats | Ints:
    found = cube.slice(signal.select)
    if signal.measure == "count":
        return found.count(dyads, until, signal.window_days)
    if signal.measure == "days_since_last":
        return until - found.last_occurred(dyads, until, default=first)
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
