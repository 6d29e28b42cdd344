"""Scores as metrics."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

#: Column of the table of scores -> head of the metric's name.
_METRICS: Final = {
    "n": "n",
    "base_rate": "base_rate",
    "brier": "brier",
    "skill": "skill",
    "log_score": "log_score",
    "log_skill": "log_skill",
    "auc": "auc",
    "calibration_error": "ece",
}


def score_metrics(scores: pd.DataFrame) -> dict[str, float]:
    """Metrics of a table of scores; with several models each name begins with the model's.

    Parameters
    ----------
    scores : pandas.DataFrame
        As `forecast.backtesting.backtest.score` gives them.

    Returns
    -------
    dict of float
        `skill_90d` with `skill_90d_low` and `skill_90d_high`, the wider of the two 90% intervals, `base_rate_90d`,
        `brier_90d`, `log_score_90d`, `log_skill_90d` with its interval, `auc_90d`, `ece_90d` and `n_90d` for each
        horizon. What is missing is left out.

    Examples
    --------
    >>> scores = pd.DataFrame({"model_id": ["hazard"], "horizon_days": [90], "brier": [0.1], "auc": [None]})
    >>> score_metrics(scores)
    {'brier_90d': 0.1}
    """
    several = len(set(scores["model_id"])) > 1
    found: dict[str, float] = {}
    for row in scores.to_dict(orient="records"):
        prefix = f"{row['model_id']}/" if several else ""
        days = f"{int(row['horizon_days'])}d"
        figures = {f"{name}_{days}": row.get(column) for column, name in _METRICS.items()}
        for skill in ("skill", "log_skill"):
            for end, pick in (("low", min), ("high", max)):
                ends = [row.get(f"{skill}_{end}_by_{by}") for by in ("dyad", "as_of")]
                known = [value for value in ends if value is not None and not math.isnan(value)]
                figures[f"{skill}_{days}_{end}"] = pick(known) if known else None
        found |= {
            f"{prefix}{name}": float(value)
            for name, value in figures.items()
            if value is not None and math.isfinite(value)
        }
    return found
