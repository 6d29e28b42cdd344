"""The default model by focal state, and what plans are worth, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/default_model.py`` (about eight minutes on two cores). Monthly as-of dates, yearly
refits, all dyads that complete sources resolve; ``--target bilateral`` and ``--every quarter`` say otherwise. Settings
of the model were chosen on as-of dates before 2015. Beside the skill stands what it would be had the share that meets
been known beforehand, of each year or of each date: what no forecast of the past alone can reach.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from forecast.backtesting.backtest import backtest
from forecast.dates import as_of_grid
from forecast.errors import ForecastError
from forecast.facts.countries import sides
from forecast.models.ridge import RidgeModel
from forecast.panel.panel import Panel
from forecast.signals.catalogue import EMERGING
from forecast.verification import both_ways, calibration_error, roc_auc, skill_interval
from forecast.workspace import load_history

SIX = ("BRA", "COL", "ECU", "PER", "SUR", "URY")
#: Whose dyads: those of the first states, or all, without those of the others, which have rows of their own.
SETS = {"USA": (("USA",), ()), "China": (("CHN",), ("USA",)), "six states": (SIX, ("USA", "CHN")), "all": ((), ())}
PARTS = {"to 2014": ("2005-01-01", "2014-12-01"), "2015 on": ("2015-01-01", "2024-05-01")}
LATE = {"2010 on": ("2010-01-01", "2024-05-01")}
VARIANTS = {"with plans": "", "without plans": " plans"}


def fit(rows: Panel, *, model: str) -> Any:
    """Fit a variant of the default model on training rows."""
    return RidgeModel(without=" ".join(EMERGING) + VARIANTS[model]).fit(rows.signals, rows.outcomes)


def figures(part: pd.DataFrame) -> dict[str, str]:
    """Skill with the wider of two 90% intervals, and how well calibrated the forecasts are."""
    p, y = part["probability"].to_numpy(), part["outcome"].to_numpy()
    spread = partial(skill_interval, part["probability"], part["outcome"], reference=part["climatology"])
    try:
        value = both_ways(spread, dyads=part["dyad"], as_ofs=part["as_of"])
        skill = f"{value.value:+.3f} ({value.low:+.3f} to {value.high:+.3f})"
    except ForecastError:
        skill = "not enough cases"
    return {
        "n": f"{len(part):,}", "base rate": f"{y.mean():.3f}", "skill (90% interval)": skill,
        "AUC": f"{roc_auc(p, y):.3f}", "calibration error": f"{calibration_error(p, y):.3f}",
        "above 95%": above(part),
    }  # fmt: skip


def above(part: pd.DataFrame) -> str:
    """Share of the forecasts above 95% that came true, and their number."""
    high = part.loc[part["probability"] > 0.95, "outcome"]
    return f"{high.mean():.2f} of {len(high)}" if len(high) else "none"


def levels_known(part: pd.DataFrame) -> dict[str, str]:
    """Skill had the share that meets been known beforehand, of each calendar year or of each as-of date.

    All log-odds of a year, or of a date, are moved alike until their mean forecast is the share that met.
    """
    outcome, reference = part["outcome"].to_numpy(), part["climatology"].to_numpy()
    log_odds = logit(part["probability"].clip(1e-4, 1.0 - 1e-4)).to_numpy()
    found = {}
    for name, groups in (("year known", part["as_of"].dt.year), ("date known", part["as_of"])):
        moved = np.zeros(len(part))
        for rows in part.groupby(groups.to_numpy()).indices.values():
            share, own = outcome[rows].mean(), log_odds[rows]
            if 0.0 < share < 1.0:
                level = brentq(lambda by, own=own, share=share: expit(own + by).mean() - share, -20.0, 20.0)
                moved[rows] = expit(own + level)
            else:
                moved[rows] = share
        better = np.mean((moved - outcome) ** 2) / np.mean((reference - outcome) ** 2)
        found[name] = f"{1.0 - better:+.3f}"
    return found


def of_states(forecasts: pd.DataFrame, states: tuple[str, ...], others: tuple[str, ...]) -> pd.DataFrame:
    """Forecasts of dyads with one of some states, or of all, and none of the others."""
    if not states:
        return forecasts
    names = forecasts["dyad"].astype(str)
    kept = {name for name in names.unique() if set(sides(name)) & set(states) and not set(sides(name)) & set(others)}
    return forecasts[names.isin(kept)]


def every_variant(target: str, every: str) -> pd.DataFrame:
    """Forecasts of all dyads that complete sources resolve, with and without plans."""
    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2005-01-01"), np.datetime64("2024-05-01"), every=every)
    return backtest(history, grid, models=list(VARIANTS), horizons=[30, 90, 180], target=target, fit=fit)


def by_state(forecasts: pd.DataFrame, eras: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Figures of the dyads of each focal state, by era and horizon."""
    rows = []
    for name, whose in SETS.items():
        for era, (start, end) in eras.items():
            part = of_states(forecasts[(forecasts["as_of"] >= start) & (forecasts["as_of"] <= end)], *whose)
            for horizon, cases in part.groupby("horizon_days"):
                rows.append({"dyads of": name, "as of": era, "days": horizon} | figures(cases))
                rows[-1] |= {"outside 2020": above(cases[cases["as_of"].dt.year != 2020])} | levels_known(cases)
    return pd.DataFrame(rows)


def plans() -> pd.DataFrame:
    """Figures with and without the signals of plans, dyads of the USA."""
    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2021-07-01"), np.datetime64("2024-05-01"))
    forecasts = backtest(history, grid, models=list(VARIANTS), horizons=[7, 14, 30, 90, 180], focal="USA", fit=fit)
    rows = []
    for (horizon, variant), part in forecasts.groupby(["horizon_days", "model_id"]):
        for kind, cases in (("all", part), ("not announced", part[~part["announced"].astype(bool)])):
            rows.append({"days": horizon, "variant": variant, "cases": kind} | figures(cases))
    return pd.DataFrame(rows)


def main() -> None:
    """Print tables by focal state, and for the target `meeting` what plans are worth."""
    options = argparse.ArgumentParser()
    options.add_argument("--target", default="meeting")
    options.add_argument("--every", default="month")
    chosen = options.parse_args()
    forecasts = every_variant(chosen.target, chosen.every)
    whole = forecasts[forecasts["model_id"] == "with plans"]
    print(f"The default model, by focal state, {chosen.target}\n{by_state(whole, PARTS).to_string(index=False)}")
    for variant, part in forecasts.groupby("model_id"):
        print(f"\nFrom 2010 on, {variant}\n{by_state(part, LATE).to_string(index=False)}")
    if chosen.target == "meeting":
        print(f"\nPlans, USA, 2021-07 to 2024-05\n{plans().to_string(index=False)}")


if __name__ == "__main__":
    main()
