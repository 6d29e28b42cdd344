"""What a record costs that ended some time before the as-of date: the figures by which intervals are widened.

Run ``.venv/bin/python benchmarks/staleness.py`` (about ten minutes). The default model, trained at the start of 2013,
2017 and 2021, forecasts all dyads of the USA at the start of each half of the three years that follow, once with all
that was known and once with every source cut 30, 90, 180, 365 and 730 days before; the calendar of summits and the
leaders in office are those of the as-of date. `spread` is the root mean square of the difference in log odds between
the two, the standard deviation that `forecast.verbs.widening` adds to an interval.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import logit

from forecast.dates import Day, as_of_grid
from forecast.facts.history import History
from forecast.models import DEFAULT
from forecast.models.baselines import climatology_of
from forecast.panel.outcomes import met_within, observe
from forecast.panel.panel import build_panel
from forecast.signals.cube import make_cube
from forecast.training.train import train
from forecast.verification import brier_skill
from forecast.workspace import load_history

HORIZONS: Final = (30, 90, 180)
CUTS: Final = (0, 30, 90, 180, 365, 730)
REFITS: Final = (2013, 2017, 2021)


def cut(history: History, as_of: Day, days: int) -> History:
    """What was known before the as-of date if every source had ended some days before."""
    known, old = history.known_before(as_of), history.known_before(as_of - np.timedelta64(days, "D"))
    return replace(old, calendar=known.calendar, leaders=known.leaders)


def forecasts(history: History, year: int) -> pd.DataFrame:
    """Forecasts of three years by the model of their first day, a row a dyad, as-of date, horizon and cut."""
    model = train(history, np.datetime64(f"{year}-01-01"), model=DEFAULT, target="meeting").model
    grid = as_of_grid(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 2}-10-01"), every="quarter")[::2]
    cube, tables = make_cube(history), []
    for as_of in grid:
        dyads = history.known_before(as_of).cohort(as_of, focal="USA")
        outcomes = observe(cube, dyads=dyads, as_ofs=np.full(len(dyads), as_of))
        for days in CUTS:
            signals = build_panel(cut(history, as_of, days), np.array([as_of]), dyads=dyads).signals
            probability = model.predict_cumulative_incidence(signals, list(HORIZONS))
            reference = climatology_of(signals, list(HORIZONS))
            for k, horizon in enumerate(HORIZONS):
                met = met_within(outcomes, horizon).to_numpy()
                tables.append(
                    pd.DataFrame(
                        {"dyad": dyads, "as_of": as_of, "horizon_days": horizon, "cut": days, "outcome": met,
                         "probability": probability[:, k], "climatology": reference[:, k]}
                    )
                )  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Skill of each cut against the climatology of a current record, and how far it is from current forecasts."""
    key = ["dyad", "as_of", "horizon_days"]
    current = rows.loc[rows["cut"] == 0].set_index(key)[["probability", "climatology"]].add_suffix("_current")
    rows = rows.join(current, on=key).dropna(subset="outcome")
    rows["apart"] = logit(rows["probability"].clip(1e-6, 1 - 1e-6)) - logit(
        rows["probability_current"].clip(1e-6, 1 - 1e-6)
    )
    found = []
    for (horizon, days), part in rows.groupby(["horizon_days", "cut"]):
        y, p = part["outcome"].to_numpy(), part["probability"].to_numpy()
        skill = brier_skill(p, y, reference=part["climatology_current"].to_numpy())
        found.append(
            {"horizon_days": horizon, "cut": days, "n": len(part), "brier": np.mean((p - y) ** 2), "skill": skill,
             "spread": np.sqrt(np.mean(part["apart"] ** 2)), "apart_90": np.quantile(np.abs(part["apart"]), 0.9)}
        )  # fmt: skip
    return pd.DataFrame(found)


def main() -> None:
    """Print the figures by horizon, and the spread of all horizons together."""
    history = load_history(Path(__file__).resolve().parent.parent)
    rows = pd.concat([forecasts(history, year) for year in REFITS], ignore_index=True)
    table = figures(rows)
    print(table.round(4).to_string(index=False))
    pooled = table.groupby("cut")["spread"].apply(lambda spread: np.sqrt(np.mean(spread**2)))
    print(pooled.round(3).to_string())


if __name__ == "__main__":
    main()
