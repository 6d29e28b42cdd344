"""Days of a text against the day of its publication, which is Friday, 29 September 2023."""

from __future__ import annotations

import datetime as dt

import pytest

from forecast.coding.text_days import days_in

PUBLISHED = dt.date(2023, 9, 29)


def read(text, ahead=None):
    return [f"{day.first} {day.last} {day.precision}" for day in days_in(text, PUBLISHED, ahead=ahead)]


@pytest.mark.parametrize(
    ("text", "ahead", "expected"),
    [
        ("today", None, "2023-09-29 2023-09-29 day"),
        ("yesterday evening", None, "2023-09-28 2023-09-28 day"),
        ("tomorrow", None, "2023-09-30 2023-09-30 day"),
        ("the day after tomorrow", None, "2023-10-01 2023-10-01 day"),
        ("on Thursday", None, "2023-09-28 2023-09-28 day"),
        ("on Friday", False, "2023-09-29 2023-09-29 day"),
        ("on Thursday", True, "2023-10-05 2023-10-05 day"),
        ("last Friday", None, "2023-09-22 2023-09-22 day"),
        ("next Tuesday", None, "2023-10-03 2023-10-03 day"),
        ("on Monday and Tuesday", True, "2023-10-02 2023-10-03 range"),
        ("on Thursday, September 28", None, "2023-09-28 2023-09-28 day"),
        ("on Sept. 21–24, 2023", None, "2023-09-21 2023-09-24 range"),
        ("21-24 September", None, "2023-09-21 2023-09-24 range"),
        ("from November 30 to December 2", True, "2023-11-30 2023-12-02 range"),
        ("from 30 December to 2 January 2024", True, "2023-12-30 2024-01-02 range"),
        ("on december 1−2 in rome", True, "2023-12-01 2023-12-02 range"),
        ("on January 5", True, "2024-01-05 2024-01-05 day"),
        ("on January 5", False, "2023-01-05 2023-01-05 day"),
        ("on December 20", False, "2022-12-20 2022-12-20 day"),
        ("on the 28th", False, "2023-09-28 2023-09-28 day"),
        ("on the 15th", True, "2023-10-15 2023-10-15 day"),
        ("2023-09-21", None, "2023-09-21 2023-09-21 day"),
        ("three days ago", None, "2023-09-26 2023-09-26 day"),
        ("earlier this week", None, "2023-09-25 2023-09-29 week"),
        ("last week", None, "2023-09-18 2023-09-24 week"),
        ("next week", True, "2023-10-02 2023-10-08 week"),
        ("the week of October 16", True, "2023-10-16 2023-10-22 week"),
        ("earlier this month", None, "2023-09-01 2023-09-29 month"),
        ("later this month", True, "2023-09-29 2023-09-30 month"),
        ("early next month", True, "2023-10-01 2023-10-11 month"),
        ("in late November", True, "2023-11-21 2023-11-30 month"),
        ("last November", None, "2022-11-01 2022-11-30 month"),
        ("in November 2022", None, "2022-11-01 2022-11-30 month"),
        ("since June", None, "2023-06-01 2023-09-29 vague"),
        ("in the coming weeks", True, "2023-09-29 2023-10-27 vague"),
        ("in the spring of 2024", True, "2024-03-01 2024-05-31 season"),
        ("later this year", None, "2023-09-29 2023-12-31 year"),
        ("by the end of the year", True, "2023-09-01 2023-12-31 year"),
    ],
)
def test_a_day_is_read_against_the_day_of_publication(text, ahead, expected):
    assert read(text, ahead) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "they may meet",
        "a March on Rome",
        "February 30",
        "the 19th anniversary",
        "in 90 minutes",
        "last year's summit",
        "the Good Friday Agreement",
        "Super Tuesday",
    ],
)
def test_what_is_no_day_is_not_read_as_one(text):
    assert read(text) == []


def test_positions_are_those_of_the_text():
    text = "He came on Monday, left on September 27 and returns next week."
    assert [text[day.start : day.end] for day in days_in(text, PUBLISHED)] == ["Monday", "September 27", "next week"]


@pytest.mark.parametrize("day", [PUBLISHED + dt.timedelta(days=shift) for shift in range(-40, 400, 13)])
def test_a_day_with_its_year_is_the_same_whatever_the_tense(day):
    text = f"on {day:%B} {day.day}, {day.year}"
    for ahead in (None, True, False):
        (found,) = days_in(text, PUBLISHED, ahead=ahead)
        assert (found.first, found.last, found.exact) == (day, day, True)


@pytest.mark.parametrize("shift", range(0, 300, 7))
def test_tense_decides_the_year_of_a_day_without_one(shift):
    later, earlier = PUBLISHED + dt.timedelta(days=shift), PUBLISHED - dt.timedelta(days=shift)
    assert days_in(f"{later.day} {later:%B}", PUBLISHED, ahead=True)[0].first == later
    assert days_in(f"{earlier.day} {earlier:%B}", PUBLISHED, ahead=False)[0].first == earlier
