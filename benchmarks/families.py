"""What each family of signals gains, on folds before 2015.

Run ``.venv/bin/python benchmarks/families.py`` (about ten minutes). Every second year from 2004 to 2014 is forecast
monthly for all dyads of the USA by models trained before it. A row of the table leaves one family out of the default
model (``- family``), adds one that the default leaves out (``+ family``), or takes a family with the climatology alone
(``climatology + family``). An earlier default was chosen by such a table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from forecast.backtesting.ablation import DEFAULT_MODEL, forecasts_under, gains
from forecast.dates import as_of_grid
from forecast.workspace import load_history

HORIZONS = (30, 90, 180)
YEARS = range(2004, 2015, 2)


def main() -> None:
    """Print the Brier skill of each change, with the wider of two 90% intervals, over dyads and over as-of dates."""
    history = load_history(Path(__file__).resolve().parent.parent).known_before(np.datetime64("2015-01-01"))
    dates = [as_of_grid(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-12-01")) for year in YEARS]
    table = gains(forecasts_under(history, np.concatenate(dates), horizons=HORIZONS, focal="USA"))
    print(f"{'model':<26}" + "".join(f"{f'{horizon} days':>26}" for horizon in HORIZONS))
    whole = table.loc[table["change"] == DEFAULT_MODEL]
    counts = [f"base rate {row.base_rate:.3f} of {row.n}" for row in whole.itertuples()]
    print(f"{'':<26}" + "".join(f"{cell:>26}" for cell in counts))
    for change, rows in table.groupby("change", sort=False):
        cells = [f"{row.skill:+.3f} ({row.low:+.3f} to {row.high:+.3f})" for row in rows.itertuples()]
        print(f"{change:<26}" + "".join(f"{cell:>26}" for cell in cells))


if __name__ == "__main__":
    main()
