"""Scheduled summits at which the two leaders can meet: the chance of a meeting at each, by period of the horizon.

For each edition known at the as-of date and each dyad with both states in it, the chance that a meeting of the two
is recorded during it is learned from past editions alone, in three steps that shrink towards one another: the mean of
all series with the same relation (hosted by the first side, by the second, or abroad), the series, and the dyad's own
record at the series, with old editions fading. The cumulative chance of a period, ``-log(1 - p)`` summed over its
editions, is the signal.

Beside it stands when the summits and the announced meetings of the period begin, for horizons that end inside it: the
first day of the weightiest, its share in the weight of all, and the first day of the second weightiest.

Leaders who lately stayed away from summits stay away from others: `TURNOUT` is the share of the chances to meet, at
summits to which both states belong, that neither leader let pass since he took office by staying away.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from forecast.facts.countries import sides
from forecast.periods import PERIODS, column
from forecast.signals.cube import Floats, Ints
from forecast.signals.declare import ComputedSignal
from forecast.signals.plans import planned
from forecast.signals.summits import RELATIONS, Summits
from forecast.signals.view import View

HALF_LIFE_DAYS: Final = 3653.0

#: How far the two leaders come to summits.
TURNOUT: Final = "venues__turnout"

#: When the summits of a period begin.
ONSETS: Final = ("main_day", "main_share", "next_day")

#: Strength of what is believed beforehand, in chances to meet: of any gathering, of a series, of a dyad at a series.
#: Chosen on folds before 2015.
FIRST_GUESS: Final = 0.25
HEARD: Final = 10.0
SERIES_PRIOR: Final = 60.0
DYAD_PRIOR: Final = 8.0
#: Strength of the belief that a leader comes, in meetings that the summits of his time promised, and how it fades.
TURNOUT_PRIOR: Final = 1.0
TURNOUT_HALF_LIFE_DAYS: Final = 731.0
_UNIT: Final = 1 << 20


def venue_signals(view: View) -> pd.DataFrame:
    """Cumulative chance of a meeting at the summits of each period, by who hosts, and when these begin.

    Columns ``venues__hosted_by_first@start-end`` and so on with `RELATIONS` and `ONSETS`. Days are counted from the
    as-of date; all are zero for a period without a summit.
    """
    summits = view.summits
    ahead = summits.ahead()
    chance, turnout = _chances(view, summits, ahead)
    both = summits.both_expected(ahead)[:, view.rows]
    weight = -np.log1p(-np.minimum(chance[:, view.rows], 0.99)) * both
    relation = summits.relation(ahead)[:, view.rows]
    lead = summits.starts[ahead] - view.today
    # Where a horizon ends inside a period, plans count from their first day as summits do.
    plan_weight, plan_lead = planned(view)
    all_weight, all_lead = np.vstack([weight, plan_weight]), np.concatenate([lead, plan_lead])
    names, columns = [TURNOUT], [turnout[view.rows]]
    for start, end in PERIODS:
        here = ((lead >= start) & (lead < end))[:, None]
        for code, name in enumerate(RELATIONS):
            names.append(column(f"venues__{name}", start, end))
            columns.append((weight * (here & (relation == code))).sum(axis=0))
        names += [column(f"venues__{name}", start, end) for name in ONSETS]
        begins = (all_lead >= start) & (all_lead < end)
        columns += _onsets(all_weight[begins], all_lead[begins])
    return pd.DataFrame(np.column_stack(columns), columns=names)


def _onsets(weight: Floats, lead: Ints) -> tuple[Floats, Floats, Floats]:
    """Day and share of each row's weightiest summit, and the day of the second; of equals, the first one."""
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


def _chances(view: View, summits: Summits, ahead: Ints) -> tuple[Floats, Floats]:
    """Chance of a recorded meeting at each edition ahead for each dyad, and how far its two leaders come to them.

    Both are learned from editions that have ended.
    """
    past = summits.held()
    past = past[np.argsort(summits.series[past], kind="stable")]
    could = summits.could_meet(past)
    met = summits.met(past) & could
    # Weights are whole numbers: their sums are exact, whatever other dyads stand in the table.
    faded = np.round(_UNIT * np.exp2((summits.starts[past] - view.today) / HALF_LIFE_DAYS)).astype(np.int64)[:, None]
    kinds, begins = np.unique(summits.series[past], return_index=True)
    relation = summits.relation(past)
    of_ahead = summits.relation(ahead)
    known_kind = np.searchsorted(kinds, summits.series[ahead])
    is_known = np.isin(summits.series[ahead], kinds)
    chance = np.zeros((len(ahead), len(view.everyone)))
    usual = np.zeros(could.shape)
    for code in range(len(RELATIONS)):
        these = could & (relation == code)
        n, hits = (np.where(taken, faded, 0) for taken in (these, met & these))
        own = np.full(chance.shape, FIRST_GUESS)
        if len(kinds):
            n, hits = (np.add.reduceat(table, begins, axis=0) for table in (n, hits))
            together, possible = hits[:, view.pooled].sum(axis=1) / _UNIT, n[:, view.pooled].sum(axis=1) / _UNIT
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
            usual = np.where(relation == code, by_dyad[np.searchsorted(kinds, summits.series[past])], usual)
        chance = np.where(of_ahead == code, own, chance)
    return chance, _turnout(view, summits, past, usual)


def _turnout(view: View, summits: Summits, past: Ints, usual: Floats) -> Floats:
    """Share of the meetings promised by summits that the two leaders in office did not let pass by staying away."""
    begun = view.in_office_since
    shared, starts = summits.shared(past), summits.starts[past][:, None]
    faded = np.exp2((starts - view.today) / TURNOUT_HALF_LIFE_DAYS)
    promised = np.where(shared, usual, 0.0) * faded
    turnout = np.ones(len(view.everyone))
    for side, away in enumerate(summits.stayed_away(past)):
        since = np.array([begun.get(sides(dyad)[side], 0) for dyad in view.everyone], dtype=np.int64)
        own = starts >= since
        total, missed = _summed(promised * own), _summed(promised * (own & away))
        turnout *= 1.0 - missed / (TURNOUT_PRIOR + total)
    return turnout


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
            TURNOUT: ("share", "chances to meet at summits that neither leader in office let pass by staying away"),
            "venues__main_day": (
                "days",
                "days to the first day of the period's weightiest summit; 0 if there is none",
            ),
            "venues__main_share": ("share", "share of that summit in the weight of all summits of the period"),
            "venues__next_day": ("days", "days to the first day of the second weightiest; 0 if there is none"),
        },
    ),
)
