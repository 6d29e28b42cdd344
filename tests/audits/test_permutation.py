"""Permuted outcomes: chance alone relates an honest forecast to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr

from forecast.audits.permutation import Dealing, deal, judged, potential_skill
from leaking_signals import HONEST, OUTCOME

AS_OF = np.datetime64("2012-05-14", "D")


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_potential_skill_is_the_squared_correlation_with_its_sign():
    draws = generator(3)
    forecast = draws.random(200)
    outcome = (draws.random(200) < forecast).astype(float)
    skill, _ = potential_skill(forecast, outcome, np.array(["a"] * 200), generator=generator())
    r = pearsonr(forecast, outcome).statistic
    assert skill == pytest.approx(r * abs(r))
    turned, _ = potential_skill(1 - forecast, outcome, np.array(["a"] * 200), generator=generator())
    assert turned == pytest.approx(-skill)


def test_what_is_known_of_a_group_is_no_skill():
    """Groups differ in their base rates, and the forecast knows that: it is honest."""
    draws = generator(5)
    group = np.repeat(["often", "seldom"], 300)
    rate = np.repeat([0.8, 0.1], 300)
    outcome = (draws.random(600) < rate).astype(float)
    assert potential_skill(rate, outcome, group, generator=generator()) == (0.0, 0.0)


def test_chance_exceeds_the_limit_as_seldom_as_it_says(monkeypatch):
    monkeypatch.setattr("forecast.audits.permutation.ALARM", 0.05)
    draws = generator(11)
    group = np.repeat(["a", "b", "c"], 20)
    alarms = 0
    for _ in range(300):
        skill, limit = potential_skill(draws.random(60), (draws.random(60) < 0.3).astype(float), group, generator=draws)
        alarms += skill > limit
    assert 3 <= alarms <= 30  # 15 are expected; 99.9% of draws lie between


def test_an_honest_forecast_is_the_same_in_every_world(record, subject_of):
    dealing = deal(subject_of(record, HONEST), AS_OF, generator())
    answers = dealing.answers.drop(columns=["group", "outcome"])
    assert answers.groupby(level="dyad").nunique(dropna=False).to_numpy().max() == 1
    assert dealing.answers["outcome"].groupby(level="dyad").nunique().max() == 2
    verdict = judged([dealing], generator())
    assert verdict.rows >= 80
    assert verdict.failures == 0
    assert verdict.worst <= verdict.allowed < 0.2


def test_outcomes_that_are_all_alike_prove_nothing():
    index = pd.MultiIndex.from_product([["IND-PAK", "CHN-IND"], [pd.Timestamp("2012-05-14")]], names=["dyad", "as_of"])
    same = pd.DataFrame({"group": "a", "forecast of 90 days": [0.1, 0.9], "outcome": 1.0}, index=index)
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
