"""Summits that a text names, as editions of the calendar of venues: days and place, as far as they were public."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forecast.coding import read_table
from forecast.readers.tables import table_rows

#: How far from publication an edition may lie for a text to mean it without its year.
_REACH: Final = dt.timedelta(days=300)
_NAMES: Final = tuple((row["series"], re.compile(row["pattern"])) for row in read_table("summits.csv"))


@dataclass(frozen=True)
class Summit:
    """One edition of a series of summits."""

    series: str
    host: str
    city: str
    starts_on: dt.date
    ends_on: dt.date
    announced_on: dt.date


def read_summits(raw: Path) -> tuple[Summit, ...]:
    """Read `venues.csv` of a folder of facts, if there is one."""
    path = raw / "venues.csv"
    if not path.exists():
        return ()
    days = ("starts_on", "ends_on", "announced_on")
    return tuple(
        Summit(row["series"], row["host"], row["city"], *(dt.date.fromisoformat(row[name]) for name in days))
        for _, row in table_rows(path, ("series", "host", "city", "status", *days))
        if all(row[name] for name in days) and row["status"] not in ("cancelled", "postponed")
    )


def summit_in(text: str, published: dt.date, summits: Sequence[Summit], *, ahead: bool) -> Summit | None:
    """Return the edition that a sentence means: the next if it speaks of the future, else the last.

    Examples
    --------
    >>> day = dt.date
    >>> bali = Summit("g20", "IDN", "Bali", day(2022, 11, 15), day(2022, 11, 16), day(2021, 10, 31))
    >>> delhi = Summit("g20", "IND", "New Delhi", day(2023, 9, 9), day(2023, 9, 10), day(2022, 11, 16))
    >>> summit_in("at the G-20 summit", day(2023, 9, 29), (bali, delhi), ahead=False).city
    'New Delhi'
    """
    for series, pattern in _NAMES:
        if not pattern.search(text):
            continue
        known = [one for one in summits if one.series == series and one.announced_on <= published]
        near = [
            one
            for one in known
            if (one.ends_on >= published if ahead else one.starts_on <= published)
            and abs(one.starts_on - published) <= _REACH
        ]
        cited = [one for one in near if one.city and one.city in text]
        if near:
            return min(cited or near, key=lambda one: abs(one.starts_on - published))
    return None
