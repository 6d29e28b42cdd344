"""Summits of an explanation: those ahead at which the two can meet, and past ones at which they did not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.explanation.engagement_history import summits_of
from forecast.facts.calendar import Edition
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.models.summits import MISSES
from forecast.panel.outcomes import TARGETS
from forecast.signals.cube import make_cube
from forecast.signals.emerging.snubs import WINDOW_DAYS
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import venue_signals
from forecast.signals.view import View

#: Columns of `summits_ahead`.
AHEAD: Final = (
    "series", "edition", "host", "starts_on", "ends_on", "announced_on", "chance", "without", "address",
)  # fmt: skip


def view_of(history: History, target: str, dyad: str, as_of: Day) -> View:
    """The view of a dyad alone, as the panel has it."""
    return View(as_of, [dyad], history.cohort(as_of), make_cube(history), TARGETS[target])


def summits_ahead(
    model: PeriodModel, X: pd.DataFrame, view: View, *, horizon: int, addresses: Mapping[tuple[str, str], str]
) -> pd.DataFrame:
    """List known summits that begin in the window and have both states in them, with the columns `AHEAD`.

    `chance` is the chance that both come and a meeting of the two is recorded at it, as the signals have it; `without`
    is the forecast if this summit alone were not known.
    """
    (dyad,), as_of = view.dyads, view.as_of
    whole = venue_signals(view)
    meetable = [name for name in whole.columns if name.startswith(tuple(f"venues__{one}@" for one in RELATIONS))]
    rows = []
    for edition in summits_of(view.history, dyad, first=as_of, last=as_of + np.timedelta64(horizon - 1, "D")):
        rest = venue_signals(view.without_summit(edition))
        weight, missed = (float((whole[names] - rest[names]).to_numpy().sum()) for names in (meetable, MISSES))
        other = X.copy()
        for name in rest.columns.intersection(X.columns):
            other[name] = rest[name].to_numpy()
        without = float(model.predict_cumulative_incidence(other, [horizon])[0, 0])
        days = (str(day) for day in (edition.starts_on, edition.ends_on, edition.announced_on))
        key = (edition.series, edition.edition)
        chance = -float(np.expm1(-weight)) * (1.0 - missed / weight if weight > 0.0 else 1.0)
        rows.append((*key, edition.host, *days, chance, without, addresses.get(key, "")))
    return pd.DataFrame(rows, columns=list(AHEAD))


def missed_summits(view: View) -> list[Edition]:
    """Summits of the last five years of which both were members and at which no meeting of the two is recorded."""
    summits = view.summits
    recent = summits.held(since=view.today - WINDOW_DAYS)
    at = int(view.rows[0])
    missed = recent[(summits.could_meet(recent) & ~summits.met(recent))[:, at]]
    return [summits.editions[place] for place in missed]
