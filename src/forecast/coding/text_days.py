"""Days that a text names, read against the day on which it was published.

`days_in` reads days ("on Thursday", "September 21", "21 September 2023"), ranges ("September 21-24", "from November 30
to December 2"), and what is only known roughly ("earlier this month", "last week", "in late November"), each as a first
and a last day with how precise it is. A weekday, or a day without a year, has passed or is to come: who asks says which
by the tense of the sentence (`ahead`); without that the nearest is taken, and a bare weekday has passed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

#: How far the last day may lie from the first: "the coming days", "the coming weeks", "soon".
_SOON: Final = {"day": 7, "week": 28, "month": 92}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "a couple of": 2, "a few": 3, "several": 3,
}  # fmt: skip
_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY: Final = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\b\.?(?=,? (?:\d|[A-Z][a-z]+\.? \d)))"
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?(?![\d:])"
_TO: Final = r"(?: ?[-–—−‑] ?| (?:to|through)(?: the)? | until | till | and | & )"


@dataclass(frozen=True)
class TextDay:
    """A day or a stretch of days, with where the text names it.

    `precision` is ``day``; ``range`` (the event lasted or will last these days); or ``week``, ``month``, ``season``,
    ``year`` and ``vague``: one or more unknown days of the stretch.
    """

    first: dt.date
    last: dt.date
    precision: str
    start: int
    end: int

    @property
    def exact(self) -> bool:
        """Whether the days themselves are known."""
        return self.precision in ("day", "range")

    @property
    def stretch(self) -> str:
        """Note of days that the text fixes only to a week (its Monday) or a month."""
        if self.precision == "week":
            return f"week={self.first - dt.timedelta(days=self.first.weekday())}"
        return f"month={self.first:%Y-%m}" if self.precision == "month" else ""


_Reader = Callable[[re.Match[str], dt.date, "bool | None"], "tuple[dt.date, dt.date, str] | None"]


def days_in(text: str, published: dt.date, *, ahead: bool | None = None) -> list[TextDay]:
    """List the days that a text names, in order.

    Parameters
    ----------
    text : str
    published : datetime.date
        The day of publication, which is "today".
    ahead : bool, optional
        Whether the sentence speaks of the future (True) or the past (False).

    Returns
    -------
    list of TextDay

    Examples
    --------
    >>> published = dt.date(2023, 9, 29)  # a Friday
    >>> for day in days_in("They met on Thursday; she travels October 3-5, he later this month.", published):
    ...     print(day.first, day.last, day.precision)
    2023-09-28 2023-09-28 day
    2023-10-03 2023-10-05 range
    2023-09-29 2023-09-30 month
    >>> [str(day.first) for day in days_in("will meet on Thursday", published, ahead=True)]
    ['2023-10-05']
    """
    found: list[TextDay] = []
    taken: list[tuple[int, int]] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if any(first < match.end() and match.start() < last for first, last in taken):
                continue
            made = read(match, published, ahead)
            if made is not None and made[0] <= published and _since(text, match):
                made = made[0], published, "vague"
            if made is not None:
                found.append(TextDay(*made, match.start(), match.end()))
                taken.append(match.span())
    return _together(text, sorted(found, key=lambda day: day.start))


_AND: Final = re.compile(r",? (?:and|and on|through|to) (?:[A-Z][a-z]+day,? )?|(?: ?[-\u2013] ?)")


def _together(text: str, days: list[TextDay]) -> list[TextDay]:
    """Take days together that stand side by side: "tomorrow, July 2", "on Friday, July 14 and Saturday, July 15"."""
    plain: list[TextDay] = []
    for one in days:
        before = plain[-1] if plain else None
        between = text[before.end : one.start] if before else ""
        beside = one.exact and re.fullmatch(r"[\s,(]*(?:the |on )?", between)
        if before and beside and (before.exact or before.precision == "week"):
            # "Tomorrow, December 21", "Sunday, May 19", "next week on Tuesday": the second says it more plainly.
            plain[-1] = replace(one, start=before.start)
        else:
            plain.append(one)
    joined: list[TextDay] = []
    for one in plain:
        before = joined[-1] if joined else None
        near = before is not None and dt.timedelta(0) < one.last - before.first <= dt.timedelta(days=10)
        if before and near and before.exact and one.exact and _AND.fullmatch(text[before.end : one.start]):
            joined[-1] = replace(before, last=one.last, precision="range", end=one.end)
        else:
            joined.append(one)
    return joined


#: How far outside a stay a named day may lie: publishers slip by a day, and meetings precede arrivals in the capital.
_MARGIN: Final = dt.timedelta(days=3)


def days_of_stay(text: str, started_on: dt.date, ended_on: dt.date) -> list[TextDay]:
    """List the days or ranges of days that a remark on a stay names; others than those of the stay are left out.

    Examples
    --------
    >>> [(str(one.first), str(one.last)) for one in
    ...  days_of_stay("to sign the treaty June 16-18", dt.date(1979, 6, 14), dt.date(1979, 6, 18))]
    [('1979-06-16', '1979-06-18')]
    >>> days_of_stay("Departed May 30", dt.date(1950, 5, 3), dt.date(1950, 5, 5))
    []
    """
    return [
        one
        for one in days_in(text, started_on)
        if one.exact and started_on - _MARGIN <= one.first <= one.last <= ended_on + _MARGIN
    ]


def _since(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 10) : match.start()] + match.group()[:6]
    return bool(re.search(r"\bsince (?:the )?(?:$|\w)", before, re.IGNORECASE))


def _number(month: str) -> int:
    return _MONTHS.index(month[:3].lower()) + 1


def _day(words: str) -> int:
    return int(re.match(r"\d+", words).group())  # type: ignore[union-attr]


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, published: dt.date, ahead: bool | None) -> dt.date | None:
    """The day of the year's round that the tense asks for; a day just past is still "ahead" of a late publication."""
    near = [one for year in (-1, 0, 1) if (one := _date(published.year + year, month, day))]
    slack = dt.timedelta(days=3)
    if ahead is True:
        near = [one for one in near if one >= published - slack] or near
    elif ahead is False:
        near = [one for one in near if one <= published + slack] or near
    return min(near, key=lambda one: abs(one - published), default=None)


