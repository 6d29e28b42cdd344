"""The season of each period: means of yearly waves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.periods import PERIODS, column
from forecast.signals.season import season
from text_tables import day, history_of, view

HISTORY = history_of("occurred_on\n2001-01-01")


def seasons(as_of: np.datetime64) -> pd.DataFrame:
    return season(view(HISTORY, dyads=["USA-CHN"], as_of=as_of))


@pytest.mark.parametrize("as_of", ["1969-12-31", "2000-02-29", "2023-09-29"])
@pytest.mark.parametrize("harmonic", [1, 2, 3])
def test_a_period_holds_the_mean_of_the_wave_over_its_days(as_of, harmonic):
    found = seasons(day(as_of))
    for start, end in PERIODS:
        phase = 2 * np.pi * harmonic / 365.2425 * (day(as_of).astype(int) + np.arange(start, end))
        assert found[column(f"season__sin{harmonic}", start, end)][0] == pytest.approx(np.sin(phase).mean(), abs=1e-9)
        assert found[column(f"season__cos{harmonic}", start, end)][0] == pytest.approx(np.cos(phase).mean(), abs=1e-9)


def test_a_season_is_bounded_and_comes_back():
    days = np.arange("1990-01-01", "2030-01-01", 97, dtype="datetime64[D]")
    for as_of in days:
        found = seasons(as_of).to_numpy()
        assert (np.abs(found) <= 1).all()
        later = seasons(as_of + np.timedelta64(146097, "D")).to_numpy()  # 400 Gregorian years
        assert found == pytest.approx(later, abs=1e-6)
