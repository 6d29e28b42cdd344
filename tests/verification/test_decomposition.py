"""Decompositions: they add up, and recalibration is that of scikit-learn and of a published package."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores.probability import isotonic_fit
from sklearn.isotonic import IsotonicRegression

from forecast.errors import ForecastError
from forecast.verification import brier_score, decompose, reliability_curve
from forecast.verification.scores import equal_bins, frequency_of_equals

PAIRS = st.lists(st.tuples(st.integers(0, 30).map(lambda n: n / 30), st.integers(0, 1)), min_size=1, max_size=80)
FINE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=40)


def _recalibrated(p, y):
    curve = reliability_curve(p, y)
    return curve.recalibrated[np.searchsorted(curve.values, p)]


@given(st.one_of(PAIRS, FINE))
def test_the_parts_add_up_and_none_is_negative(rows):
    p, y = np.array(rows).T
    result = decompose(p, y)
    total = result.miscalibration - result.discrimination + result.uncertainty
    assert total == pytest.approx(brier_score(p, y), abs=1e-14)
    assert result.brier == pytest.approx(brier_score(p, y), abs=1e-14)
    assert result.miscalibration >= -1e-14
    assert -1e-14 <= result.discrimination <= result.uncertainty + 1e-14
    assert result.uncertainty == pytest.approx(y.mean() * (1 - y.mean()), abs=1e-14)


def murphy(p, y, *, bins):
    """Reliability, resolution and what is left within the bins: the classical parts, an oracle for the others.

    Murphy 1973, https://doi.org/10.1175/1520-0450(1973)012%3C0595:ANVPOT%3E2.0.CO;2; within: Stephenson, Coelho and
    Jolliffe 2008, https://doi.org/10.1175/2007WAF2006116.1.
    """
    shared = frequency_of_equals(p, y)
    reliability = resolution = within = 0.0
    for part in equal_bins(p, bins=bins):
        f, o = p[part], shared[part]
        reliability += len(part) * (f.mean() - o.mean()) ** 2 / len(p)
        resolution += len(part) * (o.mean() - y.mean()) ** 2 / len(p)
        within += len(part) * (f.var() - 2 * np.mean((f - f.mean()) * (o - o.mean()))) / len(p)
    return reliability, resolution, within


@given(st.one_of(PAIRS, FINE), st.integers(1, 12))
def test_the_binned_parts_add_up_too(rows, bins):
    p, y = np.array(rows).T
    reliability, resolution, within = murphy(p, y, bins=bins)
    total = reliability - resolution + decompose(p, y).uncertainty + within
    assert total == pytest.approx(brier_score(p, y), abs=1e-13)
    assert min(reliability, resolution) >= 0


@given(PAIRS)
def test_recalibrated_forecasts_are_calibrated(rows):
    p, y = np.array(rows).T
    better = _recalibrated(p, y)
    again = decompose(better, y)
    assert again.miscalibration == pytest.approx(0.0, abs=1e-14)
    assert again.discrimination == pytest.approx(decompose(p, y).discrimination, abs=1e-13)
    assert brier_score(better, y) <= brier_score(p, y) + 1e-14


@given(PAIRS)
def test_recalibration_is_that_of_two_other_packages(rows):
    p, y = np.array(rows).T
    curve = reliability_curve(p, y)
    assert curve.counts.sum() == len(p)
    assert (np.diff(curve.values) > 0).all()
    assert (np.diff(curve.recalibrated) >= 0).all()
    ours = _recalibrated(p, y)
    assert ours == pytest.approx(IsotonicRegression().fit(p, y).predict(p), abs=1e-9)
    fitted = isotonic_fit(p, y)
    assert curve.values == pytest.approx(fitted["fcst_sorted"], abs=0)
    assert curve.counts == pytest.approx(fitted["fcst_counts"], abs=0)
    assert curve.recalibrated == pytest.approx(fitted["regression_values"], abs=1e-9)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    turned = list(rows)
    random.shuffle(turned)
    (p, y), (q, z) = np.array(rows).T, np.array(turned).T
    one, other = decompose(p, y), decompose(q, z)
    assert list(vars(one).values()) == pytest.approx(list(vars(other).values()), abs=1e-13)
    assert murphy(p, y, bins=10) == pytest.approx(murphy(q, z, bins=10), abs=1e-13)


@given(PAIRS)
def test_a_monotone_distortion_moves_calibration_and_leaves_discrimination(rows):
    p, y = np.array(rows).T
    one, other = decompose(p, y), decompose(0.2 + p / 2, y)
    assert other.discrimination == pytest.approx(one.discrimination, abs=1e-13)
    assert other.brier - one.brier == pytest.approx(other.miscalibration - one.miscalibration, abs=1e-13)


def test_equal_forecasts_in_each_bin_leave_nothing_within():
    # Where each bin holds one value, Murphy's three parts are those of a table by value.
    p, y = np.repeat([0.2, 0.7], 50), np.r_[np.zeros(45), np.ones(5), np.zeros(20), np.ones(30)]
    reliability, resolution, within = murphy(p, y, bins=2)
    assert within == pytest.approx(0.0, abs=1e-15)
    assert reliability == pytest.approx(0.5 * (0.2 - 0.1) ** 2 + 0.5 * (0.7 - 0.6) ** 2)
    assert resolution == pytest.approx(0.25**2)
    corp = decompose(p, y)
    assert corp.miscalibration == pytest.approx(reliability)
    assert corp.discrimination == pytest.approx(resolution)


def test_the_truth_has_little_miscalibration_and_a_distortion_more():
    generator = np.random.default_rng(2)
    truth = generator.beta(1, 3, 20_000)
    met = generator.random(len(truth)) < truth
    assert decompose(truth, met).miscalibration < 0.001
    assert decompose(truth**0.5, met).miscalibration > 0.02


def test_windows_that_are_not_resolved_are_refused():
    for way in (decompose, reliability_curve):
        with pytest.raises(ForecastError, match="1 of 2 outcomes are not resolved"):
            way([0.5, 0.5], [1, float("nan")])
