"""Skill of all models on rolling origins, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/skill.py`` (about two minutes on two cores). Monthly as-of dates 2010-01 to
2024-05, all dyads of the USA, yearly refits. Models, signals and settings were chosen on folds before 2015; the part
from 2015 on was not looked at for that.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest, score
from forecast.dates import as_day, as_of_grid
from forecast.display.frames import score_table
from forecast.errors import ForecastError
from forecast.facts.history import History
from forecast.facts.record import NONE
from forecast.models import MODELS
from forecast.verification import both_ways, skill_interval
from forecast.workspace import load_history

PARTS = {
    "2010-01 to 2014-12, used for choosing": ("2010-01-01", "2014-12-01"),
    "2015-01 to 2024-05, untouched": ("2015-01-01", "2024-05-01"),
    "2010-01 to 2024-05": ("2010-01-01", "2024-05-01"),
}


def occasions(history: History, forecasts: pd.DataFrame) -> list[str]:
    """Where the first meeting of each forecast's window took place: at which summit, or on whose journey."""
    events = history.events
    met = events.loc[events["meeting_of"] != NONE].sort_values("occurred_on")
    by_dyad = dict(list(met.groupby("dyad")))
    editions = history.calendar.editions
    found = []
    for row in forecasts.itertuples(index=False):
        if not row.outcome:
            found.append("no meeting")
            continue
        rows = by_dyad[row.dyad]
        first = rows.loc[rows["ended_on"] >= row.as_of].iloc[0]
        day, ours = as_day(first["occurred_on"]), set(row.dyad.split("-"))
        at = [
            edition
            for edition in editions
            if edition.host == first["place"]
            and edition.starts_on - 3 <= day <= edition.ends_on + 3
            and ours <= edition.expected(edition.starts_on)
        ]
        if at:
            found.append(f"summit in the USA: {at[0].series}" if at[0].host == "USA" else "summit elsewhere")
        elif first["place"] == "USA":
            found.append("visit to the USA")
        else:
            found.append("the president's journey" if first["place"] in ours else "in a third state")
    return found


def skill_of(part: pd.DataFrame) -> str:
    """Brier skill with the wider of two 90% intervals, over dyads and over as-of dates."""
    spread = partial(skill_interval, part["probability"], part["outcome"], reference=part["climatology"])
    try:
        found = both_ways(spread, dyads=part["dyad"], as_ofs=part["as_of"])
    except ForecastError:
        return "not enough cases"
    return f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


def main() -> None:
    """Print a table for each part, and where the remaining error of the default model lies."""
    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2010-01-01"), np.datetime64("2024-05-01"))
    forecasts = backtest(history, grid, models=list(MODELS), horizons=[30, 90, 180], focal="USA")
    for name, (start, end) in PARTS.items():
        part = forecasts[(forecasts["as_of"] >= start) & (forecasts["as_of"] <= end)]
        print(f"\n{name}\n{score_table(score(part))}")
    hazard = forecasts[(forecasts["model_id"] == "hazard") & (forecasts["horizon_days"] == 90)]
    hazard = hazard.assign(
        error=(hazard["probability"] - hazard["outcome"]) ** 2,
        reference=(hazard["climatology"] - hazard["outcome"]) ** 2,
        year=pd.DatetimeIndex(hazard["as_of"]).year,
    )
    hazard["occasion"] = occasions(history, hazard)
    for by in ("year", "dyad", "occasion"):
        table = hazard.groupby(by).agg(
            n=("error", "size"), error=("error", "sum"), reference=("reference", "sum"),
            base_rate=("outcome", "mean"), forecast=("probability", "mean"),
        )  # fmt: skip
        table["share"] = table["error"] / table["error"].sum()
        if by != "year":
            table = table.nlargest(15, "error")
        skills = {cell: skill_of(part) for cell, part in hazard.groupby(by) if cell in table.index}
        table["skill (90% interval)"] = pd.Series(skills)
        print(f"\nhazard, 90 days, by {by}\n{table.round(3).to_string()}")


if __name__ == "__main__":
    main()
