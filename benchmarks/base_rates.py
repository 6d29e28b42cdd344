"""How often leaders meet, by year, with and without the sources that are not complete, for docs/benchmarks.md.

    .venv/bin/python benchmarks/base_rates.py

All dyads of each state whose meetings complete sources cover in both directions; monthly as-of dates, windows of 90
days. Where a partial source begins more is seen, not more happens: the two columns part there. Then the climatology of
the pairs of the USA in three ways, each held against the outcomes of all sources: from all sources, from complete ones
alone, and from those at the level that all sources had in the last three years.
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
from forecast.periods import EDGES
from forecast.signals.climatology import WINDOW_DAYS, climatology_hazards
from forecast.signals.cube import Floats, make_cube
from forecast.signals.view import View
from forecast.workspace import load_history

DAYS = 90
SKILL_DAYS = (30, 90, 180)
LEVEL_DAYS = 1096


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


def shares(view: View, window_days: int) -> tuple[Floats, Floats]:
    """Climatology of the rows of a view within each of `SKILL_DAYS`, and the mean share of its cohort."""
    hazards = climatology_hazards(view, window_days=window_days).to_numpy()
    edges = [EDGES[1:].index(days) for days in SKILL_DAYS]
    within = 1 - np.cumprod(1 - hazards, axis=1)[:, edges]
    return within, within.mean(axis=0)


def compared(history: History, alone: History, target: str) -> pd.DataFrame:
    """Brier score, mean and observed share of each way to take the climatology of the pairs of the USA."""
    cubes, rows = (make_cube(history), make_cube(alone)), []
    for day in as_of_grid(np.datetime64("2002-01-01"), np.datetime64("2024-04-01"), every="quarter")[::2]:
        dyads = history.known_before(day).cohort(day, focal="USA")
        outcomes = observe(cubes[0], dyads=dyads, as_ofs=np.full(len(dyads), day), target=target)
        views = [View(day, dyads, dyads, cube, TARGETS[target]) for cube in cubes]
        (every, _), (some, _) = (shares(view, WINDOW_DAYS) for view in views)
        recent = [shares(view, LEVEL_DAYS)[1] for view in views]
        level = np.clip(some * np.maximum(recent[0] / recent[1], 1.0), 0.0, 1.0)
        era = "to 2014" if day < np.datetime64("2015-01-01") else "2015 on"
        for at, days in enumerate(SKILL_DAYS):
            y = met_within(outcomes, days).to_numpy()
            for name, share in (("all sources", every), ("complete alone", some), ("complete, at their level", level)):
                frame = {"as of": era, "days": days, "climatology of": name, "p": share[:, at], "y": y}
                rows.append(pd.DataFrame(frame).dropna())
    table = pd.concat(rows).assign(brier=lambda rows: (rows["p"] - rows["y"]) ** 2)
    return table.groupby(["as of", "days", "climatology of"], sort=False)[["brier", "p", "y"]].mean()


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
    for target in TARGETS:
        print(
            f"\nClimatology of the pairs of the USA, {target}\n{compared(history, alone, target).round(5).to_string()}"
        )


if __name__ == "__main__":
    main()
