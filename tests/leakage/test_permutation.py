"""Permuted outcomes: chance alone relates an honest forecast to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr

from forecast.leakage.comparison import Comparison
from forecast.leakage.permutation import (
    PermutedRows,
    confirm_excess,
    forecast_permuted_futures,
    permutation_test,
    potential_skill,
)
from leaking_signals import HONEST, OUTCOME

# Statistics of the audit: how often chance alone fails it.
pytestmark = pytest.mark.slow

AS_OF = np.datetime64("2012-05-14", "D")


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_potential_skill_is_the_squared_correlation_with_its_sign():
    draws = generator(3)
    forecast = draws.random(200)
    outcome = (draws.random(200) < forecast).astype(float)
    one, permutation = np.array(["a"] * 200), np.repeat([0, 1], 100)
    skill, _ = potential_skill(forecast, outcome, one, permutation, generator=generator())
    r = pearsonr(forecast, outcome).statistic
    assert skill == pytest.approx(r * abs(r))
    turned, _ = potential_skill(1 - forecast, outcome, one, permutation, generator=generator())
    assert turned == pytest.approx(-skill)


def test_what_is_known_of_a_group_is_no_skill():
    """Groups differ in their base rates, and the forecast knows that: it is honest."""
    draws = generator(5)
    group = np.repeat(["often", "seldom"], 300)
    rate = np.repeat([0.8, 0.1], 300)
    outcome = (draws.random(600) < rate).astype(float)
    assert potential_skill(rate, outcome, group, np.zeros(600, int), generator=generator()) == (0.0, 0.0)


# --- what chance reaches ---

#: Groups by what is unlike in them: the rate at which each dyad's future has a meeting in it, and the permutations.
UNLIKE = {
    "a pair, of which one meets all the time": ([[0.9, 0.02]], 20),
    "three": ([[0.8, 0.3, 0.05]], 20),
    "few who meet and many who do not": ([[0.9, 0.9, 0.8, *[0.03] * 17]], 10),
    "many alike, in two permutations": ([[0.07] * 100], 2),
    "a pair beside many": ([[0.9, 0.02], [0.07] * 40], 6),
    "a dyad alone beside a pair": ([[0.5], [0.9, 0.02]], 20),
}


def permuted_outcomes(
    rates: list[list[float]], permutations: int, draws: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Honest forecasts of futures permuted as the audit does: forecast, outcome, group and permutation of each row."""
    parts = []
    for number, own in enumerate(rates):
        forecast = np.linspace(0.1, 0.8, len(own)) ** 2
        for permutation in range(permutations):
            outcome = draws.permutation((draws.random(len(own)) < own).astype(float))
            parts.append((forecast, outcome, np.full(len(own), number), np.full(len(own), permutation)))
    forecast, outcome, group, permutation = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return forecast, outcome, group.astype(str), permutation


@pytest.mark.parametrize(("rates", "permutations"), UNLIKE.values(), ids=UNLIKE)
def test_chance_exceeds_the_limit_as_seldom_as_it_says(monkeypatch, rates, permutations):
    """The law holds for any share and any number of shuffles, so it is tried where it takes little time."""
    monkeypatch.setattr("forecast.leakage.permutation.EXCESS", 0.02)
    monkeypatch.setattr("forecast.leakage.permutation._SHUFFLES", 199)
    draws = generator(11)
    excesses = 0
    for _ in range(1000):
        skill, limit = potential_skill(*permuted_outcomes(rates, permutations, draws), generator=draws)
        excesses += skill > limit
    # 20 are expected, fewer where many permutations tie; chance goes beyond 34 once in a thousand runs.
    assert 4 <= excesses <= 34


@pytest.mark.parametrize("seed", range(5))
def test_what_chance_may_reach_is_a_tie_and_no_excess(seed):
    """One meeting in two rows goes to the one dyad or to the other, so that half of all permutations tie."""
    pair, draws = np.array(["a", "a"]), generator(seed)
    skill, limit = potential_skill(np.array([0.1, 0.7]), np.array([0.0, 1.0]), pair, np.array([0, 0]), generator=draws)
    assert 0 < skill <= limit


