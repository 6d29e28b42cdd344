"""Distances of samples: hand-computed values, other people's code, laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from forecast.errors import ForecastError
from forecast.monitoring.distances import (
    bins_for,
    judged,
    ks,
    ks_levels,
    psi,
    psi_levels,
    psi_of_counts,
    yearly_distances,
)
from forecast.monitoring.verdicts import judge_column

SAMPLES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40)


def test_psi_by_hand():
    # Shares 20/30/50% against 10/40/50%: 0.1 * log 2 + 0.1 * log(4/3) = 0.0980829...
    many = 1_000_000
    found = psi_of_counts([2 * many, 3 * many, 5 * many], [1 * many, 4 * many, 5 * many])
    assert found == pytest.approx(0.0980829, abs=1e-6)
    # Half a case in each bin: (2.5 - 0.5) / 3 * log(2.5 / 0.5) twice.
    assert psi_of_counts([2, 0], [0, 2]) == pytest.approx(2 * (2 / 3) * np.log(5))


def test_psi_of_samples_by_hand():
    # Two bins at the median of both together, 2: three and one case against one and three.
    assert psi([1, 1, 2, 3], [2, 3, 3, 3], bins=2) == pytest.approx(psi_of_counts([3, 1], [1, 3]))


@given(SAMPLES.filter(lambda rows: len(rows) > 1), SAMPLES.filter(lambda rows: len(rows) > 1))
def test_ks_is_that_of_scipy(one, other):
    assert ks(one, other) == pytest.approx(stats.ks_2samp(one, other, method="asymp").statistic)


@given(SAMPLES, SAMPLES, st.randoms())
def test_laws_of_both_distances(one, other, random):
    for distance in (psi, ks):
        found = distance(one, other)
        assert found >= 0
        assert distance(one, one) == 0
        assert distance(other, one) == pytest.approx(found)
        mixed = list(one)
        random.shuffle(mixed)
        assert distance(mixed, other) == pytest.approx(found)
        # Any rising scale gives the same.
        assert distance(np.exp(np.array(one) / 3), np.exp(np.array(other) / 3)) == pytest.approx(found)
    assert ks(one, other) <= 1


def test_missing_values_are_a_bin_of_the_index_and_no_part_of_the_other():
    one, other = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0, np.nan, np.nan, np.nan, np.nan]
    assert psi(one, other) > 0.5
    assert ks(one, other) == 0
    assert psi([np.nan, np.nan], [np.nan]) == 0
    for distance in (psi, ks):
        with pytest.raises(ForecastError, match="at least one value each"):
            distance([], [1.0])
    with pytest.raises(ForecastError, match="not of the same bins"):
        psi_of_counts([1, 2], [1, 2, 3])


def test_chance_exceeds_the_levels_as_often_as_said():
    generator = np.random.default_rng(1)
    n, m = 300, 200
    tries = [(generator.normal(size=n), generator.normal(size=m)) for _ in range(600)]
    watch_ks, drift_ks = ks_levels((n, m))
    found = np.array([ks(a, b) for a, b in tries])
    assert 0.02 < (found > watch_ks).mean() < 0.07
    assert (found > drift_ks).mean() < 0.02
    chance = sum(1 / size for size in (n, m)) * stats.chi2.isf(0.05, 9)
    assert psi_levels((n, m))[0] == pytest.approx(max(0.1, chance))
    found = np.array([psi(a, b) for a, b in tries])
    assert 0.02 < (found > chance).mean() < 0.09


def test_large_samples_keep_the_published_levels_and_small_ones_do_not():
    assert psi_levels((10**6, 10**6)) == (0.1, 0.25)
    assert psi_levels((30, 30))[1] > 1


def test_each_year_is_set_against_the_others():
    values, years = np.array([1.0, 1.0, 1.0, 1.0, 9.0, 9.0]), np.array([0, 0, 1, 1, 2, 2])
    psis, statistics = yearly_distances(values, years, bins=2)
    apart = [(values[years == year], values[years != year]) for year in range(3)]
    assert statistics.tolist() == [ks(*one) for one in apart] == [0.5, 0.5, 1.0]
    assert psis.tolist() == [psi(*one, bins=2) for one in apart]
    assert [past.tolist() for past in yearly_distances([1.0, np.nan], [0, 1], bins=2)] == [[], []]


@given(st.floats(0, 2), st.lists(st.floats(0, 2), min_size=1, max_size=5))
def test_a_verdict_never_improves_with_the_distance(value, past):
    order = ["ok", "watch", "drift"]
    less, more = (judged(at, (0.1, 0.25), np.array(past))[1] for at in (value, value + 0.1))
    assert order.index(less) <= order.index(more)
    threshold, verdict = judged(value, (0.1, 0.25), np.array(past))
    assert (verdict == "ok") is (value < 0.1 or value <= max(past))
    assert threshold == max(0.1, *past)


def panel(*, dyads: int = 40, years: int = 12, seed: int = 0) -> pd.Series:
    generator = np.random.default_rng(seed)
    days = np.arange("2000-01", f"{2000 + years}-01", dtype="datetime64[M]").astype("datetime64[s]")
    index = pd.MultiIndex.from_product([[f"D{k}" for k in range(dyads)], days], names=["dyad", "as_of"])
    # Each dyad keeps its own level: rows are far from independent.
    level = np.repeat(generator.normal(size=dyads), len(days))
    return pd.Series(level + 0.3 * generator.normal(size=len(index)), index=index)


def split(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    last = values.index.get_level_values("as_of") >= pd.Timestamp("2011-01-01")
    return values[~last], values[last]


def test_a_steady_figure_is_ok_and_a_moved_one_drifts():
    learned, recent = split(panel())
    assert [row.verdict for row in judge_column("signal", "s", learned, recent)] == ["ok", "ok"]
    moved = judge_column("signal", "s", learned, recent + 3.0)
    assert [(row.statistic, row.verdict, row.n) for row in moved] == [("PSI", "drift", 40), ("KS", "drift", 40)]
    assert all(row.value >= row.threshold for row in moved)


def test_a_weight_says_what_as_many_rows_say():
    """Distances of a weighed sample are those of the rows that each row stands for."""
    generator = np.random.default_rng(3)
    weights = generator.integers(1, 5, 60)
    figures, years = generator.normal(size=60).round(1), np.arange(60) % 6
    figures[:4] = np.nan
    other = generator.normal(size=40).round(1)
    times = [np.repeat(column, weights) for column in (figures, years)]
    weighed = weights.astype(float)
    for distance in (psi, ks):
        assert distance(figures, other, weights=weighed) == pytest.approx(distance(times[0], other))
    ours = yearly_distances(figures, years, bins=4, weights=weighed)
    np.testing.assert_allclose(ours, yearly_distances(*times, bins=4))
    learned, recent = split(panel())
    equal = judge_column("signal", "s", learned, recent, pd.Series(1.0, learned.index))
    assert equal == judge_column("signal", "s", learned, recent)


def test_a_figure_that_always_wandered_does_not_drift_for_wandering_on():
    values = panel()
    years = values.index.get_level_values("as_of").year.to_numpy()
    wandering = values + np.where(years % 2 == 0, 2.0, -2.0)
    assert {row.verdict for row in judge_column("signal", "s", *split(wandering))} == {"ok"}


def test_few_dyads_and_few_years_are_said():
    (row, _) = judge_column("signal", "s", *split(panel(dyads=9)))
    assert (row.verdict, row.value) == ("not enough cases (n = 9)", None)
    learned, recent = split(panel())
    late = learned[learned.index.get_level_values("as_of") >= pd.Timestamp("2008-01-01")]
    (row, _) = judge_column("signal", "s", late, recent)
    assert row.verdict == "not enough cases (n = 3)"
    assert row.value is not None
    (row, _) = judge_column("signal", "s", learned, recent.head(0))
    assert row.verdict == "not enough cases (n = 0)"


def test_bins_grow_with_the_dyads_and_are_at_least_two():
    assert [bins_for(dyads) for dyads in (200, 40, 12, 3)] == [10, 8, 2, 2]
