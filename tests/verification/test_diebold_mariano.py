"""The Diebold-Mariano test: against a published package and by hand, antisymmetric, right where none is better."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scores.stats.statistical_tests import diebold_mariano as published

from forecast.errors import ForecastError
from forecast.verification import diebold_mariano, overlapping_dates

MONTHS = np.arange("2010-01", "2014-01", dtype="datetime64[M]").astype("datetime64[D]")
#: Losses of two forecasts whose difference varies from date to date.
LOSSES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=24, max_size=48).filter(
    lambda rows: np.ptp([a - b for a, b in rows]) > 1e-6
)


@given(LOSSES, st.sampled_from([20, 60, 150]))
def test_to_change_sides_changes_the_sign_alone(rows, horizon):
    one, two = np.array(rows).T
    days = MONTHS[: len(one)]
    result = diebold_mariano(one, two, as_ofs=days, horizon_days=horizon)
    turned = diebold_mariano(two, one, as_ofs=days, horizon_days=horizon)
    assert turned.statistic == pytest.approx(-result.statistic, rel=1e-9)
    assert turned.p_value == pytest.approx(result.p_value, rel=1e-9)
    assert (turned.lag, turned.n) == (result.lag, result.n)
    assert 0 <= result.p_value <= 1
    assert np.sign(result.statistic) == np.sign(result.difference)


@given(LOSSES)
def test_without_overlap_it_is_the_test_of_a_published_package(rows):
    one, two = np.array(rows).T
    result = diebold_mariano(one, two, as_ofs=MONTHS[: len(one)], horizon_days=20)
    series = xr.DataArray(
        (one - two)[None, :],
        dims=("pair", "day"),
        coords={"pair": [0], "day": np.arange(len(one)), "h": ("pair", [1])},
    )
    other = published(series, "pair", "h", method="HLN", statistic_distribution="t")
    assert result.lag == 0
    assert result.statistic == pytest.approx(other["dm_test_stat"].item(), rel=1e-9)
    assert result.difference == pytest.approx(other["mean"].item(), abs=1e-12)
    # The package gives the confidence that the mean difference is above zero, which is one side of ours.
    confidence = other["confidence_gt_0"].item()
    assert result.p_value == pytest.approx(2 * min(confidence, 1 - confidence), abs=1e-9)


def test_with_overlap_it_is_the_formula_written_out():
    generator = np.random.default_rng(0)
    d = generator.normal(0.05, 0.1, len(MONTHS)).cumsum() / 10 + 0.02
    result = diebold_mariano(d, np.zeros_like(d), as_ofs=MONTHS, horizon_days=90)
    n, lag, mean = len(d), result.lag, d.mean()
    assert lag == 3
    variance = 0.0
    for i in range(n):
        for j in range(n):
            if abs(i - j) <= lag:
                variance += (1 - abs(i - j) / (lag + 1)) * (d[i] - mean) * (d[j] - mean) / n**2
    h = lag + 1
    expected = mean / variance**0.5 * ((n + 1 - 2 * h + h * (h - 1) / n) / n) ** 0.5
    assert result.statistic == pytest.approx(expected, rel=1e-12)


def test_the_rows_of_a_date_count_once():
    one, two = np.random.default_rng(3).random((2, len(MONTHS)))
    single = diebold_mariano(one, two, as_ofs=MONTHS, horizon_days=60)
    tripled = diebold_mariano(np.tile(one, 3), np.tile(two, 3), as_ofs=np.tile(MONTHS, 3), horizon_days=60)
    assert vars(tripled) == pytest.approx(vars(single), rel=1e-12)


def test_equal_forecasts_are_rarely_told_apart_and_overlap_must_be_heeded():
    generator = np.random.default_rng(9)
    days = np.arange("2000-01", "2010-01", dtype="datetime64[M]").astype("datetime64[D]")
    honest = naive = 0
    for _ in range(300):
        # Windows of three dates share their days, so the differences are moving sums.
        d = np.convolve(generator.normal(size=len(days) + 2), np.ones(3), mode="valid")
        honest += diebold_mariano(d, np.zeros_like(d), as_ofs=days, horizon_days=90).p_value < 0.1
        naive += diebold_mariano(d, np.zeros_like(d), as_ofs=days, horizon_days=20).p_value < 0.1
    assert honest / 300 < 0.2
    assert naive / 300 > 0.25


@pytest.mark.parametrize(
    ("every", "horizon", "lag"),
    [(30, 30, 0), (30, 31, 1), (30, 60, 1), (30, 61, 2), (7, 30, 4), (1, 3, 2)],
)
def test_the_lag_counts_dates_inside_a_window_that_ends_before_its_last_day(every, horizon, lag):
    days = np.datetime64("2020-01-01") + every * np.arange(40)
    assert overlapping_dates(days, horizon_days=horizon) == lag
    # Every earlier date whose window [d, d + h) still holds this one, counted one by one.
    assert lag == max(sum(e < d < e + np.timedelta64(horizon, "D") for e in days) for d in days)


@pytest.mark.parametrize(("dates", "horizon", "needed"), [(9, 20, 10), (11, 90, 12), (17, 180, 18)])
def test_too_few_dates_are_refused_with_what_is_needed(dates, horizon, needed):
    loss = np.random.default_rng(1).random(dates)
    with pytest.raises(ForecastError, match=rf"^{dates} as-of dates are too few .* at least {needed} dates"):
        diebold_mariano(loss, 1 - loss, as_ofs=MONTHS[:dates], horizon_days=horizon)
    enough = np.random.default_rng(1).random(needed)
    assert diebold_mariano(enough, 1 - enough, as_ofs=MONTHS[:needed], horizon_days=horizon).n == needed


@pytest.mark.parametrize(
    ("one", "two", "days", "problem"),
    [
        (np.full(48, 0.3), np.full(48, 0.3), MONTHS, "differ by the same"),
        (np.full(48, 0.3), np.full(48, 0.1), MONTHS, "differ by the same"),
        (np.full(48, np.inf), np.full(48, 0.1), MONTHS, "missing or infinite"),
        (np.full(47, 0.3), np.full(48, 0.1), MONTHS, "do not pair"),
        ([], [], [], "do not pair"),
    ],
)
def test_what_cannot_be_tested_is_refused(one, two, days, problem):
    with pytest.raises(ForecastError, match=problem):
        diebold_mariano(one, two, as_ofs=days, horizon_days=30)


def test_a_horizon_without_days_is_refused():
    with pytest.raises(ForecastError, match="no window"):
        overlapping_dates(MONTHS, horizon_days=0)
