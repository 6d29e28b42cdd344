"""From climatology to the forecast, family by family: exact additive contributions to the log-odds.

The players of the game are the families of signals that the model uses, climatology aside. The value of a coalition
is the log-odds of a meeting within the horizon, as the model has it when the families outside the coalition stand at
their neutral value: for `venues` no summit ahead, elsewhere the mean of the training rows (what the model takes for a
signal that is missing). The whole design is computed anew for every coalition, so columns made of two families, such
as habit or summit, need no splitting of their weight. A family's contribution is its Shapley value: the mean of what it
adds over all orders in which the families can enter. It is the one division that is exact (the contributions sum to the
difference), assigns nothing to a family that changes nothing, and treats equals alike whatever their order. With fewer
than a dozen families all coalitions are computed; nothing is sampled.

The first line of the account is no player: what the model makes of the dyad's record when nothing else is known,
against the climatology itself. Interactions of climatology with a family belong to that family.

Sources: Shapley 1953, "A value for n-person games"; with a fixed neutral value, Sundararajan and Najmi 2020,
https://arxiv.org/abs/1908.08474 (there: Baseline Shapley).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import factorial
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.display.numbers import log_odds
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.periods import PERIODS, Floats

#: Columns of `contributions` and of `hazard_curve`.
CONTRIBUTIONS: Final = ("family", "contribution", "odds_factor", "without", "last", "n_signals")
HAZARDS: Final = ("first_day", "last_day", "days", "hazard", "cumulative", "climatology")

#: The family from which every explanation starts; it is never taken away.
CLIMATOLOGY: Final = "climatology"

#: Families that are never taken away: the climatology, and whose record a row is read from, which gives the other
#: signals their meaning and adds nothing by itself.
KEPT: Final = (CLIMATOLOGY, "sides")

#: Largest difference between the sum of the contributions and what they explain, on the log-odds scale.
TOLERANCE: Final = 1e-9


def family_of(signal: str) -> str:
    """First part of the name of a signal.

    >>> family_of("visits__minister_count__180d"), family_of("season__sin1@0-15")
    ('visits', 'season')
    """
    return signal.split("__")[0]


def measure_of(signal: str) -> str:
    """Name of a signal without the period of its column.

    >>> measure_of("season__sin1@0-15")
    'season__sin1'
    """
    return signal.partition("@")[0]


def used_families(model: PeriodModel, signals: Iterable[str]) -> list[str]:
    """Families with a column on which forecasts of the model may depend, in order; those of `KEPT` left out."""
    families = dict.fromkeys(family_of(name) for name in signals if model.uses(name))
    return [family for family in families if family not in KEPT]


def neutralised(model: PeriodModel, X: pd.DataFrame, away: Iterable[Iterable[str]]) -> pd.DataFrame:
    """Copies of the one row of X, each with the columns of one entry of `away` at the model's neutral value."""
    sets = [list(names) for names in away]
    place = {name: at for at, name in enumerate(X.columns)}
    rows = np.repeat(X.to_numpy(dtype=np.float64), len(sets), axis=0)
    for at, names in enumerate(sets):
        for name in names:
            if model.uses(name):
                rows[at, place[name]] = model.neutral(name)
    # With the index of the row: a model may read a dyad from its focal side.
    return pd.DataFrame(rows, columns=X.columns, index=X.index.repeat(len(sets)))


def shapley(values: Floats) -> Floats:
    """Shapley values of a game from the values of all coalitions: that of the players in b's bits is entry b.

    Two that only together earn 6 share it; a third, who adds 1 to anyone, keeps that:

    >>> shapley(np.array([0, 0, 0, 6, 1, 1, 1, 7.0]))
    array([3., 3., 1.])
    """
    n = len(values).bit_length() - 1
    coalitions = np.arange(len(values))
    sizes = np.array([int(coalition).bit_count() for coalition in coalitions])
    share = np.array([factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)])
    result = np.zeros(n)
    for player in range(n):
        outside = coalitions[coalitions >> player & 1 == 0]
        result[player] = (share[sizes[outside]] * (values[outside | 1 << player] - values[outside])).sum()
    return result


