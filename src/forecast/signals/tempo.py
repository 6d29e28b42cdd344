"""The tempo of diplomacy as a whole: how often the leaders of each side meet anyone, now against before."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.countries import sides
from forecast.cube import Cube, Floats, Ints, Selector, effective_days

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
    ends = [sides(name) for name in names]
    columns = {}
    for short, long in WINDOWS:
        now, before = found.count(numbers, until, short), found.count(numbers, until, long)
        total: dict[str, list[int]] = {}
        for row, pair in enumerate(ends):
            for code in pair:
                sums = total.setdefault(code, [0, 0])
                sums[0] += int(now[row])
                sums[1] += int(before[row])
        ratio = {code: _log_ratio(np.array(sums), short / long) for code, sums in total.items()}
        for side, name in enumerate(("first", "second")):
            columns[f"tempo__{name}__{short}d"] = [float(ratio[sides(dyad)[side]]) for dyad in dyads]
    return pd.DataFrame(columns, dtype=np.float64)


def _log_ratio(sums: Ints, share: float) -> Floats:
    return np.asarray(np.log((sums[0] + 1.0) / (sums[1] * share + 1.0)))
