"""What each family of signals out of public text is worth, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/text_families.py`` (two minutes on a free machine). All dyads of the USA, monthly,
2021-07 to 2024-05. The families other than plans have too few years for the default model to learn them: each is
learned here by a ridge logistic regression around its forecasts (with plans), on as-of dates whose window ends by 2022,
and judged on as-of dates from 2023 on. The gain of plans is that of the default model over itself without them, on the
same dates.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

import default_model  # beside this file
from forecast.backtesting.backtest import backtest
from forecast.dates import as_of_grid
from forecast.errors import ForecastError
from forecast.facts.history import History
from forecast.facts.plans import plans
from forecast.models.ridge import _fitted
from forecast.panel.panel import build_panel
from forecast.signals.catalogue import EMERGING
from forecast.verification import both_ways, skill_interval
from forecast.workspace import load_history

HORIZONS = (7, 14, 30, 90, 180)
FAMILIES = ("calls", "dialogues", "snubs", "goodwill", "friction", "tone")
JUDGED_FROM = pd.Timestamp("2023-01-01")
PENALTY = 100.0  # as in the default model
KEY = ["dyad", "as_of"]


def refined(forecasts: pd.DataFrame, signals: pd.DataFrame) -> np.ndarray:
    """Forecasts of one horizon around which signals are learned; unchanged if none is ever present or varies."""
    table = signals.loc[pd.MultiIndex.from_frame(forecasts[KEY])].to_numpy(dtype=np.float64)
    # Days and counts by their logarithm, as in the default model; what is missing stands at the mean.
    table = np.sign(table) * np.log1p(np.abs(table))
    offset = logit(forecasts["probability"].clip(1e-4, 1 - 1e-4)).to_numpy()
    ends = forecasts["as_of"] + pd.to_timedelta(forecasts["horizon_days"], unit="D")
    learned = (ends <= JUDGED_FROM).to_numpy()
    known = ~np.isnan(table[learned]).all(axis=0)
    table = table[:, known]
    spread = np.nanstd(table[learned], axis=0)
    table = table[:, spread > 0]
    if not table.shape[1]:
        return forecasts["probability"].to_numpy()
    mean, spread = np.nanmean(table[learned], axis=0), spread[spread > 0]
    columns = np.nan_to_num((table - mean) / spread)  # without an intercept: a family is no new level of the year
    met = forecasts["outcome"].to_numpy(dtype=np.float64)
    penalty = np.full(columns.shape[1], PENALTY)
    weights = _fitted(columns[learned], met[learned], offset[learned], penalty, np.zeros(columns.shape[1]))
    return np.asarray(expit(offset + columns @ weights))


def gain(better: pd.Series, worse: pd.Series, cases: pd.DataFrame) -> str:
    """Skill of a forecast over another on the same cases, with the wider of two 90% intervals."""
    try:
        spread = partial(skill_interval, better, cases["outcome"], reference=worse)
        value = both_ways(spread, dyads=cases["dyad"], as_ofs=cases["as_of"])
    except ForecastError:
        return "not enough cases"
    return f"{value.value:+.3f} ({value.low:+.3f} to {value.high:+.3f})"


def table_of(history: History, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Gain of each family by horizon: of all cases, and of those that no announced meeting decides.

    The last two rows of a horizon are the skill of the model over the climatology, on the same cases.
    """
    dates = np.unique(forecasts["as_of"].to_numpy("datetime64[D]"))
    rows = build_panel(history, dates, focal="USA", emerging=EMERGING).signals
    columns = {name: [one for one in rows if one.split("__")[0] == name] for name in FAMILIES}
    columns["all but plans"] = [one for names in columns.values() for one in names]
    found = []
    for horizon in HORIZONS:
        of_horizon = forecasts[forecasts["horizon_days"] == horizon]
        whole, without = (
            of_horizon[of_horizon["model_id"] == name].sort_values(KEY, ignore_index=True)
            for name in default_model.VARIANTS
        )
        made = {"plans": (whole["probability"], without["probability"])}
        for name, own in columns.items():
            made[name] = pd.Series(refined(whole, rows[own])), whole["probability"]
        judged = whole["as_of"] >= JUDGED_FROM
        made["(the model with plans)"] = whole["probability"], whole["climatology"]
        made["(the model without)"] = without["probability"], without["climatology"]
        for name, (better, worse) in made.items():
            line = {"days": horizon, "family": name}
            for kind, kept in (("all", judged), ("not announced", judged & ~whole["announced"].astype(bool))):
                line[f"gain, {kind} (90% interval)"] = gain(better[kept], worse[kept], whole[kept])
            line["present"] = f"{rows[columns[name]].notna().any(axis=1).mean():.2f}" if name in columns else ""
            found.append(line)
    return pd.DataFrame(found)


def days_ahead(history: History) -> str:
    """How many days before its first day each meeting announced in these years was known."""
    kept = [one for one in plans(history) if "USA" in one.dyad.split("-") and str(one.known_on) >= "2021-07-01"]
    ahead = np.array([(one.first - one.known_on).astype(int) for one in kept])
    shares = ", ".join(f"{np.mean(ahead >= days):.2f} of them {days} or more" for days in HORIZONS[:4])
    low, middle, high = np.quantile(ahead, (0.25, 0.5, 0.75))
    return (
        f"{len(ahead)} plans known {middle:.0f} days ahead in the median (quarters: {low:.0f} to {high:.0f}): {shares}"
    )


def main() -> None:
    """Print the gain of each family, and how long ahead plans are known."""
    history = load_history(Path(__file__).resolve().parent.parent)
    print(days_ahead(history))
    grid = as_of_grid(np.datetime64("2021-07-01"), np.datetime64("2024-05-01"))
    forecasts = backtest(
        history, grid, models=list(default_model.VARIANTS), horizons=list(HORIZONS), focal="USA", fit=default_model.fit
    )
    print(table_of(history, forecasts).to_string(index=False))


if __name__ == "__main__":
    main()
