"""What each family of signals gains: leaving one out is what it says, and costs what the table says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecast.backtesting.ablation import COLUMNS, DEFAULT_MODEL, Altered, forecasts_under, gains, possible_changes
from forecast.backtesting.backtest import backtest
from forecast.dates import as_of_grid, parse_day
from forecast.models.ridge import RidgeModel
from forecast.panel.panel import build_panel
from forecast.training.train import training_panel
from forecast.verification import brier_score
from forecast.workspace import load_history

# Backtests a ledger without each family.
pytestmark = pytest.mark.slow

GRID = as_of_grid(parse_day("2016-01-01"), parse_day("2017-10-01"), every="quarter")
HORIZONS = [90, 180]


@pytest.fixture(scope="module")
def history(rivals):
    return load_history(rivals)


def removals(history) -> list[str]:
    return [change for change in possible_changes(history, GRID.max()) if change.startswith("- ")]


@pytest.fixture(scope="module")
def table(history) -> pd.DataFrame:
    changes = removals(history)
    return gains(forecasts_under(history, GRID, changes=changes, horizons=HORIZONS))


def test_there_is_a_row_for_the_whole_model_and_each_learned_family_and_horizon(history, table):
    changes = removals(history)
    assert list(table.columns) == list(COLUMNS)
    assert list(zip(table["change"], table["horizon_days"], strict=True)) == [
        (name, days) for name in [DEFAULT_MODEL, *changes] for days in HORIZONS
    ]
    families = {change.removeprefix("- ") for change in changes}
    assert {"meetings", "visits", "venues"} <= families
    assert not {"climatology", *RidgeModel().without.split()} & families


def test_the_whole_model_is_the_default(history, table):
    forecasts = backtest(history, GRID, models=["hazard"], horizons=HORIZONS)
    whole = table.loc[table["change"] == DEFAULT_MODEL].set_index("horizon_days")
    for days, rows in forecasts.groupby("horizon_days"):
        assert whole.loc[days, "brier"] == pytest.approx(brier_score(rows["probability"], rows["outcome"]), abs=1e-15)
        assert whole.loc[days, "n"] == len(rows)
        assert whole.loc[days, "base_rate"] == rows["outcome"].mean()
    assert (whole[["gain", "gain_low", "gain_high"]] == 0.0).all(axis=None)


def test_a_family_left_out_gives_the_forecasts_of_rows_without_its_columns(history, table):
    """A second way: the columns are taken away, not the family named."""
    losses = []
    for year in (2016, 2017):
        day = np.datetime64(f"{year}-01-01")
        training = training_panel(history, day, target="meeting")
        questions = build_panel(history, GRID[(day <= GRID) & (np.datetime64(f"{year + 1}-01-01") > GRID)])
        kept = [name for name in training.signals.columns if not name.startswith("visits__")]
        model = RidgeModel().fit(training.signals[kept], training.outcomes)
        probability = model.predict_cumulative_incidence(questions.signals[kept], [180])[:, 0]
        met = (questions.outcomes["first_meeting_in_days"] < 180).to_numpy()
        losses += list((probability - met) ** 2)
    row = table.loc[(table["change"] == "- visits") & (table["horizon_days"] == 180)].iloc[0]
    assert row["brier"] == pytest.approx(np.mean(losses), abs=1e-12)


def test_the_gain_is_the_skill_against_the_whole_model_and_lies_within_its_interval(table):
    whole = table.loc[table["change"] == DEFAULT_MODEL].set_index("horizon_days")["brier"]
    parts = table.loc[table["change"] != DEFAULT_MODEL]
    expected = 1.0 - parts["brier"].to_numpy() / whole.loc[parts["horizon_days"]].to_numpy()
    np.testing.assert_allclose(parts["gain"].to_numpy(dtype=float), expected, atol=1e-12)
    assert (parts["gain_low"] <= parts["gain"] + 1e-12).all()
    assert (parts["gain_high"] >= parts["gain"] - 1e-12).all()


def test_without_summits_the_calendar_is_not_seen(history):
    """The model takes the summits apart itself, so naming the family would not be enough."""
    rows = training_panel(history, np.datetime64("2017-01-01"), target="meeting")
    drawn = np.random.default_rng(0)
    names = [name for name in rows.signals.columns if name.startswith("venues__")]
    held = rows.signals.assign(**{name: drawn.uniform(0.0, 0.3, len(rows.signals)) for name in names})
    assert names

    def forecasts(signals: pd.DataFrame, change: str) -> np.ndarray:
        learned = Altered(change).fit(replace(rows, signals=signals))
        return learned.predict_cumulative_incidence(signals, HORIZONS)

    np.testing.assert_array_equal(forecasts(held, "- venues"), forecasts(rows.signals, "- venues"))
    assert not np.allclose(forecasts(held, DEFAULT_MODEL), forecasts(rows.signals, DEFAULT_MODEL))
