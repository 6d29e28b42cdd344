"""Cells of forecasts: a probability, an outcome, a day, a horizon. Each is read or named with its place."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from forecast.dates import MAX_HORIZON_DAYS, parse_day
from forecast.errors import DateError, InputError


class Place(TypedDict, total=False):
    """Where a cell stands; the keywords of `InputError`."""

    path: Path
    row: int | None
    field: str


def read_probability(text: str, place: Place) -> float:
    """Read a probability in [0, 1].

    Raises
    ------
    InputError
        If the cell is no number or outside [0, 1].

    Examples
    --------
    >>> read_probability("0.25", {"field": "probability"})
    0.25
    >>> read_probability("25", {"row": 2, "field": "probability"})
    Traceback (most recent call last):
    forecast.errors.InputError: line 2, probability: 25 is outside [0, 1]; write 0.25 for 25%
    """
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{text!r} is no number; write a probability such as 0.25", **place) from None
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{text.strip()} is outside [0, 1]; write 0.25 for 25%", **place)
    return value


def read_outcome(text: str, place: Place) -> float:
    """Read an outcome: 1, 0, or NaN for an empty cell.

    Examples
    --------
    >>> read_outcome("1", {}), read_outcome("", {})
    (1.0, nan)
    """
    # Tables with gaps are often written with "1.0" and "0.0".
    found = {"": float("nan"), "0": 0.0, "0.0": 0.0, "1": 1.0, "1.0": 1.0}.get(text.strip())
    if found is None:
        raise InputError(f"{text!r} is no outcome; write 1 if they met, 0 if not, nothing if it is open", **place)
    return found


@lru_cache(maxsize=65536)
def _day(text: str) -> str:
    return str(parse_day(text))


def read_day(text: str, place: Place) -> str:
    """Read an ISO day and give it back as text.

    Examples
    --------
    >>> read_day(" 2023-09-29", {})
    '2023-09-29'
    """
    try:
        return _day(text)
    except DateError:
        raise InputError(f"{text!r} is no day of the calendar; write YYYY-MM-DD", **place) from None


def read_horizon(text: str, place: Place) -> int:
    """Read a horizon in whole days.

    Examples
    --------
    >>> read_horizon("90", {})
    90
    """
    try:
        days = int(text)
    except ValueError:
        raise InputError(f"{text!r} is no whole number of days", **place) from None
    if not 1 <= days <= MAX_HORIZON_DAYS:
        raise InputError(f"a horizon of {days} days is outside 1..{MAX_HORIZON_DAYS}", **place)
    return days


def read_text(text: str, place: Place) -> str:
    """Read a text that must not be empty.

    Examples
    --------
    >>> read_text(" hazard ", {})
    'hazard'
    """
    if not text.strip():
        raise InputError("is empty", **place)
    return text.strip()
