"""Days, as-of grids and half-open windows, defined once.

A day is a `numpy.datetime64[D]`. An *as-of date* means midnight at the start of that day; a fact counts only if
``known_on < as_of``. An outcome window of h days is ``[as_of, as_of + h)``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from forecast.errors import DateError

Day = np.datetime64
#: How a caller may write a day, and a horizon in days or with a unit, such as ``"12w"``.
AnyDay = str | dt.date | np.datetime64
Horizon = int | str
Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_HORIZON_DAYS = 730
ONE_DAY: Final = np.timedelta64(1, "D")


def today() -> Day:
    """The present day in UTC."""
    return np.datetime64(dt.datetime.now(dt.UTC).date().isoformat(), "D")


def parse_day(value: object, *, what: str = "date") -> Day:
    """Read one day from an ISO text ``YYYY-MM-DD``, a date or a datetime64; the error names it as `what`.

    Examples
    --------
    >>> parse_day("2023-02-30", what="--as-of")
    Traceback (most recent call last):
    forecast.errors.DateError: --as-of: '2023-02-30' is no day of the calendar; write YYYY-MM-DD
    """
    if isinstance(value, np.datetime64) and not np.isnat(value):
        return np.datetime64(str(value.astype("datetime64[D]")), "D")
    text = value.isoformat()[:10] if isinstance(value, dt.date) else str(value).strip()
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError(text)
        return np.datetime64(dt.date.fromisoformat(text).isoformat(), "D")
    except ValueError:
        raise DateError(f"{str(value)!r} is no day of the calendar; write YYYY-MM-DD", argument=what) from None


def read_day(value: object, *, what: str = "date", month: Literal["first", "last"] = "first") -> Day:
    """Read one day as a person writes it: a date, ``today``, ``yesterday``, or a month for its first or last day.

    Examples
    --------
    >>> read_day("2024-02"), read_day("2024-02", month="last")
    (np.datetime64('2024-02-01'), np.datetime64('2024-02-29'))
    """
    text = value.strip().lower() if isinstance(value, str) else ""
    if text in ("today", "yesterday"):
        return today() - np.timedelta64(int(text == "yesterday"), "D")
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        number = calendar.monthrange(int(text[:4]), int(text[5:]))[1] if month == "last" else 1
        return np.datetime64(f"{text}-{number:02d}", "D")
    try:
        return parse_day(value, what=what)
    except DateError:
        raise DateError(
            f"{str(value)!r} is no day of the calendar; write YYYY-MM-DD, YYYY-MM for its {month} day, today or "
            "yesterday",
            argument=what,
        ) from None


def read_as_of(value: object = None, *, what: str = "as_of", present: Day | None = None) -> Day:
    """Read an as-of date, which may not be after today; without one today is meant.

    Examples
    --------
    >>> read_as_of("2023-09")
    np.datetime64('2023-09-01')
    """
    present = present if present is not None else today()
    day = present if value is None else read_day(value, what=what)
    if day > present:
        raise DateError(f"{day} is after today, {present}: what will be public by then is not known yet", argument=what)
    return day


def as_day(stamp: Any) -> Day:
    """Turn a pandas Timestamp into a day."""
    return np.datetime64(stamp.date().isoformat(), "D")


def as_days(values: Iterable[Any] | npt.NDArray[Any]) -> Days:
    """Turn dates, Timestamps or ISO texts into an array of days."""
    return np.asarray(values, dtype="datetime64[D]")


def day_numbers(days: Days) -> npt.NDArray[np.int64]:
    """Days since 1970-01-01 as integers."""
    return days.astype("datetime64[D]").astype(np.int64)


def day_number(day: Day) -> int:
    """Days since 1970-01-01 of one day."""
    return int(day.astype("datetime64[D]").astype(np.int64))


def as_of_grid(start: Day, end: Day, *, every: str = "month") -> Days:
    """As-of dates from `start` to `end`, both included.

    Months and quarters fall on the first day of a month, weeks on `start` and every seventh day after it.

    Examples
    --------
    >>> as_of_grid(np.datetime64("2023-01-15"), np.datetime64("2023-03-01"))
    array(['2023-02-01', '2023-03-01'], dtype='datetime64[D]')
    """
    if every == "week":
        return np.arange(start, end + ONE_DAY, np.timedelta64(7, "D"))
    if every not in {"month", "quarter"}:
        raise DateError(f"every: {every!r} is not one of month, quarter, week")
    months = np.arange(start.astype("datetime64[M]"), end.astype("datetime64[M]") + np.timedelta64(1, "M"))
    if every == "quarter":
        months = months[months.astype(np.int64) % 3 == 0]
    days = months.astype("datetime64[D]")
    return days[(days >= start) & (days <= end)]


#: Days of the units of a horizon: a month and a year are taken as 30 and 365 days, wherever they begin.
_UNITS: Final = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}


def check_horizons(horizons: object, *, what: str | None = None) -> list[int]:
    """Return horizons, one or several, as a sorted list of distinct whole days in 1..730.

    A horizon is a number of days or a text with a unit: days, weeks, months of 30 days, years of 365.

    Examples
    --------
    >>> check_horizons(90), check_horizons("12w"), check_horizons(["1y", 30, "6m"])
    ([90], [84], [30, 180, 365])
    """
    given = horizons.split(",") if isinstance(horizons, str) else horizons
    days_ahead = sorted({_horizon(one, what) for one in (given if isinstance(given, Iterable) else [given])})
    if not days_ahead:
        raise DateError("no horizon given; ask for at least one, such as 90 days", argument=what)
    return days_ahead


def _horizon(value: Any, what: str | None) -> int:
    """One horizon in days."""
    days = value
    if isinstance(value, str):
        parts = re.fullmatch(r"\s*([+-]?\d+)\s*([dwmy]?)\s*", value.lower())
        days = int(parts[1]) * _UNITS[parts[2]] if parts else None
    if isinstance(days, bool) or not isinstance(days, int | float | np.number):
        raise DateError(f"{value!r} is no whole number of days; write 90, 90d, 12w, 6m or 1y", argument=what)
    if not 1 <= days <= MAX_HORIZON_DAYS or int(days) != days:
        raise DateError(f"a horizon of {days} days is outside 1..{MAX_HORIZON_DAYS}", argument=what)
    return int(days)


def horizon_until(as_of: Day, last_day: Day, *, what: str | None = None) -> int:
    """Horizon in days whose half-open window ends with `last_day` included.

    Examples
    --------
    >>> horizon_until(np.datetime64("2023-09-29"), np.datetime64("2023-11-30"))
    63
    """
    if last_day < as_of:
        raise DateError(f"the last day {last_day} is before the as-of date {as_of}", argument=what)
    return check_horizons(int((last_day - as_of).astype(np.int64)) + 1, what=what)[0]


def year_start(day: Day) -> Day:
    """First of January of the day's year."""
    return np.datetime64(f"{day.astype('datetime64[Y]')}-01-01", "D")
