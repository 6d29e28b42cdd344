"""Coverage of intervals: whether the share that met lies inside the mean interval of forecasts of like probability."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmark_modules import BENCHMARKS, benchmark_module


@pytest.fixture
def covered(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return benchmark_module("intervals").covered


def forecasts(n: int, *, shift: float, width: float) -> pd.DataFrame:
    """Forecasts whose chances are so far beside what they say, with intervals of a width."""
    generator = np.random.default_rng(1)
    said = generator.uniform(0.1, 0.6, n)
    met = (generator.random(n) < said + shift).astype(float)
    return pd.DataFrame({"probability": said, "low": said - width, "high": said + width, "outcome": met})


@pytest.mark.parametrize(("shift", "width", "share"), [(0.0, 0.1, 1.0), (0.2, 0.1, 0.0), (0.2, 0.25, 1.0)])
def test_a_group_is_covered_as_far_as_its_interval_holds_the_share_that_met(covered, shift, width, share):
    found = covered(forecasts(8000, shift=shift, width=width), most=10, fewest_met=20.0)
    assert len(found) == 10
    assert np.mean(found) == share


@pytest.mark.parametrize(("n", "groups"), [(60, 1), (200, 3), (400, 6)])
def test_groups_are_as_many_as_hold_enough_meetings(covered, n, groups):
    assert len(covered(forecasts(n, shift=0.0, width=0.5), most=10, fewest_met=20.0)) == groups
