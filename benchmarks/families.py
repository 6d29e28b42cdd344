"""What each family of signals gains, on folds before 2015.

Run ``.venv/bin/python benchmarks/families.py`` (about ten minutes). Every second year from 2004 to 2014 is forecast
monthly for all dyads of the USA by models trained before it; each row of the table leaves one family out of the default
model, or adds one that the default leaves out. The default was chosen by this table.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import as_of_grid
from forecast.history import load_history
from forecast.models.baselines import climatology_of
from forecast.models.hazard import HazardModel
from forecast.outcomes import met_within
from forecast.panel import Panel, build_panel
from forecast.training import training_panel
from forecast.verification import skill_interval

HORIZONS = (30, 90, 180)
YEARS = range(2004, 2015, 2)
LEFT_OUT = tuple(HazardModel().without.split())
CHANGES = ("as it is", "- venues", "- meetings", "- visits", "- tempo", "- season", *(f"+ {name}" for name in LEFT_OUT))


def changed(panel: Panel, change: str) -> tuple[Panel, HazardModel]:
    """The rows and the unfitted model under a change."""
    sign, family = change[0], change[2:]
    if family == "venues":
        # The model takes the summits apart itself, so an empty calendar stands for their absence.
        signals = panel.signals.copy()
        signals.loc[:, [name for name in signals.columns if name.startswith("venues__")]] = 0.0
        return replace(panel, signals=signals), HazardModel()
    without = [name for name in LEFT_OUT if not (sign == "+" and name == family)]
    return panel, HazardModel(without=" ".join([*without, *([family] if sign == "-" else [])]))


def main() -> None:
    """Print the Brier skill against climatology of each change, with 90% intervals over dyads."""
    history = load_history(Path(__file__).resolve().parent.parent).known_before(np.datetime64("2015-01-01"))
    parts: dict[str, list[pd.DataFrame]] = {change: [] for change in CHANGES}
    for year in YEARS:
        day = np.datetime64(f"{year}-01-01")
        taught = training_panel(history, day, target="meeting")
        asked = build_panel(history, as_of_grid(day, np.datetime64(f"{year}-12-01")), focal="USA")
        for change in CHANGES:
            rows, model = changed(taught, change)
            test, _ = changed(asked, change)
            probability = model.fit(rows.signals, rows.outcomes).predict_cumulative_incidence(test.signals, HORIZONS)
            reference = climatology_of(test.signals, HORIZONS)
            parts[change] += [
                pd.DataFrame(
                    {
                        "horizon": horizon,
                        "probability": probability[:, k],
                        "reference": reference[:, k],
                        "outcome": met_within(test.outcomes, horizon).to_numpy(),
                        "dyad": test.signals.index.get_level_values("dyad"),
                    }
                )
                for k, horizon in enumerate(HORIZONS)
            ]
    print(f"{'model':<18}" + "".join(f"{f'{horizon} days':>26}" for horizon in HORIZONS))
    for change, tables in parts.items():
        found = pd.concat(tables).dropna()
        cells = []
        for horizon in HORIZONS:
            part = found[found["horizon"] == horizon]
            skill = skill_interval(
                part["probability"], part["outcome"], reference=part["reference"], clusters=part["dyad"]
            )
            cells.append(f"{skill.value:+.3f} ({skill.low:+.3f} to {skill.high:+.3f})")
        print(f"{change:<18}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
