"""Questions of crowds and markets: read from the files and listings that they publish, and recognised.

ForecastBench publishes question sets with the value of the crowd when they were frozen
(https://github.com/forecastingresearch/forecastbench-datasets); Manifold, Polymarket and Metaculus answer with listings
in JSON, whose values are those of the moment. All are read into one shape here; `recognise` then says which dyad and
window a question is about and what counts, or why it is none of ours.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from forecast.coding.actors import Actor, actors_in
from forecast.coding.holders import Holders
from forecast.coding.places import place_in
from forecast.coding.text_days import TextDay, days_in
from forecast.errors import InputError

#: Why a question is set aside.
ANNULLED: Final = "annulled"
NOT_BINARY: Final = "no question of yes or no"
NO_MEETING: Final = "not about a meeting, a visit or an attendance"
NOT_IN_PERSON: Final = "about a call or a virtual meeting"
NOT_LEADERS: Final = "about others than leaders"
NOT_TWO: Final = "does not name two states or their leaders of that day"
NOT_THEIRS: Final = "asks whether both attend, which need not be a meeting of the two"
OPPOSITE: Final = "asks whether something does not happen, or under a condition"
OTHER: Final = "asks for something else than whether they meet"
NO_DAY: Final = "names no last day"
LATER: Final = "its window begins later than the day of the value"
OVER: Final = "its window had ended before the day of the value"
NO_VALUE: Final = "the listing holds no value from before its resolution"


@dataclass(frozen=True)
class Question:
    """One question as a publisher has it.

    `value_on` is the day (UTC) of the stamp at which the crowd said `value`; with a listing, the day of the listing.
    `closes_on` is the last day of its window by its own stamp; `set_aside` says why it cannot be taken at all.
    """

    source: str
    number: str
    text: str
    url: str
    value: float | None
    value_on: dt.date | None
    closes_on: dt.date | None
    outcome: float | None = None
    set_aside: str = ""


@dataclass(frozen=True)
class Recognised:
    """What a question is about: two states, the last day of the window, and what counts.

    That is ``meet``, ``meet there`` (at a place or an event that is named), ``visit`` or ``attend``.
    """

    states: tuple[str, str]
    by: dt.date
    counts: str


def read_questions(content: bytes, *, name: str, listed_on: dt.date) -> list[Question]:
    """Read a question set or a listing, whichever it is by its fields; `listed_on` is the day of a listing."""
    try:
        held = json.loads(content)
    except ValueError as error:
        raise InputError(f"is no JSON: {error}", path=name) from None
    for fits, rows_of, read in _PUBLISHERS:
        if fits(held):
            rows = rows_of(held)
            try:
                return [question for row in rows for question in read(row, listed_on)]
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                raise InputError(f"is not laid out as its publisher does: {error!r}", path=name) from None
    raise InputError(
        "is no question set of ForecastBench and no listing of Manifold, Polymarket or Metaculus", path=name
    )


def stamp_day(stamp: Any) -> dt.date | None:
    """Day of a stamp: of an ISO text with or without time zone in that zone, of a number of milliseconds in UTC."""
    if isinstance(stamp, int | float) and not isinstance(stamp, bool):
        return dt.datetime.fromtimestamp(stamp / 1000, dt.UTC).date()
    if not isinstance(stamp, str) or not stamp or stamp == "N/A":
        return None
    return dt.datetime.fromisoformat(stamp.strip().replace(" UTC", "+00:00")).date()


def utc_day(stamp: str) -> dt.date:
    """Day in UTC of an ISO stamp; one without a time zone is taken to be in UTC."""
    at = dt.datetime.fromisoformat(stamp)
    return (at if at.tzinfo is None else at.astimezone(dt.UTC)).date()


def _share(value: Any) -> float | None:
    share = float(value) if value not in (None, "", "N/A") else None
    return share if share is None or 0 <= share <= 1 else None


def _forecastbench(row: dict[str, Any], listed_on: dt.date) -> Iterator[Question]:
    market = row["source"] in _MARKETS
    yield Question(
        row["source"], str(row["id"]), row["question"] if isinstance(row["id"], str) else "", row["url"],
        _share(row["freeze_datetime_value"]) if market else None, utc_day(row["freeze_datetime"]),
        stamp_day(row["market_info_close_datetime"]), set_aside="" if market else NOT_BINARY,
    )  # fmt: skip


_MARKETS: Final = ("manifold", "metaculus", "polymarket", "infer", "kalshi", "rfi")


def _manifold(row: dict[str, Any], listed_on: dt.date) -> Iterator[Question]:
    aside = "" if row["outcomeType"] == "BINARY" else NOT_BINARY
    if row.get("isResolved"):
        aside = aside or (NO_VALUE if row.get("resolution") in ("YES", "NO") else ANNULLED)
    yield Question(
        "manifold", str(row["id"]), row["question"], row.get("url", ""), _share(row.get("probability")), listed_on,
        stamp_day(row.get("closeTime")), set_aside=aside,
    )  # fmt: skip


def _polymarket(row: dict[str, Any], listed_on: dt.date) -> Iterator[Question]:
    outcomes, prices = (
        json.loads(row[name]) if isinstance(row.get(name), str) else row.get(name) or []
        for name in ("outcomes", "outcomePrices")
    )
    aside = "" if outcomes == ["Yes", "No"] else NOT_BINARY
    final = [float(price) for price in prices]
    if row.get("closed"):
        # Annulled, each side is worth the same; what is closed may wait for its resolution.
        aside = aside or (ANNULLED if final and min(final) == max(final) else NO_VALUE)
    yield Question(
        "polymarket", str(row["id"]), row["question"], f"https://polymarket.com/market/{row.get('slug', '')}",
        _share(final[0]) if final else None, listed_on, stamp_day(row.get("endDate")), set_aside=aside,
    )  # fmt: skip


def _metaculus(row: dict[str, Any], listed_on: dt.date) -> Iterator[Question]:
    own = row.get("question")
    for one in [own] if own else (row.get("group_of_questions") or {}).get("questions", []):
        aside = "" if one["type"] == "binary" else NOT_BINARY
        if one.get("resolution"):
            aside = aside or (NO_VALUE if one["resolution"] in ("yes", "no") else ANNULLED)
        weighted = (one.get("aggregations") or {}).get("recency_weighted") or {}
        latest = weighted.get("latest") or {}
        value = next(iter(latest.get("centers") or []), None)
        closes_on = stamp_day(one.get("scheduled_resolve_time") or one.get("scheduled_close_time"))
        yield Question(
            "metaculus", str(one["id"]), one["title"], f"https://www.metaculus.com/questions/{row['id']}/",
            _share(value), listed_on, closes_on, set_aside=aside,
        )  # fmt: skip


def _is_list_with(*names: str) -> Callable[[Any], bool]:
    return lambda held: (
        isinstance(held, list) and bool(held) and all(isinstance(held[0], dict) and name in held[0] for name in names)
    )


def _events(held: list[Any]) -> list[Any]:
    """The markets of a listing of Polymarket's events."""
    return [market for event in held for market in event["markets"]]


