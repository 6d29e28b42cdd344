"""How often the share that met lies inside the default model's intervals, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/intervals.py`` (about six minutes). Monthly as-of dates, yearly refits. The forecasts
of each horizon, those of a year together or those of all years, are cut by their probability into up to ten groups in
each of which at least 20 meetings are expected; a group is covered if the share of its forecasts that came true lies
inside the mean of its 90% intervals. What the intervals hold was chosen on as-of dates before 2015.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from default_model import PARTS, SETS, of_states
from forecast.backtesting.backtest import backtest
from forecast.dates import as_of_grid
from forecast.models.ridge import RidgeModel
from forecast.panel.panel import Panel
from forecast.workspace import load_history

HORIZONS = [30, 90, 180]
MOST_GROUPS, FEWEST_MET = 10, 20.0
#: Years in which leaders hardly travelled.
UNUSUAL = (2020, 2021)


def forecasts_with_intervals() -> pd.DataFrame:
    """Backtest of the default model with the columns `low` and `high`."""
    bounds = []

    class Recorded:
        def __init__(self, model: RidgeModel) -> None:
            self.model = model

        def predict_cumulative_incidence(self, X: pd.DataFrame, horizons: list[int]) -> Any:
            for k, (low, high) in enumerate(zip(*(b.T for b in self.model.predict_interval(X, horizons)), strict=True)):
                own = X.index.to_frame(index=False)
                bounds.append(own.assign(horizon_days=horizons[k], low=low, high=high))
            return self.model.predict_cumulative_incidence(X, horizons)

    def fit(rows: Panel, *, model: str) -> Recorded:
        return Recorded(RidgeModel().fit(rows.signals, rows.outcomes))

    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2005-01-01"), np.datetime64("2024-05-01"))
    forecasts = backtest(history, grid, models=["default"], horizons=HORIZONS, fit=fit)
    return forecasts.merge(pd.concat(bounds), on=["dyad", "as_of", "horizon_days"], validate="one_to_one")


def covered(forecasts: pd.DataFrame, *, most: int, fewest_met: float) -> list[bool]:
    """Whether the share that met lies inside the mean interval, for each group of forecasts of like probability.

    In each group as many meetings are expected as in every other, and no fewer than `fewest_met` if there are several:
    of smaller groups the share that met says little.
    """
    rising = forecasts.sort_values("probability", kind="stable")
    expected = rising["probability"].cumsum().to_numpy()
    groups = max(1, min(most, int(expected[-1] // fewest_met)))
    number = np.minimum((expected / expected[-1] * groups).astype(int), groups - 1)
    means = rising[["low", "outcome", "high"]].groupby(number).mean()
    return ((means["low"] <= means["outcome"]) & (means["outcome"] <= means["high"])).tolist()


def share(groups: dict[int, list[bool]]) -> str:
    """Share of the groups of some years that are covered, and their number."""
    found = np.concatenate(list(groups.values()))
    return f"{found.mean():.2f} of {len(found)}"


def main() -> None:
    """Print the table."""
    forecasts, rows = forecasts_with_intervals(), []
    for name, whose in SETS.items():
        for era, (start, end) in PARTS.items():
            part = of_states(forecasts[(forecasts["as_of"] >= start) & (forecasts["as_of"] <= end)], *whose)
            for horizon, cases in part.groupby("horizon_days"):
                size = {"most": MOST_GROUPS, "fewest_met": FEWEST_MET}
                whole = covered(cases, **size)
                by_year = {year: covered(one, **size) for year, one in cases.groupby(cases["as_of"].dt.year)}
                usual = {year: found for year, found in by_year.items() if year not in UNUSUAL}
                rows.append(
                    {
                        "dyads of": name, "as of": era, "days": horizon, "n": f"{len(cases):,}",
                        "mean width": f"{(cases['high'] - cases['low']).mean():.3f}",
                        "all years": f"{np.mean(whole):.2f} of {len(whole)}",
                        "by year": share(by_year), "outside 2020-21": share(usual),
                    }
                )  # fmt: skip
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
