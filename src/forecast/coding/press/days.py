"""Days of a sentence of a release: those of `forecast.coding.text_days`, side by side ones taken together."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Final, Literal

from forecast.coding.text_days import TextDay, days_in

Tense = Literal["past", "future"]

_AND: Final = re.compile(r",? (?:and|and on|through|to) (?:[A-Z][a-z]+day,? )?|(?: ?[-\u2013] ?)")
_MOMENTS: Final = re.compile(
    r"\b(?:moments? ago|just now|a short (?:time|while) ago|(?:a )?few (?:minutes|hours) ago)\b"
)


def named_days(text: str, published: dt.date, tense: Tense) -> list[TextDay]:
    """List the days that a text names, in their order.

    Examples
    --------
    >>> day = dt.date(2023, 7, 1)
    >>> named = named_days("tomorrow, July 2, on Friday, July 14 and Saturday, July 15", day, "future")
    >>> [(str(one.first), str(one.last)) for one in named]
    [('2023-07-02', '2023-07-02'), ('2023-07-14', '2023-07-15')]
    """
    plain: list[TextDay] = []
    for one in days_in(text, published, ahead=tense == "future"):
        before = plain[-1] if plain else None
        between = text[before.end : one.start] if before else ""
        if (
            before
            and one.exact
            and re.fullmatch(r"[\s,(]*(?:the |on )?", between)
            and (before.exact or before.precision == "week")
        ):
            # "Tomorrow, December 21", "Sunday, May 19", "next week on Tuesday": the second says it more plainly.
            plain[-1] = replace(one, start=before.start)
        else:
            plain.append(one)
    found: list[TextDay] = []
    for one in plain:
        before = found[-1] if found else None
        near = before is not None and dt.timedelta(0) < one.last - before.first <= dt.timedelta(days=10)
        if before and near and before.exact and one.exact and _AND.fullmatch(text[before.end : one.start]):
            found[-1] = replace(before, last=one.last, precision="range", end=one.end)
        else:
            found.append(one)
    found += [TextDay(published, published, "day", match.start(), match.end()) for match in _MOMENTS.finditer(text)]
    return sorted(found, key=lambda one: one.start)


def stretch_of(day: TextDay) -> str:
    """Note of days that a text fixes only to a week or a month."""
    if day.precision == "week":
        return f"week={day.first - dt.timedelta(days=day.first.weekday())}"
    if day.precision == "month":
        return f"month={day.first:%Y-%m}"
    return ""
