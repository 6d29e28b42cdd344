"""From climatology to the forecast, family by family: exact additive contributions to the log-odds.

The players of the game are the families of signals that the model uses, climatology aside. The value of a coalition
is the log-odds of a meeting within the horizon, as the model gives it when the families outside the coalition stand at
their neutral value: for `venues` no summit ahead, elsewhere the mean of the rows for training (what the model takes
for a signal that is missing). The whole design is computed anew for every coalition, so columns made of two families,
such as habit or summit, need no splitting of their weight. A family's contribution is its Shapley value: the mean of
what it adds over all orders in which the families can enter. It is the one division that is exact (the contributions
sum to the difference), gives nothing to a family that changes nothing, and treats equals alike whatever their order.
With fewer than a dozen families all coalitions are computed; nothing is sampled.

The first line of the account is no player: what the model makes of the dyad's record when nothing else is told,
against the climatology itself. Interactions of climatology with a family belong to that family.

Sources: Shapley 1953, "A value for n-person games"; with a fixed neutral value, Sundararajan and Najmi 2020,
https://arxiv.org/abs/1908.08474 (there: Baseline Shapley).
"""

from __future__ import annotations

from math import factorial
from typing import Final

import numpy as np
import pandas as pd

from forecast.display.numbers import log_odds
from forecast.explanation.families import CLIMATOLOGY, KEPT, family_of, measure_of, neutralised, used_families
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.periods import Floats

#: Columns of `contributions`.
CONTRIBUTIONS: Final = ("family", "contribution", "odds_factor", "without", "last", "n_signals")

#: Largest difference between the sum of the contributions and what they explain, on the log-odds scale.
TOLERANCE: Final = 1e-9


def shapley(values: Floats) -> Floats:
    """Shapley values of a game from the values of all coalitions.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (2 ** n_players,)
        Entry b is the value of the coalition of the players i whose bit ``b >> i & 1`` is set.

    Returns
    -------
    numpy.ndarray of float, shape (n_players,)

    Examples
    --------
    Two that only together earn 6 share it; a third, who adds 1 to anyone, keeps that:

    >>> shapley(np.array([0, 0, 0, 6, 1, 1, 1, 7.0]))
    array([3., 3., 1.])
    """
    n = len(values).bit_length() - 1
    coalitions = np.arange(len(values))
    sizes = np.array([int(coalition).bit_count() for coalition in coalitions])
    share = np.array([factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)])
    found = np.zeros(n)
    for player in range(n):
        outside = coalitions[coalitions >> player & 1 == 0]
        found[player] = (share[sizes[outside]] * (values[outside | 1 << player] - values[outside])).sum()
    return found


def contributions(model: PeriodModel, X: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Contribution of each family to the forecast of one row.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    X : pandas.DataFrame of float, shape (1, n_signals)
    horizon : int
        Days.

    Returns
    -------
    pandas.DataFrame
        One row a family with the columns `CONTRIBUTIONS`, climatology first and then the weightiest:
        `contribution` to the log-odds; `odds_factor`, its exponential; `without`, the probability with this family
        alone at its neutral value; `last`, the log-odds that it adds to all others (forecast minus `without`);
        `n_signals`, how many of its signals the model uses. For climatology `without` is the climatology itself.

    Raises
    ------
    ArithmeticError
        If the contributions do not sum to the forecast within `TOLERANCE`, a defect of the program.
    """
    families = used_families(model, X.columns)
    columns = {family: [name for name in X.columns if family_of(name) == family] for family in families}
    away = [
        [name for at, family in enumerate(families) if not coalition >> at & 1 for name in columns[family]]
        for coalition in range(1 << len(families))
    ]
    given = model.predict_cumulative_incidence(neutralised(model, X, away), [horizon])[:, 0]
    values = log_odds(given)
    reference = float(climatology_of(X, [horizon])[0, 0])
    start = float(values[0] - log_odds(reference))
    whole = len(values) - 1
    shares = shapley(values)
    residual = float(values[whole] - log_odds(reference)) - (start + float(shares.sum()))
    if abs(residual) > TOLERANCE:
        raise ArithmeticError(f"the contributions miss the forecast by {residual:.3g} on the log-odds scale")
    rows = [(CLIMATOLOGY, start, reference, start, _used(model, X, CLIMATOLOGY))]
    for at in np.argsort(-np.abs(shares), kind="stable"):
        rest = whole & ~(1 << int(at))
        rows.append(
            (
                families[at],
                float(shares[at]),
                float(given[rest]),
                float(values[whole] - values[rest]),
                _used(model, X, families[at]),
            )
        )
    return pd.DataFrame(
        [(family, share, float(np.exp(share)), without, last, n) for family, share, without, last, n in rows],
        columns=list(CONTRIBUTIONS),
    )


def _used(model: PeriodModel, X: pd.DataFrame, family: str) -> int:
    return len({measure_of(name) for name in X.columns if family_of(name) == family and model.uses(name)})


def signal_effects(model: PeriodModel, X: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """What the forecast of one row would lose if one signal alone stood at its neutral value.

    Parameters
    ----------
    model : PeriodModel
        Fitted.
    X : pandas.DataFrame of float, shape (1, n_signals)
    horizon : int
        Days.

    Returns
    -------
    pandas.DataFrame
        One row a signal that the model uses, those of `KEPT` left out: family, signal, value (missing for a signal by
        period, which has one for each) and effect on the log-odds. Effects of one family do not sum to its
        contribution: signals of a family say much the same.
    """
    names: dict[str, list[str]] = {}
    for name in X.columns:
        if model.uses(name) and family_of(name) not in KEPT:
            names.setdefault(measure_of(name), []).append(name)
    away = [[], *names.values()]
    given = log_odds(model.predict_cumulative_incidence(neutralised(model, X, away), [horizon])[:, 0])
    return pd.DataFrame(
        {
            "family": [family_of(signal) for signal in names],
            "signal": list(names),
            "value": [
                float("nan") if "@" in columns[0] else float(X[columns[0]].iloc[0]) for columns in names.values()
            ],
            "effect": given[0] - given[1:],
        }
    )
