"""The table of forecasts that a backtest makes: what comparisons and cuts require of it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Days
from forecast.errors import ForecastError

#: What a forecast is about. One model answers it once.
CASE: Final = ("dyad", "as_of", "horizon_days", "target")

REQUIRED: Final = ("model_id", *CASE, "probability", "climatology", "outcome")


def check_forecasts(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return the table if every row of it can be scored: columns `REQUIRED`, each case once a model, resolved outcomes.

    A window that is not wholly covered has no outcome, even if a meeting was already seen in it: kept, such rows would
    count early meetings and not late absences, and the base rate would inflate.

    Examples
    --------
    >>> rows = example_forecasts().assign(outcome=float("nan"))
    >>> check_forecasts(rows)
    Traceback (most recent call last):
    forecast.errors.ForecastError: 480 of 480 forecasts are not resolved: leave out windows not wholly covered
    """
    lacking = [name for name in REQUIRED if name not in forecasts.columns]
    if lacking:
        raise ForecastError(f"the table of forecasts lacks the columns {', '.join(lacking)}")
    if forecasts.empty:
        raise ForecastError("there are no forecasts to score")
    unresolved = int((~forecasts["outcome"].isin((0, 1))).sum())
    if unresolved:
        raise ForecastError(
            f"{unresolved} of {len(forecasts)} forecasts are not resolved: leave out windows not wholly covered"
        )
    days_of(forecasts["as_of"])
    twice = forecasts.duplicated(["model_id", *CASE])
    if twice.any():
        row = forecasts.loc[twice].iloc[0]
        raise ForecastError(
            f"{int(twice.sum())} forecasts stand twice in the table (the first: {row['model_id']} of {row['dyad']} "
            f"as of {row['as_of']}, {row['horizon_days']} days): drop the copies"
        )
    return forecasts


def days_of(as_ofs: pd.Series) -> Days:
    """As-of dates as days, of a table made by the program or read from a file."""
    read = pd.to_datetime(as_ofs, format="ISO8601", errors="coerce")
    if read.isna().any():
        raise ForecastError(f"the column as_of holds {as_ofs[read.isna()].iloc[0]!r}: write days as YYYY-MM-DD")
    return read.to_numpy().astype("datetime64[D]")


def example_forecasts() -> pd.DataFrame:
    """Simulated forecasts of ten dyads, for examples and tests: `sharp` knows the truth, `flat` one rate."""
    generator = np.random.default_rng(7)
    dates = np.arange("2010-01", "2012-01", dtype="datetime64[M]").astype("datetime64[D]")
    dyads = [f"USA-{code}" for code in ("BRA", "CHN", "DEU", "EGY", "FRA", "GBR", "IND", "JPN", "KEN", "MEX")]
    rate = np.repeat(np.linspace(0.02, 0.6, len(dyads)), len(dates))
    truth = np.clip(rate * np.tile(generator.uniform(0.5, 1.5, len(dates)), len(dyads)), 0.0, 1.0)
    rows = pd.DataFrame(
        {
            "dyad": np.repeat(dyads, len(dates)),
            "as_of": np.tile(dates.astype("datetime64[s]"), len(dyads)),
            "horizon_days": 90,
            "target": "meeting",
            "climatology": rate,
            "outcome": (generator.random(len(truth)) < truth).astype(int),
            "announced": truth > 0.7,
        }
    )
    models = [rows.assign(model_id="sharp", probability=truth), rows.assign(model_id="flat", probability=truth.mean())]
    return pd.concat(models, ignore_index=True)
