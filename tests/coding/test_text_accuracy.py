"""The accuracy of coded texts: the figures themselves on a small example, and the shipped statements."""

from __future__ import annotations

from types import ModuleType

import pandas as pd
import pytest

from benchmark_modules import benchmark_module
from text_tables import table

GOLD = """
url | kind | state | level    | started_on | ended_on   | note
a   | call | CHN   | leader   | 2023-01-01 | 2023-01-01 |
a   | call | FRA   | leader   |            |            |
b   | plan | DEU   | leader   | 2023-01-05 | 2023-01-06 |
b   | call | JPN   | minister | 2023-01-02 | 2023-01-02 |
c   | call | ITA   | leader   |            |            | doubtful: on a question
"""
CODED = """
url | kind | state | level   | started_on | ended_on   | note
a   | call | CHN   | leader  | 2023-01-01 | 2023-01-01 |
a   | call | GBR   | leader  | 2023-01-01 | 2023-01-01 |
b   | plan | DEU   | leader  | 2023-01-05 | 2023-01-05 |
b   | call | JPN   | leader  | 2023-01-02 | 2023-01-02 |
c   | call | ITA   | leader  | 2023-01-01 | 2023-01-01 |
"""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    return benchmark_module("text_accuracy")


def test_a_small_example_is_measured(benchmark):
    gold, coded = pd.DataFrame(table(GOLD)), pd.DataFrame(table(CODED))
    calls = benchmark.accuracy(gold, coded, ("call",), True)
    # China is right, Britain was none, Japan's was of ministers, Italy's is doubtful, France's was missed.
    assert (calls["gold"], calls["coded"]) == (2, 3)
    assert (calls["precision"], calls["recall"]) == (pytest.approx(1 / 3), 1 / 2)
    planned = benchmark.accuracy(gold, coded, ("plan",), True)
    assert (planned["precision"], planned["recall"], planned["days"], planned["days_right"]) == (1.0, 1.0, 1, 0.0)
    others = benchmark.accuracy(gold, coded, ("call",), False)
    assert (others["gold"], others["coded"], others["recall"]) == (1, 0, 0.0)


def test_a_perfect_coding_is_perfect_in_any_order(benchmark):
    gold = pd.DataFrame(table(GOLD))
    for kinds, leaders in benchmark.GROUPS.values():
        one = benchmark.accuracy(gold, gold.iloc[::-1], kinds, leaders)
        assert (one["precision"], one["recall"], one["days_right"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("half", ["dev", "held"])
@pytest.mark.parametrize(
    ("publisher", "names"),
    [
        ("white-house", ("leaders' calls", "leaders' meetings", "leaders' plans")),
        ("russia", ("leaders' calls", "leaders' meetings", "others' calls and meetings")),
    ],
)
def test_what_the_shipped_statements_say_is_right(benchmark, publisher, names, half):
    gold, coded = benchmark.of_half(publisher, half)
    for name in names:
        one = benchmark.accuracy(gold, coded, *benchmark.GROUPS[name])
        assert one["precision"] >= 0.85, name
        assert one["coded"] >= 3, name
