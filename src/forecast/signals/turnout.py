"""Who comes to the summits ahead: the record of each side at the series, and whether it is the first chance to meet.

The default model does not learn these: the chance of `forecast.signals.venues` holds the dyad's own record already.

Whether a leader came is known through the publisher that covers all dyads of a state, as for absences: that state's
leader came if a meeting of his is recorded there; of the other side the edition then tells by whether the two met, and
if not, by the share of the members whom he did not meet either.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import day_number
from forecast.periods import PERIODS, column
from forecast.signals.cube import Cube, Floats, Ints, Selector, effective_days
from forecast.signals.summits import Attendance

NAMES: Final = ("venues__first_attends", "venues__second_attends", "venues__first_chance")

#: What is believed beforehand: as many editions, at half of which the leader came.
PRIOR_EDITIONS: Final = 1.0
_UNIT: Final = 1 << 20

Flags = npt.NDArray[np.bool_]


def turnout_signals(
    seen: Attendance, cube: Cube, meetings: Selector, *, dyads: list[str], as_of: np.datetime64, cohort: list[str]
) -> pd.DataFrame:
    """Attendance of each side at the series of each period's summits, and the first chance since the last meeting.

    Parameters
    ----------
    seen : Attendance
        Of the dyads asked for and of the cohort.
    cube : Cube
    meetings : Selector
        What counts as a meeting.
    dyads : list of str, length n_rows
    as_of : numpy.datetime64[D]
    cohort : list of str
        Dyads by whose meetings it is judged who came.

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 3 * n_periods)
        Columns ``venues__first_attends@start-end``, and so on with `NAMES`. The two shares are means over the period's
        summits, missing if it has none for the dyad, or if no publisher covers a side. ``venues__first_chance`` is 1 in
        the period of the nearest summit if no other of both has passed since the two last met, else 0.
    """
    today = day_number(as_of)
    position = {dyad: at for at, dyad in enumerate(seen.dyads)}
    rows = np.array([position[dyad] for dyad in dyads], dtype=np.int64)
    recorded_from, _ = effective_days(cube.history, seen.dyads, np.full(len(seen.dyads), as_of))
    past = seen.ended_before(today)
    past = past[np.argsort(seen.series[past], kind="stable")]
    could = seen.could_meet(past, today, recorded_from)
    met = (seen.met_known[past] < today) & could
    ahead = seen.ahead(today)
    both = seen.takes_part(ahead, today)[:, rows]
    shares = [share[:, rows] for share in _attends(seen, cube, past, ahead, could, met, cohort)]
    asked = np.full(len(dyads), today)
    last = cube.slice(meetings).last_occurred(cube.number(dyads), asked, default=recorded_from[rows])
    passed = ((could & ~met)[:, rows] & (seen.starts[past][:, None] > last)).any(axis=0)
    lead = seen.starts[ahead] - today
    nearest = np.where(both, lead[:, None], np.iinfo(np.int64).max).min(axis=0, initial=np.iinfo(np.int64).max)
    columns: dict[str, Floats] = {}
    for start, end in PERIODS:
        here = both & ((lead >= start) & (lead < end))[:, None]
        n = here.sum(axis=0)
        for name, share in zip(NAMES[:2], shares, strict=True):
            total = np.where(here, share, 0.0).sum(axis=0)
            columns[column(name, start, end)] = np.where(n > 0, total / np.maximum(n, 1), np.nan)
        columns[column(NAMES[2], start, end)] = ((nearest >= start) & (nearest < end) & ~passed).astype(np.float64)
    return pd.DataFrame(np.column_stack(list(columns.values())), columns=list(columns))


def _attends(
    seen: Attendance, cube: Cube, past: Ints, ahead: Ints, could: Flags, met: Flags, cohort: list[str]
) -> tuple[Floats, Floats]:
    """Share of past editions of the series of each edition ahead to which each side of each dyad came."""
    found = np.full((2, len(ahead), len(seen.dyads)), np.nan)
    pool = np.isin(seen.dyads, cohort)
    for state in cube.history.focal_states:
        judged = (seen.states == state).any(axis=0) & pool
        possible = could[:, judged].sum(axis=1)
        share = met[:, judged].sum(axis=1) / np.maximum(possible, 1)
        came = share > 0
        own = _by_series(seen, past, ahead, (came * _UNIT)[:, None], (possible > 0)[:, None])
        # At an edition where the covered leader was not, nothing is known of the others.
        told = could & came[:, None]
        weight = np.where(met, _UNIT, np.round(_UNIT * (1.0 - share)).astype(np.int64)[:, None])
        theirs = _by_series(seen, past, ahead, np.where(told, weight, 0), told)
        for side in (0, 1):
            ours = np.flatnonzero(seen.states[side] == state)
            found[side][:, ours] = own
            alone = ours[~np.isin(seen.states[1 - side, ours], cube.history.focal_states)]
            found[1 - side][:, alone] = theirs[:, alone]
    return found[0], found[1]


def _by_series(seen: Attendance, past: Ints, ahead: Ints, weight: Ints, counted: Flags) -> Floats:
    """Share of the counted past editions of each edition's series; whole numbers, so exact in any company."""
    kinds, begins = np.unique(seen.series[past], return_index=True)
    found = np.full((len(ahead), weight.shape[1]), 0.5)
    if not len(kinds):
        return found
    came, n = (np.add.reduceat(table.astype(np.int64), begins, axis=0) for table in (weight, counted))
    share = (came / _UNIT + 0.5 * PRIOR_EDITIONS) / (n + PRIOR_EDITIONS)
    known = np.isin(seen.series[ahead], kinds)
    found[known] = share[np.searchsorted(kinds, seen.series[ahead[known]])]
    return found
