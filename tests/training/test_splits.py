"""Rolling origins and the grid of training: a model learns only what was resolved before its day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.dates import parse_day
from forecast.errors import ModelError
from forecast.periods import EDGES
from forecast.training.splits import (
    BURN_IN_DAYS,
    TRAINING_YEARS,
    PeriodSplit,
    refit_day,
    rolling_origins,
    training_grid,
)
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
        assert grid.min() >= first + BURN_IN_DAYS
        assert grid.max() <= trained - EDGES[1]
        assert grid.min() >= trained - np.timedelta64(int(TRAINING_YEARS * 365.25), "D")
        assert (np.diff(grid).astype(int) > 0).all()


def test_rows_stand_on_first_days_of_months():
    for first, trained in (("2000-01-17", "2008-05-05"), ("1980-01-01", "2018-01-01")):
        assert {str(at)[-2:] for at in training_grid(day(first), day(trained))} == {"01"}


@given(SOME_DAYS, st.integers(0, 7_000), st.integers(0, 400))
def test_a_record_that_grows_keeps_its_rows_while_it_is_younger_than_the_window(first, length, more):
    young, older = training_grid(first, first + length), training_grid(first, first + length + more)
    assert set(young) <= set(older)


def test_rows_begin_when_the_record_is_a_year_old_however_young_or_old_it_is():
    assert training_grid(day("2000-01-01"), day("2002-01-01")).min() == day("2001-01-01")
    assert training_grid(day("2000-01-01"), day("2010-01-01")).min() == day("2001-01-01")
    assert training_grid(day("2000-01-03"), day("2010-01-01")).min() == day("2001-02-01")


@pytest.mark.parametrize("trained", ["1999-01-01", "2000-01-01", "2000-01-10", "2001-01-15"])
def test_a_record_too_young_gives_no_rows(trained):
    assert len(training_grid(day("2000-01-01"), day(trained))) == 0


def test_folds_are_named_for_their_day_of_training():
    assert [fold.name for fold in rolling_origins(days("2010-01-01", "2010-12-31", "2011-01-01"))] == [
        "2010-01-01",
        "2011-01-01",
    ]


def rows_of(days_of_rows: list[str], followup: int | list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    index = pd.MultiIndex.from_product(
        [["CHN-USA", "FRA-USA"], pd.DatetimeIndex(days_of_rows)], names=["dyad", "as_of"]
    )
    outcomes = pd.DataFrame({"first_meeting_in_days": -1, "followup_days": followup}, index=index)
    return pd.DataFrame(index=index), outcomes


@given(st.lists(SOME_DAYS, min_size=1, max_size=40, unique=True), st.integers(0, 730), st.integers(1, 4))
def test_no_outcome_of_a_split_reaches_into_its_test_year(as_ofs, followup, n_splits):
    X, y = rows_of([str(one) for one in as_ofs], followup)
    dates = X.index.get_level_values("as_of").to_numpy().astype("datetime64[D]")
    split = PeriodSplit(n_splits=n_splits)
    years = sorted({refit_day(day) for day in dates})
    taught = [year for year in years if any(day + max(followup, 1) <= year for day in dates)]
    if len(taught) < n_splits:
        with pytest.raises(ModelError, match="years of the rows have an outcome before them"):
            list(split.split(X, y))
        return
    folds = list(split.split(X, y))
    assert len(folds) == split.get_n_splits(X, y) == n_splits
    tested = np.concatenate([dates[test] for _, test in folds])
    assert tested.max() == dates.max()
    for train, test in folds:
        year = refit_day(dates[test].min())
        assert set(test) == {n for n, day in enumerate(dates) if refit_day(day) == year}
        assert set(train) == {n for n, day in enumerate(dates) if day + max(followup, 1) <= year}
        assert len(train)


def test_the_boundary_day_of_a_split():
    dates = ["2010-06-01", "2011-01-02", "2011-01-01"]
    X, y = rows_of(dates, [0, 1, 0, 214, 365, 0])  # 2010-06-01 + 214 days is the first day of 2011
    ((train, test),) = PeriodSplit(1).split(X, y)
    assert (train.tolist(), test.tolist()) == ([0, 3], [1, 2, 4, 5])
    ((train, _),) = PeriodSplit(1).split(X, y.assign(followup_days=[0, 1, 0, 215, 365, 0]))
    assert train.tolist() == [0]


def test_what_cannot_be_split_is_refused():
    X, y = rows_of(["2010-01-01", "2011-01-01", "2012-01-01"], 365)
    with pytest.raises(ModelError, match=r"n_splits is 3, but 2 years of the rows have an outcome before them"):
        list(PeriodSplit(3).split(X, y))
    with pytest.raises(ModelError, match=r"n_splits is 1, but 0 years"):
        list(PeriodSplit(1).split(X[:1]))
    with pytest.raises(ModelError, match="n_splits is 0"):
        list(PeriodSplit(0).split(X, y))
    for rows in (X.reset_index(drop=True), X.to_numpy()):
        with pytest.raises(ModelError, match="with the index as_of"):
            list(PeriodSplit(1).split(rows, y))
