"""One ridge logistic regression per edge of the horizon, around the dyad's own climatology.

For each edge h the chance that the two meet within h days is a logistic regression whose offset is the log-odds of the
dyad's climatology for h: without evidence the forecast is the climatology. A running maximum over the edges turns the
chances into hazards of the periods, so that any window stays possible.

Directed signals are turned towards the focal state of the sources, its own side first; where both sides are focal, or
neither is, the row is the mean of both ways of reading it, so that exchanging the sides changes nothing.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from forecast.models.base import PeriodModel
from forecast.models.clusters import clusters_of, robust_middle
from forecast.periods import EDGES, PERIODS, Floats, column, cumulative_incidence
from forecast.signals.catalogue import EMERGING
from forecast.signals.climatology import HAZARD
from forecast.signals.sides import FOCAL
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import ONSETS

_FLOOR: Final = 1e-4  # chances nearer to zero or one are not told apart on the log-odds scale
FEWEST_SEEN: Final = 0.5  # a signal that most training rows lack cannot be learned from the few that have it
_STEPS: Final = 50
_STILL: Final = 1e-10

#: Families that tell the state of the world rather than of the dyad: they have years, not rows, as cases.
WORLD: Final = ("tempo", "season")


class RidgeModel(PeriodModel):
    """Ridge logistic regression per edge around climatology.

    Parameters
    ----------
    ridge : float
        Penalty of the squared weights of standardised columns, the intercept among them.
    world_factor : float
        How many times larger it is for the families of `WORLD`.
    without : str
        Families of signals that are left out, separated by spaces.

    Attributes
    ----------
    signals_ : numpy.ndarray of str
        Signals of the as-of date that are learned: those of the other families that most training rows have.
    coef_ : numpy.ndarray of float, shape (n_edges, 1 + n_columns)
        Intercept and weights of standardised columns.
    mean_, scale_, low_, high_ : numpy.ndarray of float, shape (n_edges, n_columns)
        Mean, spread and, for the columns of `WORLD`, range of the training rows.
    covariance_ : numpy.ndarray of float, shape (n_edges, 1 + n_columns, 1 + n_columns)
        Robust to clusters by dyad and by calendar year (Cameron, Gelbach and Miller 2011,
        https://doi.org/10.1198/jbes.2010.07136).
    year_variance_ : numpy.ndarray of float, shape (n_edges,)
        Variance of the level of single years around the model, in squared log-odds.
    """

    interval_method = (
        "uncertainty of the weights, with a covariance robust to clusters by dyad and by calendar year, and of the "
        "level of the year, on the scale of log-odds"
    )
    sees_summits = True

    def __init__(self, *, ridge: float = 100.0, world_factor: float = 3.0, without: str = " ".join(EMERGING)) -> None:
        self.ridge = ridge
        self.world_factor = world_factor
        self.without = without

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        self.signals_ = np.array(
            [
                name
                for name in X.columns
                if "@" not in name and name != FOCAL and self._wanted(name) and self._seen_enough(X, name)
            ]
        )
        first, followup = y["first_meeting_in_days"].to_numpy(), y["followup_days"].to_numpy()
        clusters = clusters_of(X)
        parts = []
        # One thread: the same bits on any number of cores, and no threads that wait for one another on a busy machine.
        with threadpool_limits(limits=1, user_api="blas"):
            for k, edge in enumerate(EDGES[1:]):
                rows = np.flatnonzero(followup >= edge)
                met = ((first[rows] >= 0) & (first[rows] < edge)).astype(np.float64)
                parts.append(self._learn_edge(X.iloc[rows], met, k, [code[rows] for code in clusters]))
        names = ("coef_", "mean_", "scale_", "low_", "high_", "covariance_", "year_variance_")
        for name, values in zip(names, zip(*parts, strict=True), strict=True):
            setattr(self, name, np.array(values))

    def _learn_edge(
        self, X: pd.DataFrame, met: Floats, k: int, clusters: list[npt.NDArray[np.int64]]
    ) -> tuple[Any, ...]:
        design, offset, world = self._design(X, k)
        n = design.shape[1]
        if not len(met):
            nothing = np.zeros(n)
            return np.zeros(n + 1), nothing, nothing + 1, nothing, nothing, np.zeros((n + 1, n + 1)), 0.0
        mean, scale = _standards(design)
        low, high = (
            np.where(world, _extreme(design, np.nanmin), -np.inf),
            np.where(world, _extreme(design, np.nanmax), np.inf),
        )
        columns = np.column_stack([np.ones(len(met)), np.nan_to_num((design - mean) / scale, nan=0.0)])
        penalty = np.concatenate([[self.ridge], np.where(world, self.ridge * self.world_factor, self.ridge)])
        weights = _fitted(columns, met, offset, penalty)
        probability = expit(offset + columns @ weights)
        bread = np.linalg.inv((columns * (probability * (1 - probability))[:, None]).T @ columns + np.diag(penalty))
        middle = robust_middle(columns * (met - probability)[:, None], clusters)
        # The penalty stands for what was believed before: without its share, weights that the data cannot tell would
        # look certain.
        covariance = bread @ (middle + np.diag(penalty)) @ bread
        level = _level_variance(met, probability, clusters)
        return weights, mean, scale, low, high, (covariance + covariance.T) / 2.0, level

    def uses(self, signal: str) -> bool:
        """Whether a forecast may depend on a column: learned, or of a period and of no family that is left out."""
        if signal.startswith((HAZARD, "venues__")):
            return signal.startswith((HAZARD, *(f"venues__{name}@" for name in (*RELATIONS, *ONSETS))))
        if "@" in signal:
            return self._wanted(signal)
        return signal == FOCAL or signal in set(self.signals_)

    def pulls(self, X: pd.DataFrame, k: int) -> Floats:
        """What each column adds to the log-odds at edge k, against the mean of the training rows."""
        return np.asarray(self._standardised(self._same_columns(X), k)[0] * self.coef_[k, 1:])

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return _hazards_of(np.column_stack([self._log_odds(X, k) for k in range(len(PERIODS))]))

    def _log_odds(self, X: pd.DataFrame, k: int) -> Floats:
        standardised, offset = self._standardised(X, k)
        # Summed row by row: a matrix product may round a row differently among many rows than alone.
        return np.asarray(offset + self.coef_[k, 0] + (standardised * self.coef_[k, 1:]).sum(axis=1))

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        width = norm.ppf(0.5 + level / 2.0)
        point, spread = [], []
        for k in range(len(PERIODS)):
            columns = np.column_stack([np.ones(len(X)), self._standardised(X, k)[0]])
            variance = np.einsum("ij,jk,ik->i", columns, self.covariance_[k], columns) + self.year_variance_[k]
            point.append(self._log_odds(X, k))
            spread.append(width * np.sqrt(np.maximum(variance, 0.0)))
        log_odds, widths = np.column_stack(point), np.column_stack(spread)
        summits = self._summits(X, horizons)
        bounds = [
            cumulative_incidence(_hazards_of(log_odds + sign * widths), horizons, summits) for sign in (-1.0, 1.0)
        ]
        centre = self._incidence(X, horizons)
        return np.minimum(bounds[0], centre), np.maximum(bounds[1], centre)

    def _wanted(self, name: str) -> bool:
        return name.split("__")[0] not in self.without.split()

    def _seen_enough(self, X: pd.DataFrame, name: str) -> bool:
        return max(X[name].notna().mean(), X[exchanged(name)].notna().mean() if exchanged(name) in X else 0.0) >= (
            FEWEST_SEEN
        )

    def _standardised(self, X: pd.DataFrame, k: int) -> tuple[Floats, Floats]:
        design, offset, _ = self._design(X, k)
        design = np.clip(design, self.low_[k], self.high_[k])
        # What is missing stands at the mean: neither punished nor rewarded.
        return np.nan_to_num((design - self.mean_[k]) / self.scale_[k], nan=0.0), offset

    def _design(self, X: pd.DataFrame, k: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """Columns, offset and which columns are of the world, for edge k."""
        focal = X[FOCAL].to_numpy(dtype=np.float64) if FOCAL in X else np.ones(len(X))
        own = np.maximum(focal, 0.0) + 0.5 * (focal == 0.0)
        as_is, turned = (self._one_way(X, k, turn) for turn in (False, True))
        with np.errstate(invalid="ignore"):
            design = np.where(own[:, None] == 1.0, as_is, np.where(own[:, None] == 0.0, turned, (as_is + turned) / 2.0))
        climatology = cumulative_incidence(_by_period(X, HAZARD), [EDGES[k + 1]])[:, 0]
        names = [name.split("__")[0] for name in (*self._period_names(X), *self.signals_)]
        world = np.concatenate([np.zeros(_FIXED, dtype=bool), np.isin(names, WORLD)])
        return design, _log_odds(climatology), world

    def _period_names(self, X: pd.DataFrame) -> list[str]:
        first = f"@{PERIODS[0][0]}-{PERIODS[0][1]}"
        stems = [name.removesuffix(first) for name in X.columns if name.endswith(first) and self._wanted(name)]
        return [name for name in stems if name != HAZARD and not name.startswith("venues__")]

    def _one_way(self, X: pd.DataFrame, k: int, turn: bool) -> Floats:
        """Columns of edge k, read from the first side or turned to the second."""
        climatology = cumulative_incidence(_by_period(X, HAZARD), [EDGES[k + 1]])[:, 0]
        relations = [exchanged(name) if turn else name for name in RELATIONS]
        summits = np.column_stack([_by_period(X, f"venues__{name}")[:, : k + 1].sum(axis=1) for name in relations])
        either = -np.expm1(np.log1p(-np.minimum(climatology, 1.0 - _FLOOR)) - summits.sum(axis=1))
        held = summits > 0.0
        lengths = np.array([end - start for start, end in PERIODS[: k + 1]], dtype=np.float64)
        by_period = [_by_period(X, name)[:, : k + 1] @ (lengths / lengths.sum()) for name in self._period_names(X)]
        names = [exchanged(name) if turn and exchanged(name) in X else name for name in self.signals_]
        signals = X[names].to_numpy(dtype=np.float64)
        # Counts and days are felt by ratio, not by difference; shares and balances are hardly changed by this.
        signals = np.sign(signals) * np.log1p(np.abs(signals))
        return np.column_stack(
            [
                _log_odds(climatology),
                _log_odds(either),
                held.astype(np.float64),
                _log_odds(-np.expm1(-summits)) * held,
                summits,
                *by_period,
                signals,
            ]
        )


#: Columns of the design before those of seasons and signals.
_FIXED: Final = 2 + 3 * len(RELATIONS)


def exchanged(name: str) -> str:
    """Name of the signal that says of the other side what a signal says of one.

    Examples
    --------
    >>> exchanged("visits__leader_to_first_count__1096d"), exchanged("meetings__never")
    ('visits__leader_to_second_count__1096d', 'meetings__never')
    """
    return name.replace("first", "\0").replace("second", "first").replace("\0", "second")


def _by_period(X: pd.DataFrame, stem: str) -> Floats:
    return X[[column(stem, *period) for period in PERIODS]].to_numpy(dtype=np.float64)


def _hazards_of(log_odds: Floats) -> Floats:
    """Hazards of the periods from the log-odds of a meeting within each edge, which a running maximum puts in order."""
    chance = expit(np.clip(np.maximum.accumulate(log_odds, axis=1), -_LIMIT, _LIMIT))
    before = np.hstack([np.zeros((len(chance), 1)), chance[:, :-1]])
    return np.asarray((chance - before) / (1.0 - before))


_LIMIT: Final = float(logit(1.0 - _FLOOR))


def _log_odds(probability: Floats) -> Floats:
    return np.asarray(logit(np.clip(probability, _FLOOR, 1.0 - _FLOOR)))


def _standards(design: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of what is seen of each column."""
    seen = ~np.isnan(design)
    n = np.maximum(seen.sum(axis=0), 1)
    filled = np.where(seen, design, 0.0)
    mean = filled.sum(axis=0) / n
    spread = np.sqrt(np.where(seen, (filled - mean) ** 2, 0.0).sum(axis=0) / n)
    return mean, np.where(spread > 1e-9, spread, 1.0)


def _extreme(design: Floats, of: Any) -> Floats:
    seen = ~np.isnan(design).all(axis=0)
    values = np.zeros(design.shape[1])
    values[seen] = of(design[:, seen], axis=0)
    return values


def _fitted(columns: Floats, met: Floats, offset: Floats, penalty: Floats) -> Floats:
    """Weights of a ridge logistic regression with an offset, by Newton steps that are halved if they overshoot."""
    weights = np.zeros(columns.shape[1])

    def loss(w: Floats) -> float:
        eta = offset + columns @ w
        return float(np.logaddexp(0.0, eta).sum() - met @ eta + 0.5 * (penalty * w) @ w)

    now = loss(weights)
    for _ in range(_STEPS):
        probability = expit(offset + columns @ weights)
        slope = columns.T @ (probability - met) + penalty * weights
        curve = (columns * (probability * (1 - probability))[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        size, after = 1.0, loss(weights - step)
        while after > now and size > 1e-6:
            size /= 2.0
            after = loss(weights - size * step)
        weights = weights - size * step
        done = abs(now - after) <= _STILL * (1.0 + abs(now))
        now = after
        if done:
            break
    return weights


def _level_variance(met: Floats, probability: Floats, clusters: list[npt.NDArray[np.int64]]) -> float:
    """Variance of the level of years around the model beyond that of their dyads, in squared log-odds."""
    dyad, year, _ = clusters
    information = probability * (1 - probability)
    levels, noise = [], []
    for one in np.unique(year):
        rows = year == one
        total = information[rows].sum()
        if total <= 0.0:
            continue
        scores = np.bincount(dyad[rows], weights=(met - probability)[rows])
        levels.append(scores.sum() / total)
        noise.append((scores**2).sum() / total**2)
    if len(levels) < 3:
        return 0.0
    return max(float(np.var(levels) - np.mean(noise)), 0.0)
