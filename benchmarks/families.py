"""What each family of signals gains, on folds before 2015.

Run ``.venv/bin/python benchmarks/families.py`` (about ten minutes). Every second year from 2004 to 2014 is forecast
monthly for all dyads of the USA by models trained before it. A row of the table leaves one family out of the default
model (``- family``), adds one that the default leaves out (``+ family``), or takes a family with the climatology alone
(``climatology + family``). The default was chosen by this table.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import as_of_grid
from forecast.history import load_history
from forecast.models.baselines import climatology_of
from forecast.models.hazard import HazardModel
from forecast.outcomes import met_within
from forecast.panel import Panel, build_panel
from forecast.signals import CATALOGUE, COMPUTED
from forecast.training import training_panel
from forecast.verification import both_ways, skill_interval

HORIZONS = (30, 90, 180)
YEARS = range(2004, 2015, 2)
FAMILIES = tuple(dict.fromkeys(name.split("__")[0] for name in (*CATALOGUE, *COMPUTED) if "climatology" not in name))
LEFT_OUT = tuple(HazardModel().without.split())


def changes(panel: Panel) -> list[str]:
    """Rows of the table; families that most rows lack are not learned, so leaving them out changes nothing."""
    share = panel.signals.notna().mean()
    told = [family for family in FAMILIES if share[[n for n in share.index if n.split("__")[0] == family]].max() >= 0.5]
    return [
        "default",
        *(f"- {family}" for family in told if family not in LEFT_OUT),
        *(f"+ {family}" for family in told if family in LEFT_OUT),
        "climatology alone",
        *(f"climatology + {family}" for family in told),
    ]


def changed(panel: Panel, change: str) -> tuple[Panel, HazardModel]:
    """The rows and the unfitted model under a change."""
    sign, _, family = change.rpartition(" ")
    if sign.startswith("climatology"):
        without = [name for name in FAMILIES if name != family]
    else:
        without = [name for name in LEFT_OUT if not (sign == "+" and name == family)]
        without += [family] if sign == "-" else []
    if "venues" in without:
        # The model takes the summits apart itself, so an empty calendar stands for their absence.
        signals = panel.signals.copy()
        signals.loc[:, [name for name in signals.columns if name.startswith("venues__")]] = 0.0
        panel = replace(panel, signals=signals)
    return panel, HazardModel(without=" ".join(without))


def main() -> None:
    """Print the Brier skill of each change, with the wider of two 90% intervals, over dyads and over as-of dates."""
    history = load_history(Path(__file__).resolve().parent.parent).known_before(np.datetime64("2015-01-01"))
    parts: dict[str, list[pd.DataFrame]] = {}
    for year in YEARS:
        day = np.datetime64(f"{year}-01-01")
        taught = training_panel(history, day, target="meeting")
        asked = build_panel(history, as_of_grid(day, np.datetime64(f"{year}-12-01")), focal="USA")
        for change in changes(taught):
            rows, model = changed(taught, change)
            test, _ = changed(asked, change)
            probability = model.fit(rows.signals, rows.outcomes).predict_cumulative_incidence(test.signals, HORIZONS)
            reference = climatology_of(test.signals, HORIZONS)
            parts.setdefault(change, []).extend(
                pd.DataFrame(
                    {
                        "horizon": horizon,
                        "probability": probability[:, k],
                        "reference": reference[:, k],
                        "outcome": met_within(test.outcomes, horizon).to_numpy(),
                        "dyad": test.signals.index.get_level_values("dyad"),
                        "as_of": test.signals.index.get_level_values("as_of"),
                    }
                )
                for k, horizon in enumerate(HORIZONS)
            )
    print(f"{'model':<26}" + "".join(f"{f'{horizon} days':>26}" for horizon in HORIZONS))
    resolved = pd.concat(parts["default"]).dropna().groupby("horizon")["outcome"]
    told = [f"base rate {rate:.3f} of {n}" for rate, n in zip(resolved.mean(), resolved.size(), strict=True)]
    print(f"{'':<26}" + "".join(f"{cell:>26}" for cell in told))
    for change, tables in parts.items():
        found = pd.concat(tables).dropna()
        cells = []
        for horizon in HORIZONS:
            part = found[found["horizon"] == horizon]
            figures = part["probability"], part["outcome"]
            spread = partial(skill_interval, *figures, reference=part["reference"])
            skill = both_ways(spread, dyads=part["dyad"], as_ofs=part["as_of"])
            cells.append(f"{skill.value:+.3f} ({skill.low:+.3f} to {skill.high:+.3f})")
        print(f"{change:<26}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
