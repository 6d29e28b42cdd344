"""What an explanation lacks: families without a source, families without weight, warnings about the sources."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.explanation.engagement_history import source_warnings, untold
from forecast.explanation.families import CLIMATOLOGY, family_of
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.signals.catalogue import CATALOGUE, COMPUTED

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
    in_ledger = bool(history.in_ledger([dyad], np.array([as_of]))[0])
    from_ledgers = {signal.family for signal in CATALOGUE.values()} - {
        *(signal.family for signal in CATALOGUE.values() if not signal.ledger),
        *(family_of(name) for name in COMPUTED),
    }
    for family in dict.fromkeys(family_of(name) for name in (*CATALOGUE, *COMPUTED, *X.columns)):
        if family == CLIMATOLOGY:
            continue
        used = [name for name in X.columns if family_of(name) == family and model.uses(name)]
        light = int((~told.loc[(told["family"] == family), "weighted"].astype(bool)).sum())
        if family in from_ledgers and not in_ledger:
            rows.append((family, "no ledger reports on the two: missing, not zero", 0))
        elif not used:
            rows.append((family, "the model gives no weight", light))
        elif X[used].iloc[0].isna().all():
            rows.append((family, "no source for this pair: it stands at the mean", 0))
        elif light:
            rows.append((family, "the model gives some signals no weight", light))
    return pd.DataFrame(rows, columns=list(GAPS))
