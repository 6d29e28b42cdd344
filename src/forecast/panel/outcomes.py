"""Outcomes: whether and when the leaders of a dyad meet after an as-of date, and how far that is known.

An outcome is *resolved* only as far as complete sources cover both directions of the dyad, even if a meeting was
already seen: otherwise early meetings would be counted and late absences would not, and base rates would inflate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import MAX_HORIZON_DAYS, Days, Ints, day_numbers
from forecast.errors import ForecastError
from forecast.facts.history import rows_by_sources
from forecast.facts.record import Meetings
from forecast.signals.cube import Cube, Selector, day_keys
from forecast.signals.meetings import MEETING, SIT_DOWN

#: Targets: which meetings count as the outcome.
TARGETS: Final[dict[str, Selector]] = {"meeting": MEETING, "bilateral": SIT_DOWN}

#: Kind of `forecast.facts.record.KINDS` that each target takes.
KINDS_OF_TARGET: Final = {"meeting": "meeting", "bilateral": "sit_down"}

#: Targets as a question asks for them: will the leaders ...?
QUESTIONS: Final = {"meeting": "meet in person", "bilateral": "meet alone or on the margins"}

#: `first_meeting_in_days` of a row in whose follow-up the two did not meet.
NEVER: Final = -1


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
    """Observe the first meeting after each as-of date, as far as the history reaches."""
    history, days, kind = cube.history, day_numbers(as_ofs), KINDS_OF_TARGET[check_target(target)]
    first, until = np.full(len(days), NEVER, dtype=np.int64), days.copy()
    for name, rows in rows_by_sources(history, dyads):
        until[rows] = history.resolved_until(name, days[rows])
    # Of the day on which the facts end nothing is resolved: a forecast looks for no meeting.
    meetings = cube.meetings(kind) if (until > days).any() else None
    if meetings is not None and len(meetings.first):
        held, own, at = next_meeting(meetings, dyads, days)
        ahead = np.append(held, -1)[at] == own
        first[ahead] = meetings.first[at[ahead]] - days[ahead]
        # Inside a stay whose day no source names, the two may have met before the as-of date or after it.
        latest = np.maximum.accumulate(day_keys(held, meetings.last))
        inside = (at > 0) & (held[at - 1] == own) & (latest[at - 1] >= day_keys(own, days))
        until[inside] = days[inside]
    followup = np.clip(until - days, 0, MAX_HORIZON_DAYS)
    return pd.DataFrame(
        {"first_meeting_in_days": np.where((first >= 0) & (first < followup), first, NEVER), "followup_days": followup}
    )


def next_meeting(meetings: Meetings, dyads: Sequence[str], days: Ints) -> tuple[Ints, Ints, Ints]:
    """Numbers of the dyads of meetings and of rows, and where the first meeting of each row on its day or later stands.

    If the two have none, the place is that of a later dyad's meeting or the end.
    """
    # Meetings stand in the order of dyads and days.
    names, held = np.unique(meetings.dyad, return_inverse=True)
    places = {name: place for place, name in enumerate(names.tolist())}
    own = np.array([places.get(dyad, len(places)) for dyad in dyads], dtype=np.int64)
    return held, own, np.searchsorted(day_keys(held, meetings.first), day_keys(own, days))


def met_within(outcomes: pd.DataFrame, horizon_days: int) -> pd.Series:
    """Whether the two met within the horizon, for the rows in which that is resolved.

    Examples
    --------
    >>> seen = pd.DataFrame({"first_meeting_in_days": [5, -1, 5], "followup_days": [40, 40, 20]})
    >>> met_within(seen, 30).tolist()
    [1.0, 0.0, nan]
    """
    first = outcomes["first_meeting_in_days"]
    met = ((first >= 0) & (first < horizon_days)).astype(float)
    return met.where(outcomes["followup_days"] >= horizon_days)
