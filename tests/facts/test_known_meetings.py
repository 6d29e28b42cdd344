"""The record against windows whose outcome everybody can check."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from cases import each
from forecast.dates import parse_day
from forecast.facts.countries import parse_dyad
from forecast.panel.outcomes import met_within, observe
from forecast.signals.cube import Cube, make_cube

ROOT = Path(__file__).resolve().parents[2]
with (ROOT / "tests" / "gold" / "known-meetings.csv").open(encoding="utf-8", newline="") as lines:
    WINDOWS = list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def cube(shipped_history) -> Cube:
    return make_cube(shipped_history)


def outcome(cube: Cube, dyad: str, as_of: str, by: str) -> float:
    day = parse_day(as_of)
    rows = observe(cube, dyads=[parse_dyad(dyad, on=day)], as_ofs=np.array([day]))
    return float(met_within(rows, int((parse_day(by) - day).astype(int)) + 1).iloc[0])


def test_there_are_enough_windows_of_both_kinds():
    assert len(WINDOWS) >= 24 + 30
    assert sum(window["outcome"] == "0" for window in WINDOWS) >= 10


@each("window", WINDOWS)
def test_the_record_says_what_happened(cube, window):
    assert outcome(cube, window["dyad"], window["as_of"], window["by"]) == float(window["outcome"])


@pytest.mark.parametrize("day", range(10, 21))
def test_the_founding_case_is_right_on_every_day(cube, day):
    assert outcome(cube, "USA-CHN", f"2023-11-{day}", "2023-11-30") == float(day <= 15)
