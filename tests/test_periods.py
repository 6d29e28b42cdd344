"""Periods and how hazards compose to a probability for any horizon."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.dates import MAX_HORIZON_DAYS
from forecast.periods import EDGES, PERIODS, Summits, column, cumulative_incidence, end_inside

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


N = len(PERIODS)


def summits(draw_habits: list[float], beginnings: list[list[float]]) -> Summits:
    """Summits of one row, whose days are given as shares of each period's length."""
    days = [
        [start + int(share * (end - start - 1)) for share in sorted(shares)]
        for shares, (start, end) in zip(beginnings, PERIODS, strict=True)
    ]
    return Summits(np.array([draw_habits]), np.array([days], dtype=np.float64).swapaxes(1, 2))


def one_day(day: float, *others: float) -> np.ndarray:
    """The same days of equal parts in every period of one row."""
    return np.repeat(np.array([[[day], *([other] for other in others)]]), N, axis=2)


SHARES = st.floats(0.0, 1.0)
SUMMITS = st.builds(summits, HAZARDS, st.lists(st.lists(SHARES, min_size=3, max_size=3), min_size=N, max_size=N))
DAYS = sorted({*EDGES, *(edge + 1 for edge in EDGES[:-1]), *(edge - 1 for edge in EDGES[1:]), *range(0, EDGES[-1], 17)})
AT_EDGES = [DAYS.index(edge) for edge in EDGES]


@given(HAZARDS, SUMMITS)
def test_with_summits_it_never_decreases_and_stays_between_the_edges(hazards, known):
    found = cumulative_incidence(np.array([hazards]), DAYS, known)[0]
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


@given(HAZARDS, SUMMITS)
def test_at_the_edges_summits_change_no_bit(hazards, known):
    plain = cumulative_incidence(np.array([hazards]), EDGES)
    assert cumulative_incidence(np.array([hazards]), EDGES, known).tobytes() == plain.tobytes()
    assert cumulative_incidence(np.array([hazards]), DAYS, known)[:, AT_EDGES].tobytes() == plain.tobytes()


@given(HAZARDS, SUMMITS)
def test_summits_that_add_nothing_change_nothing(hazards, known):
    """Neither if the habit is the whole hazard nor if it is larger: then the whole is shared out over the days."""
    plain = cumulative_incidence(np.array([hazards]), DAYS)
    for habits in (np.array([hazards]), np.ones((1, N))):
        found = cumulative_incidence(np.array([hazards]), DAYS, known._replace(habits=habits))
        assert found.tobytes() == plain.tobytes()


@given(st.floats(0.0, 0.9), st.floats(0.0, 1.0), st.integers(0, N - 1), st.data())
def test_a_summit_counts_wholly_from_its_first_day_and_not_before(habit, more, k, data):
    """Against the definition, written out: survival is habit by days, times the summit's factor once it has begun."""
    start, end = PERIODS[k]
    day = data.draw(st.integers(start, end - 1))
    habits, hazards = np.zeros((1, N)), np.zeros((1, N))
    habits[0, k], hazards[0, k] = habit, 1.0 - (1.0 - habit) * (1.0 - more)
    one = Summits(habits, one_day(float(day)))
    horizons = np.arange(start, end + 1)
    expected = 1.0 - (1.0 - habit) ** ((horizons - start) / (end - start)) * np.where(horizons > day, 1.0 - more, 1.0)
    assert cumulative_incidence(hazards, horizons, one)[0] == pytest.approx(expected, abs=1e-9)


def test_the_last_day_of_the_window_counts_and_a_day_later_does_not():
    none, whole = np.zeros((1, N)), np.zeros((1, N))
    whole[0, 2] = 0.8  # days 30 to 59
    found = cumulative_incidence(whole, [30, 40, 41, 59, 60], Summits(none, one_day(40.0)))[0]
    assert found == pytest.approx([0.0, 0.0, 0.8, 0.8, 0.8])


def test_every_part_counts_from_its_day():
    none, whole = np.zeros((1, N)), np.zeros((1, N))
    whole[0, 2] = 1.0 - 0.2
    parts = Summits(none, one_day(35.0, 50.0, 50.0, 50.0))
    found = cumulative_incidence(whole, [35, 36, 50, 51], parts)[0]
    assert found == pytest.approx([0.0, 1.0 - 0.2**0.25, 1.0 - 0.2**0.25, 0.8])


def test_a_certain_summit_leaves_the_days_before_it_alone():
    none, certain = np.zeros((1, N)), np.ones((1, N))
    ahead = Summits(none + 0.5, one_day(10.0))
    found = cumulative_incidence(certain, [5, 10, 11, 15], ahead)[0]
    assert found == pytest.approx([1.0 - 0.5 ** (1 / 3), 1.0 - 0.5 ** (2 / 3), 1.0, 1.0])


def test_one_row_of_days_serves_many_rows_of_hazards():
    generator = np.random.default_rng(3)
    hazards, habits = generator.random((2, 5, N))
    row = summits([0.0] * N, [[0.3, 0.6, 0.8]] * N)
    found = cumulative_incidence(hazards, DAYS, row._replace(habits=habits))
    for at in range(5):
        alone = cumulative_incidence(hazards[[at]], DAYS, row._replace(habits=habits[[at]]))
        assert (found[at] == alone[0]).all()


@pytest.mark.parametrize(("horizons", "inside"), [([30, 90, 730], False), ([0], False), (15, False), ([30, 91], True)])
def test_a_horizon_ends_inside_a_period_or_at_an_edge(horizons, inside):
    assert end_inside(horizons) is inside
