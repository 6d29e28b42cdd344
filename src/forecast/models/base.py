"""What every model is: an estimator that gives a hazard for each period and from it a probability for any horizon."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Horizon, check_horizons
from forecast.errors import DateError, ModelError
from forecast.models.summits import summits_of, without_summits
from forecast.panel.outcomes import met_within
from forecast.periods import PERIODS, Floats, Summits, cumulative_incidence, end_inside

OUTCOME_COLUMNS = ("first_meeting_in_days", "followup_days")


class PeriodModel:
    """Base of all models of the registry.

    A scikit-learn estimator by what it does, not by inheritance: importing that package takes longer than a forecast.

    A subclass learns in `_learn` and answers in `_hazards`. It says in `sees_summits` whether its hazards look at the
    chances at summits, which then count from their first days where a horizon ends inside a period. Learned state ends
    in an underscore and consists of numbers, arrays and texts, so that it can be stored without pickling.
    """

    #: What `low` and `high` mean for this model.
    interval_method = "none"

    #: Whether the hazards depend on the summits of the period.
    sees_summits = False

    #: Whether rows may stand for others, as many times as a column `weight` of the outcomes says.
    weighs = False

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name, with `deep` those of a classifier among them."""
        own = {name: getattr(self, name) for name in sorted(inspect.signature(type(self)).parameters)}
        inner = {name: value.get_params() for name, value in own.items() if deep and hasattr(value, "get_params")}
        return own | {f"{name}__{key}": value for name, given in inner.items() for key, value in given.items()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name.

        Raises
        ------
        ValueError
            If there is none of a name.
        """
        for key, value in params.items():
            name, nested, rest = key.partition("__")
            if name not in (own := self.get_params(deep=False)):
                raise ValueError(f"Invalid parameter {key!r} for estimator {self}. Valid parameters are: {list(own)}.")
            if nested:
                own[name].set_params(**{rest: value})
            else:
                setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """Name the class and the parameters that are none of the defaults."""
        defaults = {name: one.default for name, one in inspect.signature(type(self)).parameters.items()}
        changed = [
            f"{name}={value!r}" for name, value in self.get_params(deep=False).items() if value != defaults[name]
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may assume of an estimator that predicts no class and no number."""
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=False))

    def fit(self, X: pd.DataFrame, y: pd.DataFrame) -> Self:
        """Learn from rows whose outcomes are resolved as far as they say.

        Parameters
        ----------
        X : pandas.DataFrame of float, shape (n_rows, n_signals)
            Signals as `forecast.panel.panel.build_panel` makes them; the index (dyad, as_of) tells clusters apart.
        y : pandas.DataFrame, shape (n_rows, 2)
            Columns `first_meeting_in_days` and `followup_days`; a column `weight` says how many rows each stands for.

        Raises
        ------
        ModelError
            If the model cannot weigh rows that have weights, or if the rows cannot teach a hazard: none resolved, or
            no meeting among them.
        """
        X, y = _checked(X), _checked_outcomes(y, len(X))
        if "weight" in y and not self.weighs:
            raise ModelError(f"{type(self).__name__} cannot weigh rows, and the outcomes have a column weight")
        _check_learnable(y)
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        self._learn(X, y)
        return self

    def predict_hazards(self, X: pd.DataFrame) -> Floats:
        """Probability of a first meeting in each period, given none before it.

        Returns
        -------
        numpy.ndarray of float, shape (n_rows, n_periods)
        """
        _check_fitted(self)
        return self._hazards(self._same_columns(X))

    def predict_cumulative_incidence(self, X: pd.DataFrame, horizons: npt.ArrayLike) -> Floats:
        """Probability of a meeting within each horizon.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n_rows, n_signals)
        horizons : array-like of int, shape (n_horizons,)
            Days in 1..730.

        Returns
        -------
        numpy.ndarray of float, shape (n_rows, n_horizons)
            Non-decreasing in the horizon.
        """
        check_horizons(np.atleast_1d(np.asarray(horizons)).tolist())
        _check_fitted(self)
        return self._incidence(self._same_columns(X), horizons)

    def predict_proba(self, X: pd.DataFrame, horizon: Horizon = 90) -> Floats:
        """Probabilities of no meeting and of a meeting within one horizon, as a classifier gives them.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n_rows, n_signals)
        horizon : int or str
            Days in 1..730, or a text such as ``"6m"``.

        Returns
        -------
        numpy.ndarray of float, shape (n_rows, 2)
        """
        met = self.predict_cumulative_incidence(X, [_days(horizon)])
        return np.hstack([1.0 - met, met])

    def score(self, X: pd.DataFrame, y: pd.DataFrame, horizon: Horizon = 90) -> float:
        """Minus the Brier score of the forecasts for one horizon, so that more is better.

        Parameters
        ----------
        X : pandas.DataFrame, shape (n_rows, n_signals)
        y : pandas.DataFrame, shape (n_rows, 2)
            As in `fit`; rows that are not resolved so far ahead do not count.
        horizon : int or str
            Days in 1..730, or a text such as ``"6m"``.

        Raises
        ------
        ModelError
            If no row is resolved so far ahead.
        """
        from sklearn.metrics import brier_score_loss

        met = met_within(_checked_outcomes(y, len(X)), _days(horizon)).to_numpy(dtype=np.float64)
        known = ~np.isnan(met)
        if not known.any():
            raise ModelError(f"no row has a resolved outcome within {horizon} days: there is nothing to score")
        return -float(brier_score_loss(met[known], self.predict_proba(X[known], horizon)[:, 1]))

    def predict_interval(
        self, X: pd.DataFrame, horizons: npt.ArrayLike, *, level: float = 0.9
    ) -> tuple[Floats, Floats]:
        """Interval of the probability; what it covers is said by `interval_method`.

        Returns
        -------
        low, high : numpy.ndarray of float, shape (n_rows, n_horizons)
        """
        return self.predict_with_interval(X, horizons, level=level)[1:]

    def predict_with_interval(
        self, X: pd.DataFrame, horizons: npt.ArrayLike, *, level: float = 0.9
    ) -> tuple[Floats, Floats, Floats]:
        """Probability within each horizon, as `predict_cumulative_incidence`, and its interval, in one go.

        Returns
        -------
        probability, low, high : numpy.ndarray of float, shape (n_rows, n_horizons)
        """
        _check_fitted(self)
        check_horizons(np.atleast_1d(np.asarray(horizons)).tolist())
        if not 0.0 < level < 1.0:
            raise ModelError(f"an interval has a level between 0 and 1, not {level}")
        return self._with_interval(self._same_columns(X), np.atleast_1d(np.asarray(horizons)), level)

    def uses(self, signal: str) -> bool:
        """Whether a forecast of the fitted model may depend on a column of signals."""
        return signal in set(self.feature_names_in_)

    def neutral(self, signal: str) -> float:
        """Value of a column of signals that tells the fitted model nothing.

        No summit ahead for the summits; elsewhere missing, which stands for the mean of the rows for training.
        """
        return 0.0 if signal.startswith("venues__") and "@" in signal else float("nan")

    def get_state(self) -> dict[str, npt.NDArray[Any]]:
        """Learned state as arrays of numbers and texts."""
        _check_fitted(self)
        return self._state()

    def _state(self) -> dict[str, npt.NDArray[Any]]:
        state = {name: np.asarray(value) for name, value in vars(self).items() if name.endswith("_")}
        state["feature_names_in_"] = state["feature_names_in_"].astype(str)
        return state

    def set_state(self, state: dict[str, npt.NDArray[Any]]) -> Self:
        """Restore what `get_state` gave."""
        for name, value in state.items():
            setattr(self, name, value if value.ndim else value.item())
        self.feature_names_in_ = state["feature_names_in_"].astype(object)
        return self

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        raise ModelError(f"{type(self).__name__} cannot learn")

    def _hazards(self, X: pd.DataFrame) -> Floats:
        raise ModelError(f"{type(self).__name__} gives no hazards")

    def _with_interval(
        self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float
    ) -> tuple[Floats, Floats, Floats]:
        return self._incidence(X, horizons), *self._interval(X, horizons, level)

    def _interval(self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float) -> tuple[Floats, Floats]:
        raise ModelError(f"{type(self).__name__} gives no interval")

    def _incidence(self, X: pd.DataFrame, horizons: npt.ArrayLike) -> Floats:
        return cumulative_incidence(self._hazards(X), horizons, self._summits(X, horizons))

    def _summits(self, X: pd.DataFrame, horizons: npt.ArrayLike) -> Summits | None:
        if not self.sees_summits or not end_inside(horizons):
            return None
        return summits_of(X, self._hazards(without_summits(X)))

    def _same_columns(self, X: pd.DataFrame) -> pd.DataFrame:
        X = _checked(X)
        expected, found = list(self.feature_names_in_), list(X.columns)
        if expected == found:
            return X
        lacking = [name for name in expected if name not in found]
        unknown = [name for name in found if name not in expected]
        parts = [
            f"lacks {', '.join(lacking[:5])}{' ...' if len(lacking) > 5 else ''}" if lacking else "",
            f"does not know {', '.join(unknown[:5])}{' ...' if len(unknown) > 5 else ''}" if unknown else "",
        ]
        raise ModelError(
            f"the model was trained on {len(expected)} signals and was given {len(found)}: it "
            + (" and ".join(filter(None, parts)) or "has them in another order")
        )


