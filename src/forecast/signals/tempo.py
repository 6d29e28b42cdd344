"""The tempo of diplomacy as a whole: how often the leaders of each side meet anyone, now against before."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.signals.declare import ComputedSignal, table_of
from forecast.signals.view import View

WINDOWS: Final = ((90, 1096), (365, 1826))


def tempo_signals(view: View) -> pd.DataFrame:
    """Log ratio of the rate of each side's meetings with all states, in a short window against a long one.

    Meetings are summed over the cohort and the dyads of the view; zero where nothing changed.
    """
    _, until = view.recorded()
    position, states = np.column_stack(view.summits.places), len(view.summits.codes)
    of_row = position[view.rows]
    columns = {}
    for short, long in WINDOWS:
        now, before = (
            # Every meeting counts for both of its sides; whole numbers, so exact in any order.
            np.bincount(position.ravel(), weights=np.repeat(counted, 2), minlength=states)
            for counted in (view.meetings.count(view.everyones_numbers, until, window) for window in (short, long))
        )
        ratio = np.log((now + 1.0) / (before * (short / long) + 1.0))
        for side, name in enumerate(("first", "second")):
            columns[f"tempo__{name}__{short}d"] = ratio[of_row[:, side]]
    return table_of(columns)


WORDS: Final = {"tempo": "how much both travel of late"}

SIGNALS: Final = (
    ComputedSignal(
        "tempo",
        "how often the leaders of each side meet anyone, now against before",
        tempo_signals,
        {
            f"tempo__{side}__{days}d": (
                "log ratio",
                f"rate of the {side} side's meetings with anyone in {now} against {before}",
            )
            for days, now, before in ((90, "90 days", "three years"), (365, "a year", "five years"))
            for side in ("first", "second")
        },
    ),
)
