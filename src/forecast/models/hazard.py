"""The discrete-time hazard around a scikit-learn classifier.

Each row (dyad, as_of) becomes one row a period that is resolved and in which the two can still meet for the first
time. The classifier sees the signals at the as-of date, what is known in advance about that period (its
climatological hazard, its summits, its season), and how far ahead it lies; its probability is the hazard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, ndtri
from sklearn.base import ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from forecast.errors import ModelError
from forecast.models.base import PeriodModel, at_risk
from forecast.models.clusters import Codes, clusters_of, robust_middle, times_drawn
from forecast.models.kept_classifiers import pack, unpack
from forecast.models.summits import without_summits
from forecast.periods import PERIODS, Floats, Summits, column, cumulative_incidence
from forecast.signals.climatology import HAZARD
from forecast.signals.sides import FOCAL
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import ONSETS

_FLOOR = 1e-4  # hazards nearer to zero or one are not told apart on the log-odds scale
_DRAWS = 400
FEWEST_SEEN = 0.5  # a signal that most rows for training lack cannot be learned from the few that have it
_LINEAR = ("classes_", "coef_", "intercept_", "n_features_in_")


class HazardModel(PeriodModel):
    """Discrete-time hazard model.

    Parameters
    ----------
    classifier : scikit-learn classifier, optional
        Any classifier with `predict_proba`; by default a logistic regression with a ridge penalty.
    without : str
        Families of signals that are left out, separated by spaces. Those of the default gained nothing on folds
        before 2015 (docs/benchmarks.md).
    with_lead : bool
        Whether each signal's weight may change with the distance of the period from the as-of date.
    summits_by_lead : bool
        The same for the chances at summits: who will come is surer the nearer a summit is. Chosen on folds before
        2015, on the record and the calendar of version 0.1.0.
    random_state : int
        Seed of the draws behind the interval.
    resamples : int
        How often a classifier without weights is fitted anew for its interval, each time on dyads and calendar years
        drawn with replacement; 0 for none, and then no interval.

    Attributes
    ----------
    classifier_ : scikit-learn classifier
        Fitted on standardised columns.
    signals_ : numpy.ndarray of str
        Signals of the as-of date that are learned: those of the other families that most rows have.
    mean_, scale_ : numpy.ndarray of float, shape (n_columns,)
    covariance_ : numpy.ndarray of float, shape (n_columns + 1, n_columns + 1)
        Of intercept and weights, robust to clusters by dyad and by calendar year (Cameron, Gelbach and Miller 2011,
        https://doi.org/10.1198/jbes.2010.07136). Only for logistic regression.
    resampled_ : list of scikit-learn classifiers
        Fitted on the resamples. For all others.
    """

    interval_method = (
        "uncertainty of the model's weights: draws from their normal approximation "
        "with a covariance robust to clusters by dyad and by calendar year; of a classifier without weights, "
        "the spread of its refits on resampled dyads and years"
    )
    sees_summits = True

    def __init__(
        self,
        classifier: ClassifierMixin | None = None,
        *,
        without: str = "anniversaries announced dialogues leaders snubs",
        with_lead: bool = True,
        summits_by_lead: bool = True,
        random_state: int = 0,
        resamples: int = 20,
    ) -> None:
        self.classifier = classifier
        self.without = without
        self.with_lead = with_lead
        self.summits_by_lead = summits_by_lead
        self.random_state = random_state
        self.resamples = resamples

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        self.signals_ = np.array(
            [
                name
                for name in X.columns
                if "@" not in name
                and name not in FOCAL
                and self._wanted(name)
                and X[name].notna().mean() >= FEWEST_SEEN
            ]
        )
        periods = [at_risk(y, *period) for period in PERIODS]
        design = np.vstack([self._design(X[rows], k) for k, (rows, _) in enumerate(periods)])
        met = np.concatenate([hits[rows] for rows, hits in periods])
        self.mean_, self.scale_ = _standards(design)
        design -= self.mean_
        design /= self.scale_
        np.nan_to_num(design, copy=False, nan=0.0)
        chosen = LogisticRegression(C=0.1, solver="newton-cholesky") if self.classifier is None else self.classifier
        clusters = [np.concatenate([code[rows] for rows, _ in periods]) for code in clusters_of(X)]
        # One thread: the same bits on any number of cores, and no threads that wait for one another on a busy machine.
        with threadpool_limits(limits=1, user_api="blas"):
            self.classifier_ = clone(chosen).fit(design, met)
            if self._weighted():
                self.covariance_ = _robust_covariance(self.classifier_, design, met, clusters)
            else:
                self.resampled_ = self._resampled(chosen, design, met, clusters)

    def _resampled(self, chosen: Any, design: Floats, met: npt.NDArray[np.bool_], clusters: list[Codes]) -> list[Any]:
        """The classifier fitted anew on resamples, those left out that hold meetings alone or none."""
        if self.resamples < 0 or self.resamples == 1:
            raise ModelError(f"resamples is 0, for no interval, or at least 2, not {self.resamples}")
        generator, learned = np.random.default_rng(self.random_state), []
        for _ in range(10 * self.resamples):
            rows = np.repeat(np.arange(len(met)), times_drawn(clusters, generator))
            if met[rows].any() and not met[rows].all():
                learned.append(clone(chosen).fit(design[rows], met[rows]))
            if len(learned) == self.resamples:
                return learned
        if self.resamples:
            raise ModelError("too few dyads and years met to resample them; set resamples=0 and do without an interval")
        return []

    def _weighted(self) -> bool:
        """Whether each column has a weight."""
        return type(self.classifier_) is LogisticRegression

    def uses(self, signal: str) -> bool:
        """Whether a forecast may depend on a column: learned, or of a period and of no family that is left out."""
        if "@" in signal and signal.startswith((HAZARD, "venues__")):
            return signal.startswith((HAZARD, *(f"venues__{name}@" for name in (*RELATIONS, *ONSETS))))
        return self._wanted(signal) if "@" in signal else signal in set(self.signals_)

    def pulls(self, X: pd.DataFrame, periods: Iterable[int]) -> Iterator[Floats]:
        """What each column adds to the log-odds of the hazards of periods, against the mean of the rows for training.

        Yields
        ------
        numpy.ndarray of float, shape (n_rows, n_columns)

        Raises
        ------
        ModelError
            If the classifier is no logistic regression.
        """
        check_is_fitted(self)
        if not self._weighted():
            raise ModelError(f"{type(self.classifier_).__name__} has no weights; use LogisticRegression")
        X = self._same_columns(X)
        yield from (self._standardised(X, k) * self.classifier_.coef_[0] for k in periods)

    def get_state(self) -> dict[str, npt.NDArray[Any]]:
        """Learned state as arrays; a classifier other than a logistic regression is one of bytes."""
        check_is_fitted(self)
        bare = copy(self)
        del bare.classifier_
        if self._weighted():
            return bare._state() | {
                f"classifier.{name}": np.asarray(getattr(self.classifier_, name)) for name in _LINEAR
            }
        del bare.resampled_
        packed = pack([self.classifier_, *self.resampled_], width=len(self.mean_))
        return bare._state() | {"classifier_": np.frombuffer(packed, dtype=np.uint8)}

    def set_state(self, state: dict[str, npt.NDArray[Any]]) -> Self:
        """Restore what `get_state` gave."""
        super().set_state({name: value for name, value in state.items() if not name.startswith("classifier")})
        if "classifier_" in state:
            self.classifier_, *self.resampled_ = unpack(state["classifier_"].tobytes(), width=len(self.mean_))
            self.classifier = clone(self.classifier_)
            return self
        self.classifier_ = LogisticRegression()
        for name in _LINEAR:
            value = state[f"classifier.{name}"]
            setattr(self.classifier_, name, value if value.ndim else value.item())
        return self

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return self._hazards_by(self.classifier_, self._designs(X))

    def _hazards_by(self, classifier: Any, designs: list[Floats]) -> Floats:
        if not self._weighted():
            return np.column_stack([classifier.predict_proba(design)[:, 1] for design in designs])
        # Summed row by row: a matrix product may round a row differently among many rows than alone.
        sums = [(design * classifier.coef_[0]).sum(axis=1) + classifier.intercept_[0] for design in designs]
        return np.asarray(expit(np.column_stack(sums)))

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        with threadpool_limits(limits=1, user_api="blas"):
            return (self._drawn_interval if self._weighted() else self._refitted_interval)(X, horizons, level)

    def _refitted_interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        if not self.resampled_:
            raise ModelError("this hazard was trained with resamples=0 and has no interval; set resamples=20")
        summits = self._summits(X, horizons)
        designs, quiet = self._designs(X), self._designs(without_summits(X)) if summits is not None else []
        drawn = []
        for classifier in self.resampled_:
            own = summits._replace(habits=self._hazards_by(classifier, quiet)) if summits is not None else None
            drawn.append(_log_odds(cumulative_incidence(self._hazards_by(classifier, designs), horizons, own)))
        point = self._incidence(X, horizons)
        # A normal interval, for the quantiles of so few draws would be those of chance.
        half = ndtri(0.5 + level / 2.0) * np.std(drawn, axis=0, ddof=1)
        low, high = (np.asarray(expit(_log_odds(point) + sign * half)) for sign in (-1.0, 1.0))
        return np.minimum(low, point), np.maximum(high, point)

    def _drawn_interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        # Draws along the principal axes of the covariance: the same seed gives the same draws for every row and call.
        values, axes = np.linalg.eigh(self.covariance_)
        generator = np.random.default_rng(self.random_state)
        steps = generator.standard_normal((_DRAWS, len(values))) * np.sqrt(np.maximum(values, 0.0))
        weights = np.concatenate([self.classifier_.intercept_, self.classifier_.coef_[0]]) + steps @ axes.T
        summits = self._summits(X, horizons)
        designs = self._designs(X)
        quiet = self._designs(without_summits(X)) if summits is not None else None
        low, high = np.empty((len(X), len(horizons))), np.empty((len(X), len(horizons)))
        tail = (1.0 - level) / 2.0
        for row in range(len(X)):
            own = None
            if summits is not None and quiet is not None:
                own = Summits(_drawn(weights, quiet, row), *(days[[row]] for days in summits[1:]))
            drawn = cumulative_incidence(_drawn(weights, designs, row), horizons, own)
            low[row], high[row] = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
        point = self._incidence(X, horizons)
        return np.minimum(low, point), np.maximum(high, point)

    def _wanted(self, name: str) -> bool:
        return name.split("__")[0] not in self.without.split()

    def _designs(self, X: pd.DataFrame) -> list[Floats]:
        return [self._standardised(X, k) for k in range(len(PERIODS))]

    def _standardised(self, X: pd.DataFrame, k: int) -> Floats:
        # What is missing stands at the mean: neither punished nor rewarded.
        return np.nan_to_num((self._design(X, k) - self.mean_) / self.scale_, nan=0.0)

    def _design(self, X: pd.DataFrame, k: int) -> Floats:
        """Columns that the classifier sees for period k."""
        start, end = PERIODS[k]
        here = [
            name
            for name in X.columns
            if self._wanted(name) and name.endswith(f"@{start}-{end}") and not name.startswith((HAZARD, "venues__"))
        ]
        signals = X[list(self.signals_)].to_numpy(dtype=np.float64)
        # Counts and days are felt by ratio, not by difference; shares and balances are hardly changed by this.
        signals = np.sign(signals) * np.log1p(np.abs(signals))
        lead = np.log1p((start + end) / 2.0) - np.log1p(365.0)
        own = X[column(HAZARD, start, end)].to_numpy(dtype=np.float64)
        summits = X[[column(f"venues__{name}", start, end) for name in RELATIONS]].to_numpy(dtype=np.float64)
        # Either way of meeting may come about: by the dyad's habit or at one of the summits of the period.
        either = -np.expm1(np.log1p(-np.minimum(own, 1.0 - _FLOOR)) - summits.sum(axis=1))
        held = summits > 0.0
        parts = [
            _log_odds(own)[:, None],
            _log_odds(own)[:, None] * lead,
            _log_odds(either)[:, None],
            held.astype(np.float64),
            _log_odds(-np.expm1(-summits)) * held,
            summits,
            *([summits * lead] if self.summits_by_lead else []),
            np.full((len(X), 1), lead),
            np.full((len(X), 1), np.log(end - start)),
            X[here].to_numpy(dtype=np.float64),
            signals,
        ]
        if self.with_lead:
            parts.append(signals * lead)
        # The last bit of a sum hangs on how a row lies in memory: here in one piece, always.
        return np.ascontiguousarray(np.hstack(parts))


def _drawn(weights: Floats, designs: list[Floats], row: int) -> Floats:
    """Hazards of one row by drawn weights, of shape (n_draws, n_periods)."""
    return np.column_stack([expit(weights[:, 0] + weights[:, 1:] @ design[row]) for design in designs])


def _standards(design: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of what is seen of each column."""
    seen = ~np.isnan(design)
    if seen.all():
        mean, spread = design.mean(axis=0), design.std(axis=0)
    else:
        n = np.maximum(seen.sum(axis=0), 1)
        filled = np.where(seen, design, 0.0)
        mean = filled.sum(axis=0) / n
        spread = np.sqrt(np.where(seen, (filled - mean) ** 2, 0.0).sum(axis=0) / n)
    return mean, np.where(spread > 1e-9, spread, 1.0)


def _log_odds(probability: Floats) -> Floats:
    return np.asarray(logit(np.clip(probability, _FLOOR, 1.0 - _FLOOR)))


def _robust_covariance(
    classifier: Any, design: Floats, met: npt.NDArray[np.bool_], clusters: list[npt.NDArray[np.int64]]
) -> Floats:
    """Two-way cluster-robust covariance of the weights, ``H^-1 (M_dyad + M_year - M_both + penalty) H^-1``."""
    probability = classifier.predict_proba(design)[:, 1]
    columns = np.column_stack([np.ones(len(design)), design])
    penalty = np.full(columns.shape[1], 1.0 / classifier.C)
    penalty[0] = 0.0
    bread = np.linalg.inv((columns * (probability * (1 - probability))[:, None]).T @ columns + np.diag(penalty))
    middle = robust_middle(columns * (met - probability)[:, None], clusters)
    # The penalty stands for what was believed before: without its share, weights that the data cannot tell would look
    # certain.
    covariance = bread @ (middle + np.diag(penalty)) @ bread
    return np.asarray((covariance + covariance.T) / 2.0)