def _check_fitted(model: PeriodModel) -> None:
    if not hasattr(model, "feature_names_in_"):
        from sklearn.exceptions import NotFittedError

        raise NotFittedError(f"this {type(model).__name__} is not fitted yet: call 'fit' first")


def incidence_of(model: Any, X: pd.DataFrame, horizons: Sequence[int]) -> Floats:
    """Probabilities within each horizon by any fitted model: searches and pipelines have `predict_proba` alone."""
    if hasattr(model, "predict_cumulative_incidence"):
        return np.asarray(model.predict_cumulative_incidence(X, list(horizons)))
    return np.column_stack([np.asarray(model.predict_proba(X, horizon=days))[:, 1] for days in horizons])


def at_risk(y: pd.DataFrame, start: int, end: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows that are at risk in a period, and whether the two met in it.

    A row counts only if the whole period is resolved, even if a meeting was already seen in it, and if there was
    none before it.
    """
    first, followup = y["first_meeting_in_days"].to_numpy(), y["followup_days"].to_numpy()
    rows = (followup >= end) & ((first < 0) | (first >= start))
    return rows, rows & (first >= start) & (first < end)


def _checked(X: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(X, pd.DataFrame):
        raise ModelError(f"signals must be a pandas DataFrame with named columns, not {type(X).__name__}")
    if X.shape[0] == 0:
        raise ModelError("there are no rows")
    values = numbers_of(X)
    for block in row_blocks(len(values)):
        endless = np.isinf(values[block]).any(axis=0)
        if endless.any():
            raise ModelError(f"signal {X.columns[endless][0]} is infinite in some row")
    return X


#: Rows that are worked on at a time, so that what is made of them on the way stays small.
_BLOCK: Final = 1 << 17


def row_blocks(n: int) -> list[slice]:
    """Consecutive blocks of n rows; one up to 131,072 rows, and then sums are those of the whole to the bit."""
    return [slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]


def numbers_of(X: pd.DataFrame) -> npt.NDArray[Any]:
    """The values of rows in the precision that they have, without a copy."""
    values = X.to_numpy()
    return values if values.dtype.kind == "f" else X.to_numpy(dtype=np.float64)


def _checked_outcomes(y: pd.DataFrame, n_rows: int) -> pd.DataFrame:
    if not isinstance(y, pd.DataFrame) or not set(OUTCOME_COLUMNS) <= set(y.columns):
        raise ModelError(f"outcomes must be a pandas DataFrame with the columns {' and '.join(OUTCOME_COLUMNS)}")
    if "weight" in y and not (y["weight"] > 0.0).all():
        raise ModelError(
            "the column weight of the outcomes must be positive: it says how many rows each row stands for"
        )
    if len(y) != n_rows:
        raise ModelError(f"there are {n_rows} rows of signals but {len(y)} of outcomes")
    return y


def _check_learnable(y: pd.DataFrame) -> None:
    met, seen = 0, 0
    for start, end in PERIODS:
        rows, hits = at_risk(y, start, end)
        seen, met = seen + int(rows.sum()), met + int(hits.sum())
    if not seen:
        raise ModelError("no row has a resolved outcome: the history is shorter than the first period of the horizon")
    if not met:
        raise ModelError(
            "the two sides of these dyads never meet in the rows for training: there is nothing to learn from"
        )


def _days(horizon: Horizon) -> int:
    days = check_horizons(horizon, what="horizon")
    if len(days) > 1:
        raise DateError(f"one horizon is answered at a time, not {len(days)}", argument="horizon")
    return days[0]
