"""Simulated histories with known rates: what the models must recover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.dates import as_of_grid
from forecast.models import MODELS, make_model
from forecast.models.ridge import RidgeModel
from forecast.panel.outcomes import met_within
from forecast.panel.panel import build_panel
from forecast.verification import brier_score, brier_skill, calibration_error
from simulated_histories import simulate_history

RATES = {"GBR": 1 / 45, "FRA": 1 / 90, "DEU": 1 / 150, "IND": 1 / 365, "BRA": 1 / 700, "KEN": 1 / 2000}
DYADS = [f"USA-{code}" for code in RATES]
HORIZONS = [30, 90, 365]
POOLED = {"base-rate", "venue-calendar"}  # without a calendar in the simulated world both know one rate only
DYADIC = sorted({*MODELS, "free"} - POOLED)
#: The climatology learns nothing from the rows: it is drawn towards a cohort most of whose dyads never meet. Six dyads
#: are too few for the default to leave it; `free` may.
HELD = {"climatology", "hazard"}
LEARNED = sorted({*MODELS, "free"} - POOLED - HELD)


@pytest.fixture(scope="module")
def simulated():
    """Rows for training up to 2010, rows to forecast after it, and the true probability of each."""
    history = simulate_history(
        start=np.datetime64("1985-01-01"), end=np.datetime64("2020-12-31"), daily_rates=RATES, seed=11
    )
    behind = history.known_before(np.datetime64("2010-01-01"))
    taught = build_panel(
        behind, as_of_grid(np.datetime64("1990-01-01"), np.datetime64("2009-12-01"), every="quarter"), dyads=DYADS
    )
    asked = build_panel(
        history, as_of_grid(np.datetime64("2010-01-01"), np.datetime64("2018-12-01"), every="quarter"), dyads=DYADS
    )
    rate = np.array([RATES[dyad[4:]] for dyad in asked.signals.index.get_level_values("dyad")])
    truth = -np.expm1(-np.outer(rate, HORIZONS))
    models = {name: make_model(name) for name in MODELS} | {"free": RidgeModel(ridge=1.0, full_dyads=1, full_years=1)}
    for model in models.values():
        model.fit(taught.signals, taught.outcomes)
    return asked, truth, models


@pytest.mark.parametrize("name", DYADIC)
def test_rates_are_recovered(name, simulated):
    asked, truth, models = simulated
    found = models[name].predict_cumulative_incidence(asked.signals, HORIZONS)
    for k in range(len(HORIZONS)):
        mean = pd.Series(found[:, k], index=asked.signals.index).groupby("dyad").mean()
        right = pd.Series(truth[:, k], index=asked.signals.index).groupby("dyad").mean()
        # Shrinkage towards the cohort, and the luck of one history.
        assert (mean - right).abs().max() < 0.3, (HORIZONS[k], mean, right)
        assert abs(mean.mean() - right.mean()) < (0.1 if name in LEARNED else 0.12)


@pytest.mark.parametrize("name", DYADIC)
def test_the_order_of_the_dyads_is_kept(name, simulated):
    asked, _, models = simulated
    found = models[name].predict_cumulative_incidence(asked.signals, [90])[:, 0]
    mean = pd.Series(found, index=asked.signals.index).groupby("dyad").mean()
    assert mean.sort_values(ascending=False).index.tolist() == DYADS


@pytest.mark.parametrize("name", LEARNED)
def test_forecasts_are_calibrated_and_better_than_one_rate(name, simulated):
    asked, truth, models = simulated
    found = models[name].predict_cumulative_incidence(asked.signals, HORIZONS)
    flat = models["base-rate"].predict_cumulative_incidence(asked.signals, HORIZONS)
    for k, horizon in enumerate(HORIZONS):
        met = met_within(asked.outcomes, horizon).to_numpy()
        assert not np.isnan(met).any()
        assert brier_skill(found[:, k], met, reference=flat[:, k]) > 0.1
        assert calibration_error(found[:, k], met, bins=5) < 0.1
        # Nobody beats the truth by more than luck allows.
        assert brier_score(found[:, k], met) > brier_score(truth[:, k], met) - 0.01


def test_with_six_dyads_the_default_does_not_fall_behind_their_climatology(simulated):
    asked, _, models = simulated
    found, habit = (
        models[name].predict_cumulative_incidence(asked.signals, HORIZONS) for name in ("hazard", "climatology")
    )
    for k, horizon in enumerate(HORIZONS):
        met = met_within(asked.outcomes, horizon).to_numpy()
        assert brier_skill(found[:, k], met, reference=habit[:, k]) > -0.01


def test_one_rate_is_the_rate_of_all(simulated):
    asked, truth, models = simulated
    found = models["base-rate"].predict_cumulative_incidence(asked.signals, HORIZONS)
    assert np.ptp(found, axis=0).tolist() == [0.0, 0.0, 0.0]
    assert found[0] == pytest.approx(truth.mean(axis=0), abs=0.05)


@pytest.mark.parametrize("name", DYADIC)
def test_intervals_hold_the_truth_for_most_dyads_and_are_no_blankets(name, simulated):
    asked, truth, models = simulated
    low, high = models[name].predict_interval(asked.signals, HORIZONS)
    held = ((low <= truth) & (truth <= high)).mean()
    assert held > 0.5
    assert np.median(high - low) < 0.6


def test_a_simulation_has_the_rates_that_it_was_given():
    history = simulate_history(
        start=np.datetime64("1900-01-01"),
        end=np.datetime64("1999-12-31"),
        daily_rates={"FRA": 0.01, "IND": 0.1},
        seed=1,
    )
    counts = history.events.groupby("dyad").size()
    assert counts["USA-FRA"] == pytest.approx(365, rel=0.2)
    assert counts["USA-IND"] == pytest.approx(36525 * -np.expm1(-0.1), rel=0.05)
    with pytest.raises(ValueError, match="ATL is no state"):
        simulate_history(start=np.datetime64("1900-01-01"), end=np.datetime64("1900-12-31"), daily_rates={"ATL": 0.1})


def test_a_simulation_comes_back_with_its_seed():
    said = {"start": np.datetime64("2000-01-01"), "end": np.datetime64("2001-12-31"), "daily_rates": {"FRA": 0.05}}
    one, same, other = (simulate_history(**said, seed=seed) for seed in (1, 1, 2))
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()
