"""Intervals: they hold their value, come back with their seed, widen with clustering and cover what they should."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import ForecastError
from forecast.verification import (
    Interval,
    both_ways,
    brier_losses,
    brier_score,
    brier_skill,
    calibration_error,
    log_score,
    mean_interval,
    roc_auc,
    score_interval,
    skill_interval,
    widest,
)

ROWS = st.lists(
    st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.integers(0, 1), st.sampled_from("abcde")),
    min_size=6,
    max_size=40,
).filter(lambda rows: 1 < sum(y for _, y, _ in rows) < len(rows) - 1 and len({c for *_, c in rows}) > 2)


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


@given(ROWS, st.integers(0, 5))
def test_every_interval_holds_its_value(rows, seed):
    p, y, clusters = (np.array(column) for column in zip(*rows, strict=True))
    options = {"clusters": clusters, "resamples": 30, "seed": seed}
    result = [score_interval(p, y, score=score, **options) for score in (brier_score, calibration_error)]
    result.append(skill_interval(p, y, reference=np.full(len(p), 0.4), **options))
    result.append(mean_interval(p - y, **options))
    for interval in result:
        assert interval.low <= interval.value <= interval.high


def test_an_interval_comes_back_with_its_seed_whatever_the_clusters_are_called():
    p, y, reference, clusters = _clustered()
    named = np.array([f"d{number:03d}" for number in clusters])
    one = skill_interval(p, y, reference=reference, clusters=clusters, resamples=200)
    assert skill_interval(p, y, reference=reference, clusters=named, resamples=200) == one
    assert skill_interval(p, y, reference=reference, clusters=clusters, resamples=200, seed=1) != one


def test_the_quick_ways_give_what_the_general_one_gives():
    p, y, reference, clusters = _clustered()
    options = {"clusters": clusters, "resamples": 200, "seed": 3}
    quick = skill_interval(p, y, reference=reference, **options)
    general = score_interval(p, y, score=brier_skill, reference=reference, **options)
    assert vars(quick) == pytest.approx(vars(general), abs=1e-12)
    mean = mean_interval(brier_losses(p, y), **options)
    assert vars(mean) == pytest.approx(vars(score_interval(p, y, score=brier_score, **options)), abs=1e-12)


def test_the_order_of_the_rows_does_not_matter():
    p, y, _, clusters = _clustered()
    turned = np.random.default_rng(0).permutation(len(p))
    options = {"score": roc_auc, "resamples": 50}
    one = score_interval(p, y, clusters=clusters, **options)
    other = score_interval(p[turned], y[turned], clusters=clusters[turned], **options)
    assert vars(one) == pytest.approx(vars(other), abs=1e-12)


def _rows_that_depend(generator, *, by_dyad, by_date, dyads=30, dates=24):
    own, shared = generator.normal(0, by_dyad, (dyads, 1)), generator.normal(0, by_date, (1, dates))
    values = own + shared + generator.normal(0, 0.2, (dyads, dates))
    return values.ravel(), np.repeat(np.arange(dyads), dates), np.tile(np.arange(dates), dyads)


def _coverage(*, by_dyad, by_date, runs=150):
    """Share of simulated tables whose 90% interval of the mean holds the truth, which is 0."""
    generator = np.random.default_rng(12)
    held = dict.fromkeys(("row", "dyad", "date", "both"), 0)
    for run in range(runs):
        values, dyads, dates = _rows_that_depend(generator, by_dyad=by_dyad, by_date=by_date)
        interval = partial(mean_interval, values, resamples=200, seed=run)
        result = {name: interval(clusters=way) for name, way in (("dyad", dyads), ("date", dates))}
        result["row"] = interval(clusters=np.arange(len(values)))
        result["both"] = both_ways(interval, dyads=dyads, as_ofs=dates)
        for name, one in result.items():
            held[name] += one.low <= 0 <= one.high
    return {name: count / runs for name, count in held.items()}


@pytest.mark.slow  # statistics of many simulated tables
@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [({"by_dyad": 0.3, "by_date": 0.0}, "dyad", "date"), ({"by_dyad": 0.0, "by_date": 0.3}, "date", "dyad")],
)
def test_clusters_cover_what_they_say_and_rows_do_not(said, right, wrong):
    result = _coverage(**said)
    assert 0.83 <= result[right] <= 0.96
    assert result["both"] >= result[right]
    assert result["row"] < 0.5
    assert result[wrong] < 0.5


@pytest.mark.slow  # statistics of many simulated tables
def test_where_rows_depend_both_ways_the_union_is_better_than_either_and_still_too_narrow():
    result = _coverage(by_dyad=0.2, by_date=0.2)
    assert result["row"] < 0.5
    assert max(result["dyad"], result["date"]) <= result["both"] < 0.9
    assert result["both"] > 0.65


def test_a_skill_interval_covers_the_truth_about_as_often_as_it_says():
    generator = np.random.default_rng(8)
    held = 0
    for _ in range(60):
        truth = generator.beta(2, 4, size=400)
        y = (generator.random(400) < truth).astype(float)
        result = skill_interval(truth, y, reference=np.full(400, 1 / 3), clusters=np.arange(400), resamples=300)
        # Expected Brier scores: of the truth E[p(1-p)], of the reference that and the variance of p.
        own = (truth * (1 - truth)).mean()
        held += result.low <= 1 - own / (own + ((truth - 1 / 3) ** 2).mean()) <= result.high
    assert held >= 45


def test_the_union_is_of_one_figure():
    result = widest(Interval(0.2, 0.1, 0.3), Interval(0.2, 0.15, 0.4), Interval(0.2, 0.0, 0.2))
    assert result == Interval(0.2, 0.0, 0.4)
    with pytest.raises(ForecastError, match="different figures"):
        widest(Interval(0.2, 0.1, 0.3), Interval(0.25, 0.1, 0.3))


def test_both_ways_takes_the_one_that_there_is():
    interval = partial(mean_interval, [1.0, 2.0, 3.0])
    by_date = interval(clusters=[1, 2, 3])
    assert both_ways(interval, dyads=["a"] * 3, as_ofs=[1, 2, 3]) == by_date
    with pytest.raises(ForecastError, match="at least 2 dyads or 2 as-of dates"):
        both_ways(interval, dyads=["a"] * 3, as_ofs=[1] * 3)


P, Y = [0.1, 0.9, 0.4, 0.6], [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"clusters": ["a"] * 4}, "at least 2 clusters"),
        ({"clusters": ["a", "b"]}, "do not pair with 4 forecasts"),
        ({"clusters": list("abab"), "level": 1.0}, "level of 1.0"),
        ({"clusters": list("abab"), "score": lambda p, y: log_score(np.round(p - 0.2), y)}, "a floor makes"),
        ({"clusters": list("aaab"), "score": lambda p, y: roc_auc(p[p < 0.5], y[p < 0.5])}, "with and without"),
    ],
)
def test_what_has_no_interval_is_refused(said, problem):
    with pytest.raises(ForecastError, match=problem):
        score_interval(P, Y, **({"score": brier_score, "resamples": 50} | said))


def test_a_score_that_few_resamples_have_gives_no_interval():
    def spread(p, y):
        if not {0.1, 0.9} <= set(p):
            raise ForecastError("the extremes are not there")
        return brier_score(p, y)

    # Each extreme lies in one cluster of eight, so both are in fewer than half of the resamples.
    with pytest.raises(ForecastError, match=r"only [1-4]\d of 100 resamples have a score"):
        score_interval([0.1, 0.9, *[0.4] * 6], [1, *[0] * 7], score=spread, clusters=range(8), resamples=100)


@pytest.mark.parametrize("values", [[], [[1.0]], [1.0, np.inf], [1.0, np.nan]])
def test_a_mean_needs_finite_rows(values):
    with pytest.raises(ForecastError, match="finite figure"):
        mean_interval(values, clusters=np.zeros(len(values)))


@pytest.mark.parametrize(("level", "width"), [(0.5, 0.674), (0.9, 1.645)])
def test_both_ends_leave_out_the_same_share(level, width):
    values = np.random.default_rng(2).normal(size=400)
    result = mean_interval(values, clusters=np.arange(400), level=level, resamples=4000)
    error = values.std() / 400**0.5
    assert (result.high - result.value) / error == pytest.approx(width, rel=0.08)
    assert (result.value - result.low) / error == pytest.approx(width, rel=0.08)


def test_a_score_that_resampling_worsens_still_lies_in_its_interval():
    # Every bin is exactly calibrated as it stands, and no resample is.
    p = np.repeat([0.25, 0.75], 80)
    y = np.concatenate([np.tile([1, 0, 0, 0], 20), np.tile([1, 1, 1, 0], 20)])
    result = score_interval(p, y, score=partial(calibration_error, bins=2), clusters=np.arange(160), resamples=100)
    assert result.low == result.value == 0.0
    assert result.high > 0.03
