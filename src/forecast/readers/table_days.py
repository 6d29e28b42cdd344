"""Days of a table in whatever way it writes them; the order of day and month is proved by the file or refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np

from forecast.dates import Day
from forecast.readers.state_names import name_key

Order = Literal["dmy", "mdy"]

WORDS: Final = {"dmy": "dd/mm/yyyy", "mdy": "mm/dd/yyyy"}
_NUMERIC: Final = re.compile(r"(\d{1,2})\s?[-./\s]\s?(\d{1,2})\s?[-./\s]\s?(\d{4}|\d{2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})\s?[-./\s年년]\s?(\d{1,2})\s?[-./\s月월]\s?(\d{1,2})\s?[日일]?")
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_TIME: Final = re.compile(r"[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d\d:?\d\d)?$")
_RANGE: Final = re.compile(
    r"\s+(?:-|–|—|to|au|bis|al|a|até|hasta|tot|до|至)\s+|\s*[–—]\s*|(?<=[\d.])-(?=\d{1,2}\.?\s+[^\W\d])"
)
#: Words around a day that say nothing.
_SMALL: Final = frozenset(
    ("de", "of", "the", "le", "del", "den", "г", "di", "d", "du", "do", "el", "vom", "am", "from", "von", "dal", "on")
)
#: Spreadsheets count days from here; the numbers are those of 1954 to 2064.
_SERIAL: Final = range(20_000, 60_001)
_SERIAL_FROM: Final = np.datetime64("1899-12-30", "D")


class DayError(ValueError):
    """Text that is no day, or one of uncertain order."""


@dataclass(frozen=True)
class Numbers:
    """What the numeric days of a file prove about their order."""

    day_first: int
    month_first: int
    open: int

    @property
    def order(self) -> Order | None:
        """The order that more days prove; none if they prove neither."""
        if self.day_first == self.month_first:
            return None
        return "dmy" if self.day_first > self.month_first else "mdy"


def count_orders(texts: Iterable[str]) -> Numbers:
    """Count the numeric days that can only be day first, only month first, and those that could be both.

    Examples
    --------
    >>> count_orders(["25/12/2019", "03/04/2019", "05/05/2019"])
    Numbers(day_first=1, month_first=0, open=1)
    >>> count_orders(["03.04.2019"])
    Numbers(day_first=1, month_first=0, open=0)
    """
    day_first = month_first = both = dotted = 0
    for text in texts:
        for part in _parts(text):
            found = _NUMERIC.fullmatch(part)
            if found is None:
                continue
            one, two = int(found[1]), int(found[2])
            day_first += 12 < one <= 31 and 1 <= two <= 12
            month_first += 12 < two <= 31 and 1 <= one <= 12
            both += one <= 12 and two <= 12 and one != two
            dotted += one <= 12 and two <= 12 and one != two and "." in part
    if dotted == both and not month_first:
        # Nobody writes the month first between dots.
        return Numbers(day_first + dotted, 0, 0)
    return Numbers(day_first, month_first, both)


def _parts(text: str) -> list[str]:
    return [_TIME.sub("", part.strip()) for part in _RANGE.split(text)]


def parse_cell(text: str, *, order: Order | None, today: Day) -> tuple[Day, Day]:
    """Read the day or the range of days of a cell.

    Examples
    --------
    >>> parse_cell("12 mars 2019 - 3 avril 2019", order=None, today=np.datetime64("2024-01-01"))
    (np.datetime64('2019-03-12'), np.datetime64('2019-04-03'))
    """
    parts = _parts(text)
    if len(parts) > 2:
        raise DayError("is no range of days")
    last = _parse_one(parts[-1], order=order, today=today)
    try:
        return _parse_one(parts[0], order=order, today=today), last
    except DayError:
        if len(parts) == 1:
            raise
        return _begun(parts[0], last), last


def _begun(text: str, last: Day) -> Day:
    """The first day of a range whose month or year stands with the last one, such as "3" of "du 3 au 5 mai 2019"."""
    words = _words(text)
    months = [_months()[word] for word in words if word in _months()]
    numbers = [int(word) for word in words if word.isdigit()]
    if len(numbers) != 1 or len(months) > 1 or len(words) > 3:
        raise DayError("is no day")
    year, month = (int(part) for part in str(last).split("-")[:2])
    day = _day(year, months[0] if months else month, numbers[0])
    return day if day <= last else _day(year - 1 if months else year, months[0] if months else month, numbers[0])


def is_serial(text: str) -> bool:
    """Whether a text is a day as spreadsheets number it."""
    return text.isdigit() and len(text) == 5 and int(text) in _SERIAL


def _parse_one(text: str, *, order: Order | None, today: Day) -> Day:
    found = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    found = _NUMERIC.fullmatch(text)
    if found:
        one, two = int(found[1]), int(found[2])
        if order is None and one != two and one <= 12 and two <= 12:
            raise DayError("may be the day or the month first")
        use = order or ("dmy" if two <= 12 else "mdy")
        day, month = (one, two) if use == "dmy" else (two, one)
        if month > 12 and day <= 12:
            raise DayError(f"is no day in the order {WORDS[use]}")
        return _day(_century(found[3], today), month, day)
    if is_serial(text):
        return _SERIAL_FROM + int(text)
    return _named(text, today)


def _century(text: str, today: Day) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    limit = int(str(today)[:4]) + 1
    return max(century + year for century in (1900, 2000, 2100) if century + year <= limit)


def _named(text: str, today: Day) -> Day:
    """A day with the name of its month, in any language of the locale data."""
    words = _words(text)
    numbers = [word for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit() and _months().get(word)]
    # The name of the day of the week may stand with it.
    if len(numbers) != 2 or len(names) != 1 or len(words) > 4:
        raise DayError("is no day")
    year = next((word for word in numbers[::-1] if len(word) == 4), numbers[-1])
    others = list(numbers)
    others.remove(year)
    return _day(_century(year, today) if len(year) in (2, 4) else 0, _months()[names[0]], int(others[0]))


def _words(text: str) -> list[str]:
    words = [re.sub(r"^(\d+)(?:st|nd|rd|th|er|o|a|º|ª|e)$", r"\1", word) for word in name_key(text).split()]
    return [word for word in words if word not in _SMALL]


@cache
def _months() -> dict[str, int]:
    """Names of months that mean one month in all languages."""
    from babel import Locale, UnknownLocaleError
    from babel.localedata import locale_identifiers

    found: dict[str, set[int]] = {}
    first: dict[str, int] = {}
    common = ("en", "fr", "de", "es", "pt", "it", "nl", "ru", "pl", "tr", "uk", "sv", "da", "nb", "fi", "cs", "ro")
    for language in (*common, *(one for one in locale_identifiers() if "_" not in one)):
        try:
            months = Locale.parse(language).months
        except (UnknownLocaleError, ValueError):
            continue
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[form][width].items():
                    key = name_key(str(name))
                    if key and not any(letter.isdigit() for letter in key):
                        found.setdefault(key, set()).add(int(number))
                        if language in common:
                            first.setdefault(key, int(number))
    first.update({"sept": 9, "fevr": 2, "juil": 7, "mrz": 3, "set": 9})
    return {key: first.get(key) or next(iter(numbers)) for key, numbers in found.items() if len(numbers) == 1} | first


def _day(year: int, month: int, day: int) -> Day:
    try:
        return np.datetime64(dt.date(year, month, day).isoformat(), "D")
    except ValueError:
        raise DayError("is no day of the calendar") from None
