"""The tempo of diplomacy as a whole: how often the leaders of each side meet anyone, now against before."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.facts.countries import sides
from forecast.signals.cube import Cube, Selector, effective_days

WINDOWS: Final = ((90, 1096), (365, 1826))


def tempo_signals(
    cube: Cube, meetings: Selector, *, dyads: list[str], as_of: np.datetime64, cohort: list[str]
) -> pd.DataFrame:
    """Log ratio of the rate of each side's meetings with all states, in a short window against a long one.

    Parameters
    ----------
    cube : Cube
    meetings : Selector
    dyads : list of str, length n_rows
    as_of : numpy.datetime64[D]
    cohort : list of str
        Dyads over whose meetings a side's tempo is summed.

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 4)
        Columns ``tempo__first__90d``, ``tempo__second__90d`` and so on; zero where nothing changed.
    """
    found = cube.slice(meetings)
    names = sorted({*cohort, *dyads})
    numbers = cube.number(names)
    _, until = effective_days(cube.history, names, np.full(len(names), as_of))
    codes, position = np.unique([sides(name) for name in names], return_inverse=True)
    position = position.reshape(-1, 2)
    asked = position[np.searchsorted(names, dyads)]
    columns = {}
    for short, long in WINDOWS:
        now, before = (
            # Every meeting counts for both of its sides; whole numbers, so exact in any order.
            np.bincount(position.ravel(), weights=np.repeat(counted, 2), minlength=len(codes))
            for counted in (found.count(numbers, until, window) for window in (short, long))
        )
        ratio = np.log((now + 1.0) / (before * (short / long) + 1.0))
        for side, name in enumerate(("first", "second")):
            columns[f"tempo__{name}__{short}d"] = ratio[asked[:, side]]
    return pd.DataFrame(columns, dtype=np.float64)
