"""Scheduled summits at which the two leaders can meet: the chance of a meeting at each, by period of the horizon.

For each edition known at the as-of date and each dyad with both states in it, the chance that a meeting of the two
is recorded during it is learned from past editions alone, in three steps that shrink towards one another: the mean of
all series with the same relation (hosted by the first side, by the second, or abroad), the series, and the dyad's own
record at the series, with old editions fading. The cumulative chance of a period, ``-log(1 - p)`` summed over its
editions, is the signal.

Beside it stands when the summits of the period begin, for horizons that end inside it: the first day of the weightiest
summit, its share in the weight of all, and the first day of the second weightiest.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import day_number
from forecast.facts.history import History
from forecast.periods import PERIODS, column
from forecast.signals.cube import Floats, Ints, effective_days
from forecast.signals.summits import RELATIONS, Attendance

HALF_LIFE_DAYS: Final = 3653.0

#: When the summits of a period begin.
ONSETS: Final = ("main_day", "main_share", "next_day")

#: Strength of what is believed beforehand, in chances to meet: of any gathering, of a series, of a dyad at a series.
#: Chosen on folds before 2015.
FIRST_GUESS: Final = 0.25
HEARD: Final = 10.0
SERIES_PRIOR: Final = 60.0
DYAD_PRIOR: Final = 8.0
_UNIT: Final = 1 << 20


def venue_signals(
    seen: Attendance, history: History, *, dyads: list[str], as_of: np.datetime64, cohort: list[str]
) -> pd.DataFrame:
    """Cumulative chance of a meeting at the summits of each period, by who hosts, and when these begin.

    Parameters
    ----------
    seen : Attendance
        Of the dyads asked for and of the cohort.
    history : History
        Tells how far each dyad is recorded.
    dyads : list of str, length n_rows
    as_of : numpy.datetime64[D]
    cohort : list of str
        Dyads from whose record the chances of a series are learned.

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 6 * n_periods)
        Columns ``venues__hosted_by_first@start-end`` and so on with `RELATIONS` and `ONSETS`. Days are counted from the
        as-of date; all are zero for a period without a summit.
    """
    today = day_number(as_of)
    position = {dyad: at for at, dyad in enumerate(seen.dyads)}
    rows = np.array([position[dyad] for dyad in dyads], dtype=np.int64)
    ahead = seen.ahead(today)
    recorded_from, _ = effective_days(history, seen.dyads, np.full(len(seen.dyads), as_of))
    chance = _chances(seen, today, ahead, recorded_from, np.isin(seen.dyads, cohort))[:, rows]
    both = seen.takes_part(ahead, today)[:, rows]
    weight = -np.log1p(-np.minimum(chance, 0.99)) * both
    relation = seen.relation[np.ix_(ahead, rows)]
    lead = seen.starts[ahead] - today
    names, columns = [], []
    for start, end in PERIODS:
        here = ((lead >= start) & (lead < end))[:, None]
        for code, name in enumerate(RELATIONS):
            names.append(column(f"venues__{name}", start, end))
            columns.append((weight * (here & (relation == code))).sum(axis=0))
        names += [column(f"venues__{name}", start, end) for name in ONSETS]
        columns += _onsets(weight[here[:, 0]], lead[here[:, 0]])
    return pd.DataFrame(np.column_stack(columns), columns=names)


def _onsets(weight: Floats, lead: Ints) -> tuple[Floats, Floats, Floats]:
    """Day and share of each row's weightiest summit, and the day of the second; of equals, the first in the calendar.

    Parameters
    ----------
    weight : numpy.ndarray of float, shape (n_editions, n_rows)
        Of the editions of one period.
    lead : numpy.ndarray of int64, shape (n_editions,)
    """
    if not len(lead):
        none = np.zeros(weight.shape[1])
        return none, none, none
    rows = np.arange(weight.shape[1])
    main = weight.argmax(axis=0)
    heaviest = weight[main, rows]
    # Summed one by one: `sum` rounds a table of one row otherwise than one of many.
    total = np.cumsum(weight, axis=0)[-1]
    others = weight.copy()
    others[main, rows] = 0.0
    second = others.argmax(axis=0)
    return (
        np.where(heaviest > 0.0, lead[main], 0.0),
        np.divide(heaviest, total, out=np.zeros(len(rows)), where=heaviest > 0.0),
        np.where(others[second, rows] > 0.0, lead[second], 0.0),
    )


def _chances(seen: Attendance, today: int, ahead: Ints, recorded_from: Ints, pool: npt.NDArray[np.bool_]) -> Floats:
    """Chance of a recorded meeting at each edition ahead for each dyad, learned from editions that have ended."""
    past = seen.ended_before(today)
    past = past[np.argsort(seen.series[past], kind="stable")]
    could = seen.could_meet(past, today, recorded_from)
    met = (seen.met_known[past] < today) & could
    # Weights are whole numbers: their sums are exact, whatever other dyads stand in the table.
    faded = np.round(_UNIT * np.exp2((seen.starts[past] - today) / HALF_LIFE_DAYS)).astype(np.int64)[:, None]
    kinds, begins = np.unique(seen.series[past], return_index=True)
    relation = seen.relation[past]
    known_kind = np.searchsorted(kinds, seen.series[ahead])
    is_known = np.isin(seen.series[ahead], kinds)
    chance = np.zeros((len(ahead), len(seen.dyads)))
    for code in range(len(RELATIONS)):
        these = could & (relation == code)
        n, hits = (np.where(taken, faded, 0) for taken in (these, met & these))
        own = np.full(chance.shape, FIRST_GUESS)
        if len(kinds):
            n, hits = (np.add.reduceat(table, begins, axis=0) for table in (n, hits))
            together, possible = hits[:, pool].sum(axis=1) / _UNIT, n[:, pool].sum(axis=1) / _UNIT
            # Every series counts once, however many states it brings together: what is known of a new gathering is
            # how gatherings go, not how the week of the General Assembly goes.
            heard = possible / (possible + HEARD)
            share = np.divide(together, possible, out=np.zeros(len(kinds)), where=possible > 0)
            # Sums are exact: a series without a record must not move them by a rounding.
            overall = (FIRST_GUESS + math.fsum(heard * share)) / (1.0 + math.fsum(heard))
            own[:] = overall
            pooled = (together + SERIES_PRIOR * overall) / (possible + SERIES_PRIOR)
            pooled = np.where(possible > 0, pooled, overall)
            by_dyad = (hits / _UNIT + DYAD_PRIOR * pooled[:, None]) / (n / _UNIT + DYAD_PRIOR)
            own[is_known] = by_dyad[known_kind[is_known]]
        chance = np.where(seen.relation[ahead] == code, own, chance)
    return chance
