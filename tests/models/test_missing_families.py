"""A family that a dyad has no source for is missing, and the model neither punishes nor rewards that."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.models.hazard import HazardModel
from forecast.panel.outcomes import met_within
from forecast.panel.panel import Panel, build_panel
from simulated_histories import simulate_history
from text_tables import day
from tiers import examples

STATES = ("FRA", "DEU", "ITA", "ESP", "POL", "JPN", "KOR", "IND", "BRA", "MEX")
LEDGER_SIGNALS = ("calls__leader_count__365d", "goodwill__count__365d", "friction__count__365d")


@pytest.fixture(scope="module")
def rows() -> Panel:
    """Ten dyads that meet equally often; no ledger tells of any."""
    history = simulate_history(
        start=day("1990-01-01"), end=day("2012-12-31"), daily_rates=dict.fromkeys(STATES, 1 / 400), seed=3
    )
    grid = np.arange("2000-01", "2010-01", 2, dtype="datetime64[M]").astype("datetime64[D]")
    return build_panel(history, grid, dyads=[f"USA-{state}" for state in sorted(STATES)])


def with_ledgers(panel: Panel, told: set[str], *, seed: int) -> pd.DataFrame:
    """The same rows, in which ledgers tell of some dyads; what they tell has nothing to do with the meetings."""
    generator = np.random.default_rng(seed)
    signals = panel.signals.copy()
    rows = signals.index.get_level_values("dyad").isin(told)
    for name in LEDGER_SIGNALS:
        signals[name] = np.where(rows, generator.poisson(2.0, len(signals)), np.nan)
    return signals


def mean_by_ledger(signals: pd.DataFrame, outcomes: pd.DataFrame, told: set[str]) -> tuple[float, float]:
    model = HazardModel().fit(signals, outcomes)
    probability = model.predict_cumulative_incidence(signals, [180])[:, 0]
    rows = signals.index.get_level_values("dyad").isin(told)
    return float(probability[rows].mean()), float(probability[~rows].mean())


def test_with_and_without_a_ledger_the_mean_forecast_is_the_frequency(rows):
    """Six of ten dyads have ledgers, so the model learns their signals; the other four stand at the mean."""
    told = {f"USA-{state}" for state in STATES[:6]}
    signals = with_ledgers(rows, told, seed=0)
    assert set(LEDGER_SIGNALS) <= set(HazardModel().fit(signals, rows.outcomes).signals_)
    ours, theirs = mean_by_ledger(signals, rows.outcomes, told)
    bare, others = mean_by_ledger(with_ledgers(rows, set(), seed=0), rows.outcomes, told)
    assert ours == pytest.approx(bare, abs=0.01)
    assert theirs == pytest.approx(others, abs=0.01)
    frequency = met_within(rows.outcomes, 180).mean()
    assert theirs == pytest.approx(frequency, abs=0.04)


def test_signals_that_few_dyads_have_move_no_forecast_by_a_bit(rows):
    told = {"USA-FRA", "USA-DEU"}
    asked = with_ledgers(rows, told, seed=1)
    with_few = HazardModel().fit(asked, rows.outcomes)
    without = HazardModel().fit(rows.signals, rows.outcomes)
    one = with_few.predict_cumulative_incidence(asked, [30, 180])
    other = without.predict_cumulative_incidence(rows.signals, [30, 180])
    assert one.tobytes() == other.tobytes()


@settings(max_examples=examples(10))
@given(st.floats(0.0, 50.0))
def test_what_is_missing_stands_at_the_mean_whatever_is_told_elsewhere(rows, told_count):
    """Changing what a ledger tells of one dyad changes no bit of the forecast of a dyad without one."""
    told = {f"USA-{state}" for state in STATES[:6]}
    signals = with_ledgers(rows, told, seed=2)
    model = HazardModel().fit(signals, rows.outcomes)
    changed = signals.copy()
    has = changed.index.get_level_values("dyad").isin(told)
    changed.loc[has, "calls__leader_count__365d"] = told_count
    one = model.predict_cumulative_incidence(signals, [90])[~has]
    other = model.predict_cumulative_incidence(changed, [90])[~has]
    assert one.tobytes() == other.tobytes()
    assert not np.array_equal(
        model.predict_cumulative_incidence(signals, [90])[has], model.predict_cumulative_incidence(changed, [90])[has]
    )
