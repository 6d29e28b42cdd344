"""The default model against itself with one choice changed, on folds before 2015.

Run ``.venv/bin/python benchmarks/choices.py`` (about five minutes). Every year from 2001 to 2014 is forecast monthly
for all dyads of the USA by models trained before it. The weight of summits by lead was chosen by the mean skill of the
three horizons; the penalty, which hardly matters here, for small ledgers, whose forecasts a weaker one makes too sure.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from forecast.backtesting.backtest import backtest, score
from forecast.dates import as_of_grid
from forecast.models.hazard import HazardModel
from forecast.panel.panel import Panel
from forecast.workspace import load_history

CHOICES = {
    "default": HazardModel(),
    "penalty / 10": HazardModel(LogisticRegression(C=1.0, solver="newton-cholesky")),
    "no summit lead": HazardModel(summits_by_lead=False),
    "neither": HazardModel(LogisticRegression(C=1.0, solver="newton-cholesky"), summits_by_lead=False),
}


def fitted(rows: Panel, *, model: str) -> HazardModel:
    """A choice that has learned from rows for training."""
    return CHOICES[model].fit(rows.signals, rows.outcomes)


def main() -> None:
    """Print the scores of each choice and its mean skill."""
    history = load_history(Path(__file__).resolve().parent.parent).known_before(np.datetime64("2015-01-01"))
    grid = as_of_grid(np.datetime64("2001-01-01"), np.datetime64("2014-12-01"))
    found = score(backtest(history, grid, models=list(CHOICES), horizons=[30, 90, 180], focal="USA", fit=fitted))
    print(f"{'choice':<16}{'days':>5}{'n':>7}{'base rate':>10}{'skill':>8}{'90% interval':>18}{'AUC':>7}{'ECE':>7}")
    for row in found.itertuples():
        low = min(row.skill_low_by_dyad, row.skill_low_by_as_of)
        high = max(row.skill_high_by_dyad, row.skill_high_by_as_of)
        print(
            f"{row.model_id:<16}{row.horizon_days:>5}{row.n:>7}{row.base_rate:>10.3f}{row.skill:>+8.4f}"
            f"{f'{low:+.3f} to {high:+.3f}':>18}{row.auc:>7.3f}{row.calibration_error:>7.3f}"
        )
    print(found.groupby("model_id", sort=False)["skill"].mean().round(4).to_string())


if __name__ == "__main__":
    main()
