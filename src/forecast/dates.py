"""Days, as-of grids and half-open windows, defined once.

A day is a `numpy.datetime64[D]`. An *as-of date* means midnight at the start of that day; a fact counts only if
``known_on < as_of``. An outcome window of h days is ``[as_of, as_of + h)``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.errors import DateError

Day = np.datetime64
Days = npt.NDArray[np.datetime64]

MAX_HORIZON_DAYS = 730


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
        raise DateError(f"{what}: {str(value)!r} is no day of the calendar; write YYYY-MM-DD") from None


def parse_month_or_day(value: object, *, what: str = "date") -> Day:
    """Read one day; text may also be a month, ``YYYY-MM``, which means its first day.

    Examples
    --------
    >>> parse_month_or_day("2024-05")
    np.datetime64('2024-05-01')
    """
    month = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d", value.strip())
    try:
        return parse_day(f"{str(value).strip()}-01" if month else value, what=what)
    except DateError:
        raise DateError(
            f"{what}: {str(value)!r} is no day of the calendar; write YYYY-MM-DD, or YYYY-MM for its first day"
        ) from None


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
        return np.arange(start, end + np.timedelta64(1, "D"), np.timedelta64(7, "D"))
    if every not in {"month", "quarter"}:
        raise DateError(f"every: {every!r} is not one of month, quarter, week")
    months = np.arange(start.astype("datetime64[M]"), end.astype("datetime64[M]") + np.timedelta64(1, "M"))
    if every == "quarter":
        months = months[months.astype(np.int64) % 3 == 0]
    days = months.astype("datetime64[D]")
    return days[(days >= start) & (days <= end)]


def check_horizons(horizons: Iterable[int]) -> list[int]:
    """Return the horizons as a sorted list of distinct whole days in 1..730."""
    days_ahead = sorted(set(horizons))
    if not days_ahead:
        raise DateError("no horizon given; ask for at least one, such as 90 days")
    for days in days_ahead:
        if int(days) != days or not 1 <= days <= MAX_HORIZON_DAYS:
            raise DateError(f"a horizon of {days} days is outside 1..{MAX_HORIZON_DAYS}")
    return [int(days) for days in days_ahead]


def horizon_until(as_of: Day, last_day: Day) -> int:
    """Horizon in days whose half-open window ends with `last_day` included.

    Examples
    --------
    >>> horizon_until(np.datetime64("2023-09-29"), np.datetime64("2023-11-30"))
    63
    """
    if last_day < as_of:
        raise DateError(f"the last day {last_day} is before the as-of date {as_of}")
    return check_horizons([int((last_day - as_of).astype(np.int64)) + 1])[0]


def year_start(day: Day) -> Day:
    """First of January of the day's year."""
    return np.datetime64(f"{day.astype('datetime64[Y]')}-01-01", "D")
