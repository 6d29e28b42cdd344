"""Permuted outcomes: chance alone relates an honest forecast to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr

from forecast.leakage.permutation import Dealing, deal, judged, potential_skill, tried_again
from forecast.leakage.trials import Trial
from leaking_signals import HONEST, OUTCOME

AS_OF = np.datetime64("2012-05-14", "D")


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_potential_skill_is_the_squared_correlation_with_its_sign():
    draws = generator(3)
    forecast = draws.random(200)
    outcome = (draws.random(200) < forecast).astype(float)
    one, world = np.array(["a"] * 200), np.repeat([0, 1], 100)
    skill, _ = potential_skill(forecast, outcome, one, world, generator=generator())
    r = pearsonr(forecast, outcome).statistic
    assert skill == pytest.approx(r * abs(r))
    turned, _ = potential_skill(1 - forecast, outcome, one, world, generator=generator())
    assert turned == pytest.approx(-skill)


def test_what_is_known_of_a_group_is_no_skill():
    """Groups differ in their base rates, and the forecast knows that: it is honest."""
    draws = generator(5)
    group = np.repeat(["often", "seldom"], 300)
    rate = np.repeat([0.8, 0.1], 300)
    outcome = (draws.random(600) < rate).astype(float)
    assert potential_skill(rate, outcome, group, np.zeros(600, int), generator=generator()) == (0.0, 0.0)


# --- what chance reaches ---

#: Groups by what is unlike in them: the rate at which the future of each dyad has a meeting in it, and the worlds.
UNLIKE = {
    "a pair, of which one meets all the time": ([[0.9, 0.02]], 20),
    "three": ([[0.8, 0.3, 0.05]], 20),
    "few who meet and many who do not": ([[0.9, 0.9, 0.8, *[0.03] * 17]], 10),
    "many alike, in two worlds": ([[0.07] * 100], 2),
    "a pair beside many": ([[0.9, 0.02], [0.07] * 40], 6),
    "a dyad alone beside a pair": ([[0.5], [0.9, 0.02]], 20),
}


def dealt(rates: list[list[float]], worlds: int, draws: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Deal out futures as the worlds do: forecast, outcome, group and world of each row. The forecast is honest."""
    parts = []
    for number, own in enumerate(rates):
        forecast = np.linspace(0.1, 0.8, len(own)) ** 2
        for world in range(worlds):
            outcome = draws.permutation((draws.random(len(own)) < own).astype(float))
            parts.append((forecast, outcome, np.full(len(own), number), np.full(len(own), world)))
    forecast, outcome, group, world = (np.concatenate(told) for told in zip(*parts, strict=True))
    return forecast, outcome, group.astype(str), world


@pytest.mark.parametrize(("rates", "worlds"), UNLIKE.values(), ids=UNLIKE)
def test_chance_exceeds_the_limit_as_seldom_as_it_says(monkeypatch, rates, worlds):
    """The law holds for any share and any number of shuffles, so it is tried where it takes little time."""
    monkeypatch.setattr("forecast.leakage.permutation.EXCESS", 0.02)
    monkeypatch.setattr("forecast.leakage.permutation._SHUFFLES", 199)
    draws = generator(11)
    excesses = 0
    for _ in range(1000):
        skill, limit = potential_skill(*dealt(rates, worlds, draws), generator=draws)
        excesses += skill > limit
    # 20 are expected, fewer where many dealings tie; chance goes beyond 34 once in a thousand runs.
    assert 4 <= excesses <= 34


@pytest.mark.parametrize("seed", range(5))
def test_what_chance_may_reach_is_a_tie_and_no_excess(seed):
    """One meeting in two rows is told to the one dyad or to the other, so that half of all dealings tie."""
    pair, draws = np.array(["a", "a"]), generator(seed)
    skill, limit = potential_skill(np.array([0.1, 0.7]), np.array([0.0, 1.0]), pair, np.array([0, 0]), generator=draws)
    assert 0 < skill <= limit


def told(outcome: np.ndarray, forecast: np.ndarray, world: np.ndarray) -> Dealing:
    dyads = [f"D{k:03d}" for k in range(len(outcome) // (world.max() + 1))] * (world.max() + 1)
    index = pd.MultiIndex.from_arrays([dyads, [pd.Timestamp("2012-05-14")] * len(outcome)], names=["dyad", "as_of"])
    rows = {"group": "a", "world": world, "forecast of 90 days": forecast, "outcome": outcome}
    return Dealing(pd.DataFrame(rows, index=index), 10)


def test_a_suspicion_of_chance_is_dealt_out_again_and_passes():
    world, honest = np.repeat([0, 1], 50), np.tile(np.linspace(0, 1, 50), 2)
    lucky = told(np.tile(np.linspace(0, 1, 50) > 0.8, 2).astype(float), honest, world)
    first = judged([lucky], generator())
    assert first.failures == 1
    calm = told(
        np.concatenate([generator(k).permutation(np.arange(50) < 10) for k in (1, 2)]).astype(float), honest, world
    )
    verdict = tried_again(first, lambda: [calm], generator())
    assert verdict.failures == 0
    assert verdict.first is None
    assert verdict.worst <= verdict.allowed
    assert (verdict.rows, verdict.touched) == (200, 20)
    assert tried_again(first, lambda: [lucky], generator()).failures == 1


def test_what_raised_no_suspicion_is_not_dealt_out_again():
    calm = Trial(10, 100, 0, 0.01, 0.02)
    assert tried_again(calm, lambda: pytest.fail("dealt out again"), generator()) is calm


# --- worlds ---


def test_an_honest_forecast_is_the_same_in_every_world(record, subject_of):
    dealing = deal(subject_of(record, HONEST), AS_OF, generator())
    answers = dealing.answers.drop(columns=["group", "world", "outcome"])
    assert answers.groupby(level="dyad").nunique(dropna=False).to_numpy().max() == 1
    assert dealing.answers["outcome"].groupby(level="dyad").nunique().max() == 2
    verdict = judged([dealing], generator())
    assert verdict.rows >= 80
    assert verdict.failures == 0
    assert verdict.worst <= verdict.allowed < 0.2


def test_outcomes_that_are_all_alike_prove_nothing():
    index = pd.MultiIndex.from_product([["IND-PAK", "CHN-IND"], [pd.Timestamp("2012-05-14")]], names=["dyad", "as_of"])
    same = pd.DataFrame({"group": "a", "world": 0, "forecast of 90 days": [0.1, 0.9], "outcome": 1.0}, index=index)
    verdict = judged([Dealing(same, 10)], generator())
    assert (verdict.rows, verdict.failures) == (0, 0)
    assert judged([], generator()).rows == 0


def test_a_forecast_that_follows_the_outcome_is_caught(record, subject_of):
    dealing = deal(subject_of(record, OUTCOME), AS_OF, generator())
    follows = dealing.answers["outcome__value"].to_numpy()
    # The signal reads what the rows are judged by, in every world: outcome and signal pass through the same code.
    assert (follows == dealing.answers["outcome"].to_numpy()).all()
    answers = dealing.answers.assign(**{"forecast of 90 days": 0.2 + 0.5 * follows})
    verdict = judged([Dealing(answers, dealing.touched)], generator())
    assert verdict.failures == 1
    assert verdict.worst == pytest.approx(1.0)
    assert set(verdict.changed) == {"outcome__value", "forecast of 90 days"}
    assert verdict.first.before.startswith("base rate 0.")