#: Whether a file is of this publisher, where its rows stand, and how one is read.
_PUBLISHERS: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any], list[Any]], Callable[..., Any]], ...]] = (
    (lambda held: isinstance(held, dict) and "forecast_due_date" in held and "questions" in held,
     lambda held: held["questions"], _forecastbench),
    (lambda held: isinstance(held, dict) and isinstance(held.get("results"), list),
     lambda held: held["results"], _metaculus),
    (lambda held: isinstance(held, dict) and isinstance(held.get("markets"), list),
     lambda held: held["markets"], _polymarket),
    (_is_list_with("outcomePrices", "question"), list, _polymarket),
    (_is_list_with("markets", "slug"), _events, _polymarket),
    (_is_list_with("outcomeType", "question"), list, _manifold),
    # A search without a result, or the page after the last.
    (lambda held: held == [], list, _manifold),
)  # fmt: skip


def next_page(address: str, content: bytes) -> str | None:
    """The address of the page after this one of a listing, None after the last.

    Metaculus gives a link, Polymarket's ``/markets/keyset`` a cursor, and Manifold's ``/v0/markets`` goes on before a
    market; all other lists go on at an offset. A list that is shorter than the `limit` of the address is the last page,
    and so is an empty one.

    >>> next_page("https://api.example.org/markets?limit=2", b'[{"id": "a"}, {"id": "b"}]')
    'https://api.example.org/markets?limit=2&offset=2'
    >>> next_page("https://api.example.org/markets?limit=2&offset=2", b'[{"id": "c"}]')
    """
    held = json.loads(content)
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if isinstance(held, dict):
        if link := held.get("next"):
            # Only its question: behind a proxy, a publisher may name another scheme or host of its own.
            return parts._replace(query=urlsplit(str(link)).query).geturl()
        if not (cursor := held.get("next_cursor")):
            return None
        query["after_cursor"] = str(cursor)
    elif not held or len(held) < _whole_number(query.get("limit")):
        return None
    elif parts.path.endswith("/v0/markets"):
        query["before"] = str(held[-1]["id"])
    else:
        query["offset"] = str(_whole_number(query.get("offset")) + len(held))
    return parts._replace(query=urlencode(query)).geturl()


