"""Families of signals as a fitted model uses them, and rows in which some of them tell nothing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from forecast.models.base import PeriodModel

#: The family from which every explanation starts; it is never taken away.
CLIMATOLOGY = "climatology"

#: Families that are never taken away: the climatology, and whose record a row is read from, which says what its other
#: signals mean and nothing by itself.
KEPT = (CLIMATOLOGY, "sides")


def family_of(signal: str) -> str:
    """First part of the name of a signal.

    Examples
    --------
    >>> family_of("visits__minister_count__180d"), family_of("season__sin1@0-15")
    ('visits', 'season')
    """
    return signal.split("__")[0]


def measure_of(signal: str) -> str:
    """Name of a signal without the period of its column.

    Examples
    --------
    >>> measure_of("season__sin1@0-15")
    'season__sin1'
    """
    return signal.partition("@")[0]


def used_families(model: PeriodModel, signals: Iterable[str]) -> list[str]:
    """Families with a column on which the forecasts of a model may depend, those of `KEPT` left out.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    signals : iterable of str
        Columns of the panel.

    Returns
    -------
    list of str
        In the order of the columns.
    """
    found = dict.fromkeys(family_of(name) for name in signals if model.uses(name))
    return [family for family in found if family not in KEPT]


def neutralised(model: PeriodModel, X: pd.DataFrame, away: Iterable[Iterable[str]]) -> pd.DataFrame:
    """Copies of one row, each with some columns at their neutral value.

    Parameters
    ----------
    model : PeriodModel
        Fitted; tells the neutral value of each column it uses.
    X : pandas.DataFrame of float, shape (1, n_signals)
    away : iterable of iterables of str, length n_copies
        Columns that tell nothing in each copy.

    Returns
    -------
    pandas.DataFrame of float, shape (n_copies, n_signals)
        Each with the index of the row: a model may read a dyad from its focal side.
    """
    sets = [list(names) for names in away]
    place = {name: at for at, name in enumerate(X.columns)}
    rows = np.repeat(X.to_numpy(dtype=np.float64), len(sets), axis=0)
    for at, names in enumerate(sets):
        for name in names:
            if model.uses(name):
                rows[at, place[name]] = model.neutral(name)
    return pd.DataFrame(rows, columns=X.columns, index=X.index.repeat(len(sets)))
