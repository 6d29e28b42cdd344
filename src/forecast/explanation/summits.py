"""Summits of an explanation: those ahead at which the two can meet, and those behind at which they did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day, day_number
from forecast.explanation.engagement_history import summits_of
from forecast.facts.calendar import Edition
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.panel.outcomes import TARGETS
from forecast.signals.absences import WINDOW_DAYS
from forecast.signals.cube import Cube, effective_days
from forecast.signals.summits import RELATIONS, Attendance, attendance
from forecast.signals.venues import venue_signals

#: Columns of `summits_ahead`.
AHEAD: Final = (
    "series", "edition", "host", "starts_on", "ends_on", "announced_on", "chance", "without", "address",
)  # fmt: skip
_UNKNOWN: Final = np.iinfo(np.int64).max // 4


def attended(cube: Cube, target: str, dyad: str, as_of: Day) -> Attendance:
    """Lay the meetings of the cohort and of a dyad over the calendar, as the panel does."""
    return attendance(cube, TARGETS[target], sorted({dyad, *cube.history.cohort(as_of)}))


def summits_ahead(
    model: PeriodModel,
    X: pd.DataFrame,
    seen: Attendance,
    history: History,
    *,
    dyad: str,
    as_of: Day,
    horizon: int,
    addresses: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """Known summits that begin in the window and have both states in them.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    X : pandas.DataFrame of float, shape (1, n_signals)
    seen : Attendance
    history : History
        Behind the gate of the as-of date.
    dyad : str
    as_of : numpy.datetime64[D]
    horizon : int
        Days.
    addresses : mapping
        From series and edition to the address of its source.

    Returns
    -------
    pandas.DataFrame
        Columns `AHEAD`, in the order of their first day. `chance` is the chance that a meeting of the two is recorded
        at it, as the signals have it; `without` is the forecast if this summit alone were not known.
    """
    cohort = history.cohort(as_of)

    def signals(calendar: Attendance) -> pd.DataFrame:
        return venue_signals(calendar, history, dyads=[dyad], as_of=as_of, cohort=cohort)

    whole = signals(seen)
    meetable = [name for name in whole.columns if name.startswith(tuple(f"venues__{one}@" for one in RELATIONS))]
    rows = []
    for edition in summits_of(history, dyad, first=as_of, last=as_of + np.timedelta64(horizon - 1, "D")):
        place = seen.editions.index(edition)
        hidden = seen.announced.copy()
        hidden[place] = _UNKNOWN
        rest = signals(replace(seen, announced=hidden))
        weight = float((whole[meetable] - rest[meetable]).to_numpy().sum())
        other = X.copy()
        for name in rest.columns.intersection(X.columns):
            other[name] = rest[name].to_numpy()
        rows.append(
            (
                edition.series,
                edition.edition,
                edition.host,
                str(edition.starts_on),
                str(edition.ends_on),
                str(edition.announced_on),
                -float(np.expm1(-weight)),
                float(model.predict_cumulative_incidence(other, [horizon])[0, 0]),
                addresses.get((edition.series, edition.edition), ""),
            )
        )
    return pd.DataFrame(rows, columns=list(AHEAD))


def missed_summits(seen: Attendance, history: History, *, dyad: str, as_of: Day) -> list[Edition]:
    """Summits of the last five years of which both were members and at which no meeting of the two is recorded.

    Behind the signals of absence, which weigh them by who else was met there. The latest comes last.
    """
    today = day_number(as_of)
    recent = seen.ended_before(today, since=today - WINDOW_DAYS)
    recorded_from, _ = effective_days(history, seen.dyads, np.full(len(seen.dyads), as_of))
    at = seen.dyads.index(dyad)
    could = seen.could_meet(recent, today, recorded_from)[:, at]
    missed = recent[could & (seen.met_known[recent, at] >= today)]
    return [seen.editions[place] for place in missed]
