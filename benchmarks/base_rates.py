"""How often leaders meet, by year, with and without the sources that are not complete, for docs/benchmarks.md.

    .venv/bin/python benchmarks/base_rates.py

All dyads of each state whose meetings complete sources cover in both directions; monthly as-of dates, windows of 90
days. Where a partial source begins more is seen, not more happens: the two columns part there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import as_of_grid
from forecast.facts.events import COLUMNS
from forecast.facts.history import History, make_history
from forecast.panel.outcomes import TARGETS, met_within, observe
from forecast.signals.cube import make_cube
from forecast.workspace import load_history

DAYS = 90


def complete_alone(history: History) -> History:
    """The history without the events of publishers that no coverage calls complete."""
    complete = {c.publisher for c in history.coverages if c.complete}
    events = history.events.loc[history.events["publisher"].isin(complete), list(COLUMNS)]
    kept = [replace(c) for c in history.coverages if c.complete]
    return make_history(events, kept, history.calendar, history.leaders)


def rates(history: History, focal: str, target: str) -> pd.Series:
    """Share of windows with a meeting, by year of the as-of date."""
    cube = make_cube(history)
    rows = [
        (dyad, day)
        for day in as_of_grid(np.datetime64("1990-01-01"), np.datetime64("2024-06-01"))
        for dyad in history.cohort(day, focal=focal)
    ]
    days = np.array([day for _, day in rows])
    outcomes = observe(cube, dyads=[dyad for dyad, _ in rows], as_ofs=days, target=target)
    met = met_within(outcomes, DAYS)
    return met.groupby(days.astype("datetime64[Y]").astype(int) + 1970).mean()


def main() -> None:
    history = load_history(Path(__file__).resolve().parent.parent)
    alone = complete_alone(history)
    for focal in history.focal_states:
        table = pd.DataFrame(
            {
                f"{target}, {name}": rates(facts, focal, target)
                for target in TARGETS
                for name, facts in (("all sources", history), ("complete ones", alone))
            }
        )
        print(f"\n{focal}: share of {DAYS}-day windows with a meeting, by year\n{table.round(4).to_string()}")


if __name__ == "__main__":
    main()
