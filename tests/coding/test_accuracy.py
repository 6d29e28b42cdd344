"""The accuracy of the coding: the figure itself on a small example, and the committed facts against the gold sample."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from benchmark_modules import benchmark_module
from text_tables import table

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    return benchmark_module("accuracy")


@pytest.fixture(scope="module")
def gold(benchmark) -> pd.DataFrame:
    return pd.read_csv(benchmark.GOLD, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def coded(benchmark) -> pd.DataFrame:
    return benchmark.coded_meetings()


GOLD = """
collection | record_id | state | setting
visits     | 1         | CHN   | bilateral
visits     | 2         | FRA   | margins
visits     | 2         | DEU   | margins
visits     | 3         |       |
travels    | 1         | GBR   | multilateral
"""
CODED = """
collection | record_id | state | setting
visits     | 1         | CHN   | bilateral
visits     | 2         | FRA   | multilateral
visits     | 3         | ITA   | bilateral
visits     | 9         | JPN   | bilateral
travels    | 1         | GBR   | multilateral
"""


def test_accuracy_of_a_small_example(benchmark):
    found = benchmark.accuracy(pd.DataFrame(table(GOLD)), pd.DataFrame(table(CODED)))
    # CHN and GBR are right, FRA with another setting; DEU was missed, ITA was none, JPN is outside the sample.
    assert found == {
        "records": 4,
        "meetings": 4,
        "coded": 4,
        "precision": 3 / 4,
        "recall": 3 / 4,
        "precision_with_setting": 2 / 4,
        "recall_with_setting": 2 / 4,
    }


def test_a_perfect_coding_is_perfect_and_the_order_of_rows_does_not_matter(benchmark):
    gold = pd.DataFrame(table(GOLD))
    coded = gold[gold["state"] != ""]
    found = benchmark.accuracy(gold, coded)
    assert [value for name, value in found.items() if name.startswith(("precision", "recall"))] == [1.0] * 4
    assert benchmark.accuracy(gold.iloc[::-1], coded.iloc[::-1]) == found


def test_what_is_missed_lowers_recall_alone_and_what_is_made_up_precision_alone(benchmark):
    gold, coded = pd.DataFrame(table(GOLD)), pd.DataFrame(table(GOLD)).query("state != ''")
    missed = benchmark.accuracy(gold, coded.iloc[1:])
    assert (missed["precision"], missed["recall"]) == (1.0, 3 / 4)
    made_up = pd.concat([coded, coded.iloc[:1].assign(state="ITA")])
    added = benchmark.accuracy(gold, made_up)
    assert (added["precision"], added["recall"]) == (4 / 5, 1.0)


def test_the_sample_is_large_and_spans_the_decades(gold, benchmark):
    held_out = gold[gold["part"] == "held out"]
    assert len(held_out[["collection", "record_id"]].drop_duplicates()) >= 200
    decades = set(held_out["started_on"].str[:3])
    assert {f"{decade}" for decade in range(194, 203)} <= decades
    assert set(gold["collection"]) == {"visits", "president-travels"}
    assert set(gold["part"]) == {"development", "held out"}


def test_the_sample_is_coded_in_the_words_of_the_rules(gold):
    from forecast.facts.countries import states
    from forecast.facts.events import SETTINGS

    met = gold[gold["state"] != ""]
    assert set(met["state"]) <= set(states())
    assert set(met["setting"]) <= set(SETTINGS)
    assert set(gold.loc[gold["state"] == "", "setting"]) == {"none"}
    assert not gold.duplicated(["collection", "record_id", "state"]).any()
    parts = gold[["collection", "record_id", "part"]].drop_duplicates()
    assert not parts.duplicated(["collection", "record_id"]).any()


def test_every_record_of_the_sample_is_among_the_records(gold, benchmark):
    for collection, part in gold.groupby("collection"):
        known = pd.read_csv(benchmark.CODED / f"{collection}.csv", dtype=str, keep_default_na=False)["record_id"]
        uncoded = pd.read_csv(benchmark.CODED / "uncoded.csv", dtype=str, keep_default_na=False)["record_id"]
        assert set(part["record_id"]) <= {*known, *uncoded}


@pytest.mark.parametrize("part", ["held out", "development"])
@pytest.mark.parametrize("setting", ["", "_with_setting"])
def test_the_committed_facts_agree_with_the_sample(benchmark, gold, coded, part, setting):
    found = benchmark.accuracy(gold[gold["part"] == part], coded)
    assert found[f"precision{setting}"] >= 0.95
    assert found[f"recall{setting}"] >= 0.90


def test_no_decade_is_much_worse(benchmark, gold, coded):
    for decade, part in gold.groupby(gold["started_on"].str[:3] + "0s"):
        if len(part) >= 20:
            found = benchmark.accuracy(part, coded)
            assert found["precision"] >= 0.9, decade
            assert found["recall"] >= 0.85, decade


def test_the_command_prints_both_parts(benchmark, capsys):
    benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["development", "held out"]
    assert all("precision" in line and "recall" in line for line in lines)
