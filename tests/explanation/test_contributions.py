"""Contributions: the axioms of Shapley values, and exactness for every model of the registry."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier

from forecast.dates import as_of_grid
from forecast.display.numbers import log_odds
from forecast.explanation.contributions import (
    CONTRIBUTIONS,
    TOLERANCE,
    contributions,
    family_of,
    hazard_curve,
    neutralised,
    shapley,
    signal_effects,
    used_families,
)
from forecast.models import MODELS, make_model
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.models.hazard import HazardModel
from forecast.models.ridge import RidgeModel
from forecast.models.summits import BEGINNINGS, CHANCES
from forecast.panel.panel import build_panel
from forecast.periods import PERIODS, column
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import ONSETS
from simulated_histories import simulate_history
from tiers import examples

RATES = {"FRA": 1 / 60, "GBR": 1 / 120, "IND": 1 / 300, "PAK": 1 / 900}
NAMES = [*sorted(MODELS), "forest"]
EACH = [pytest.param(name, marks=pytest.mark.slow) if name in {"classifier", "forest"} else name for name in NAMES]


@pytest.fixture(scope="module")
def rows():
    """Signals and outcomes of four dyads, with summits drawn by hand: a simulated history has no calendar.

    At a summit the two meet with its chance, so that models learn that summits make meetings likelier.
    """
    history = simulate_history(
        start=np.datetime64("1996-01-01"), end=np.datetime64("2009-12-31"), daily_rates=RATES, seed=4
    )
    grid = as_of_grid(np.datetime64("2001-01-01"), np.datetime64("2009-10-01"), every="quarter")
    panel = build_panel(history, grid, dyads=sorted(f"USA-{state}" for state in RATES))
    signals = panel.signals.copy()
    generator = np.random.default_rng(1)
    outcomes, n = panel.outcomes.copy(), len(signals)
    for name in signals.columns:
        if name in CHANCES:
            signals[name] = generator.exponential(0.3, n) * (generator.random(n) < 0.2)
    for start, end in PERIODS:
        main, other = (generator.integers(start, end, n).astype(float) for _ in range(2))
        share = generator.uniform(0.5, 1.0, n)
        for part, name in enumerate(ONSETS):
            signals[column(f"venues__{name}", start, end)] = np.where(part < share * len(ONSETS), main, other)
        chance = -np.expm1(-signals[[column(f"venues__{name}", start, end) for name in RELATIONS]].sum(axis=1))
        met, day = generator.random(n) < chance, signals[column(f"venues__{ONSETS[0]}", start, end)]
        first = outcomes["first_meeting_in_days"]
        earlier = met & (day < outcomes["followup_days"]) & ((first < 0) | (day < first))
        outcomes["first_meeting_in_days"] = first.where(~earlier, day.astype(first.dtype))
    return signals, outcomes


@pytest.fixture(scope="module")
def fitted(rows):
    """Every model of the registry, and a hazard around another classifier.

    Four dyads are too few for the default to leave their climatology: here it may.
    """
    models: dict[str, PeriodModel] = {name: make_model(name) for name in MODELS}
    models["hazard"] = RidgeModel(ridge=1.0, full_dyads=1, full_years=1)
    for model in models.values():
        model.fit(*rows)
    models["forest"] = HazardModel(RandomForestClassifier(n_estimators=5, random_state=0)).fit(*rows)
    return models


def by_orders(values: np.ndarray) -> np.ndarray:
    """Shapley values by their first definition: the mean over all orders of entering."""
    n = len(values).bit_length() - 1
    total = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        inside = 0
        for player in order:
            total[player] += values[inside | 1 << player] - values[inside]
            inside |= 1 << player
    return total / len(orders)


@st.composite
def games(draw):
    n = draw(st.integers(0, 5))
    return np.array(draw(st.lists(st.floats(-20, 20), min_size=1 << n, max_size=1 << n)))


@given(games())
@settings(max_examples=examples(40))
def test_shapley_values_are_the_mean_over_all_orders_and_sum_to_the_whole(values):
    found = shapley(values)
    assert found == pytest.approx(by_orders(values), abs=1e-9)
    assert found.sum() == pytest.approx(values[-1] - values[0], abs=1e-9)


@given(games(), st.floats(-5, 5))
@settings(max_examples=examples(40))
def test_who_always_adds_the_same_gets_exactly_that(values, worth):
    larger = np.concatenate([values, values + worth])  # the new player holds the highest bit
    assert shapley(larger)[-1] == pytest.approx(worth, abs=1e-9)
    assert shapley(larger)[:-1] == pytest.approx(shapley(values), abs=1e-9)


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("horizon", [1, 63, 400])
def test_contributions_lead_from_climatology_to_the_forecast(fitted, rows, name, horizon):
    model = fitted[name]
    for at in (0, 57, 101):
        X = rows[0].iloc[[at]]
        found = contributions(model, X, horizon)
        assert tuple(found.columns) == CONTRIBUTIONS
        start = log_odds(climatology_of(X, [horizon])[0, 0])
        end = log_odds(model.predict_cumulative_incidence(X, [horizon])[0, 0])
        assert abs(start + found["contribution"].sum() - end) < TOLERANCE
        assert found["family"].iloc[0] == "climatology"
        assert found["odds_factor"].to_numpy() == pytest.approx(np.exp(found["contribution"].to_numpy()))
        assert (found["contribution"][1:].abs().diff().dropna() <= 0).all()


def test_climatology_explains_itself_and_a_base_rate_uses_no_family(fitted, rows):
    X = rows[0].iloc[[30]]
    own = contributions(fitted["climatology"], X, 90)
    assert own["family"].tolist() == ["climatology"]
    assert own["contribution"].tolist() == [0.0]
    assert used_families(fitted["base-rate"], X.columns) == []
    assert used_families(fitted["recurrence"], X.columns) == ["meetings"]


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("horizon", [90, 400])
def test_without_is_the_forecast_of_a_row_in_which_the_family_tells_nothing(fitted, rows, name, horizon):
    model, X = fitted[name], rows[0].iloc[[77]]
    for _, part in contributions(model, X, horizon).iloc[1:].iterrows():
        other = X.copy()
        for signal in X.columns:
            if family_of(signal) == part["family"] and model.uses(signal):
                other[signal] = model.neutral(signal)
        given_now = model.predict_cumulative_incidence(X, [horizon])[0, 0]
        # Rows side by side and a row alone are summed in another order: equal but for the last bits.
        assert part["without"] == pytest.approx(model.predict_cumulative_incidence(other, [horizon])[0, 0], abs=1e-12)
        assert part["last"] == pytest.approx(log_odds(given_now) - log_odds(part["without"]), abs=1e-9)


def test_a_row_without_news_has_no_contributions(fitted, rows):
    model, X = fitted["hazard"], rows[0].iloc[[12]]
    empty = neutralised(model, X, [[name for name in X.columns if family_of(name) != "climatology"]])
    found = contributions(model, empty, 90)
    assert found["contribution"][1:].tolist() == [0.0] * (len(found) - 1)
    alone = model.predict_cumulative_incidence(empty, [90])[0, 0]
    assert found["without"][1:].to_numpy() == pytest.approx(alone, abs=1e-12)


def test_missing_stands_for_the_mean_of_the_rows_for_training(fitted, rows):
    """The neutral value is what the docstring says: the mean of the standardised design."""
    model, X = fitted["hazard"], rows[0].iloc[[12]]
    away = [[name for name in X.columns if family_of(name) == "visits"]]
    (pulls,) = model.pulls(neutralised(model, X, away), [2])
    assert np.isfinite(pulls).all()
    changed = (next(model.pulls(X, [2])) != pulls).ravel()
    assert changed.any()
    assert (pulls.ravel()[changed] == 0.0).all()


@pytest.mark.parametrize("name", EACH)
def test_a_model_uses_exactly_the_signals_that_it_says(fitted, rows, name):
    """Through the hazards, and where horizons end inside a period through the days of summits too.

    A running maximum over the edges may hide a column in one row, and not in all: the default is asked with summits in
    one period after the other.
    """
    model, names = fitted[name], list(rows[0].columns)
    ahead = [[part] for part in PERIODS] if name == "hazard" else [list(PERIODS)]
    places = (40, 77) if name == "hazard" else (40,)
    moved = [moved_by_each_column(model, rows[0].iloc[[at]], parts) for parts in ahead for at in places]
    by_hazard, by_forecast = (np.any(found, axis=0) for found in zip(*moved, strict=True))
    varying = set(rows[0].columns[rows[0].max() > rows[0].min()])
    for at, signal in enumerate(names):
        assert not (signal in BEGINNINGS and by_hazard[at]), signal
        found = by_forecast[at] if signal in BEGINNINGS else by_hazard[at]
        assert not (found or by_forecast[at]) or model.uses(signal), signal
        if name != "forest" and signal in varying and model.uses(signal):  # a tree may not split on it
            assert found, signal


def moved_by_each_column(model, X, ahead):
    """Whether another value in each column moves a hazard of a row, and a forecast inside a period."""
    X = X.copy()
    X[CHANCES] = 0.0
    X[[column(f"venues__{relation}", *period) for period in ahead for relation in RELATIONS]] = (
        0.5 if len(ahead) == 1 else 0.1
    )
    horizons: list[int] = []
    for start, end in PERIODS:
        # One part has fallen due after half the period and the others have not; at a day all lie ahead.
        for measure, value in zip(ONSETS, (start + 1, *[end - 2] * (len(ONSETS) - 1)), strict=True):
            X[column(f"venues__{measure}", start, end)] = float(value)
        horizons += [start + 1, (start + end) // 2]

    # A row for each column with another value there, and the row itself at the end.
    n = X.shape[1]
    changed = np.repeat(X.to_numpy(), n + 1, axis=0)
    changed[np.arange(n), np.arange(n)] = 0.37
    asked = X.iloc[[0] * len(changed)].copy()
    asked[:] = changed
    hazards, forecasts = model.predict_hazards(asked), model.predict_cumulative_incidence(asked, horizons)
    return (hazards[:-1] != hazards[-1]).any(axis=1), (forecasts[:-1] != forecasts[-1]).any(axis=1)


def test_a_signal_alone_loses_what_it_says(fitted, rows):
    model, X = fitted["hazard"], rows[0].iloc[[61]]
    found = signal_effects(model, X, 120).set_index("signal")
    assert "climatology" not in set(found["family"])
    now = log_odds(model.predict_cumulative_incidence(X, [120])[0, 0])
    for signal in ("meetings__days_since_last", "season__cos1"):
        names = [name for name in X.columns if name.partition("@")[0] == signal]
        other = X.assign(**dict.fromkeys(names, np.nan))
        lost = now - log_odds(model.predict_cumulative_incidence(other, [120])[0, 0])
        assert found.loc[signal, "effect"] == pytest.approx(lost, abs=1e-12)
        assert lost != 0.0
    assert found.loc["meetings__days_since_last", "value"] == X["meetings__days_since_last"].iloc[0]
    assert np.isnan(found.loc["season__cos1", "value"])


@given(st.floats(-25, 25))
def test_log_odds_go_round(value):
    assert log_odds(expit(value)) == pytest.approx(value, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("horizon", [1, 15, 63, 90, 730])
def test_the_hazard_curve_composes_to_the_forecast(fitted, rows, horizon):
    model, X = fitted["hazard"], rows[0].iloc[[9]]
    found = hazard_curve(model, X, as_of=np.datetime64("2003-04-01"), horizon=horizon)
    assert found["days"].sum() == horizon
    assert found["first_day"].iloc[0] == "2003-04-01"
    assert found["last_day"].iloc[-1] == str(np.datetime64("2003-04-01") + horizon - 1)
    whole = model.predict_cumulative_incidence(X, [horizon])[0, 0]
    assert found["cumulative"].iloc[-1] == whole
    assert 1 - np.prod(1 - found["hazard"].to_numpy()) == pytest.approx(whole, abs=1e-12)
    assert found["climatology"].iloc[-1] == climatology_of(X, [horizon])[0, 0]
