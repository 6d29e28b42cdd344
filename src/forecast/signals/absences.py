"""Snubs told by the calendar: a leader stays away from a summit of which both states are members.

Whether a leader came is known through the publisher that covers all dyads of a state: if it records no meeting of
that state's leader during the summit, he stayed away from all its members; if it records some, each member whom he
did not meet counts as absent by the share of the members whom he met. At a summit where he met nine in ten, to be the
tenth is a snub; in the week of the General Assembly, where he meets few, it is none. Older absences fade.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import day_number
from forecast.facts.history import History
from forecast.signals.cube import Floats, effective_days
from forecast.signals.summits import Attendance

NAMES: Final = ("snubs__first_absent__730d", "snubs__second_absent__730d")
HALF_LIFE_DAYS: Final = 730.0
WINDOW_DAYS: Final = 1826
_UNIT: Final = 1 << 20


def absence_signals(
    seen: Attendance, history: History, *, dyads: list[str], as_of: np.datetime64, cohort: list[str]
) -> pd.DataFrame:
    """Absences of each side from the summits of the last five years, halved in weight every two.

    Parameters
    ----------
    seen : Attendance
        Of the dyads asked for and of the cohort.
    history : History
    dyads : list of str, length n_rows
    as_of : numpy.datetime64[D]
    cohort : list of str
        Dyads by whose meetings it is judged who came.

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 2)
        Columns `NAMES`; missing for dyads of which no publisher covers a side.
    """
    today = day_number(as_of)
    recent = seen.ended_before(today, since=today - WINDOW_DAYS)
    recorded_from, _ = effective_days(history, seen.dyads, np.full(len(seen.dyads), as_of))
    could = seen.could_meet(recent, today, recorded_from)
    met = (seen.met_known[recent] < today) & could
    faded = np.exp2((seen.starts[recent] - today) / HALF_LIFE_DAYS)
    pool = np.isin(seen.dyads, cohort)
    absent = np.full((2, len(seen.dyads)), np.nan)
    # The side that a publisher covers is known by itself; the other side only where the first one came.
    for state in history.focal_states:
        for side in (0, 1):
            ours = np.flatnonzero(seen.states[side] == state)
            judged = (seen.states == state).any(axis=0) & pool
            share = met[:, judged].sum(axis=1) / np.maximum(could[:, judged].sum(axis=1), 1)
            came = share > 0
            absent[side, ours] = _summed(could[:, ours] & ~came[:, None], faded)
            alone = ours[~np.isin(seen.states[1 - side, ours], history.focal_states)]
            absent[1 - side, alone] = _summed(could[:, alone] & ~met[:, alone], faded * share)
    position = {dyad: at for at, dyad in enumerate(seen.dyads)}
    return pd.DataFrame(absent[:, [position[dyad] for dyad in dyads]].T, columns=list(NAMES))


def _summed(missed: npt.NDArray[np.bool_], weight: Floats) -> Floats:
    """Weights of the editions missed; summed as whole numbers, so exact in any order and company."""
    whole = np.round(_UNIT * weight).astype(np.int64)
    return np.asarray((missed * whole[:, None]).sum(axis=0) / _UNIT)
