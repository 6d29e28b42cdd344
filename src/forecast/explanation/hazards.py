"""The hazard curve of a forecast: how the probability grows over the horizon."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.periods import PERIODS

#: Columns of `hazard_curve`.
HAZARDS: Final = ("first_day", "last_day", "days", "hazard", "cumulative", "climatology")


def hazard_curve(model: PeriodModel, X: pd.DataFrame, *, as_of: Day, horizon: int) -> pd.DataFrame:
    """Hazard and probability so far, period by period.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    X : pandas.DataFrame of float, shape (1, n_signals)
    as_of : numpy.datetime64[D]
    horizon : int
        Days. The last period is cut there.

    Returns
    -------
    pandas.DataFrame
        Columns `HAZARDS`: first and last day of the period and its length in days, probability of a first meeting in
        it given none before, probability of a meeting by its last day, and the same by climatology.
    """
    edges = [(start, min(end, horizon)) for start, end in PERIODS if start < horizon]
    ends = [end for _, end in edges]
    cumulative = model.predict_cumulative_incidence(X, ends)[0]
    before = np.concatenate([[0.0], cumulative[:-1]])
    left = np.where(before < 1.0, 1.0 - before, 1.0)
    return pd.DataFrame(
        {
            "first_day": [str(as_of + np.timedelta64(start, "D")) for start, _ in edges],
            "last_day": [str(as_of + np.timedelta64(end - 1, "D")) for end in ends],
            "days": [end - start for start, end in edges],
            "hazard": np.where(before < 1.0, (cumulative - before) / left, 1.0),
            "cumulative": cumulative,
            "climatology": climatology_of(X, ends)[0],
        }
    )
