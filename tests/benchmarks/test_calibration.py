"""Calibrations: monotone maps learned from past forecasts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark_modules import benchmark_module
from forecast.verification import brier_score
from tiers import examples

CALIBRATIONS = benchmark_module("calibration").CALIBRATIONS
NAMES = list(CALIBRATIONS)


def simulated(seed: int, *, shift: float = 0.0, stretch: float = 1.0, n: int = 4000) -> tuple[np.ndarray, ...]:
    """Forecasts whose log odds are the true ones, shifted and stretched; outcomes; true probabilities."""
    generator = np.random.default_rng(seed)
    truth = generator.beta(1.0, 4.0, n).clip(1e-4, 1 - 1e-4)
    odds = stretch * np.log(truth / (1 - truth)) + shift
    return 1 / (1 + np.exp(-odds)), (generator.random(n) < truth).astype(float), truth


@settings(max_examples=examples(15))
@given(st.integers(0, 1000), st.sampled_from(NAMES))
def test_a_calibration_is_monotone_and_gives_probabilities(seed, name):
    forecast, outcome, _ = simulated(seed, shift=0.5, n=300)
    calibrated = CALIBRATIONS[name](forecast, outcome)(np.linspace(0.0, 1.0, 101))
    assert ((calibrated >= 0.0) & (calibrated <= 1.0)).all()
    assert (np.diff(calibrated) >= -1e-12).all()


@pytest.mark.parametrize(
    ("name", "shift", "left"),
    # The parametric maps can undo the distortion; the step functions follow the sample and leave more of it.
    [
        ("sigmoid", 0.8, 0.3),
        ("beta", 0.8, 0.3),
        ("temperature", 0.0, 0.2),
        ("isotonic", 0.8, 0.5),
        ("venn-abers", 0.8, 0.5),
    ],
)
def test_what_was_distorted_is_mended_on_new_forecasts(name, shift, left):
    past, seen, _ = simulated(1, stretch=1.6, shift=shift)
    new, outcome, truth = simulated(2, stretch=1.6, shift=shift)
    calibrated = CALIBRATIONS[name](past, seen)(new)
    assert brier_score(calibrated, outcome) < brier_score(new, outcome)
    assert np.abs(calibrated - truth).mean() < left * np.abs(new - truth).mean()


@pytest.mark.parametrize("name", NAMES)
def test_honest_forecasts_are_hardly_moved(name):
    past, seen, _ = simulated(3)
    new, _, truth = simulated(4)
    assert np.abs(CALIBRATIONS[name](past, seen)(new) - truth).mean() < 0.02


def test_none_moves_nothing():
    forecast = np.linspace(0.0, 1.0, 11)
    assert CALIBRATIONS["none"]([0.3], [1])(forecast).tobytes() == forecast.tobytes()


def test_a_sigmoid_stretches_timid_forecasts():
    forecast = np.linspace(0.05, 0.95, 19)
    assert CALIBRATIONS["sigmoid"](forecast, forecast > 0.5)([0.9])[0] > 0.9


def test_the_venn_abers_predictor_lies_between_its_two_isotonic_fits():
    past, seen, _ = simulated(5, n=400)
    point = float(np.quantile(past, 0.7))
    low = CALIBRATIONS["isotonic"](np.append(past, point), np.append(seen, 0.0))([point])[0]
    high = CALIBRATIONS["isotonic"](np.append(past, point), np.append(seen, 1.0))([point])[0]
    calibrated = CALIBRATIONS["venn-abers"](past, seen)([point])[0]
    assert low - 0.02 <= calibrated <= high + 0.02
    assert low < high
