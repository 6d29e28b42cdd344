"""The benchmark of free text: how candidates and facts are paired, and that the shipped articles are coded no worse."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmark_modules import benchmark_module
from forecast.coding.candidates import Candidate


@pytest.fixture(scope="module")
def benchmark():
    return benchmark_module("articles")


def row(**cells):
    given = {
        "started_on": "2023-09-28", "ended_on": "2023-09-28", "known_on": "2023-09-29", "source": "CHN",
        "recipient": "USA", "event": "CONSULT", "mode": "visit", "level": "leader",
    }  # fmt: skip
    return Candidate(**{**given, **cells})


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({}, "meeting"),
        ({"mode": "phone"}, "call"),
        ({"mode": "dialogue"}, "dialogue"),
        ({"status": "announced", "started_on": "2023-11-15"}, "plan"),
        ({"status": "reported", "started_on": "2023-09-01"}, "meeting"),
        ({"event": "REJECT", "mode": "meet"}, "refusal"),
        ({"event": "SANCTION", "mode": "cancel"}, "cancelled"),
        ({"event": "SANCTION", "mode": "expel"}, "sanction"),
        ({"event": "ACCUSE", "mode": "allege"}, ""),
    ],
)
def test_each_candidate_has_the_kind_of_the_sample(benchmark, cells, kind):
    assert benchmark.kind_of(row(**cells)) == kind


def test_precision_and_recall_stand_with_their_numbers(benchmark):
    count = Counter({"right": 3, "added": 1, "missed": 3, "level right": 2, "level wrong": 2})
    assert benchmark.shares(count) == "precision 0.75 of 4, recall 0.50 of 6, level 0.50 of 4, day -"


def test_the_articles_that_were_read_while_it_was_written_are_coded_as_well_as_then(benchmark):
    counts = sum(benchmark.accuracy("dev").values(), Counter())
    assert counts["right"] / (counts["right"] + counts["added"]) >= 0.8
    assert counts["right"] / (counts["right"] + counts["missed"]) >= 0.65
