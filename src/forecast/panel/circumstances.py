"""Circumstances of a forecast by which scores are cut: the setting of the meeting, the onset, a venue in the window.

None of them is a signal. The setting is given by the outcome itself and taken from the whole history; the other two
are known at the as-of date.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Day, Days, as_days, day_numbers
from forecast.facts.calendar import Calendar
from forecast.facts.countries import sides
from forecast.facts.events import SETTINGS
from forecast.panel.outcomes import KINDS_OF_TARGET, check_target, next_meeting
from forecast.signals.cube import Cube
from forecast.signals.meetings import MEETING

#: Without a meeting for this long, a meeting is an onset.
ONSET_DAYS: Final = 1826


def first_settings(
    cube: Cube, *, dyads: list[str], as_ofs: Days, horizon_days: int, target: str = "meeting"
) -> npt.NDArray[np.str_]:
    """Setting of the first meeting in the window; of several on one day the most bilateral one counts."""
    meetings = cube.meetings(KINDS_OF_TARGET[check_target(target)])
    days = day_numbers(as_ofs)
    if not len(meetings.first):
        return np.full(len(days), "")
    # Of the meetings of one day the most bilateral one comes first.
    held, own, at = next_meeting(meetings, dyads, days)
    inside = np.append(held, -1)[at] == own
    at = np.minimum(at, len(held) - 1)
    return np.where(inside & (meetings.first[at] < days + horizon_days), np.array(SETTINGS)[meetings.setting[at]], "")


def onsets(cube: Cube, *, dyads: list[str], as_ofs: Days) -> npt.NDArray[np.bool_]:
    """Whether no meeting of the dyad in the `ONSET_DAYS` before the as-of date was on record then."""
    return np.asarray(cube.slice(MEETING).count(cube.number(dyads), day_numbers(as_ofs), ONSET_DAYS) == 0)


def venues_within(calendar: Calendar, *, dyads: list[str], as_ofs: Days, horizon_days: int) -> npt.NDArray[np.bool_]:
    """Whether a summit of which both states were known to be members was known to begin inside the window."""
    found = np.zeros(len(dyads), dtype=bool)
    for as_of in as_days(np.unique(as_ofs)):
        parties = _parties(calendar, as_of, horizon_days)
        for row in np.flatnonzero(as_ofs == as_of) if parties else ():
            pair = set(sides(dyads[row]))
            found[row] = any(pair <= party for party in parties)
    return found


def _parties(calendar: Calendar, as_of: Day, horizon_days: int) -> list[frozenset[str]]:
    """States expected at each summit ahead, as was known at the as-of date."""
    end = as_of + np.timedelta64(horizon_days, "D")
    return [
        edition.expected(as_of)
        for edition in calendar.editions
        if edition.announced_on < as_of <= edition.off_on and as_of <= edition.starts_on < end
    ]
