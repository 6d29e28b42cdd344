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
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Floats, Ints
from forecast.periods import EDGES, PERIODS, column
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
DYAD_PRIOR: Final = 4.0
#: Strength of the belief that a leader comes, in summits, how his record fades, and what a summit counts at which he
#: met nobody on record.
ATTENDANCE_PRIOR: Final = 0.5
ATTENDANCE_HALF_LIFE_DAYS: Final = 365.0
UNSEEN: Final = 0.05
#: Strength, in meetings, of what is known of the first days of meetings at other summits, and the last single day.
FIRST_DAY_PRIOR: Final = 10.0
LAST_DAY: Final = 10
_UNIT: Final = 1 << 20
_COLUMNS: Final = pd.Index(
    [column(f"venues__{name}", *period) for period in PERIODS for name in (*RELATIONS, MISSED, *ONSETS)]
)


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
    # Of all summits few bring two states together: they are laid out one below the other, by who hosts.
    at, row = np.nonzero(weight)
    code = summits.relation(ahead[at], view.rows[row])
    order = np.argsort(code, kind="stable")
    at, row, code = at[order], row[order], code[order]
    own = weight[at, row]
    missed = own * (1.0 - come[at, view.rows[row]])
    day = (summits.starts[ahead[at]] - view.today - SLACK_DAYS)[:, None] + np.arange(first_days.shape[2])
    shares = first_days[code // 2, at]
    falls = (day >= 0) & (day < EDGES[-1])
    # Where a horizon ends inside a period, plans count from their first day.
    weights, first = planned(view)
    plan, planning = np.nonzero(weights * (first < EDGES[-1])[:, None])
    kind = np.concatenate([np.broadcast_to(code[:, None], day.shape)[falls], np.full(len(plan), len(RELATIONS))])
    key = np.concatenate([(row[:, None] * EDGES[-1] + day)[falls], planning * EDGES[-1] + first[plan]])
    due = np.concatenate([(shares * own[:, None])[falls], weights[plan, planning]])
    lost = np.concatenate([(shares * missed[:, None])[falls], np.zeros(len(plan))])
    return pd.DataFrame(_by_period(key, kind, due, lost, len(view.rows)), columns=_COLUMNS, copy=False)


def _by_period(key: Ints, kind: Ints, due: Floats, lost: Floats, n_rows: int) -> Floats:
    """Sums by row and period of what falls due on days, by kind, of what is lost, and the days of its equal parts.

    A key is ``row * EDGES[-1] + day``. Everything is summed one by one, day by day: sums of a table of one row would
    round otherwise than those of many.
    """
    keys, place = np.unique(key, return_inverse=True)
    row, day = np.divmod(keys, EDGES[-1])
    segment = row * len(PERIODS) + np.searchsorted(EDGES, day, side="right") - 1
    n = n_rows * len(PERIODS)
    daily = [np.bincount(place, due * (kind == one), len(keys)) for one in range(len(RELATIONS) + 1)]
    missed = np.bincount(place, lost, len(keys))
    columns: list[npt.NDArray[Any]] = [np.bincount(segment, one, n) for one in (*daily[:-1], missed)]
    begins = np.flatnonzero(np.diff(segment, prepend=-1))
    lengths = np.diff(begins, append=len(keys))
    begun = sum(daily[1:], start=daily[0])
    rank = np.arange(len(keys)) - np.repeat(begins, lengths)
    for step in range(1, int(rank.max(initial=0)) + 1):
        later = np.flatnonzero(rank == step)
        begun[later] += begun[later - 1]
    whole = np.zeros(n)
    whole[segment[begins]] = begun[begins + lengths - 1]
    of_segment = np.zeros(n, dtype=np.int64)
    of_segment[segment[begins]] = begins
    some = np.flatnonzero(whole > 0.0)
    for part in range(len(ONSETS)):
        waiting = begun < whole[segment] * ((part + 0.5) / len(ONSETS))
        onset = np.zeros(n)
        onset[some] = day[(of_segment + np.bincount(segment, waiting, n).astype(np.int64))[some]]
        columns.append(onset)
    return np.asarray(np.column_stack(columns).reshape(n_rows, -1), dtype=np.float64)


def _chances(view: View, summits: Summits, ahead: Ints) -> tuple[Floats, Floats, Floats]:
    """Chance of a recorded meeting at each edition ahead for each dyad if both come, that they do, and on which days.

    All are learned from editions that have ended.
    """
    past = summits.held(since=summits.recorded_from)
    past = past[np.argsort(summits.series[past], kind="stable")]
    could = summits.could_meet(past)
    edition, dyad = np.nonzero(could)
    met = summits.met(past)[edition, dyad]
    # Weights are whole numbers: their sums are exact, whatever other dyads stand in the table.
    faded = np.round(_UNIT * np.exp2((summits.starts[past] - view.today) / HALF_LIFE_DAYS))[edition]
    kinds, kind = np.unique(summits.series[past], return_inverse=True)
    kind, relation, of_ahead = kind[edition], summits.relation(past[edition], dyad), summits.relation(ahead)
    at = np.where(np.isin(summits.series[ahead], kinds), np.searchsorted(kinds, summits.series[ahead]), len(kinds))
    wanted, of_wanted = np.unique(at, return_inverse=True)
    slot = np.full(len(kinds) + 1, -1)
    slot[wanted] = np.arange(len(wanted))
    chance = np.zeros(of_ahead.shape)
    own_shape = len(wanted), could.shape[1]
    cell, pooled = slot[kind] * own_shape[1] + dyad, view.pooled[dyad]
    for code in range(len(RELATIONS)):
        these = relation == code
        takings = (these, these & met)
        usual = _pooled(*(_weighed(kind, faded, taken & pooled, len(kinds) + 1) for taken in takings))
        n, hits = (
            _weighed(cell, faded, taken & (cell >= 0), math.prod(own_shape)).reshape(own_shape)[of_wanted]
            for taken in takings
        )
        own = (hits + DYAD_PRIOR * usual[at, None]) / (n + DYAD_PRIOR)
        chance = np.where(of_ahead == code, own, chance)
    first, second = _attendance(view, summits, past)
    # A host is at home.
    come = np.where(of_ahead == 0, 1.0, first) * np.where(of_ahead == 1, 1.0, second)
    return chance, come, _first_days(view, summits, past, could, kinds)[:, at]


def _weighed(place: Ints, weights: Floats, taken: Flags, n: int) -> Floats:
    """Sums by place of the whole-numbered weights that are taken."""
    return np.asarray(np.bincount(place[taken], weights[taken], n) / _UNIT)


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
    # Row by row, as there are two states at least: `sum` rounds a table of one column otherwise than one of many.
    missed = (counted * away).sum(axis=0)
    total = missed + (counted * (came & ~away)).sum(axis=0) + UNSEEN * (counted * ~(came | away)).sum(axis=0)
    first, second = summits.places
    comes = 1.0 - missed / (ATTENDANCE_PRIOR + total)
    return comes[first], comes[second]


def _first_days(view: View, summits: Summits, past: Ints, could: Flags, kinds: Ints) -> Floats:
    """Share of the meetings at a series that begin on each day around the first, hosted by one of the two or abroad.

    Shape (2, n_series + 1, n_days); the days go from `SLACK_DAYS` before the official first day to `LAST_DAY` after it.
    The last series stands for those without a record.
    """
    edition, dyad, on = summits.meetings(past)
    edition, dyad, on = (of[could[edition, dyad] & view.pooled[dyad]] for of in (edition, dyad, on))
    day = np.clip(on - summits.starts[past[edition]], -SLACK_DAYS, LAST_DAY)
    abroad = summits.relation(past[edition], dyad) // 2
    counts = np.zeros((2, len(kinds) + 1, SLACK_DAYS + 1 + LAST_DAY))
    np.add.at(counts, (abroad, np.searchsorted(kinds, summits.series[past[edition]]), day + SLACK_DAYS), 1.0)
    n = counts.sum(axis=2, keepdims=True)
    official = np.arange(-SLACK_DAYS, LAST_DAY + 1) == 0
    # Every series counts as far as it was heard, as for the chance itself; summed one by one.
    known, heard = (np.cumsum(table / (n + FIRST_DAY_PRIOR), axis=1)[:, -1:] for table in (counts, n))
    overall = (official + known) / (1.0 + heard)
    return np.asarray((counts + FIRST_DAY_PRIOR * overall) / (n + FIRST_DAY_PRIOR))


WORDS: Final = {"venues": "summits ahead"}

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
