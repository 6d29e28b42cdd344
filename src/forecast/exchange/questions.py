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
from dataclasses import dataclass
from typing import Any, Final

from forecast.coding.actors import Actor, actors_in
from forecast.coding.holders import Holders
from forecast.coding.text_days import TextDay, days_in
from forecast.errors import InputError

#: Why a question is set aside.
ANNULLED: Final = "annulled"
NOT_BINARY: Final = "no question of yes or no"
NO_MEETING: Final = "not about a meeting, a visit or an attendance"
NOT_IN_PERSON: Final = "about a call or a virtual meeting"
NOT_LEADERS: Final = "about others than leaders"
NOT_TWO: Final = "does not name two states or their leaders of that day"
OPPOSITE: Final = "asks whether something does not happen, or under a condition"
NO_DAY: Final = "names no last day"
LATER: Final = "its window begins later than the day of the value"
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
    """What a question is about: two states, the window, and what counts: ``meet``, ``visit`` or ``attend``."""

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
        aside = aside or (NO_VALUE if sorted(final) == [0.0, 1.0] else ANNULLED)
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


#: Whether a file is of this publisher, where its rows stand, and how one is read.
_PUBLISHERS: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any], list[Any]], Callable[..., Any]], ...]] = (
    (lambda held: isinstance(held, dict) and "forecast_due_date" in held and "questions" in held,
     lambda held: held["questions"], _forecastbench),
    (lambda held: isinstance(held, dict) and isinstance(held.get("results"), list),
     lambda held: held["results"], _metaculus),
    (_is_list_with("outcomePrices", "question"), list, _polymarket),
    (_is_list_with("outcomeType", "question"), list, _manifold),
)  # fmt: skip

_COUNTS: Final = {
    "meet": re.compile(
        r"\b(?:meet(?:s|ing)?|face[- ]to[- ]face|in the same room|hold(?:s)? (?:a |an |in-person |bilateral )*"
        r"(?:summit|talks)|(?:leaders'?|bilateral|trilateral|peace) summit)\b", re.IGNORECASE,
    ),
    "visit": re.compile(r"\b(?:visits?|travels? to|trip to|go(?:es)? to|host(?:s)?|receives?)\b", re.IGNORECASE),
    "attend": re.compile(r"\b(?:attends?|attendance|participate(?:s)? in|come(?:s)? to|be at)\b", re.IGNORECASE),
}  # fmt: skip
_NOT_IN_PERSON: Final = re.compile(r"\b(?:call|phone|speak|virtual(?:ly)?|video|online)\b", re.IGNORECASE)
_IN_PERSON: Final = re.compile(r"\b(?:in[- ]person|face[- ]to[- ]face)\b", re.IGNORECASE)
_OPPOSITE: Final = re.compile(
    r"\b(?:not|never|cancel\w*|postpone\w*|skip\w*|refuse\w*|decline\w*)\b|^\s*If\b", re.IGNORECASE
)
_LEADERS: Final = re.compile(
    r"\b(?:leaders?'?|heads of (?:state|government)|presidents|prime ministers)\b", re.IGNORECASE
)
_LED: Final = r"\b(by|before|until|till|through|in|during|this|on)\s+(?:the )?(?:end of )?"
_LED_BEFORE, _LED_WITHIN = (re.compile(_LED + end, re.IGNORECASE) for end in ("$", ""))
_YEAR: Final = re.compile(r"\b(by|before|until|through|in|during)\s+(?:the end of )?(20\d\d)\b", re.IGNORECASE)


def recognise(question: Question, holders: Holders) -> Recognised | str:
    """Say what a question is about, or why it is set aside."""
    if question.set_aside:
        return question.set_aside
    text = question.text
    counts = next((kind for kind in ("meet", "attend", "visit") if _COUNTS[kind].search(text)), None)
    if counts is None:
        return NO_MEETING
    if _OPPOSITE.search(text):
        return OPPOSITE
    if _NOT_IN_PERSON.search(text) and not _IN_PERSON.search(text):
        return NOT_IN_PERSON
    if question.value is None or question.value_on is None:
        return NO_VALUE
    named = actors_in(text, question.value_on, holders)
    states = _two(named, text, counts)
    if isinstance(states, str):
        return states
    window = _window(question, question.value_on)
    if isinstance(window, str):
        return window
    return Recognised(states, window, counts)


def _two(named: list[Actor], text: str, counts: str) -> tuple[str, str] | str:
    """The two states whose leaders are meant; a place in a third state is none of them."""
    if any(one.level not in ("leader", "") for one in named):
        return NOT_LEADERS
    leaders = list(dict.fromkeys(one.state for one in named if one.level == "leader" and one.state))
    states = list(dict.fromkeys(one.state for one in named if one.state))
    if len(leaders) == 2:
        return leaders[0], leaders[1]
    if len(leaders) == 1 and len(states) == 2 and counts != "meet":
        return leaders[0], next(state for state in states if state != leaders[0])
    if len(states) == 2 and (len(leaders) == 1 or _LEADERS.search(text)):
        return states[0], states[1]
    return NOT_LEADERS if len(states) == 2 else NOT_TWO


def _window(question: Question, value_on: dt.date) -> dt.date | str:
    """The last day of the window, by the words of the question, or else by its stamp."""
    days = [(day, _led(day, question.text)) for day in days_in(question.text, value_on, ahead=True)]
    for day, (word, whole) in reversed(days):
        if word:
            return _last(day, word, whole, value_on)
    year = _YEAR.search(question.text)
    word, whole = (year[1].lower(), "end of" in year[0].lower()) if year else ("by", False)
    # "By 2026" may mean its first day or its last: the stamp decides.
    if year and (word != "by" or whole):
        number = int(year[2]) - (word == "before" and not whole)
        return LATER if word in ("in", "during") and number > value_on.year else dt.date(number, 12, 31)
    return question.closes_on if question.closes_on is not None else NO_DAY


def _led(day: TextDay, text: str) -> tuple[str, bool]:
    """The word that leads up to a day, "" if none does, and whether the end of a stretch is meant."""
    within = _LED_WITHIN.match(text[day.start : day.end])
    led = _LED_BEFORE.search(text[: day.start] + (within[0] if within else ""))
    return (led[1].lower(), "end of" in text[led.start() : day.end].lower()) if led else ("", False)


def _last(day: TextDay, word: str, whole: bool, value_on: dt.date) -> dt.date | str:
    if word in ("in", "during", "this", "on") and day.first > value_on:
        return LATER
    return day.last if word != "before" or whole else day.first - dt.timedelta(days=1)
