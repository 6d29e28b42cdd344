"""What an explanation lacks: families without a source, families without weight, warnings about the sources."""

from __future__ import annotations

from typing import Final

import pandas as pd

from forecast.dates import Day
from forecast.explanation.engagement_history import source_warnings, untold
from forecast.explanation.families import CLIMATOLOGY, family_of
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.signals import CATALOGUE

#: Columns of `gaps`.
GAPS: Final = ("about", "problem", "n_facts")


def gaps(
    model: PeriodModel, X: pd.DataFrame, history: History, told: pd.DataFrame, *, dyad: str, as_of: Day
) -> pd.DataFrame:
    """What is missing from a forecast, a row each.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    X : pandas.DataFrame of float, shape (1, n_signals)
    history : History
        Behind the gate of the as-of date.
    told : pandas.DataFrame
        As `forecast.explanation.evidence.evidence` gives it.
    dyad : str
    as_of : numpy.datetime64[D]

    Returns
    -------
    pandas.DataFrame
        Columns `GAPS`; `n_facts` counts the known facts inside the family's windows that no weighted signal looks at.
    """
    rows = [("sources", warning, 0) for warning in source_warnings(history, dyad, as_of)]
    rows += [(about, problem, 0) for about, problem in untold(history, dyad, as_of)]
    ledgers = {signal.family for signal in CATALOGUE.values() if signal.ledger}
    for family in dict.fromkeys(family_of(name) for name in X.columns):
        if family == CLIMATOLOGY:
            continue
        columns = [name for name in X.columns if family_of(name) == family]
        used = [name for name in columns if model.uses(name)]
        empty = [name for name in columns if bool(X[name].isna().iloc[0])]
        light = int((~told.loc[(told["family"] == family), "weighted"].astype(bool)).sum())
        if family in ledgers and len(empty) == len(columns):
            rows.append((family, "no ledger tells of the two: missing, not zero", 0))
        elif not used:
            rows.append((family, "the model gives no weight", light))
        elif set(used) <= set(empty):
            rows.append((family, "no source for this pair: it stands at the mean", 0))
        elif light:
            rows.append((family, "the model gives some signals no weight", light))
    return pd.DataFrame(rows, columns=list(GAPS))