def _whole_number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


_COUNTS: Final = {
    kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for kind, words in (
        ("meet", r"meet(?:s|ings?)?|met|sits? down|(?:shakes?|shaking) hands|face[- ]to[- ]face|in the same room"
                 r"|holds? (?:a |an |in-person |direct |bilateral )*(?:summit|talks)"),
        ("visit", r"visit(?:s|ed|ing)?|trip to|(?:travel|fly|go(?:es)?|flie)s? to|sets? foot (?:in|on)|arrives? in"
                  r"|comes? to|hosts?|receives?|welcomes?"),
        ("attend", r"attend(?:s|ed|ing|ance)?|(?:participate|take part)s? in|be at"),
    )
}  # fmt: skip
#: What counts where two leaders are named without any of those words.
_SUMMIT: Final = re.compile(r"\bsummit\b", re.IGNORECASE)
_NOT_IN_PERSON: Final = re.compile(r"\b(?:call|phone|speak|virtual(?:ly)?|video|online)\b", re.IGNORECASE)
_IN_PERSON: Final = re.compile(r"\b(?:in[- ]person|face[- ]to[- ]face)\b", re.IGNORECASE)
_OPPOSITE: Final = re.compile(
    r"\b(?:not|never|without|cancel\w*|postpone\w*|skip\w*|refuse\w*|decline\w*)\b|^\s*If\b"
    r"|\b(?:conditional|assuming|provided|given that)\b", re.IGNORECASE
)  # fmt: skip
#: A question that begins so asks for no yes or no.
_ASKS: Final = re.compile(r"^\W*(?:who|whom|where|when|which|what|how|why)\b", re.IGNORECASE)
#: Words between the leader and what counts that leave it the question; any other asks whether they *announce* a
#: meeting, *agree* to visit or *resign* before it.
_LINKS: Final = frozenset(
    re.findall(
        r"\w+",
        "will would do does did is are there be been being have has had having hold holds held holding make makes made"
        " pay pays take takes took part s t x vs v and or a an the in on to of for by with between both again also ever"
        " yet next first second another each other one person state official working formal informal bilateral"
        " trilateral direct historic physical personal planned scheduled upcoming proposed expected face all"
        " his her their its",
    )
)
_MORE: Final = re.compile(
    r"\b(?:be (?:announced|confirmed|scheduled|agreed|invited|cancelled|held in|held at)|announce\w*|agree\w*"
    r"|lasts? (?:more|less|longer|over|under|at)|at least (?!once)|(?:more|fewer|less) than|times|twice|results? in"
    r"|leads? to|ends? (?:in|with)|sign\w*|next (?:in|at)"
    r"|ceasefire|treaty|deal)\b", re.IGNORECASE
)  # fmt: skip
_LEADERS: Final = re.compile(
    r"\b(?:leaders?'?|heads of (?:state|government)|presidents|prime ministers)\b", re.IGNORECASE
)
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
#: A place or an event that is named, and no month or quarter.
_THERE: Final = re.compile(rf"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside) (?:the )?(?!{_MONTH}|Q[1-4]\b|Person)[A-ZÀ-Ž]")
_LED: Final = r"\b(by|before|until|till|through|in|during|this|on|between|from|after|since)\s+(?:the )?(?:end of )?"
_LED_BEFORE, _LED_WITHIN = (re.compile(_LED + end, re.IGNORECASE) for end in ("$", ""))
#: Words whose days must have begun on the day of the value: the probability is of a window that begins with it.
_BEGINS: Final = frozenset({"in", "during", "this", "on", "between", "from", "after", "since"})
_YEAR: Final = re.compile(r"\b(by|before|until|through|in|during)\s+(?:the end of )?(20\d\d)\b", re.IGNORECASE)
_QUARTER: Final = re.compile(
    r"\b(?:(by|before|in|during) )?(?:the )?(end of )?Q([1-4]),? (?:of )?(20\d\d)\b", re.IGNORECASE
)
_JOINED: Final = re.compile(r"\s*(?:or|and|/)\s*", re.IGNORECASE)
#: A day without a year is that of the round of years which is nearest to the closing of the question.
_HALF_A_YEAR: Final = dt.timedelta(days=183)


