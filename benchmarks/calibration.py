"""Whether a calibration learned from past forecasts helps, on folds before 2015.

Run ``.venv/bin/python benchmarks/calibration.py`` (about three minutes). The default model's forecasts of 1998 to 2014,
each by a model trained before its year, teach every calibration of `forecast.models.calibration`: for each year from
2003 on and each horizon only forecasts whose window had ended before that year. Afterwards a longer horizon of the same
question is raised to the shorter one where it fell below it.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest
from forecast.dates import as_of_grid
from forecast.models import DEFAULT
from forecast.models.calibration import CALIBRATIONS
from forecast.verification import both_ways, brier_losses, calibration_error, log_score, mean_interval, skill_interval
from forecast.workspace import load_history

HORIZONS = (30, 90, 180)
FIRST = 2003


def calibrated(forecasts: pd.DataFrame, name: str) -> pd.DataFrame:
    """Forecasts from `FIRST` on, recalibrated by what was resolved before each year."""
    ended = forecasts["as_of"] + pd.to_timedelta(forecasts["horizon_days"], unit="D")
    parts = []
    for (year, horizon), rows in forecasts.groupby([forecasts["as_of"].dt.year, "horizon_days"]):
        if year >= FIRST:
            past = forecasts[(forecasts["horizon_days"] == horizon) & (ended <= pd.Timestamp(f"{year}-01-01"))]
            learned = CALIBRATIONS[name](past["probability"], past["outcome"])
            parts.append(rows.assign(probability=learned(rows["probability"])))
    found = pd.concat(parts).sort_values(["dyad", "as_of", "horizon_days"], ignore_index=True)
    return found.assign(probability=found.groupby(["dyad", "as_of"])["probability"].cummax())


def main() -> None:
    """Print skill, log score and calibration error of each calibration, and its Brier score less that of none."""
    history = load_history(Path(__file__).resolve().parent.parent).known_before(np.datetime64("2015-01-01"))
    grid = as_of_grid(np.datetime64("1998-01-01"), np.datetime64("2014-12-01"))
    forecasts = backtest(history, grid, models=[DEFAULT], horizons=list(HORIZONS), focal="USA")
    tables = {name: calibrated(forecasts, name) for name in CALIBRATIONS}
    print(
        f"{'calibration':<12}{'days':>5}{'n':>7}{'base rate':>10}{'skill (90% interval)':>28}{'log score':>11}"
        f"{'ECE':>7}{'Brier - none, x 10,000':>28}"
    )
    for horizon in HORIZONS:
        bare = tables["none"].query("horizon_days == @horizon")
        for name, table in tables.items():
            part = table.query("horizon_days == @horizon")
            p, y = part["probability"].to_numpy(), part["outcome"].to_numpy()
            ways = {"dyads": part["dyad"], "as_ofs": part["as_of"]}
            skill = both_ways(partial(skill_interval, p, y, reference=part["climatology"]), **ways)
            less = both_ways(partial(mean_interval, brier_losses(p, y) - brier_losses(bare["probability"], y)), **ways)
            spread = f"{1e4 * less.value:+.2f} ({1e4 * less.low:+.2f} to {1e4 * less.high:+.2f})"
            print(
                f"{name:<12}{horizon:>5}{len(y):>7}{y.mean():>10.3f}"
                f"{f'{skill.value:+.3f} ({skill.low:+.3f} to {skill.high:+.3f})':>28}"
                f"{log_score(p, y, floor=1e-6):>11.4f}{calibration_error(p, y):>7.3f}{spread:>28}"
            )


if __name__ == "__main__":
    main()
