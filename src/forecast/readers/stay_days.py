"""Days of a stay as English pages write them: ranges over months and years, and years that only a heading gives."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecast.dates import Day

_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS: Final = {name[:3]: number for number, name in enumerate(_NAMES, 1)}
#: Nobody's stay in one state is longer; what reads so is a slip of the pen.
LONGEST_DAYS: Final = 60

_TOKEN: Final = re.compile(
    r"(?P<year>\b(?:19|20)\d\d\b)|(?P<day>\b\d{1,2}\b)|(?P<word>[a-z]+)|(?P<dash>-)|(?P<sep>[,;&/\n])"
)
_JOINS: Final = {"to", "until", "till", "through"}
_SEPARATES: Final = {"and"}
_SILENT: Final = {"from", "of", "on", "the"}

Stay = tuple[Day, Day]


class StayError(ValueError):
    """Text that names no days."""


def parse_stays(text: str, *, year: int | None = None) -> list[Stay]:
    """Read the stays that a cell names, each as its first and last day.

    Examples
    --------
    >>> parse_stays("30 December – 2 January", year=2017)
    [(np.datetime64('2017-12-30'), np.datetime64('2018-01-02'))]
    """
    parts = [_ends(segment) for segment in _segments(text)]
    if not parts:
        raise StayError("no days")
    _fill(parts)
    stays = []
    for part in parts:
        first, last = part[0], part[-1]
        if first.day is None or last.day is None:
            raise StayError("a month without days" if first.month or last.month else "no days")
        if first.month is None or last.month is None:
            raise StayError("days without a month")
        last_year = last.year
        first_year = first.year
        if first_year is None:
            back = first.month > last.month
            first_year = last_year - back if last_year is not None else year
        if first_year is None:
            raise StayError("days without a year")
        if last_year is None:
            last_year = first_year + (last.month < first.month)
        stays.append((_day(first_year, first.month, first.day), _day(last_year, last.month, last.day)))
    for begin, end in stays:
        if end < begin:
            raise StayError("ends before it begins")
        if (end - begin).astype(int) >= LONGEST_DAYS:
            raise StayError(f"a stay of more than {LONGEST_DAYS} days")
    return stays


@dataclass
class _End:
    """One end of a range, as far as it is said."""

    day: int | None = None
    month: int | None = None
    year: int | None = None
    month_first: bool = False


def _segments(text: str) -> list[list[tuple[str, str]]]:
    """Cut into stays: lists of tokens between commas, *and* and line breaks."""
    plain = re.sub(r"\b(\d{4})-(\d\d)-(\d\d)\b", _iso, text)
    plain = re.sub(r"[‐‑‒–—―−]", "-", plain.lower())
    plain = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", plain)
    plain = re.sub(r"(\d)\s*(?:st|nd|rd|th)\b", r"\1", plain)
    # "15/16 May" is a night's stay.
    plain = re.sub(r"\b(\d{1,2})/(\d{1,2})\b(?!/)", r"\1-\2", plain)
    segments: list[list[tuple[str, str]]] = [[]]
    at = 0
    for found in _TOKEN.finditer(plain):
        between = plain[at : found.start()].strip().strip(" .")
        if between:
            raise StayError(f"{between!r} among the days")
        at = found.end()
        kind, said = str(found.lastgroup), found[0]
        if kind == "word":
            if said[:3] in _MONTHS and _NAMES[_MONTHS[said[:3]] - 1].startswith(said.removesuffix("t")):
                kind, said = "month", said[:3]
            elif said in _JOINS:
                kind = "dash"
            elif said in _SEPARATES:
                kind = "sep"
            elif said in _SILENT:
                continue
            else:
                raise StayError(f"{said!r} among the days")
        if kind == "sep":
            segments.append([])
        else:
            segments[-1].append((kind, said))
    if plain[at:].strip().strip(" ."):
        raise StayError(f"{plain[at:].strip()!r} among the days")
    return _joined([one for one in segments if one])


def _iso(found: re.Match[str]) -> str:
    month = int(found[2])
    return f"{int(found[3])} {_NAMES[month - 1]} {found[1]}" if 1 <= month <= 12 else found[0]


def _joined(segments: list[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """A year behind a comma belongs to what stands before it: May 20-22, 2017; so does a range cut by that comma."""
    whole: list[list[tuple[str, str]]] = []
    for segment in segments:
        open_ended = bool(whole) and whole[-1][-1][0] == "dash"
        if whole and (segment[0][0] in ("year", "dash") or open_ended):
            whole[-1] = whole[-1] + segment
        else:
            whole.append(segment)
    return whole


def _ends(tokens: list[tuple[str, str]]) -> list[_End]:
    ends = [_End()]
    for kind, said in tokens:
        if kind == "dash":
            ends.append(_End())
            continue
        if getattr(ends[-1], kind) is not None:
            raise StayError("two days in a row")
        setattr(ends[-1], kind, _MONTHS[said] if kind == "month" else int(said))
        if kind == "month":
            ends[-1].month_first = ends[-1].day is None
    if len(ends) > 2 or any(end.day is end.month is end.year is None for end in ends):
        raise StayError("no range of days")
    return ends


def _fill(parts: list[list[_End]]) -> None:
    """Give months and years to the ends that lack them.

    ``25-26 May`` and ``5-6 and 9 May`` take the month that follows, ``May 20-22`` and ``May 5, 9`` the one before.
    """
    ends = [end for part in parts for end in part]
    month_first = any(end.month_first and end.day is not None for end in ends)
    for order in (ends, ends[::-1]) if month_first else (ends[::-1], ends):
        near: int | None = None
        for end in order:
            if end.month is None:
                end.month = near
            near = end.month or near
    # A year stands at the end of all the stays that it dates.
    year, month = None, 12
    for end in reversed(ends):
        if end.year is None and year is not None and end.month is not None:
            end.year = year - (end.month > month)
        year, month = end.year if end.year is not None else year, end.month or month


def _day(year: int, month: int, day: int) -> Day:
    try:
        return np.datetime64(dt.date(year, month, day).isoformat(), "D")
    except ValueError:
        raise StayError("no day of the calendar") from None