def _named(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    """Read "September 21-24, 2023", "21-24 September", "30 November to 2 December"."""
    cells = match.groupdict()
    month = _number(cells["month"])
    day = _day(cells["first"])
    year = int(cells["year"]) if cells.get("year") else None
    first = _date(year, month, day) if year else _nearest(month, day, published, ahead)
    if first is None:
        return None
    if not cells.get("last"):
        return first, first, "day"
    last_month = _number(cells["month2"]) if cells.get("month2") else month
    last = _date(first.year + (last_month < month), last_month, _day(cells["last"]))
    if year and last and last_month < month:  # "30 December to 2 January 2024": the year is that of the end
        first, last = _date(year - 1, month, day) or first, _date(year, last_month, _day(cells["last"])) or last
    return (first, last, "range") if last and first <= last else (first, first, "day")


def _iso(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    day = _date(*(int(part) for part in match.group().split("-")))
    return (day, day, "day") if day else None


def _weekday(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    word = (match["which"] or "").lower()
    number = _WEEKDAYS.index(match["weekday"][:3].lower())
    back = (published.weekday() - number) % 7
    if word.startswith(("last", "past")):
        day = published - dt.timedelta(days=back or 7)
    elif word.startswith("next"):
        day = published + dt.timedelta(days=(7 - back) if back else 7)
    elif ahead or word.startswith(("this coming", "coming")):
        day = published + dt.timedelta(days=-back % 7)
    else:
        day = published - dt.timedelta(days=back)
    last = day
    if match["until"]:
        last = day + dt.timedelta(days=(_WEEKDAYS.index(match["until"][:3].lower()) - number) % 7)
    return day, last, "day" if day == last else "range"


def _relative(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    word = match.group().lower()
    shift = (
        2 if word.startswith("the day after tomorrow") else -2 if word.startswith("the day before yesterday") else None
    )
    if shift is None:
        shift = 1 if "tomorrow" in word else -1 if "yesterday" in word or word == "last night" else 0
    day = published + dt.timedelta(days=shift)
    return day, day, "day"


_RANKED: Final = re.compile(
    r"\b(?:first|second|third|only|most|highest|biggest|largest|worst|best)\b[^.;:]{0,60}$", re.IGNORECASE
)


def _ago(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    count = _NUMBERS.get(match["count"].lower()) or int(match["count"])
    unit = match["unit"].lower()
    days = count * {"day": 1, "week": 7, "month": 30, "year": 365}[unit]
    # "the first visit in five years" names no day to come.
    ranked = unit in ("month", "year") and not match["ago"]
    if days > 36500 or (ranked and _RANKED.search(match.string[: match.start()])):
        return None
    day = published + dt.timedelta(days=-days if match["ago"] else days)
    if unit == "day" and match["count"].lower() not in ("a few", "several", "a couple of"):
        return day, day, "day"
    margin = dt.timedelta(days={"day": 2, "week": 3, "month": 15, "year": 183}[unit])
    return day - margin, day + margin, "vague"


def _period(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    """Read "earlier this month", "late next week", "last year"."""
    unit, which = match["unit"].lower(), match["which"].lower()
    if which == "the" and not match["part"]:
        return None
    step = -1 if which in ("last", "the previous", "past") else 1 if which in ("next", "the coming") else 0
    first, last = _bounds(unit, published, step)
    part = (match["part"] or "").lower()
    if step == 0 and re.match(r"earl(?:y|ier)|so far", part):
        last = max(first, published) if part.startswith("earlier") else first + (last - first) / 3
    elif step == 0 and part.startswith("later"):
        first = min(published, last)
    elif part:
        first, last = _part(first, last, part)
    return first, last, "week" if unit == "weekend" else unit


def _bounds(unit: str, published: dt.date, step: int) -> tuple[dt.date, dt.date]:
    monday = published - dt.timedelta(days=published.weekday())
    if unit == "week":
        first = monday + dt.timedelta(days=7 * step)
        return first, first + dt.timedelta(days=6)
    if unit == "weekend":
        first = monday + dt.timedelta(days=7 * step + 5)
        return first, first + dt.timedelta(days=1)
    if unit == "month":
        months = published.year * 12 + published.month - 1 + step
        return _whole_month(months // 12, months % 12 + 1)
    return dt.date(published.year + step, 1, 1), dt.date(published.year + step, 12, 31)


def _whole_month(year: int, month: int) -> tuple[dt.date, dt.date]:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date(year, month, 1), following - dt.timedelta(days=1)


def _part(first: dt.date, last: dt.date, part: str) -> tuple[dt.date, dt.date]:
    third = (last - first) / 3
    if part.startswith(("early", "earlier", "beginning", "the beginning", "start", "the start")):
        return first, first + third
    if part.startswith("mid"):
        return first + third, last - third
    return last - third, last


def _month_alone(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    """Read "in November", "late September", "June 2023"."""
    month = _number(match["month"])
    if match["year"]:
        year = int(match["year"])
    elif match.group() == match["month"]:
        return None  # "may" and "march" are verbs too: a month alone needs a word before it, or a year
    else:
        middle = _nearest(month, 15, published, None if match["which"] else ahead)
        if ahead and month == published.month:
            middle = published
        if middle is None:
            return None
        step = {"last": -1, "this past": -1, "next": 1}.get((match["which"] or "").lower(), 0)
        year = middle.year
        if step and (dt.date(year, month, 15) - published).days * step < 0:
            year += step
    first, last = _whole_month(year, month)
    if match["part"]:
        first, last = _part(first, last, match["part"].lower())
    return first, last, "month"


def _week_of(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    day = _nearest(_number(match["month"]), _day(match["first"]), published, ahead)
    return (day, day + dt.timedelta(days=6), "week") if day else None


def _of_month(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    """Read "on the 28th": of this month, or of the one that the tense asks for."""
    days = []
    for step in (-1, 0, 1):
        months = published.year * 12 + published.month - 1 + step
        if day := _date(months // 12, months % 12 + 1, _day(match["first"])):
            days.append(day)
    if ahead is not None:
        days = [day for day in days if (day >= published if ahead else day <= published)]
    day = min(days, key=lambda one: abs(one - published), default=None)
    return (day, day, "day") if day else None


def _soon(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    days = dt.timedelta(days=_SOON[match["unit"].lower()])
    if match["which"].lower() in ("recent", "past", "last"):
        return published - days, published, "vague"
    return published, published + days, "vague"


def _year(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    year = int(match["year"])
    if not match["season"]:
        return dt.date(year, 1, 1), dt.date(year, 12, 31), "year"
    return _of_season(year, match["season"])


def _season(match: re.Match[str], published: dt.date, ahead: bool | None) -> tuple[dt.date, dt.date, str] | None:
    """Read "last summer", "this spring": of two that it may mean, the nearer one."""
    step = {"this": 0, "next": 1}.get(match["which"].lower(), -1)
    near = [_of_season(published.year + shift, match["season"]) for shift in (-1, 0, 1)]
    fits = [one for one in near if not step or (one[0] > published if step > 0 else one[1] < published)]
    return min(fits, key=lambda one: abs(one[0] - published), default=None)


def _of_season(year: int, season: str) -> tuple[dt.date, dt.date, str]:
    month = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[season.lower()]
    return dt.date(year, month, 1), _whole_month(year + (month == 12), (month + 2 - 1) % 12 + 1)[1], "season"


_PART: Final = r"(?P<part>early|earlier|later|late|mid|(?:the )?(?:beginning|start|middle|end) of)"
_SAID_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_COUNT: Final = (
    r"(?P<count>a few|a couple of|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|\d{1,3})"
    r" (?P<unit>day|week|month|year)s?"
)
#: Forms of days, the most specific first: what one has read no later one reads again.
_FORMS: Final[tuple[tuple[re.Pattern[str], _Reader], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"(?<![\d-])(?:19|20)\d\d-\d\d-\d\d(?![\d-])", _iso),
        (rf"\bweek of (?P<month>{_MONTH}) (?P<first>{_DAY})", _week_of),
        (
            rf"(?<![\d.])(?P<first>{_DAY}) (?:of )?(?P<month>{_MONTH})"
            rf"{_TO}(?P<last>{_DAY}) (?:of )?(?P<month2>{_MONTH})(?:,? {_SAID_YEAR})?(?!\w)",
            _named,
        ),
        (
            rf"\b(?P<month>{_MONTH}) (?P<first>{_DAY}){_TO}(?P<month2>{_MONTH}) (?P<last>{_DAY})"
            rf"(?:,? {_SAID_YEAR})?(?!\w)",
            _named,
        ),
        (
            rf"(?<![\d.])(?P<first>{_DAY})(?:{_TO}(?P<last>{_DAY}))? (?:of )?(?P<month>{_MONTH})"
            rf"(?:,? {_SAID_YEAR})?(?!\w)",
            _named,
        ),
        (
            rf"\b(?P<month>{_MONTH}) (?P<first>{_DAY})(?:{_TO}(?P<last>{_DAY})(?!,? [A-Z][a-z]+ \d))?"
            rf"(?:,? {_SAID_YEAR})?(?!\w)",
            _named,
        ),
        (
            r"\bthe day (?:after tomorrow|before yesterday)\b|\b(?:today|tonight|tomorrow|yesterday|last night"
            r"|this (?:morning|afternoon|evening)|earlier in the day|later in the day|moments? ago|just now"
            r"|a short (?:time|while) ago|(?:a )?few (?:minutes|hours) ago)\b",
            _relative,
        ),
        (
            # Not a day of this week: the Good Friday Agreement, Black Friday, Bloody Sunday, Super Tuesday.
            r"(?<!Good )(?<!Black )(?<!Bloody )(?<!Super )(?<!Easter )"
            rf"\b(?:(?P<which>last|past|next|this coming|coming|this) )?(?P<weekday>{_WEEKDAY})(?!\w)"
            rf"(?!,? (?:the )?(?:{_MONTH} \d|{_DAY}(?: of)? {_MONTH}))(?:{_TO}(?P<until>{_WEEKDAY}))?",
            _weekday,
        ),
        (rf"\b{_COUNT}(?: (?P<ago>ago|earlier|before)| from now| hence)\b", _ago),
        (rf"\b(?:in|within) {_COUNT}(?P<ago>(?!))?(?: time)?\b(?! of\b)", _ago),
        (
            rf"\b(?:{_PART}(?:[ -]| in ))?(?P<which>this|last|next|the previous|the coming|past|the)"
            r" (?P<unit>weekend|week|month|year)(?!s|['’]s|-)\b",
            _period,
        ),
        (
            r"\b(?:(?:in|since|by|until|till|for|before|after|during|of|from|around|through) )?"
            rf"(?:{_PART}[ -])?(?:(?P<which>this past|this|last|next) )?(?P<month>{_MONTH})(?! \d\d?\b)"
            rf"(?:,? {_SAID_YEAR})?(?!\w)",
            _month_alone,
        ),
        (r"\bon the (?P<first>\d{1,2}(?:st|nd|rd|th))\b(?! (?:anniversary|floor|day|round|session|year))", _of_month),
        (
            r"\b(?:in|over) the (?P<which>coming|next|recent|past|last) (?:few |couple of )?"
            r"(?P<unit>day|week|month)s\b",
            _soon,
        ),
        (r"\b(?P<which>last|this|next|past) (?P<season>spring|summer|autumn|fall|winter)\b", _season),
        (
            r"\b(?:in|during|of|since) (?:(?:the )?(?P<season>spring|summer|autumn|fall|winter)(?: of)? )?"
            rf"{_SAID_YEAR}(?![\d-])",
            _year,
        ),
    )
)
