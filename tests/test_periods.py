"""Periods and how hazards compose to a probability for any horizon."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.dates import MAX_HORIZON_DAYS
from forecast.periods import EDGES, PERIODS, column, cumulative_incidence

HAZARDS = st.lists(st.floats(0.0, 1.0), min_size=len(PERIODS), max_size=len(PERIODS))
HORIZONS = st.lists(st.integers(0, EDGES[-1]), min_size=1, max_size=12)


def test_the_periods_tile_the_longest_horizon():
    assert EDGES[0] == 0
    assert EDGES[-1] == MAX_HORIZON_DAYS
    assert all(start < end for start, end in PERIODS)
    assert [start for start, _ in PERIODS[1:]] == [end for _, end in PERIODS[:-1]]


def test_a_column_is_named_for_its_period():
    assert column("season__sin1", 0, 15) == "season__sin1@0-15"


@given(HAZARDS, HORIZONS)
def test_a_probability_is_bounded_and_never_decreases_in_the_horizon(hazards, horizons):
    found = cumulative_incidence(np.array([hazards]), sorted(horizons))[0]
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


@given(HAZARDS)
def test_at_the_edges_it_is_one_minus_the_product(hazards):
    found = cumulative_incidence(np.array([hazards]), EDGES[1:])[0]
    expected = [1.0 - math.prod(1.0 - hazard for hazard in hazards[: k + 1]) for k in range(len(hazards))]
    assert found == pytest.approx(expected, abs=1e-12)


@given(HAZARDS, HORIZONS)
def test_the_order_of_horizons_and_rows_does_not_matter(hazards, horizons):
    two = np.array([hazards, hazards[::-1]])
    found = cumulative_incidence(two, horizons)
    assert found.shape == (2, len(horizons))
    turned = cumulative_incidence(two[::-1], horizons[::-1])
    assert (found == turned[::-1, ::-1]).all()


@pytest.mark.parametrize("share", [1, 7, 14])
def test_within_a_period_the_chance_of_no_meeting_shrinks_by_equal_factors(share):
    found = cumulative_incidence(np.full((1, len(PERIODS)), 0.4), [share])[0, 0]
    assert found == pytest.approx(1 - 0.6 ** (share / 15))


def test_hazards_of_zero_and_one():
    never, certain = np.zeros((1, len(PERIODS))), np.ones((1, len(PERIODS)))
    assert cumulative_incidence(never, [1, 90, 730]).tolist() == [[0.0, 0.0, 0.0]]
    assert cumulative_incidence(certain, [0, 1, 90, 730]).tolist() == [[0.0, 1.0, 1.0, 1.0]]
    later = never.copy()
    later[0, 1] = 1.0
    assert cumulative_incidence(later, [15, 16, 730]).tolist() == [[0.0, 1.0, 1.0]]


def test_a_tiny_hazard_is_not_lost():
    found = cumulative_incidence(np.full((1, len(PERIODS)), 1e-18), [730])[0, 0]
    assert found == pytest.approx(11e-18)


def test_one_horizon_may_be_given_alone():
    assert cumulative_incidence(np.full((3, len(PERIODS)), 0.5), 15).tolist() == [[0.5], [0.5], [0.5]]
