"""Outcomes: whether and when the leaders of a dyad meet after an as-of date, and how far that is known.

An outcome is *resolved* only as far as the sources that define the dyad's meetings are complete, even if a meeting
was already seen: otherwise early meetings would be counted and late absences would not, and base rates would inflate.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import MAX_HORIZON_DAYS, Days, day_numbers
from forecast.errors import ForecastError
from forecast.signals.cube import Cube, Selector
from forecast.signals.meetings import MEETING, SIT_DOWN

#: Targets: which meetings count as the outcome.
TARGETS: Final[dict[str, Selector]] = {"meeting": MEETING, "bilateral": SIT_DOWN}

#: Targets as a question asks for them: will the leaders ...?
QUESTIONS: Final = {"meeting": "meet in person", "bilateral": "meet alone or on the margins"}

#: `first_meeting_in_days` of a row in whose follow-up the two did not meet.
NEVER: Final = -1

_UNRECORDED: Final = 1 << 40


def check_target(target: str) -> str:
    """Return the target, or say which there are.

    Examples
    --------
    >>> check_target("bilateral")
    'bilateral'
    """
    if target not in TARGETS:
        raise ForecastError(f"unknown target {target!r}; there are {', '.join(TARGETS)}")
    return target


def observe(cube: Cube, *, dyads: list[str], as_ofs: Days, target: str = "meeting") -> pd.DataFrame:
    """Observe the first meeting after each as-of date, as far as the history reaches.

    Parameters
    ----------
    cube : Cube
        Of the history as known when one looks back: for training behind the gate of the day of training, for
        scoring the whole.
    dyads : list of str, length n_rows
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)
    target : {"meeting", "bilateral"}

    Returns
    -------
    pandas.DataFrame, shape (n_rows, 2)
        `first_meeting_in_days`: 0 for a meeting on the as-of date itself, `NEVER` if none is seen within the follow-up;
        `followup_days`: the outcome of any horizon up to this is resolved. At most 730.
    """
    history = cube.history
    meetings = cube.slice(TARGETS[check_target(target)])
    asked = day_numbers(as_ofs)
    ahead = meetings.next_occurred(cube.number(dyads), asked, default=_UNRECORDED)
    first = np.where(ahead < _UNRECORDED, ahead - asked, NEVER)

    names, inverse = np.unique(np.asarray(dyads, dtype=str), return_inverse=True)
    spans = np.full((len(names), 2), _UNRECORDED, dtype=np.int64)
    for row, name in enumerate(names):
        coverage = history.meeting_coverage(str(name))
        if coverage is not None:
            spans[row] = day_numbers(np.array(coverage, dtype="datetime64[D]"))
    followup = np.where(asked >= spans[inverse, 0], spans[inverse, 1] + 1 - asked, 0)
    followup = np.clip(followup, 0, MAX_HORIZON_DAYS)
    return pd.DataFrame(
        {
            "first_meeting_in_days": np.where((first >= 0) & (first < followup), first, NEVER),
            "followup_days": followup,
        }
    )


def met_within(outcomes: pd.DataFrame, horizon_days: int) -> pd.Series:
    """Whether the two met within the horizon, for the rows in which that is resolved.

    Returns
    -------
    pandas.Series of float
        1.0, 0.0, or NaN where the window is not resolved.

    Examples
    --------
    >>> seen = pd.DataFrame({"first_meeting_in_days": [5, -1, 5], "followup_days": [40, 40, 20]})
    >>> met_within(seen, 30).tolist()
    [1.0, 0.0, nan]
    """
    first = outcomes["first_meeting_in_days"]
    met = ((first >= 0) & (first < horizon_days)).astype(float)
    return met.where(outcomes["followup_days"] >= horizon_days)
