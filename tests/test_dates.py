"""Days, as-of grids, half-open windows and horizons."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.dates import (
    MAX_HORIZON_DAYS,
    as_days,
    as_of_grid,
    check_horizons,
    day_numbers,
    horizon_until,
    parse_day,
    read_as_of,
    read_day,
    year_start,
)
from forecast.errors import DateError
from text_tables import day, days

SOME_DAYS = st.dates(dt.date(1850, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    "value",
    [
        "2023-09-29",
        " 2023-09-29 ",
        dt.date(2023, 9, 29),
        dt.datetime(2023, 9, 29, 17, 5),
        pd.Timestamp("2023-09-29 23:59"),
        np.datetime64("2023-09-29T23:59:59"),
    ],
)
def test_a_day_is_read_from_text_dates_and_timestamps(value):
    assert parse_day(value) == day("2023-09-29")
    assert parse_day(value).dtype == np.dtype("datetime64[D]")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2023-02-29",
        "29.09.2023",
        "2023-9-29",
        "2023-13-01",
        "today",
        "20230929",
        "2023-W39-5",
        None,
        np.datetime64("NaT"),
        pd.NaT,
    ],
)
def test_what_is_no_day_is_refused_and_named(value):
    with pytest.raises(DateError, match=r"^--as-of: .* is no day of the calendar; write YYYY-MM-DD$"):
        parse_day(value, what="--as-of")


def test_leap_days_are_days():
    assert parse_day("2024-02-29") == day("2024-02-29")


@given(SOME_DAYS)
def test_a_day_survives_text_and_number(date):
    read = parse_day(date.isoformat())
    assert str(read) == date.isoformat()
    assert day_numbers(as_days([date]))[0] == (date - dt.date(1970, 1, 1)).days


GRIDS = [
    ("month", "2023-01-01", "2023-04-01", ["2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01"]),
    ("month", "2023-01-02", "2023-03-31", ["2023-02-01", "2023-03-01"]),
    ("month", "2023-01-02", "2023-01-31", []),
    ("quarter", "2022-12-01", "2023-07-01", ["2023-01-01", "2023-04-01", "2023-07-01"]),
    ("quarter", "1969-11-01", "1970-04-01", ["1970-01-01", "1970-04-01"]),
    ("week", "2023-01-03", "2023-01-17", ["2023-01-03", "2023-01-10", "2023-01-17"]),
    ("week", "2023-01-03", "2023-01-09", ["2023-01-03"]),
]


@pytest.mark.parametrize(("every", "start", "end", "expected"), GRIDS)
def test_grids_hold_both_ends(every, start, end, expected):
    assert as_of_grid(day(start), day(end), every=every).astype(str).tolist() == expected


@given(SOME_DAYS, st.integers(0, 3000), st.sampled_from(["month", "quarter", "week"]))
def test_a_grid_stays_within_its_ends_and_ascends(start, length, every):
    first, last = parse_day(start), parse_day(start + dt.timedelta(length))
    grid = as_of_grid(first, last, every=every)
    assert ((grid >= first) & (grid <= last)).all()
    assert (np.diff(grid).astype(int) > 0).all()
    if every != "week":
        assert {str(at)[-2:] for at in grid} <= {"01"}


def test_an_unknown_step_is_refused():
    with pytest.raises(DateError, match="'year' is not one of month, quarter, week"):
        as_of_grid(day("2023-01-01"), day("2023-02-01"), every="year")


def test_horizons_are_sorted_and_distinct():
    assert check_horizons([730, 1, 90, 90]) == [1, 90, 730]
    assert check_horizons(np.array([30, 7])) == [7, 30]


@pytest.mark.parametrize("bad", [0, -1, MAX_HORIZON_DAYS + 1, 30.5])
def test_an_impossible_horizon_is_refused(bad):
    with pytest.raises(DateError, match=rf"a horizon of {bad} days is outside 1\.\.730"):
        check_horizons([30, bad])


def test_no_horizon_is_refused():
    with pytest.raises(DateError, match="no horizon given"):
        check_horizons([])


@given(SOME_DAYS, st.integers(1, MAX_HORIZON_DAYS))
def test_the_window_that_ends_on_a_day_includes_it(date, horizon):
    as_of = parse_day(date)
    last_day = as_of + np.timedelta64(horizon - 1, "D")
    assert horizon_until(as_of, last_day) == horizon


def test_the_same_day_is_a_window_of_one_day():
    assert horizon_until(day("2023-09-29"), day("2023-09-29")) == 1


@pytest.mark.parametrize(("last_day", "problem"), [("2023-09-28", "is before"), ("2030-01-01", "outside 1..730")])
def test_a_window_that_ends_before_it_begins_or_too_late_is_refused(last_day, problem):
    with pytest.raises(DateError, match=problem):
        horizon_until(day("2023-09-29"), day(last_day))


@given(SOME_DAYS)
def test_the_year_starts_on_the_first_of_january(date):
    assert year_start(parse_day(date)) == day(f"{date.year}-01-01")


def test_arrays_of_days_are_cut_to_days():
    read = as_days(pd.DatetimeIndex(["2023-09-29 12:00", "2023-09-30"]))
    assert (read == days("2023-09-29", "2023-09-30")).all()


@given(st.dates(dt.date(1850, 1, 1), dt.date(2100, 12, 31)))
def test_a_month_means_its_first_day_and_a_day_itself(date):
    assert read_day(f" {date:%Y-%m}") == day(f"{date:%Y-%m}-01")
    assert read_day(date.isoformat()) == read_day(date) == parse_day(date)
    assert read_day(np.datetime64(f"{date:%Y-%m}", "M")) == day(f"{date:%Y-%m}-01")
    last = read_day(f"{date:%Y-%m}", month="last")
    assert last.astype("datetime64[M]") == np.datetime64(f"{date:%Y-%m}", "M")
    assert str(last + np.timedelta64(1, "D"))[-2:] == "01"


@pytest.mark.parametrize("value", ["", "2024", "2024-00", "2024-13", "2024-1", "202401", "2024-01-", "May 2024", None])
def test_what_is_neither_month_nor_day_is_refused_and_named(value):
    with pytest.raises(DateError) as refusal:
        read_day(value, what="start")
    assert str(refusal.value) == (
        f"start: {str(value)!r} is no day of the calendar; write YYYY-MM-DD, YYYY-MM for its first day, today or "
        "yesterday"
    )


def test_today_and_yesterday_are_days_and_no_date_means_today(monkeypatch):
    monkeypatch.setattr("forecast.dates.today", lambda: day("2024-03-01"))
    assert read_as_of() == read_as_of("today") == read_as_of(" Today ") == day("2024-03-01")
    assert read_as_of("yesterday") == day("2024-02-29")
    assert read_as_of(pd.Timestamp("2024-02-29 12:00")) == read_as_of(dt.date(2024, 2, 29)) == day("2024-02-29")
    with pytest.raises(DateError, match=r"^as_of: 2024-03-02 is after today, 2024-03-01: what will be"):
        read_as_of("2024-03-02")


@pytest.mark.parametrize(
    ("given", "days"),
    [
        (90, [90]), ("90", [90]), ("90d", [90]), (" 12W ", [84]), ("6m", [180]), ("1y", [365]), ("2y", [730]),
        ("30,90,6m", [30, 90, 180]), (["1y", 30, np.int64(7)], [7, 30, 365]), (30.0, [30]), (("4w", 28), [28]),
    ],
)  # fmt: skip
def test_horizons_are_one_or_several_numbers_with_or_without_a_unit(given, days):
    assert check_horizons(given) == days


@pytest.mark.parametrize("bad", ["soon", "6 months", "30,,90", "", None, True, "1.5y", object(), [[30]]])
def test_what_is_no_horizon_is_refused_and_named(bad):
    with pytest.raises(DateError, match=r"^--horizon: .* is no whole number of days; write 90, 90d, 12w, 6m or 1y$"):
        check_horizons(bad, what="--horizon")
