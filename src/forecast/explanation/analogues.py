"""Historical analogues: rows for training that the model takes for the nearest to a forecast, and what followed."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from forecast.dates import as_days
from forecast.display.numbers import log_odds
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.models.hazard import HazardModel
from forecast.models.ridge import RidgeModel
from forecast.periods import PERIODS, Floats

#: Columns of `analogues`.
ANALOGUES: Final = ("dyad", "as_of", "distance", "probability", "climatology", "met", "met_on")

#: Rows of one dyad within so many days of one another are one situation; the nearest stands for it.
APART_DAYS: Final = 365


def analogues(
    model: PeriodModel,
    X: pd.DataFrame,
    signals: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    horizon: int,
    shown: int = 5,
) -> pd.DataFrame:
    """Rows for training nearest to one row.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    X : pandas.DataFrame of float, shape (1, n_signals)
    signals : pandas.DataFrame of float, shape (n_rows, n_signals)
        Rows for training, index (dyad, as_of), of a history behind the gate of the day of training.
    outcomes : pandas.DataFrame
        Their outcomes. Only rows whose whole window is resolved are looked at.
    horizon : int
        Days.
    shown : int
        At most so many, of situations that lie apart (`APART_DAYS`, or the horizon if that is longer).

    Returns
    -------
    pandas.DataFrame
        Columns `ANALOGUES`, the nearest first. `distance` is on the log-odds scale: the root of the summed squared
        differences of the standardised signals, each times its weight, averaged over the days of the horizon; for a
        model without weights, the difference of the log-odds of its hazards. `probability` is what this model says
        of that row (it was trained on it); `met` whether the two met within the horizon then, and `met_on` when
        (empty if they did not).
    """
    resolved = (outcomes["followup_days"] >= horizon).to_numpy()
    rows, seen = signals.loc[resolved], outcomes.loc[resolved]
    if rows.empty or shown < 1:
        return pd.DataFrame(columns=list(ANALOGUES))
    distance = _distances(model, X, rows, horizon)
    dyads = rows.index.get_level_values("dyad").to_numpy()
    days = as_days(rows.index.get_level_values("as_of").to_numpy())
    chosen: list[int] = []
    free = np.ones(len(rows), dtype=bool)
    for place in np.argsort(distance, kind="stable"):
        if len(chosen) == shown:
            break
        if free[place]:
            chosen.append(int(place))
            near = np.abs((days - days[place]).astype(np.int64)) < max(horizon, APART_DAYS)
            free &= ~((dyads == dyads[place]) & near)
    near_rows, first = rows.iloc[chosen], seen["first_meeting_in_days"].to_numpy()[chosen]
    met = (first >= 0) & (first < horizon)
    return pd.DataFrame(
        {
            "dyad": [str(dyad) for dyad in dyads[chosen]],
            "as_of": [str(day) for day in days[chosen]],
            "distance": distance[chosen],
            "probability": model.predict_cumulative_incidence(near_rows, [horizon])[:, 0],
            "climatology": climatology_of(near_rows, [horizon])[:, 0],
            "met": met,
            "met_on": [
                str(days[at] + np.timedelta64(int(ahead), "D")) if yes else ""
                for at, ahead, yes in zip(chosen, first, met, strict=True)
            ],
        }
    )


def _weights_of(model: PeriodModel) -> RidgeModel | HazardModel | None:
    """The model itself, if each of its columns has a weight."""
    if isinstance(model, HazardModel):
        return model if type(model.classifier_) is LogisticRegression else None
    return model if isinstance(model, RidgeModel) else None


def _distances(model: PeriodModel, X: pd.DataFrame, rows: pd.DataFrame, horizon: int) -> Floats:
    weights = _weights_of(model)
    total = np.zeros(len(rows))
    if weights is None:
        ours, theirs = log_odds(model.predict_hazards(X)), log_odds(model.predict_hazards(rows))
    for k, (start, end) in enumerate(PERIODS):
        days = min(end, horizon) - start
        if days <= 0:
            break
        if weights is not None:
            squared = ((weights.pulls(rows, k) - weights.pulls(X, k)) ** 2).sum(axis=1)
        else:
            squared = (theirs[:, k] - ours[:, k]) ** 2
        total += squared * days / horizon
    return np.asarray(np.sqrt(total))
