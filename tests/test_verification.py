"""Scores: against scikit-learn, propriety, invariance, refusals, clustered intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from forecast.errors import ForecastError
from forecast.verification import brier_score, brier_skill, calibration_error, roc_auc, skill_interval

PAIRS = st.lists(
    st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.integers(0, 1)), min_size=2, max_size=60
).filter(lambda rows: 0 < sum(y for _, y in rows) < len(rows))


@given(PAIRS)
def test_scores_equal_those_of_scikit_learn(rows):
    p, y = np.array(rows).T
    assert brier_score(p, y) == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    assert roc_auc(p, y) == pytest.approx(roc_auc_score(y, p), abs=1e-12)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    turned = list(rows)
    random.shuffle(turned)
    (p, y), (q, z) = np.array(rows).T, np.array(turned).T
    assert brier_score(p, y) == pytest.approx(brier_score(q, z), abs=1e-12)
    assert roc_auc(p, y) == pytest.approx(roc_auc(q, z), abs=1e-12)


@given(PAIRS)
def test_scores_stay_within_their_bounds(rows):
    p, y = np.array(rows).T
    assert 0 <= brier_score(p, y) <= 1
    assert 0 <= roc_auc(p, y) <= 1
    assert 0 <= calibration_error(p, y) <= 1
    assert roc_auc(1 - p, y) == pytest.approx(1 - roc_auc(p, y), abs=1e-9)
    assert brier_score(1 - p, 1 - y) == pytest.approx(brier_score(p, y), abs=1e-12)


@pytest.mark.parametrize(
    "distortion", [lambda p: p**0.7, lambda p: p**1.5, lambda p: 0.8 * p + 0.1, lambda p: np.clip(p + 0.1, 0, 1)]
)
def test_nobody_beats_the_truth(distortion):
    generator = np.random.default_rng(4)
    truth = generator.beta(1, 4, size=40_000)
    met = generator.random(len(truth)) < truth
    assert brier_score(truth, met) < brier_score(distortion(truth), met)
    assert calibration_error(truth, met) < 0.01
    assert brier_skill(truth, met, reference=np.full(len(met), met.mean())) > 0


def test_skill_is_one_for_the_truth_and_zero_for_the_reference():
    y = [0, 1, 1, 0]
    assert brier_skill(y, y, reference=[0.5] * 4) == 1.0
    assert brier_skill([0.3, 0.6, 0.2, 0.1], y, reference=[0.3, 0.6, 0.2, 0.1]) == 0.0
    assert brier_skill([1, 0, 0, 1], y, reference=[0.5] * 4) == -3.0


def test_calibration_is_the_distance_in_each_bin():
    # Two bins of two rows: forecasts 0.1 and 0.8 on the mean, frequencies 0 and 0.5.
    assert calibration_error([0.0, 0.2, 0.7, 0.9], [0, 0, 1, 0], bins=2) == pytest.approx((0.1 + 0.3) / 2)


BAD = [
    ([0.5, 1.1], [0, 1], r"outside \[0, 1\]"),
    ([0.5, -0.1], [0, 1], r"outside \[0, 1\]"),
    ([0.5, float("nan")], [0, 1], r"outside \[0, 1\]"),
    ([0.5, 0.5], [0, float("nan")], "not resolved"),
    ([0.5, 0.5], [0, 2], "not resolved"),
    ([0.5], [0, 1], "do not pair"),
    ([[0.5, 0.5]], [[0, 1]], "do not pair"),
]


@pytest.mark.parametrize("score", [brier_score, roc_auc, calibration_error])
@pytest.mark.parametrize(("p", "y", "problem"), BAD)
def test_what_cannot_be_scored_is_refused(score, p, y, problem):
    with pytest.raises(ForecastError, match=problem):
        score(p, y)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_one_class_has_no_curve(y):
    with pytest.raises(ForecastError, match="needs rows with and without a meeting"):
        roc_auc([0.1, 0.2, 0.3], y)


def test_a_perfect_reference_leaves_no_skill_to_measure():
    with pytest.raises(ForecastError, match="the reference is perfect"):
        brier_skill([0.5, 0.5], [0, 1], reference=[0, 1])


@pytest.mark.parametrize("score", [brier_score, calibration_error, roc_auc])
def test_no_rows_have_no_score(score):
    with pytest.raises(ForecastError):
        score([], [])


def _clustered(groups=40, size=25):
    """Dyads that a forecast gets right or wrong as a whole."""
    generator = np.random.default_rng(1)
    good = np.repeat(generator.random(groups) < 0.7, size)
    y = (generator.random(groups * size) < 0.3).astype(float)
    p = np.where(good, 0.3 + 0.4 * (y - 0.3), 0.3 - 0.2 * (y - 0.3))
    return p, y, np.full(len(y), 0.3), np.repeat(np.arange(groups), size)


def test_an_interval_holds_its_value_and_widens_with_clustering():
    p, y, reference, clusters = _clustered()
    alone = skill_interval(p, y, reference=reference, clusters=np.arange(len(y)))
    grouped = skill_interval(p, y, reference=reference, clusters=clusters)
    assert alone.value == grouped.value == brier_skill(p, y, reference=reference)
    assert grouped.low < alone.low < alone.value < alone.high < grouped.high
    wider = skill_interval(p, y, reference=reference, clusters=clusters, level=0.99)
    assert wider.low < grouped.low
    assert grouped.high < wider.high


def test_an_interval_comes_back_with_its_seed_whatever_the_clusters_are_called():
    p, y, reference, clusters = _clustered()
    named = np.array([f"d{number:03d}" for number in clusters])
    one = skill_interval(p, y, reference=reference, clusters=clusters, resamples=200)
    assert skill_interval(p, y, reference=reference, clusters=named, resamples=200) == one
    assert skill_interval(p, y, reference=reference, clusters=clusters, resamples=200, seed=1) != one


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    generator = np.random.default_rng(8)
    held = 0
    for _ in range(60):
        truth = generator.beta(2, 4, size=400)
        y = (generator.random(400) < truth).astype(float)
        found = skill_interval(truth, y, reference=np.full(400, 1 / 3), clusters=np.arange(400), resamples=300)
        # Expected Brier scores: of the truth E[p(1-p)], of the reference that and the variance of p.
        own = (truth * (1 - truth)).mean()
        held += found.low <= 1 - own / (own + ((truth - 1 / 3) ** 2).mean()) <= found.high
    assert held >= 45
