"""Where the remaining error of the default model lies: by year, by dyad and by occasion, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/remaining_error.py`` (about a minute on two cores). Monthly as-of dates 2010-01 to
2024-05, all dyads of the USA, 90 days, yearly refits.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest
from forecast.dates import as_day, as_of_grid
from forecast.errors import ForecastError
from forecast.facts.history import History
from forecast.facts.record import NONE
from forecast.models import DEFAULT
from forecast.verification import both_ways, skill_interval
from forecast.workspace import load_history


def occasions(history: History, forecasts: pd.DataFrame) -> list[str]:
    """Where the first meeting of each forecast's window took place: at which summit, or on whose journey."""
    events = history.events
    met = events.loc[events["meeting_of"] != NONE].sort_values("occurred_on")
    by_dyad = dict(list(met.groupby("dyad")))
    editions = history.calendar.editions
    places = []
    for row in forecasts.itertuples(index=False):
        if not row.outcome:
            places.append("no meeting")
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
            places.append(f"summit in the USA: {at[0].series}" if at[0].host == "USA" else "summit elsewhere")
        elif first["place"] == "USA":
            places.append("visit to the USA")
        else:
            places.append("the president's journey" if first["place"] in ours else "in a third state")
    return places


def skill_of(part: pd.DataFrame) -> str:
    """Brier skill with the wider of two 90% intervals, over dyads and over as-of dates."""
    spread = partial(skill_interval, part["probability"], part["outcome"], reference=part["climatology"])
    try:
        skill = both_ways(spread, dyads=part["dyad"], as_ofs=part["as_of"])
    except ForecastError:
        return "not enough cases"
    return f"{skill.value:+.3f} ({skill.low:+.3f} to {skill.high:+.3f})"


def main() -> None:
    """Print a table of the squared errors by year, by dyad and by occasion."""
    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2010-01-01"), np.datetime64("2024-05-01"))
    forecasts = backtest(history, grid, models=[DEFAULT], horizons=[90], focal="USA")
    forecasts = forecasts.assign(
        error=(forecasts["probability"] - forecasts["outcome"]) ** 2,
        reference=(forecasts["climatology"] - forecasts["outcome"]) ** 2,
        year=pd.DatetimeIndex(forecasts["as_of"]).year,
    )
    forecasts["occasion"] = occasions(history, forecasts)
    for by in ("year", "dyad", "occasion"):
        table = forecasts.groupby(by).agg(
            n=("error", "size"), error=("error", "sum"), reference=("reference", "sum"),
            base_rate=("outcome", "mean"), forecast=("probability", "mean"),
        )  # fmt: skip
        table["share"] = table["error"] / table["error"].sum()
        if by != "year":
            table = table.nlargest(15, "error")
        skills = {cell: skill_of(part) for cell, part in forecasts.groupby(by) if cell in table.index}
        table["skill (90% interval)"] = pd.Series(skills)
        print(f"\n{DEFAULT}, 90 days, by {by}\n{table.round(3).to_string()}")


if __name__ == "__main__":
    main()
