"""The benchmark of single answers: what it puts to the program, and how it compares."""

from __future__ import annotations

import sys

import pytest

from benchmark_modules import benchmark_module
from forecast.exchange.crowd import read_crowd

pytestmark = pytest.mark.slow  # starts processes to measure them

answers = benchmark_module("answers")


def test_the_questions_are_twenty_over_fifteen_years(tmp_path):
    read = read_crowd(answers.crowd(tmp_path / "crowd.csv"))
    assert (len(read.rows), len(read.aside)) == (20, 0)
    years = read.rows["as_of"].str[:4].astype(int)
    assert (years.min(), years.max()) == (2008, 2022)


def test_a_process_is_measured_by_its_processor_time_alone():
    sleeping = [sys.executable, "-S", "-c", "import time; time.sleep(0.5)"]
    working = [sys.executable, "-S", "-c", "import time\nwhile time.process_time() < 0.5: pass"]
    ours, theirs, ratio = answers.paired(lambda _: working, lambda _: sleeping, 1)
    assert ours >= 0.5 > theirs
    assert ratio == ours / theirs > 1.0
