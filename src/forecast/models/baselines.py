"""Baselines: what a forecast must beat."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv

from forecast.models.base import PeriodModel, at_risk
from forecast.models.summits import BEGINNINGS, CHANCES
from forecast.periods import PERIODS, Floats, column, cumulative_incidence
from forecast.signals.climatology import HAZARD, SHRINKAGE_DAYS, WINDOW_DAYS
from forecast.signals.summits import RELATIONS

_CLIMATOLOGY = [column(HAZARD, *period) for period in PERIODS]
_MOST_SCALE = 20.0
_LENGTHS = np.array([end - start for start, end in PERIODS], dtype=np.float64)


class BaseRate(PeriodModel):
    """One hazard for all dyads and dates: the share of the rows at risk in each period that met in it.

    Attributes
    ----------
    hazards_ : numpy.ndarray of float, shape (n_periods,)
    days_seen_ : float
        Days of all dyads that the rows stand for.
    """

    interval_method = (
        "Beta posterior of the pooled share, counting one window for each dyad and horizon's length as independent"
    )

    def uses(self, signal: str) -> bool:
        """No forecast depends on a signal."""
        return False

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        counts = np.array([[rows.sum(), hits.sum()] for rows, hits in (at_risk(y, *period) for period in PERIODS)])
        self.hazards_ = _hazards_of_counts(counts[:, 0], counts[:, 1])
        self.days_seen_ = float(len(X) * _days_apart(X))

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return np.asarray(np.tile(self.hazards_, (len(X), 1)))

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        share = self._incidence(X, horizons)
        return beta_interval(share, np.maximum(self.days_seen_ / horizons, 1.0), level)


class Climatology(PeriodModel):
    """The dyad's own record: how often, in the years before, a day was followed by a meeting within the horizon.

    The reference of every skill score. It learns nothing from the rows: `forecast.signals.climatology` has done so
    at each as-of date.
    """

    interval_method = (
        "Beta posterior of the dyad's shrunk share, counting one window for each horizon's length as independent"
    )

    def uses(self, signal: str) -> bool:
        """Only the climatological hazards."""
        return signal in _CLIMATOLOGY

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        self.window_days_ = float(WINDOW_DAYS)

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return np.asarray(np.clip(X[_CLIMATOLOGY].to_numpy(dtype=np.float64), 0.0, 1.0))

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        share = self._incidence(X, horizons)
        return beta_interval(share, (WINDOW_DAYS + SHRINKAGE_DAYS) / horizons, level)


class Recurrence(PeriodModel):
    """Recency-weighted recurrence: the dyad's decayed count of meetings as a rate, scaled to the rows for training.

    Parameters
    ----------
    half_life_days : {730, 2922}
        Which decayed count to use.

    Attributes
    ----------
    prior_rate_ : float
        Meetings a day of the average dyad.
    scale_ : numpy.ndarray of float, shape (n_periods,)
        Factor on the rate that makes the mean hazard of each period right.
    """

    interval_method = "Beta posterior of the recurrence, counting one window for each horizon's length as independent"

    def __init__(self, *, half_life_days: int = 2922) -> None:
        self.half_life_days = half_life_days

    def uses(self, signal: str) -> bool:
        """Only the decayed count."""
        return signal == f"meetings__decayed__{self.half_life_days}d"

    def neutral(self, signal: str) -> float:
        """Mean of the rows for training."""
        return float(self.prior_rate_ * self.half_life_days / np.log(2.0))

    def _rates(self, X: pd.DataFrame) -> Floats:
        # A decayed count of a process with constant rate r tends to r * half_life / log 2: its memory in days.
        memory = self.half_life_days / np.log(2.0)
        count = X[f"meetings__decayed__{self.half_life_days}d"].to_numpy(dtype=np.float64)
        prior_days = float(SHRINKAGE_DAYS)
        return np.asarray((count + self.prior_rate_ * prior_days) / (memory + prior_days))

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        memory = self.half_life_days / np.log(2.0)
        self.prior_rate_ = float(X[f"meetings__decayed__{self.half_life_days}d"].mean()) / memory
        rates = self._rates(X)
        scale: list[float] = []
        for (start, end), length in zip(PERIODS, _LENGTHS, strict=True):
            rows, hits = at_risk(y, start, end)
            expected = -np.expm1(-rates[rows] * length).sum()
            scale.append(hits.sum() / expected if expected > 0 else scale[-1] if scale else 1.0)
        self.scale_ = np.array(scale)

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return -np.expm1(-np.outer(self._rates(X), _LENGTHS * self.scale_))

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        share = self._incidence(X, horizons)
        return beta_interval(share, (self.half_life_days / np.log(2.0) + SHRINKAGE_DAYS) / horizons, level)


class VenueCalendar(PeriodModel):
    """The calendar of summits alone.

    One hazard for all dyads where no summit brings the two together, and the chances of the summits, scaled together,
    where one does. It knows nothing of the dyad's own record but what the chance at a series holds.

    Attributes
    ----------
    hazards_ : numpy.ndarray of float, shape (n_periods,)
        Of rows without a summit in the period.
    scale_ : float
        Factor on the cumulative chances of summits that makes their mean hazard right.
    days_seen_ : float
        Days of all dyads that the rows stand for.
    """

    interval_method = (
        "Beta posterior of the pooled share, counting one window for each dyad and horizon's length as independent"
    )
    sees_summits = True

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        from scipy.optimize import brentq

        summits = _summits(X)
        counts, chances, met = [], [], 0
        for k, period in enumerate(PERIODS):
            rows, hits = at_risk(y, *period)
            without = rows & (summits[:, k] == 0.0)
            counts.append((without.sum(), (hits & without).sum()))
            chances.append((k, summits[rows & ~without, k]))
            met += int(hits.sum()) - int((hits & without).sum())
        self.hazards_ = _hazards_of_counts(*np.array(counts).T)
        self.days_seen_ = float(len(X) * _days_apart(X))

        def excess(scale: float) -> float:
            expected = [(1.0 - (1.0 - self.hazards_[k]) * np.exp(-scale * part)).sum() for k, part in chances]
            return float(sum(expected)) - met

        none, all_ = excess(0.0), excess(_MOST_SCALE)
        self.scale_ = (
            float(brentq(excess, 0.0, _MOST_SCALE)) if none < 0.0 < all_ else 0.0 if none >= 0.0 else _MOST_SCALE
        )

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return np.asarray(1.0 - (1.0 - self.hazards_) * np.exp(-self.scale_ * _summits(X)))

    def uses(self, signal: str) -> bool:
        """Only the summits of each period and when they begin, if they told anything in training."""
        return self.scale_ > 0.0 and signal in (*CHANCES, *BEGINNINGS)

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        share = self._incidence(X, horizons)
        return beta_interval(share, np.maximum(self.days_seen_ / horizons, 1.0), level)


def _summits(X: pd.DataFrame) -> Floats:
    """Cumulative chance at the summits of each period, of shape (n_rows, n_periods)."""
    weights = X[CHANCES].to_numpy(dtype=np.float64)
    return np.asarray(weights.reshape(len(X), len(PERIODS), len(RELATIONS)).sum(axis=2))


def climatology_of(X: pd.DataFrame, horizons: npt.ArrayLike) -> Floats:
    """Climatological probability within each horizon, the reference of every forecast.

    Parameters
    ----------
    X : pandas.DataFrame
        Signals with the columns of the climatology.
    horizons : array-like of int, shape (n_horizons,)

    Returns
    -------
    numpy.ndarray of float, shape (n_rows, n_horizons)
    """
    return cumulative_incidence(np.clip(X[_CLIMATOLOGY].to_numpy(dtype=np.float64), 0.0, 1.0), horizons)


def beta_interval(share: Floats, windows: Floats | float, level: float) -> tuple[Floats, Floats]:
    """Interval of a share that was seen over a number of independent windows (Jeffreys prior).

    Examples
    --------
    >>> low, high = beta_interval(np.array([0.5]), 100.0, 0.9)
    >>> low.round(2), high.round(2)
    (array([0.42]), array([0.58]))
    """
    met = share * windows
    tail = (1.0 - level) / 2.0
    low = betaincinv(met + 0.5, windows - met + 0.5, tail)
    high = betaincinv(met + 0.5, windows - met + 0.5, 1.0 - tail)
    return np.minimum(low, share), np.maximum(high, share)


def _hazards_of_counts(rows: npt.NDArray[Any], hits: npt.NDArray[Any]) -> Floats:
    """Share of hits by period; a period that no row resolves takes the rate of the last one that some row does."""
    rates: list[float] = []
    for n, met, length in zip(rows, hits, _LENGTHS, strict=True):
        if n:
            rates.append(-np.log1p(-min(met / n, 1.0 - 1e-12)) / length)
        else:
            rates.append(rates[-1] if rates else 0.0)
    return -np.expm1(-np.array(rates) * _LENGTHS)


def _days_apart(X: pd.DataFrame) -> float:
    """Mean distance of the rows' as-of dates in days; one if the rows have none."""
    if "as_of" not in X.index.names:
        return 1.0
    days = X.index.get_level_values("as_of").unique().sort_values()
    return float((days[-1] - days[0]).days / (len(days) - 1)) if len(days) > 1 else 1.0
