"""Meetings that stand announced: the chance that they come about, by the period in which they are to begin.

The chance is that of past plans, of all dyads, that stood as far ahead and whose days have passed: near ones come about
more often than far ones. ``-log(1 - q)`` summed over the plans of a period is the signal. It is missing, not zero, for
a dyad and date for which no source announces plans.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Floats, Ints, day_number
from forecast.facts.plans import Plan
from forecast.periods import PERIODS, column
from forecast.signals.declare import ComputedSignal, table_of
from forecast.signals.view import View

OCCASION: Final = "plans__occasion"

#: Days ahead from which plans are distinguished, and what is believed of them beforehand: the chance, and its strength
#: in plans. Both are guesses: before 2015 one dyad alone has plans on record.
LEADS: Final = (0, 8, 31)
FIRST_GUESS: Final = 0.8
PRIOR_PLANS: Final = 10.0


def planned(view: View) -> tuple[Floats, Ints]:
    """Cumulative chance of each standing plan for each row, shape (n_plans, n_rows), and days to its first day."""
    return view.once("planned", lambda: _planned(view))


def _planned(view: View) -> tuple[Floats, Ints]:
    chance = _chances(view)
    plans = view.plans
    lead = np.array([max(day_number(plan.first) - view.today, 0) for plan in plans], dtype=np.int64)
    names = np.asarray(view.dyads, dtype=object)
    own = np.array([names == plan.dyad for plan in plans], dtype=bool).reshape(len(plans), len(names))
    weight = -np.log1p(-chance[np.searchsorted(LEADS, lead, side="right") - 1])
    return own * weight[:, None], lead


def _chances(view: View) -> Floats:
    """Chance that a plan comes about, by how far ahead it stands."""
    n, hits = np.zeros(len(LEADS)), np.zeros(len(LEADS))
    for plan, met in view.past_plans:
        stood = _stood(plan)
        n += stood
        hits += stood * met
    overall = (hits[0] + PRIOR_PLANS * FIRST_GUESS) / (n[0] + PRIOR_PLANS)
    return np.asarray((hits + PRIOR_PLANS * overall) / (n + PRIOR_PLANS))


@cache
def _stood(plan: Plan) -> Floats:
    """Whether a plan stood so many days ahead as `LEADS` says."""
    return plan.stands(np.array([plan.first - days for days in LEADS])).astype(np.float64)


def plan_signals(view: View) -> pd.DataFrame:
    """Columns ``plans__occasion@start-end``; a plan that is under way on the as-of date stands in the first period."""
    weight, lead = planned(view)
    known = np.where(view.plans_reported, 0.0, np.nan)
    columns = {
        column(OCCASION, start, end): known + weight[(lead >= start) & (lead < end)].sum(axis=0)
        for start, end in PERIODS
    }
    return table_of(columns)


WORDS: Final = {"plans": "meetings announced"}

SIGNALS: Final = (
    ComputedSignal(
        "plans",
        "meetings that stand announced",
        plan_signals,
        {OCCASION: ("cumulative hazard", "announced meetings that are to begin in the period")},
    ),
)
