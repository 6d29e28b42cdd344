"""Scheduled summits at which the two leaders can meet: the chance of a meeting at each, by period of the horizon.

For each edition known at the as-of date and each dyad with both states in it, the chance that a meeting of the two
is recorded during it is learned from past editions alone, in three steps that shrink towards one another: the mean of
all series with the same relation (hosted by the first side, by the second, or abroad), the series, and the dyad's own
record at the series, with old editions fading. The cumulative chance of a period, ``-log(1 - p)`` summed over its
editions, is the signal.

Leaders meet some days before the official first day of a summit, or later. How meetings spread over the days around it
is learned in the same way, by series and by whether one of the two hosts: the chance falls due on these days, and so
does a part of it in the period before if a summit begins early in a period. Beside it stand the days on which equal
parts of the period's chance fall due, announced meetings among them, for horizons that end inside it.

A leader who lately stayed away from summits abroad is expected less at the next ones, whoever else is there.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from forecast.periods import EDGES, PERIODS, column
from forecast.signals.cube import Floats, Ints
from forecast.signals.declare import ComputedSignal
from forecast.signals.plans import planned
from forecast.signals.summits import RELATIONS, SLACK_DAYS, Flags, Summits
from forecast.signals.view import View

HALF_LIFE_DAYS: Final = 3653.0

#: What leaders who stay away from summits are expected to miss.
MISSED: Final = "missed"

#: Days on which equal parts of the chance at the summits of a period fall due.
ONSETS: Final = tuple(f"onset_{part}" for part in range(1, 9))

#: Strength of what is believed beforehand, in chances to meet: of any gathering, of a series, of a dyad at a series.
#: Chosen on folds before 2015.
FIRST_GUESS: Final = 0.25
HEARD: Final = 10.0
SERIES_PRIOR: Final = 60.0
DYAD_PRIOR: Final = 8.0
#: Strength of the belief that a leader comes, in summits, how his record fades, and what a summit counts at which he
#: met nobody on record.
ATTENDANCE_PRIOR: Final = 1.0
ATTENDANCE_HALF_LIFE_DAYS: Final = 365.0
UNSEEN: Final = 0.25
#: Strength, in meetings, of what is known of the first days of meetings at other summits, and the last single day.
FIRST_DAY_PRIOR: Final = 10.0
LAST_DAY: Final = 10
_UNIT: Final = 1 << 20


def venue_signals(view: View) -> pd.DataFrame:
    """Cumulative chance of a meeting at the summits of each period, by who hosts, and when meetings there begin.

    Columns ``venues__hosted_by_first@start-end`` and so on with `RELATIONS` and `ONSETS`. Days are counted from the
    as-of date; all are zero for a period without a summit.
    """
    summits = view.summits
    ahead = summits.ahead()
    chance, come, first_days = _chances(view, summits, ahead)
    both = summits.both_expected(ahead)[:, view.rows]
    weight = -np.log1p(-np.minimum(chance[:, view.rows], 0.99)) * both
    relation = summits.relation(ahead)[:, view.rows]
    lead = summits.starts[ahead] - view.today
    due, missed = np.zeros((len(RELATIONS) + 1, EDGES[-1], len(view.rows))), np.zeros((EDGES[-1], len(view.rows)))
    for code in range(len(RELATIONS)):
        own = weight * (relation == code)
        for at in np.flatnonzero(own.any(axis=1)):
            first, shares = int(lead[at]) - SLACK_DAYS, first_days[code // 2, at]
            _fall_due(due[code], own[at], first, shares)
            _fall_due(missed, own[at] * (1.0 - come[at, view.rows]), first, shares)
    # Where a horizon ends inside a period, plans count from their first day.
    for own, day in zip(*planned(view), strict=True):
        _fall_due(due[-1], own, int(day), np.ones(1))
    names: list[str] = []
    columns: list[Floats] = []
    for start, end in PERIODS:
        # Summed day by day: `sum` rounds a table of one row otherwise than one of many.
        names += [column(f"venues__{name}", start, end) for name in (*RELATIONS, MISSED)]
        columns += [*np.cumsum(due[:-1, start:end], axis=1)[:, -1], np.cumsum(missed[start:end], axis=0)[-1]]
        names += [column(f"venues__{name}", start, end) for name in ONSETS]
        begun = np.cumsum(due[:, start:end].sum(axis=0), axis=0)
        parts = [(begun < begun[-1] * ((part + 0.5) / len(ONSETS))).sum(axis=0) for part in range(len(ONSETS))]
        columns += [np.where(begun[-1] > 0.0, start + days, 0.0) for days in parts]
    return pd.DataFrame(np.column_stack(columns), columns=names)


def _fall_due(due: Floats, weight: Floats, first: int, shares: Floats) -> None:
    """Add the weight of one occasion to the days on which meetings at it begin, as far as these lie ahead."""
    from_day, until_day = max(first, 0), min(first + len(shares), len(due))
    if from_day < until_day:
        due[from_day:until_day] += shares[from_day - first : until_day - first, None] * weight


def _chances(view: View, summits: Summits, ahead: Ints) -> tuple[Floats, Floats, Floats]:
    """Chance of a recorded meeting at each edition ahead for each dyad if both come, that they do, and on which days.

    All are learned from editions that have ended.
    """
    past = summits.held()
    past = past[np.argsort(summits.series[past], kind="stable")]
    could = summits.could_meet(past)
    met = summits.met(past) & could
    # Weights are whole numbers: their sums are exact, whatever other dyads stand in the table.
    faded = np.round(_UNIT * np.exp2((summits.starts[past] - view.today) / HALF_LIFE_DAYS)).astype(np.int64)[:, None]
    kinds, begins = np.unique(summits.series[past], return_index=True)
    relation, of_ahead = summits.relation(past), summits.relation(ahead)
    at = np.where(np.isin(summits.series[ahead], kinds), np.searchsorted(kinds, summits.series[ahead]), len(kinds))
    chance = np.zeros(of_ahead.shape)
    for code in range(len(RELATIONS)):
        these = could & (relation == code)
        n, hits = (_by_series(np.where(taken, faded, 0), begins) for taken in (these, met & these))
        usual = _pooled(n[:, view.pooled].sum(axis=1), hits[:, view.pooled].sum(axis=1))
        own = (hits[at] + DYAD_PRIOR * usual[at, None]) / (n[at] + DYAD_PRIOR)
        chance = np.where(of_ahead == code, own, chance)
    first, second = _attendance(view, summits, past)
    # A host is at home.
    come = np.where(of_ahead == 0, 1.0, first) * np.where(of_ahead == 1, 1.0, second)
    return chance, come, _first_days(view, summits, past, met, kinds)[:, at]


def _by_series(weights: Ints, begins: Ints) -> Floats:
    """Sums of whole-numbered weights by series, with a last row of zeros for series without a record."""
    sums = np.add.reduceat(weights, begins, axis=0) if len(begins) else weights
    return np.asarray(np.vstack([sums, np.zeros((1, weights.shape[1]), dtype=np.int64)]) / _UNIT)


def _pooled(possible: Floats, together: Floats) -> Floats:
    """Chance of a meeting at each series with one relation, shrunk towards the mean of all, which is the last."""
    # Every series counts once, however many states it brings together: what is known of a new gathering is how
    # gatherings go, not how the week of the General Assembly goes.
    heard = possible / (possible + HEARD)
    share = np.divide(together, possible, out=np.zeros(len(possible)), where=possible > 0)
    # Sums are exact: a series without a record must not move them by a rounding.
    overall = (FIRST_GUESS + math.fsum(heard * share)) / (1.0 + math.fsum(heard))
    return np.where(possible > 0, (together + SERIES_PRIOR * overall) / (possible + SERIES_PRIOR), overall)


def _attendance(view: View, summits: Summits, past: Ints) -> tuple[Floats, Floats]:
    """Chance that the leader of the first and of the second side of each dyad comes to a summit abroad.

    His record since he took office: summits abroad from which he is known to have stayed away, against those at which
    a meeting of his with anyone is on record; where nothing is on record he came with the weight `UNSEEN`.
    """
    # What other views of the same table brought into it must not count.
    relevant = summits.shared(past)[:, view.pooled].any(axis=1)
    past = past[relevant]
    came, away, member = summits.presence(past, view.pooled)
    since = np.array([view.in_office_since.get(code, 0) for code in summits.codes], dtype=np.int64)
    faded = np.exp2((summits.starts[past] - view.today) / ATTENDANCE_HALF_LIFE_DAYS)[:, None]
    counted = faded * (member & (summits.starts[past][:, None] >= since))
    missed = _summed(counted * away)
    total = missed + _summed(counted * (came & ~away)) + UNSEEN * _summed(counted * ~(came | away))
    first, second = summits.places
    comes = 1.0 - missed / (ATTENDANCE_PRIOR + total)
    return comes[first], comes[second]


def _first_days(view: View, summits: Summits, past: Ints, met: Flags, kinds: Ints) -> Floats:
    """Share of the meetings at a series that begin on each day around the first, hosted by one of the two or abroad.

    Shape (2, n_series + 1, n_days); the days go from `SLACK_DAYS` before the official first day to `LAST_DAY` after it.
    The last series stands for those without a record.
    """
    edition, dyad = np.nonzero(met & view.pooled)
    day = np.clip(summits.met_on(past)[edition, dyad] - summits.starts[past[edition]], -SLACK_DAYS, LAST_DAY)
    abroad = summits.relation(past)[edition, dyad] // 2
    counts = np.zeros((2, len(kinds) + 1, SLACK_DAYS + 1 + LAST_DAY))
    np.add.at(counts, (abroad, np.searchsorted(kinds, summits.series[past[edition]]), day + SLACK_DAYS), 1.0)
    n = counts.sum(axis=2, keepdims=True)
    official = np.arange(-SLACK_DAYS, LAST_DAY + 1) == 0
    # Every series counts as far as it was heard, as for the chance itself; summed one by one.
    known, heard = (np.cumsum(table / (n + FIRST_DAY_PRIOR), axis=1)[:, -1:] for table in (counts, n))
    overall = (official + known) / (1.0 + heard)
    return np.asarray((counts + FIRST_DAY_PRIOR * overall) / (n + FIRST_DAY_PRIOR))


def _summed(table: Floats) -> Floats:
    """Sums of the columns, one by one: `sum` rounds a table of one column otherwise than one of many."""
    return np.asarray(np.cumsum(np.vstack([np.zeros(table.shape[1]), table]), axis=0)[-1])


SIGNALS: Final = (
    ComputedSignal(
        "venues",
        "scheduled summits at which the two leaders can meet",
        venue_signals,
        {
            "venues__hosted_by_first": ("cumulative hazard", "summits of the period that the first side hosts"),
            "venues__hosted_by_second": ("cumulative hazard", "summits of the period that the second side hosts"),
            "venues__abroad": ("cumulative hazard", "summits of the period elsewhere with both states in them"),
            f"venues__{MISSED}": (
                "cumulative hazard",
                "of these, what is missed if leaders stay away as lately",
            ),
            **{
                f"venues__{name}": (
                    "days",
                    f"days to where part {part} of {len(ONSETS)} of the chance at the period's occasions falls due; "
                    "0 if there is none",
                )
                for part, name in enumerate(ONSETS, 1)
            },
        },
    ),
)
