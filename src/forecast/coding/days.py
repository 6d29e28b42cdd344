"""Days that a text names, read against the days of a stay."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH: Final = (
    r"(?P<{0}>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_NAMED: Final = re.compile(
    rf"\b{_MONTH.format('month')} (?P<first>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"(?:(?:-| and | to )(?:{_MONTH.format('month2')} )?(?P<last>\d{{1,2}})\b(?!,? \d{{4}}))?"
)
#: How far outside the stay a named day may lie: publishers slip by a day, and meetings precede arrivals in the capital.
MARGIN: Final = dt.timedelta(days=3)


def named_days(text: str, started_on: dt.date, ended_on: dt.date) -> list[tuple[int, dt.date, dt.date]]:
    """List the days or ranges of days in a text: position, first day, last day.

    A day without a year is the one nearest to the stay; a day further than three days from the stay is not listed.

    Examples
    --------
    >>> named_days("to sign the treaty June 16-18", dt.date(1979, 6, 14), dt.date(1979, 6, 18))
    [(19, datetime.date(1979, 6, 16), datetime.date(1979, 6, 18))]
    >>> named_days("Departed May 30", dt.date(1950, 5, 3), dt.date(1950, 5, 5))
    []
    """
    days = []
    for named in _NAMED.finditer(text):
        month = _MONTHS[named["month"][:3].lower()]
        last_month = _MONTHS[named["month2"][:3].lower()] if named["month2"] else month
        first = _nearest(month, int(named["first"]), started_on)
        last = _nearest(last_month, int(named["last"]), started_on) if named["last"] else first
        if first and last and started_on - MARGIN <= first <= last <= ended_on + MARGIN:
            days.append((named.start(), first, last))
    return days


def _nearest(month: int, day: int, anchor: dt.date) -> dt.date | None:
    days = []
    for year in (anchor.year - 1, anchor.year, anchor.year + 1):
        try:
            days.append(dt.date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda one: abs(one - anchor), default=None)
