"""Rolling origins and the grid of training: a model learns only what was resolved before its day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.dates import parse_day
from forecast.periods import EDGES
from forecast.training.splits import FEWEST_DATES, TRAINING_YEARS, refit_day, rolling_origins, training_grid
from text_tables import day, days

SOME_DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2050, 12, 31)).map(parse_day)


@given(SOME_DAYS)
def test_the_model_of_a_date_is_that_of_its_year(as_of):
    refit = refit_day(as_of)
    assert refit <= as_of
    assert str(refit) == f"{str(as_of)[:4]}-01-01"
    assert refit_day(refit) == refit


@given(st.lists(SOME_DAYS, min_size=1, max_size=20))
def test_every_date_is_forecast_once_by_a_model_trained_before_it(as_ofs):
    days_of_forecasts = np.array(as_ofs)
    folds = list(rolling_origins(days_of_forecasts))
    assert np.concatenate([fold.test for fold in folds]).tolist() == np.unique(days_of_forecasts).tolist()
    for fold in folds:
        assert (fold.test >= fold.trained_as_of).all()
        assert {refit_day(as_of) for as_of in fold.test} == {fold.trained_as_of}
    assert len({fold.name for fold in folds}) == len(folds)


@given(SOME_DAYS, st.integers(0, 25_000))
def test_rows_for_training_lie_between_the_record_and_the_first_resolved_period(first, length):
    trained = first + length
    grid = training_grid(first, trained)
    if len(grid):
        assert grid.min() >= first
        assert grid.max() <= trained - EDGES[1]
        assert grid.min() >= trained - np.timedelta64(int(TRAINING_YEARS * 365.25), "D")
        assert (np.diff(grid).astype(int) > 0).all()


def test_rows_stand_on_first_days_of_months():
    for first, trained in (("2000-01-17", "2008-05-05"), ("1980-01-01", "2018-01-01")):
        assert {str(at)[-2:] for at in training_grid(day(first), day(trained))} == {"01"}


def test_the_burn_in_is_shortened_rather_than_the_model_left_without_rows():
    long, short = (
        training_grid(day("2000-01-01"), day("2010-01-01")),
        training_grid(day("2000-01-01"), day("2002-01-01")),
    )
    assert long.min() == day("2005-01-01")
    assert len(short) >= FEWEST_DATES
    assert short.min() < day("2001-01-01")


@pytest.mark.parametrize("trained", ["1999-01-01", "2000-01-01", "2000-01-10"])
def test_a_record_too_young_gives_no_rows(trained):
    assert len(training_grid(day("2000-01-01"), day(trained))) == 0


def test_folds_are_named_for_their_day_of_training():
    assert [fold.name for fold in rolling_origins(days("2010-01-01", "2010-12-31", "2011-01-01"))] == [
        "2010-01-01",
        "2011-01-01",
    ]