def recognise(question: Question, holders: Holders) -> Recognised | str:
    """Say what a question is about, or why it is set aside."""
    if question.set_aside:
        return question.set_aside
    text = question.text
    said = [(match.start(), kind, match) for kind, words in _COUNTS.items() if (match := words.search(text))]
    if (summit := _SUMMIT.search(text)) and not said:
        said = [(summit.start(), "meet", summit)]
    if not said:
        return NO_MEETING
    _, counts, verb = min(said, key=lambda one: one[0])
    if _OPPOSITE.search(text):
        return OPPOSITE
    if _NOT_IN_PERSON.search(text) and not _IN_PERSON.search(text):
        return NOT_IN_PERSON
    if question.value is None or question.value_on is None:
        return NO_VALUE
    named = actors_in(text, question.value_on, holders)
    if other := _asks_else(text, named, verb):
        return other
    states = _two(named, text, counts, question.value_on)
    if isinstance(states, str):
        return states
    last = _window(question, question.value_on)
    if isinstance(last, str):
        return last
    if last < question.value_on:
        return OVER
    return Recognised(states, last, "meet there" if counts == "meet" and _THERE.search(text) else counts)


def _asks_else(text: str, named: list[Actor], verb: re.Match[str]) -> str:
    """Why the question is not whether these leaders do what the verb says, or ""."""
    if _ASKS.search(text) or _MORE.search(text[verb.end() :]):
        return OTHER
    led_by = max((min(one.end, verb.start()) for one in named if one.start < verb.start()), default=0)
    # "Kim Jong-un" and "Leo XIV" end in what is no word of its own.
    between = re.findall(r"[^\W\d_]+", re.sub(r"^(?:-\w+| [IVX]+\b)", "", text[led_by : verb.start()]))
    strange = [word for word in between if word.lower() not in _LINKS and not word.endswith("ly")]
    if strange:
        return NOT_TWO if strange[0][0].isupper() else OTHER
    # "Putin's envoy" is not Putin.
    owners = [one for one in named if one.start >= verb.end() and one.kind in ("person", "office")]
    return NOT_LEADERS if any(re.match(r"['’]s \w", text[one.end :]) for one in owners) else ""