def contributions(model: PeriodModel, X: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Contribution of each family to the forecast of the one row of X: climatology first, then the weightiest.

    Columns `CONTRIBUTIONS`: `contribution` to the log-odds; `odds_factor`, its exponential; `without`, the probability
    with this family alone at its neutral value; `last`, the log-odds that it adds to all others (forecast minus
    `without`); `n_signals`, how many of its signals the model uses. For climatology `without` is climatology itself.
    """
    families = used_families(model, X.columns)
    columns = {family: [name for name in X.columns if family_of(name) == family] for family in families}
    away = [
        [name for at, family in enumerate(families) if not coalition >> at & 1 for name in columns[family]]
        for coalition in range(1 << len(families))
    ]
    forecasts = model.predict_cumulative_incidence(neutralised(model, X, away), [horizon])[:, 0]
    values = log_odds(forecasts)
    reference = float(climatology_of(X, [horizon])[0, 0])
    start = float(values[0] - log_odds(reference))
    whole = len(values) - 1
    shares = shapley(values)
    residual = float(values[whole] - log_odds(reference)) - (start + float(shares.sum()))
    if abs(residual) > TOLERANCE:
        raise ArithmeticError(f"the contributions miss the forecast by {residual:.3g} on the log-odds scale")
    rows = [(CLIMATOLOGY, start, float(np.exp(start)), reference, start, _used(model, X, CLIMATOLOGY))]
    for at in np.argsort(-np.abs(shares), kind="stable"):
        rest = whole & ~(1 << int(at))
        family, share, last = families[at], float(shares[at]), float(values[whole] - values[rest])
        rows.append((family, share, float(np.exp(share)), float(forecasts[rest]), last, _used(model, X, family)))
    return pd.DataFrame(rows, columns=list(CONTRIBUTIONS))


def _used(model: PeriodModel, X: pd.DataFrame, family: str) -> int:
    return len({measure_of(name) for name in X.columns if family_of(name) == family and model.uses(name)})


def signal_effects(model: PeriodModel, X: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """What the forecast of the one row of X would lose if one signal alone stood at its neutral value.

    A row a signal that the model uses, those of `KEPT` left out: family, signal, value (missing for a signal by period,
    which has one for each) and effect on the log-odds. Effects of one family do not sum to its contribution: signals of
    a family measure much the same.
    """
    names: dict[str, list[str]] = {}
    for name in X.columns:
        if model.uses(name) and family_of(name) not in KEPT:
            names.setdefault(measure_of(name), []).append(name)
    away = [[], *names.values()]
    values = log_odds(model.predict_cumulative_incidence(neutralised(model, X, away), [horizon])[:, 0])
    return pd.DataFrame(
        {
            "family": [family_of(signal) for signal in names],
            "signal": list(names),
            "value": [
                float("nan") if "@" in columns[0] else float(X[columns[0]].iloc[0]) for columns in names.values()
            ],
            "effect": values[0] - values[1:],
        }
    )


def hazard_curve(model: PeriodModel, X: pd.DataFrame, *, as_of: Day, horizon: int) -> pd.DataFrame:
    """Hazard and probability so far, period by period, with the columns `HAZARDS`; the last is cut at the horizon."""
    ends = [min(end, horizon) for start, end in PERIODS if start < horizon]
    return curve(
        model.predict_cumulative_incidence(X, ends)[0], climatology_of(X, ends)[0], as_of=as_of, horizon=horizon
    )


def curve(cumulative: Floats, climatology: Floats, *, as_of: Day, horizon: int) -> pd.DataFrame:
    """The table of `hazard_curve` from the probabilities at the end of each period, and those by climatology."""
    edges = [(start, min(end, horizon)) for start, end in PERIODS if start < horizon]
    before = np.concatenate([[0.0], cumulative[:-1]])
    left = np.where(before < 1.0, 1.0 - before, 1.0)
    return pd.DataFrame(
        {
            "first_day": [str(as_of + np.timedelta64(start, "D")) for start, _ in edges],
            "last_day": [str(as_of + np.timedelta64(end - 1, "D")) for _, end in edges],
            "days": [end - start for start, end in edges],
            "hazard": np.where(before < 1.0, (cumulative - before) / left, 1.0),
            "cumulative": cumulative,
            "climatology": climatology,
        }
    )