def permuted_rows(outcome: np.ndarray, forecast: np.ndarray, permutation: np.ndarray) -> PermutedRows:
    dyads = [f"D{k:03d}" for k in range(len(outcome) // (permutation.max() + 1))] * (permutation.max() + 1)
    index = pd.MultiIndex.from_arrays([dyads, [pd.Timestamp("2012-05-14")] * len(outcome)], names=["dyad", "as_of"])
    rows = {"group": "a", "permutation": permutation, "forecast of 90 days": forecast, "outcome": outcome}
    return PermutedRows(pd.DataFrame(rows, index=index), 10)


def test_a_suspicion_of_chance_is_tested_again_and_passes():
    permutation, honest = np.repeat([0, 1], 50), np.tile(np.linspace(0, 1, 50), 2)
    lucky = permuted_rows(np.tile(np.linspace(0, 1, 50) > 0.8, 2).astype(float), honest, permutation)
    first = permutation_test([lucky], generator())
    assert first.failures == 1
    calm = permuted_rows(
        np.concatenate([generator(k).permutation(np.arange(50) < 10) for k in (1, 2)]).astype(float),
        honest,
        permutation,
    )
    result = confirm_excess(first, lambda: [calm], generator())
    assert result.failures == 0
    assert result.first is None
    assert result.worst <= result.allowed
    assert (result.rows, result.touched) == (200, 20)
    assert confirm_excess(first, lambda: [lucky], generator()).failures == 1


def test_what_raised_no_suspicion_is_not_tested_again():
    calm = Comparison(10, 100, 0, 0.01, 0.02)
    assert confirm_excess(calm, lambda: pytest.fail("tested again"), generator()) is calm


# --- permutations ---


def test_an_honest_forecast_is_the_same_in_every_permutation(record, subject_of):
    permuted = forecast_permuted_futures(subject_of(record, HONEST), AS_OF, generator())
    rows = permuted.rows.drop(columns=["group", "permutation", "outcome"])
    assert rows.groupby(level="dyad").nunique(dropna=False).to_numpy().max() == 1
    assert permuted.rows["outcome"].groupby(level="dyad").nunique().max() == 2
    result = permutation_test([permuted], generator())
    assert result.rows >= 80
    assert result.failures == 0
    assert result.worst <= result.allowed < 0.2


def test_outcomes_that_are_all_alike_prove_nothing():
    index = pd.MultiIndex.from_product([["IND-PAK", "CHN-IND"], [pd.Timestamp("2012-05-14")]], names=["dyad", "as_of"])
    same = pd.DataFrame(
        {"group": "a", "permutation": 0, "forecast of 90 days": [0.1, 0.9], "outcome": 1.0}, index=index
    )
    result = permutation_test([PermutedRows(same, 10)], generator())
    assert (result.rows, result.failures) == (0, 0)
    assert permutation_test([], generator()).rows == 0


def test_a_forecast_that_follows_the_outcome_is_caught(record, subject_of):
    permuted = forecast_permuted_futures(subject_of(record, OUTCOME), AS_OF, generator())
    follows = permuted.rows["outcome__value"].to_numpy()
    # The signal reads what the rows are judged by, in every permutation: outcome and signal pass through the same code.
    assert (follows == permuted.rows["outcome"].to_numpy()).all()
    rows = permuted.rows.assign(**{"forecast of 90 days": 0.2 + 0.5 * follows})
    result = permutation_test([PermutedRows(rows, permuted.touched)], generator())
    assert result.failures == 1
    assert result.worst == pytest.approx(1.0)
    assert set(result.changed) == {"outcome__value", "forecast of 90 days"}
    assert result.first.before.startswith("base rate 0.")