def _two(named: list[Actor], text: str, counts: str, day: dt.date) -> tuple[str, str] | str:
    """The two states whose leaders are meant; a place in a third state is none of them."""
    if any(one.level not in ("leader", "") for one in named):
        return NOT_LEADERS
    leaders = list(dict.fromkeys(one.state for one in named if one.level == "leader" and one.state))
    states = list(dict.fromkeys(one.state for one in named if one.state))
    if counts != "meet":
        states = list(dict.fromkeys((*states, *(code for _, code, _ in place_in(text, day)))))
        if len(leaders) == 2 and counts == "attend":
            return NOT_THEIRS
        if len(states) != 2:
            return NOT_TWO
    if len(leaders) == 2:
        return leaders[0], leaders[1]
    if len(states) == 2 and (len(leaders) == 1 or _LEADERS.search(text)):
        return (leaders[0], next(one for one in states if one != leaders[0])) if leaders else (states[0], states[1])
    return NOT_LEADERS if len(states) == 2 else NOT_TWO


def _window(question: Question, value_on: dt.date) -> dt.date | str:
    """The last day of the window, by the words of the question, or else by its stamp."""
    text, closes_on = question.text, question.closes_on
    days = [_nearest(day, text, closes_on) for day in days_in(text, value_on, ahead=True)]
    for number, day in reversed(list(enumerate(days))):
        word, whole = _led(day, text)
        # "In June or July": the word stands before the first, and the window ends with the last.
        while word and number + 1 < len(days) and _JOINED.fullmatch(text[day.end : days[number + 1].start]):
            number += 1
            day = replace(days[number], first=day.first)
        if word in _BEGINS and (day.last if word == "after" else day.first) > value_on:
            return LATER
        # "By July" may mean its first day or its last, as "by 2026" may: the stamp says which.
        stamped = word == "by" and not whole and day.precision == "month" and closes_on is not None
        if word and word not in ("from", "after", "since") and not stamped:
            return day.last if word != "before" or whole else day.first - dt.timedelta(days=1)
    if quarter := _QUARTER.search(text):
        return _quarter_end(quarter, value_on)
    year = _YEAR.search(text)
    word, whole = (year[1].lower(), "end of" in year[0].lower()) if year else ("by", False)
    if year and (word != "by" or whole):
        number = int(year[2]) - (word == "before" and not whole)
        return LATER if word in ("in", "during") and number > value_on.year else dt.date(number, 12, 31)
    return closes_on if closes_on is not None else NO_DAY


def _quarter_end(quarter: re.Match[str], value_on: dt.date) -> dt.date | str:
    """The last day before or of a quarter."""
    first = dt.date(int(quarter[4]), 3 * int(quarter[3]) - 2, 1)
    following = (first + dt.timedelta(days=100)).replace(day=1)
    word = (quarter[1] or "").lower()
    if word == "before" and not quarter[2]:
        return first - dt.timedelta(days=1)
    if word in ("", "in", "during") and not quarter[2] and first > value_on:
        return LATER
    return following - dt.timedelta(days=1)


def _nearest(day: TextDay, text: str, closes_on: dt.date | None) -> TextDay:
    """The day in the year that the stamp means, where the text names none."""
    if closes_on is None or day.precision == "vague" or re.search(r"20\d\d", text[day.start : day.end]):
        return day
    for years in (-1, 1):
        if abs(day.last - closes_on) > _HALF_A_YEAR and years * (closes_on - day.last).days > 0:
            with suppress(ValueError):  # 29 February
                first, last = (one.replace(year=one.year + years) for one in (day.first, day.last))
                return replace(day, first=first, last=last)
    return day


def _led(day: TextDay, text: str) -> tuple[str, bool]:
    """The word that leads up to a day, "" if none does, and whether the end of a stretch is meant."""
    if re.search(r"\b(?:early|mid|late)\b", text[day.start : day.end], re.IGNORECASE):
        return "", False  # the stamp says which day
    within = _LED_WITHIN.match(text[day.start : day.end])
    led = _LED_BEFORE.search(text[: day.start] + (within[0] if within else ""))
    return (led[1].lower(), "end of" in text[led.start() : day.end].lower()) if led else ("", False)
