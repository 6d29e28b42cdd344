"""Sources that fall silent."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forecast.monitoring.verdicts import judge_source, past_gaps, silence_from

DAY = np.datetime64("2020-01-01", "D")
GAPS = st.lists(st.integers(1, 400), min_size=5, max_size=300)


def weekly(years: int = 10) -> np.ndarray:
    return DAY - np.arange(1, 52 * years) * 7


@given(GAPS, st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_a_smaller_chance_needs_a_longer_silence(gaps, one, other):
    rare, common = min(one, other), max(one, other)
    assert silence_from(gaps, chance=rare) >= silence_from(gaps, chance=common) >= min(gaps) + 1


@given(GAPS, st.integers(2, 5))
def test_time_scales_with_the_gaps(gaps, factor):
    alone = silence_from(gaps, chance=0.05)
    assert abs(silence_from([gap * factor for gap in gaps], chance=0.05) - alone * factor) <= factor


def test_the_next_gap_reaches_the_silence_as_often_as_said():
    generator = np.random.default_rng(2)
    for draw in (generator.geometric, lambda p, size: 1 + generator.pareto(1.5, size).astype(int)):
        reached = 0
        for _ in range(800):
            *gaps, following = draw(0.1, 101)
            reached += following >= silence_from(gaps, chance=0.05)
        assert 0.02 < reached / 800 <= 0.07


def test_a_source_is_judged_by_its_own_past():
    assert judge_source("s", weekly(), as_of=DAY).verdict == "ok"
    row = judge_source("s", weekly(), as_of=DAY + 20)
    assert (row.verdict, row.value, row.threshold) == ("drift", 26.0, 8.0)
    assert row.what == "s ends on 2019-12-25"
    # The same days of silence are nothing new in a source that pauses every summer.
    pauses = np.concatenate([weekly(20)[:300], DAY - 3000 - np.arange(12) * 30])
    assert judge_source("s", pauses, as_of=DAY + 20).verdict == "watch"
    assert judge_source("s", pauses, as_of=DAY + 20).what == "s silent since 2019-12-25"


def test_verdicts_never_improve_with_silence():
    order = {"ok": 0, "watch": 1, "drift": 2}
    told = np.concatenate([weekly(), DAY - 3700 - np.arange(5) * 40])
    found = [order[judge_source("s", told, as_of=DAY + days).verdict] for days in range(0, 200, 5)]
    assert found == sorted(found)
    assert set(found) == {0, 1, 2}


def test_declared_days_are_not_silence():
    assert judge_source("s", weekly(), as_of=DAY + 300, until=DAY + 299).verdict == "ok"
    row = judge_source("s", weekly(), as_of=DAY + 300, until=DAY + 900)
    assert (row.value, row.what) == (0.0, "s reaches 2020-10-26")
    assert judge_source("s", weekly(), as_of=DAY + 300, until=DAY + 10).value == 289.0


def test_few_gaps_are_said_with_the_days_behind():
    row = judge_source("s", weekly()[:4], as_of=DAY + 100)
    assert (row.value, row.verdict) == (106.0, "not enough cases (n = 3)")
    row = judge_source("s", weekly()[:0], as_of=DAY)
    assert (row.value, row.verdict) == (None, "not enough cases (n = 0)")


def test_only_the_last_twenty_years_count():
    old = np.concatenate([weekly(), np.array(["1950-01-01", "1940-01-01"], dtype="datetime64[D]")])
    assert past_gaps(old).max() == 7
