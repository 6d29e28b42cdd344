"""Meetings whose plan was public before the as-of date: such forecasts are easy, so they carry a flag."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecast.codebook import IN_PERSON_MODES
from forecast.dates import Days, as_day
from forecast.history import History

_EVENTS = ("CONSULT", "AGREE")


def announced_within(history: History, *, dyads: list[str], as_ofs: Days, horizon_days: int) -> npt.NDArray[np.bool_]:
    """Whether a meeting in the window was announced before the as-of date and not called off by then.

    Parameters
    ----------
    history : History
        Rows with level ``leader`` and status ``announced`` are plans if their event is CONSULT or AGREE and their mode
        is in person, or ``announce`` with a place (a call has none). Rows with status ``cancelled`` or ``postponed``
        for the same dyad and planned first day call them off.
    dyads : list of str, length n_rows
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)
    horizon_days : int

    Returns
    -------
    numpy.ndarray of bool, shape (n_rows,)
    """
    events = history.events
    leader = events.loc[events["level"] == "leader"]
    in_person = leader["mode"].isin(IN_PERSON_MODES) | ((leader["mode"] == "announce") & (leader["place"] != ""))
    plans = leader.loc[(leader["status"] == "announced") & leader["event"].isin(_EVENTS) & in_person]
    off = leader.loc[leader["status"].isin(["cancelled", "postponed"])]
    names = np.asarray(dyads, dtype=object)
    found = np.zeros(len(names), dtype=bool)
    if not len(names):
        return found
    end = as_ofs + np.timedelta64(horizon_days, "D")
    # A ledger may hold thousands of plans of other years and dyads: only those that can concern a row are looked at.
    plans = plans.loc[
        plans["dyad"].isin(set(dyads))
        & (plans["known_on"] < as_ofs.max())
        & (plans["ended_on"] >= as_ofs.min())
        & (plans["started_on"] < end.max())
    ]
    for plan in plans.itertuples(index=False):
        known, first, last = (as_day(day) for day in (plan.known_on, plan.started_on, plan.ended_on))
        rows = (names == plan.dyad) & (known < as_ofs) & (last >= as_ofs) & (first < end)
        for call_off in off.loc[(off["dyad"] == plan.dyad) & (off["started_on"] == plan.started_on), "known_on"]:
            rows &= ~((as_day(call_off) < as_ofs) & (as_day(call_off) >= known))
        found |= rows
    return found
