"""The season of each period of the horizon: known in advance for every date."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.periods import PERIODS, column
from forecast.signals.declare import ComputedSignal, table_of
from forecast.signals.view import View

_YEAR: Final = 365.2425
_HARMONICS: Final = (1, 2, 3)


def season(view: View) -> pd.DataFrame:
    """Mean of the yearly harmonics over the days of each period, between -1 and 1, the same for every dyad."""
    columns = {}
    for start, end in PERIODS:
        for harmonic in _HARMONICS:
            turn = 2 * np.pi * harmonic / _YEAR
            phase = turn * (view.today + (start + end - 1) / 2)
            # The mean of a wave over n days is the wave at their middle, damped by the Dirichlet kernel.
            days = end - start
            damped = np.sin(days * turn / 2) / (days * np.sin(turn / 2))
            columns[column(f"season__sin{harmonic}", start, end)] = damped * np.sin(phase)
            columns[column(f"season__cos{harmonic}", start, end)] = damped * np.cos(phase)
    return table_of({name: np.full(len(view.dyads), value) for name, value in columns.items()})


WORDS: Final = {"season": "time of the year"}

SIGNALS: Final = (
    ComputedSignal(
        "season",
        "where the period lies in the year",
        season,
        {
            f"season__{wave}{harmonic}": ("wave", "where the period lies in the year")
            for harmonic in _HARMONICS
            for wave in ("sin", "cos")
        },
    ),
)
