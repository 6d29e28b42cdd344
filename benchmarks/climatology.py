"""Window and shrinkage of the climatology, chosen where the reference is strongest before 2015.

Run ``.venv/bin/python benchmarks/climatology.py``. Every quarter from 1990 to 2014, all dyads of the USA; the Brier
score is averaged over horizons of 30, 90 and 180 days, each divided by that of the pooled base rate.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import as_of_grid
from forecast.panel.outcomes import TARGETS, met_within, observe
from forecast.periods import cumulative_incidence
from forecast.signals.climatology import SHRINKAGE_DAYS, WINDOW_DAYS, climatology_hazards
from forecast.signals.cube import make_cube
from forecast.signals.view import View
from forecast.workspace import load_history

HORIZONS = (30, 90, 180)
WINDOWS = (1826, 2557, 3653, 5479, 7305)
SHRINKAGES = (180, 365, 730, 1461)


def main() -> None:
    """Print the relative Brier score of each pair, the best first."""
    history = load_history(Path(__file__).resolve().parent.parent)
    first_test = np.datetime64("2015-01-01")
    known = history.known_before(first_test)
    cube = make_cube(known)
    grid = as_of_grid(np.datetime64("1990-01-01"), np.datetime64("2014-07-01"), every="quarter")
    cohorts = {as_of: known.cohort(as_of, focal="USA") for as_of in grid}
    rows = [(dyad, as_of) for as_of, cohort in cohorts.items() for dyad in cohort]
    outcomes = observe(cube, dyads=[d for d, _ in rows], as_ofs=np.array([a for _, a in rows]))
    seen = {horizon: met_within(outcomes, horizon).to_numpy() for horizon in HORIZONS}
    found = []
    for window in WINDOWS:
        for shrinkage in SHRINKAGES:
            hazards = np.vstack(
                [
                    climatology_hazards(
                        View(as_of, cohort, cohort, cube, TARGETS["meeting"]),
                        window_days=window,
                        shrinkage_days=shrinkage,
                    ).to_numpy()
                    for as_of, cohort in cohorts.items()
                ]
            )
            probability = cumulative_incidence(hazards, HORIZONS)
            scores = []
            for k, horizon in enumerate(HORIZONS):
                resolved = ~np.isnan(seen[horizon])
                p, y = probability[resolved, k], seen[horizon][resolved]
                scores.append(np.mean((p - y) ** 2) / (y.mean() * (1 - y.mean())))
            found.append({"window_days": window, "shrinkage_days": shrinkage, "relative_brier": np.mean(scores)})
    table = pd.DataFrame(found).sort_values("relative_brier")
    print(table.round(5).to_string(index=False))
    print(f"in use: window {WINDOW_DAYS} days, shrinkage {SHRINKAGE_DAYS} days")


if __name__ == "__main__":
    main()
