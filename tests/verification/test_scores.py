"""Scores: against scikit-learn and the package `scores`, propriety, invariance, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scores import probability as published
from sklearn.metrics import brier_score_loss, log_loss

from cases import each
from forecast.errors import ForecastError
from forecast.verification import (
    average_precision,
    average_precision_ratio,
    brier_score,
    brier_skill,
    calibration_error,
    log_score,
    log_skill,
    roc_auc,
    sharpness,
)

PAIRS = st.lists(
    st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.integers(0, 1)), min_size=2, max_size=60
).filter(lambda rows: 0 < sum(y for _, y in rows) < len(rows))


@given(PAIRS)
def test_scores_equal_those_of_scikit_learn(rows):
    p, y = np.array(rows).T
    assert brier_score(p, y) == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    inside = np.clip(p, 0.001, 0.999)
    assert log_score(inside, y) == pytest.approx(log_loss(y, inside), abs=1e-12)
    assert log_score(p, y, floor=0.001) == pytest.approx(log_loss(y, inside), abs=1e-12)


@given(PAIRS)
def test_ranking_scores_follow_their_definitions(rows):
    """Counted pair by pair and meeting by meeting, for ties too."""
    p, y = np.array(rows).T
    met, none = p[y == 1], p[y == 0]
    higher = (met[:, None] > none).mean() + (met[:, None] == none).mean() / 2
    assert roc_auc(p, y) == pytest.approx(higher, abs=1e-12)
    precision = [y[p >= one].mean() for one in met]
    assert average_precision(p, y) == pytest.approx(np.mean(precision), abs=1e-12)


@pytest.mark.parametrize("n_met", [1, 3, 49, 107])
def test_a_perfect_ranking_scores_exactly_one(n_met):
    p, y = np.linspace(0.0, 1.0, 300), np.arange(300) >= 300 - n_met
    assert (roc_auc(p, y), average_precision(p, y)) == (1.0, 1.0)


@given(PAIRS)
def test_scores_equal_those_of_a_published_verification_package(rows):
    p, y = (xr.DataArray(column, dims="row") for column in np.array(rows).T)
    assert brier_score(p, y) == pytest.approx(published.brier_score(p, y).item(), abs=1e-12)
    assert roc_auc(p, y) == pytest.approx(published.roc_auc(p, y).item(), abs=1e-12)


ALL = {
    "brier": brier_score,
    "log": log_score,
    "log with a floor": lambda p, y: log_score(p, y, floor=0.01),
    "auc": roc_auc,
    "precision": average_precision,
    "ratio": average_precision_ratio,
    "calibration": calibration_error,
    "sharpness": lambda p, y: sharpness(p),
    "skill": lambda p, y: brier_skill(p, y, reference=(p + 0.5) / 2),
    "log skill": lambda p, y: log_skill(p, y, reference=(p + 0.5) / 2),
}


@pytest.mark.parametrize("score", ALL.values(), ids=ALL)
@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(score, rows, random):
    turned = list(rows)
    random.shuffle(turned)
    (p, y), (q, z) = np.array(rows).T, np.array(turned).T
    assert score(p, y) == pytest.approx(score(q, z), abs=1e-12)


@given(PAIRS)
def test_scores_stay_within_their_bounds(rows):
    p, y = np.array(rows).T
    assert 0 <= brier_score(p, y) <= 1
    assert 0 <= roc_auc(p, y) <= 1
    assert 0 < average_precision(p, y) <= 1
    assert 0 <= calibration_error(p, y) <= 1
    assert 0 <= sharpness(p) <= 0.25
    assert log_score(p, y) >= log_score(p, y, floor=0.01) - 0.0101
    assert roc_auc(1 - p, y) == pytest.approx(1 - roc_auc(p, y), abs=1e-9)
    assert brier_score(1 - p, 1 - y) == pytest.approx(brier_score(p, y), abs=1e-12)
    assert log_score(1 - p, 1 - y, floor=0.01) == pytest.approx(log_score(p, y, floor=0.01), abs=1e-12)


@given(PAIRS, st.floats(0.2, 5.0), st.floats(0.1, 0.5))
def test_the_ranking_alone_makes_discrimination(rows, power, slope):
    p, y = np.array(rows).T
    for turned in (p**power, slope * p + 0.3, 1 / (1 + np.exp(-7 * p))):
        assert roc_auc(turned, y) == pytest.approx(roc_auc(p, y), abs=1e-12)
        assert average_precision(turned, y) == pytest.approx(average_precision(p, y), abs=1e-12)


@given(st.floats(0, 1), st.lists(st.integers(0, 1), min_size=2).filter(lambda y: 0 < sum(y) < len(y)))
def test_one_forecast_for_all_discriminates_nothing(rate, y):
    p = [rate] * len(y)
    assert roc_auc(p, y) == 0.5
    assert average_precision_ratio(p, y) == pytest.approx(1.0)
    assert sharpness(p) == pytest.approx(0.0, abs=1e-15)
    assert calibration_error(p, y) == pytest.approx(abs(rate - np.mean(y)), abs=1e-12)


DISTORTIONS = {
    "too high": lambda p: p**0.7,
    "too low": lambda p: p**1.5,
    "timid": lambda p: 0.8 * p + 0.04,
    "bold": lambda p: np.clip(1.3 * p - 0.1, 0.001, 0.999),
    "noisy": lambda p: np.clip(p + np.random.default_rng(5).normal(0, 0.08, len(p)), 0.001, 0.999),
}


@pytest.mark.parametrize("distortion", DISTORTIONS.values(), ids=DISTORTIONS)
def test_nobody_beats_the_truth(distortion):
    generator = np.random.default_rng(4)
    truth = np.clip(generator.beta(1, 4, size=40_000), 1e-6, 1 - 1e-6)
    met = generator.random(len(truth)) < truth
    assert brier_score(truth, met) < brier_score(distortion(truth), met)
    assert log_score(truth, met) < log_score(distortion(truth), met)
    assert calibration_error(truth, met) < 0.01
    flat = np.full(len(met), met.mean())
    assert brier_skill(truth, met, reference=flat) > brier_skill(distortion(truth), met, reference=flat)
    assert log_skill(truth, met, reference=flat) > log_skill(distortion(truth), met, reference=flat)


@pytest.mark.parametrize("truth", [0.02, 0.3, 0.5, 0.85])
def test_the_expected_loss_is_least_at_the_true_probability(truth):
    grid = np.linspace(0.001, 0.999, 999)
    for score in (brier_score, log_score):
        expected = [truth * score([p], [1]) + (1 - truth) * score([p], [0]) for p in grid]
        assert grid[np.argmin(expected)] == pytest.approx(truth, abs=1e-9)


def test_of_two_calibrated_forecasts_the_sharper_wins_by_the_difference_of_variances():
    generator = np.random.default_rng(6)
    own, noise = generator.uniform(0.1, 0.5, 200_000), generator.uniform(-0.1, 0.4, 200_000)
    met = generator.random(len(own)) < own + noise
    sharp, vague = own + noise, own + noise.mean()
    gain = brier_score(vague, met) - brier_score(sharp, met)
    assert gain == pytest.approx(sharpness(sharp) - sharpness(vague), abs=0.002)
    assert gain > 0.01


def test_skill_is_one_for_the_truth_and_zero_for_the_reference():
    y = [0, 1, 1, 0]
    for skill in (brier_skill, log_skill):
        assert skill(y, y, reference=[0.5] * 4) == 1.0
        assert skill([0.3, 0.6, 0.2, 0.1], y, reference=[0.3, 0.6, 0.2, 0.1]) == 0.0
    assert brier_skill([1, 0, 0, 1], y, reference=[0.5] * 4) == -3.0


def test_ruling_out_what_happens_is_infinitely_bad_unless_a_floor_is_declared():
    assert log_score([0.0, 0.5], [1, 0]) == np.inf
    assert log_score([1.0, 0.5], [0, 0]) == np.inf
    assert log_score([0.0, 1.0], [0, 1]) == 0.0
    assert log_score([0.0], [1], floor=0.01) == pytest.approx(-np.log(0.01))
    assert log_skill([0.0, 0.5], [1, 0], reference=[0.5, 0.5]) == -np.inf
    with pytest.raises(ForecastError, match="ruled out what happened"):
        log_skill([0.5], [1], reference=[0.0])


@pytest.mark.parametrize("floor", [-0.1, 0.5, 1.0, float("nan")])
def test_a_floor_that_leaves_no_room_is_refused(floor):
    with pytest.raises(ForecastError, match=r"floor of .* is not in \[0, 0.5\)"):
        log_score([0.5], [1], floor=floor)


def test_calibration_is_the_distance_in_each_bin():
    # Two bins of two rows: forecasts 0.1 and 0.8 on the mean, frequencies 0 and 0.5.
    assert calibration_error([0.0, 0.2, 0.7, 0.9], [0, 0, 1, 0], bins=2) == pytest.approx((0.1 + 0.3) / 2)
    with pytest.raises(ForecastError, match="0 bins"):
        calibration_error([0.5], [1], bins=0)


BAD = [
    ([0.5, 1.1], [0, 1], r"position 1 is 1.1: .* outside \[0, 1\]"),
    ([-0.1, 1.1], [0, 1], r"position 0 is -0.1: .* outside \[0, 1\]"),
    ([0.5, float("nan")], [0, 1], r"position 1 is nan: it is missing"),
    (pd.Series([0.5, None], dtype="Float64"), [0, 1], r"position 1 is nan: it is missing"),
    ([0.5, "often"], [0, 1], "the probabilities are not all numbers"),
    ([0.5, 0.5], [0, float("nan")], r"1 of 2 outcomes are not resolved \(the first, at position 1, is nan\)"),
    ([0.5, 0.5], pd.Series([pd.NA, 1], dtype="Int64"), r"1 of 2 outcomes are not resolved \(the first, at position 0"),
    ([0.5, 0.5], [0, 2], "position 1, is 2"),
    ([0.5], [0, 1], "do not pair"),
    ([[0.5, 0.5]], [[0, 1]], "do not pair"),
    ([], [], "there are no forecasts"),
]
TWO_SIDED = {name: score for name, score in ALL.items() if name != "sharpness"} | {
    "skill": lambda p, y: brier_skill([0.5, 0.5], y, reference=p)
}
TWO_SIDED.pop("log skill")


@each("score", TWO_SIDED.values())
@each(("p", "y", "problem"), BAD)
def test_what_cannot_be_scored_is_refused_by_position(score, p, y, problem):
    with pytest.raises(ForecastError, match=problem) as refusal:
        score(p, y)
    assert "\n" not in str(refusal.value)


def test_sharpness_checks_its_forecasts_too():
    with pytest.raises(ForecastError, match=r"position 1 is 1\.1"):
        sharpness([0.5, 1.1])


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_one_class_has_no_curve(y):
    with pytest.raises(ForecastError, match="needs rows with and without a meeting"):
        roc_auc([0.1, 0.2, 0.3], y)


def test_without_a_meeting_there_is_no_precision():
    with pytest.raises(ForecastError, match="needs rows with a meeting"):
        average_precision([0.1, 0.2], [0, 0])
    assert average_precision([0.1, 0.2], [1, 1]) == 1.0


@pytest.mark.parametrize("skill", [brier_skill, log_skill])
def test_a_perfect_reference_leaves_no_skill_to_measure(skill):
    with pytest.raises(ForecastError, match="the reference is perfect"):
        skill([0.5, 0.5], [0, 1], reference=[0, 1])


@pytest.mark.parametrize("kind", [list, tuple, np.array, pd.Series, lambda x: pd.Series(x, index=["x", "y"])])
def test_any_kind_of_column_is_scored(kind):
    assert brier_score(kind([0.8, 0.1]), kind([True, False])) == 0.025
