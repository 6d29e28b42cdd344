"""Comparison: rows are compared to the last bit, and the first that differs is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.leakage.comparison import Comparison, compare_rows

DAY = pd.Timestamp("2012-05-14")


def table(*rows: tuple[str, float, float]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([(dyad, DAY) for dyad, *_ in rows], names=["dyad", "as_of"])
    return pd.DataFrame([values for _, *values in rows], index=index, columns=["one", "two"], dtype=float)


SAME = table(("CHN-IND", 0.5, np.nan), ("IND-PAK", 1.5, 2.0))


def test_equal_bits_pass_and_missing_equals_missing():
    comparison = compare_rows(SAME, SAME.copy(), touched=3)
    assert comparison == Comparison(touched=3, rows=2, failures=0, worst=0.0)


@pytest.mark.parametrize(
    ("after", "worst", "signal", "values"),
    [
        (table(("CHN-IND", 0.5, np.nan), ("IND-PAK", np.nextafter(1.5, 2), 2.0)), 2.0**-52, "one", "1.5"),
        (table(("CHN-IND", 0.5, np.nan), ("IND-PAK", 1.5, -2.0)), 4.0, "two", "2.0"),
        (table(("CHN-IND", 0.5, 7.0), ("IND-PAK", 1.5, 2.0)), np.inf, "two", "missing"),
    ],
)
def test_a_difference_of_one_bit_is_a_failure(after, worst, signal, values):
    comparison = compare_rows(SAME, after, touched=1)
    assert (comparison.failures, comparison.worst, comparison.changed) == (1, worst, (signal,))
    assert (comparison.first.signal, comparison.first.before, comparison.first.as_of) == (signal, values, "2012-05-14")


def test_minus_zero_is_not_zero():
    one, other = table(("IND-PAK", 0.0, 1.0)), table(("IND-PAK", -0.0, 1.0))
    assert compare_rows(one, other, touched=1).failures == 1


def test_a_row_that_comes_or_goes_is_a_failure():
    for before, after, expected in [(SAME, SAME[:1], ("yes", "no")), (SAME[:1], SAME, ("no", "yes"))]:
        comparison = compare_rows(before, after, touched=1)
        assert (comparison.rows, comparison.failures) == (2, 1)
        assert (comparison.first.dyad, comparison.first.signal) == ("IND-PAK", "row")
        assert (comparison.first.before, comparison.first.after) == expected


def test_where_nothing_was_touched_nothing_was_compare_rows():
    assert compare_rows(SAME, SAME, touched=0).rows == 0
