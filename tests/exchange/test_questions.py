"""Questions of crowds: read as their publishers lay them out, recognised, and answered as of the day of the value."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import forecast as fc
from cases import each
from forecast.cli.main import main
from forecast.coding.holders import Holder, Holders
from forecast.errors import InputError
from forecast.exchange import questions as q
from publisher_host import body, serving
from text_tables import table

FROZEN = "2018-03-01T00:00:00+00:00"


def frozen(text: str, **changes: object) -> dict[str, object]:
    """A market question in the layout of ForecastBench."""
    return {
        "id": "abc", "source": "manifold", "question": text, "resolution_criteria": "...", "background": "N/A",
        "market_info_open_datetime": "2018-01-01T00:00:00+00:00",
        "market_info_close_datetime": "2018-06-30T23:59:00+00:00", "market_info_resolution_criteria": "N/A",
        "url": "https://example.org/abc", "freeze_datetime": FROZEN, "freeze_datetime_value": "0.25",
        "freeze_datetime_value_explanation": "The market value.", "source_intro": "...", "resolution_dates": "N/A",
    } | changes  # fmt: skip


def question_set(*rows: dict[str, object]) -> bytes:
    held = {"forecast_due_date": "2018-03-11", "question_set": "2018-03-11-llm.json", "questions": list(rows)}
    return json.dumps(held).encode()


LISTED = dt.date(2018, 3, 1)
MILLISECONDS = 1530403140000  # 2018-06-30T23:59:00Z
LISTINGS = {
    "manifold": [
        {"id": "m1", "question": "Will Modi and Abbasi meet in person by June 30, 2018?", "outcomeType": "BINARY",
         "isResolved": False, "probability": 0.25, "closeTime": MILLISECONDS, "url": "https://example.org/m1"},
        {"id": "m2", "question": "Annulled?", "outcomeType": "BINARY", "isResolved": True, "resolution": "CANCEL",
         "probability": 0.25, "closeTime": MILLISECONDS},
        {"id": "m3", "question": "Which?", "outcomeType": "MULTIPLE_CHOICE", "closeTime": MILLISECONDS},
        {"id": "m4", "question": "Over?", "outcomeType": "BINARY", "isResolved": True, "resolution": "YES",
         "probability": 0.99, "closeTime": MILLISECONDS},
    ],
    "polymarket": [
        {"id": "p1", "question": "Will Modi and Abbasi meet in person by June 30, 2018?", "slug": "meet",
         "outcomes": '["Yes", "No"]', "outcomePrices": '["0.25", "0.75"]', "closed": False,
         "endDate": "2018-06-30T12:00:00Z"},
        {"id": "p2", "question": "Annulled?", "outcomes": '["Yes", "No"]', "outcomePrices": '["0.5", "0.5"]',
         "closed": True, "endDate": "2018-06-30T12:00:00Z"},
        {"id": "p3", "question": "Which?", "outcomes": '["Up", "Down"]', "outcomePrices": '["0.5", "0.5"]'},
        {"id": "p4", "question": "Over?", "outcomes": '["Yes", "No"]', "outcomePrices": '["1", "0"]', "closed": True},
    ],
    "metaculus": {"count": 4, "results": [
        {"id": 11, "question": {
            "id": 1, "type": "binary", "title": "Will Modi and Abbasi meet in person by June 30, 2018?",
            "resolution": None, "scheduled_resolve_time": "2018-07-01T00:00:00Z",
            "aggregations": {"recency_weighted": {"latest": {"centers": [0.25]}}}}},
        {"id": 12, "question": {"id": 2, "type": "binary", "title": "Annulled?", "resolution": "annulled"}},
        {"id": 13, "group_of_questions": {"questions": [{"id": 3, "type": "numeric", "title": "How many?"}]}},
        {"id": 14, "question": {"id": 4, "type": "binary", "title": "Over?", "resolution": "yes"}},
    ]},
}  # fmt: skip


@pytest.mark.parametrize("publisher", LISTINGS)
def test_a_listing_is_read_and_what_has_no_value_is_set_aside(publisher):
    read = q.read_questions(json.dumps(LISTINGS[publisher]).encode(), name="x.json", listed_on=LISTED)
    assert [(one.source, one.set_aside) for one in read] == [
        (publisher, ""), (publisher, q.ANNULLED), (publisher, q.NOT_BINARY), (publisher, q.NO_VALUE),
    ]  # fmt: skip
    assert (read[0].value, read[0].value_on) == (0.25, LISTED)
    assert read[0].closes_on in (dt.date(2018, 6, 30), dt.date(2018, 7, 1))
    assert read[0].url.startswith("https://")


def test_a_question_set_has_its_own_day_and_value():
    rows = [
        frozen("A?"), frozen("B?", freeze_datetime="2018-03-01T03:00:00+05:00"),
        frozen("C?", source="fred", freeze_datetime_value="104.2", market_info_close_datetime="N/A"),
        frozen("D?", id=["a", "b"]),
    ]  # fmt: skip
    read = q.read_questions(question_set(*rows), name="x.json", listed_on=dt.date(2020, 1, 1))
    assert [one.value_on.isoformat() for one in read] == ["2018-03-01", "2018-02-28", "2018-03-01", "2018-03-01"]
    assert [one.value for one in read] == [0.25, 0.25, None, 0.25]
    assert [one.set_aside for one in read] == ["", "", q.NOT_BINARY, ""]


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2018-06-30T23:59:59-05:00", "2018-06-30"), ("2018-06-30T23:59:00Z", "2018-06-30"),
        (MILLISECONDS, "2018-06-30"),
        ("2018-06-30", "2018-06-30"), ("2018-06-30 23:59:00 UTC", "2018-06-30"), ("N/A", None), (None, None),
    ],
)  # fmt: skip
def test_a_stamp_is_a_day_in_its_own_time_zone(stamp, day):
    found = q.stamp_day(stamp)
    assert (None if found is None else found.isoformat()) == day


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "is no JSON"), (b"[1]", "is no question set of ForecastBench"), (b'{"a": 1}', "is no question set"),
        (b'{"forecast_due_date": "x", "questions": [{}]}', "is not laid out as its publisher does"),
    ],
)  # fmt: skip
def test_what_is_no_set_of_questions_is_refused(content, problem):
    with pytest.raises(InputError, match=rf"^x\.json: {problem}"):
        q.read_questions(content, name="x.json", listed_on=LISTED)


def holders() -> Holders:
    """Leaders of 2025."""
    people = [
        ("USA", "president", "Donald Trump"), ("RUS", "president", "Vladimir Putin"),
        ("CHN", "president", "Xi Jinping"),
        ("IND", "prime minister", "Narendra Modi"), ("UKR", "president", "Volodymyr Zelensky"),
        ("USA", "secretary of state", "Marco Rubio"), ("PRK", "leader", "Kim Jong Un"),
        ("BLR", "president", "Alexander Lukashenko"), ("GBR", "prime minister", "Keir Starmer"),
    ]  # fmt: skip
    since, until = dt.date(2025, 2, 1), dt.date(2027, 1, 1)
    return Holders(
        Holder(state, office, name, tuple(name.lower().split()), since, until) for state, office, name in people
    )


RECOGNISED = """
question                                                                     | states  | by         | counts
Will Donald Trump and Vladimir Putin meet in person before September 1, 2025?| USA RUS | 2025-08-31 | meet
Trump x Putin meet by June 30?                                               | USA RUS | 2025-06-30 | meet
Will Trump meet with Xi in 2025?                                             | USA CHN | 2025-12-31 | meet
Will Putin and Zelenskyy meet before the end of August?                      | RUS UKR | 2025-08-31 | meet
Will Trump and Putin meet in Saudi Arabia by 30 September 2025?              | USA RUS | 2025-09-30 | meet there
Will Xi Jinping and Donald Trump meet in person at APEC 2025?                | CHN USA | 2025-10-31 | meet there
Will Donald Trump and Xi Jinping Meet In Person In 2025?                     | USA CHN | 2025-12-31 | meet
Trump-Putin summit before August 1?                                          | USA RUS | 2025-07-31 | meet
Will a Trump–Xi summit take place by October 31, 2025?                       | USA CHN | 2025-10-31 | meet
Will Trump and Kim Jong-un meet in 2025?                                     | USA PRK | 2025-12-31 | meet
Before 2026, will Trump and Putin shake hands?                               | USA RUS | 2025-12-31 | meet
Will there be an in-person meeting between Trump and Putin by June 30?       | USA RUS | 2025-06-30 | meet
Will the President of the United States meet the President of Russia by June 30, 2025? | USA RUS | 2025-06-30 | meet
Will Zelensky sit down with Putin before 2026?                               | UKR RUS | 2025-12-31 | meet
Will Zelenskiy and Lukashenka meet by June 30?                               | UKR BLR | 2025-06-30 | meet
Will Trump meet with the Pope by June 30?                                    | USA VAT | 2025-06-30 | meet
Will Trump and Putin meet in June or July 2025?                              | USA RUS | 2025-07-31 | meet
Will Trump and Putin meet between May 20 and June 30?                        | USA RUS | 2025-06-30 | meet
Will Trump and Putin meet by July?                                           | USA RUS | 2025-10-31 | meet
Will Trump and Putin meet by the end of July?                                | USA RUS | 2025-07-31 | meet
Will Trump and Putin meet by June 30, 11:59 PM ET?                           | USA RUS | 2025-06-30 | meet
Will Trump and Putin meet by Q3 2025?                                        | USA RUS | 2025-09-30 | meet
Will Trump and Putin meet before Q3 2025?                                    | USA RUS | 2025-06-30 | meet
Will Xi Jinping visit US by September 23?                                    | CHN USA | 2025-09-23 | visit
Will the US president and Xi meet in person before 19 October 2025?          | USA CHN | 2025-10-18 | meet
Volodymyr Zelenskyy and Vladimir Putin meet before Jan 1, 2026? — Before 2026| UKR RUS | 2025-12-31 | meet
Will Xi Jinping visit India for the 2025 BRICS Summit?                       | CHN IND | 2025-10-31 | visit
Will the UK PM visit China by July 31?                                       | GBR CHN | 2025-07-31 | visit
Will Trump go to Beijing before 2026?                                        | USA CHN | 2025-12-31 | visit
Will Trump host Putin at the White House by July 31?                         | USA RUS | 2025-07-31 | visit
Will Modi attend the G20 summit in Johannesburg?                             | IND ZAF | 2025-10-31 | attend
Will Xi Jinping visit the United States before 2026?                         | CHN USA | 2025-12-31 | visit
Will Putin visit India by December 31, 2025?                                 | RUS IND | 2025-12-31 | visit
Will Modi attend the SCO summit in China?                                    | IND CHN | 2025-10-31 | attend
Will the leaders of the US and China meet in person by the end of 2025?      | USA CHN | 2025-12-31 | meet
"""


@each("row", table(RECOGNISED))
def test_a_question_about_two_leaders_is_recognised(row):
    about = q.recognise(asked(row["question"]), holders())
    assert about == q.Recognised(tuple(row["states"].split()), dt.date.fromisoformat(row["by"]), row["counts"])


def asked(text: str, **changes: object) -> q.Question:
    days = {"value_on": dt.date(2025, 6, 1), "closes_on": dt.date(2025, 10, 31)}
    return q.Question(**{"source": "x", "number": "1", "text": text, "url": "", "value": 0.5, **days, **changes})


@each(
    ("text", "reason"),
    [
        ("Will Polyoptions volume hit $100 million in 2026?", q.NO_MEETING),
        ("Will Trump and Putin speak on the phone or meet virtually by June 30?", q.NOT_IN_PERSON),
        ("Will Trump and Putin not meet in 2025?", q.OPPOSITE),
        ("If Trump visits China, will the yuan rise?", q.OPPOSITE),
        ("Will Marco Rubio meet Putin by June 30, 2025?", q.NOT_LEADERS),
        ("Will the US and Iran meet by June 30, 2025?", q.NOT_LEADERS),
        ("Will Trump meet the Pope's choir by June 30, 2025?", q.NOT_LEADERS),
        ("Will Trump meet Putin's envoy by June 30?", q.NOT_LEADERS),
        ("Will Russia meet Ukraine's demands by July 31?", q.NOT_LEADERS),
        ("Will Elon Musk visit China by July 31?", q.NOT_TWO),
        ("Will Trump, Putin and Xi meet by June 30?", q.NOT_TWO),
        ("Will Putin visit Hungary for talks with Trump by July 31?", q.NOT_TWO),
        ("Will the S&P meet expectations after Trump visits China by July 31?", q.NOT_TWO),
        ("Will both Xi and Putin attend the G20 by December 1?", q.NOT_THEIRS),
        ("Will Trump visit China without Xi by July 31?", q.OPPOSITE),
        ("Where will Trump and Putin meet?", q.OTHER),
        ("Will Zelenskyy and Putin meet next in Saudi Arabia before 2027?", q.OTHER),
        ("Will Zelenskyy and Putin not meet before 2027?", q.OPPOSITE),
        ("How many times will Trump and Putin meet in 2025?", q.OTHER),
        ("Will Trump meet Putin at least 3 times in 2025?", q.OTHER),
        ("Will Trump announce a meeting with Putin by June 30?", q.OTHER),
        ("Will a Trump-Putin meeting be announced by June 30?", q.OTHER),
        ("Will Putin agree to meet Zelensky by June 30?", q.OTHER),
        ("Will Zelensky resign before meeting Putin by July 31?", q.OTHER),
        ("Will the Trump-Putin meeting last more than 2 hours?", q.OTHER),
        ("Will Trump and Putin meet in September 2025?", q.LATER),
        ("Will Trump and Putin meet in Q3 2025?", q.LATER),
        ("Will Trump and Putin meet between June 10 and June 30?", q.LATER),
        ("Will Trump and Putin meet after July 1, 2025?", q.LATER),
        ("Will Trump and Putin meet on June 15?", q.LATER),
        ("Will Trump visit China in 2026?", q.LATER),
        ("Will Trump and Putin meet before June 2025?", q.OVER),
    ],
)
def test_any_other_question_is_set_aside_with_its_reason(text, reason):
    assert q.recognise(asked(text), holders()) == reason


@pytest.mark.parametrize(
    ("value_on", "closes_on", "by"),
    [
        ("2025-06-01", "2025-06-30", "2025-06-30"), ("2024-12-20", "2025-06-30", "2025-06-30"),
        # The value is of a day after the last of the window, not of a year before it.
        ("2025-07-05", "2025-06-30", None),
    ],
)  # fmt: skip
def test_a_day_without_a_year_is_in_the_year_that_the_stamp_means(value_on, closes_on, by):
    days = {"value_on": dt.date.fromisoformat(value_on), "closes_on": dt.date.fromisoformat(closes_on)}
    in_office = holders()._by_state
    there = Holders(
        dataclasses.replace(one, began_on=dt.date(2024, 1, 1)) for held in in_office.values() for one in held
    )
    about = q.recognise(asked("Will Trump and Putin meet by June 30?", **days), there)
    assert about == (q.OVER if by is None else q.Recognised(("USA", "RUS"), dt.date.fromisoformat(by), "meet"))


def test_a_question_without_a_last_day_or_a_value_is_set_aside():
    text = "Will Trump and Putin meet?"
    assert q.recognise(asked(text, closes_on=None), holders()) == q.NO_DAY
    assert q.recognise(asked(text, value=None), holders()) == q.NO_VALUE
    assert q.recognise(asked(text, set_aside=q.ANNULLED), holders()) == q.ANNULLED


# --- the verb ---


@pytest.fixture
def own(rivals: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent
    (root / "data" / "raw" / "leaders.csv").write_text(
        "state,leader,office,from,to,note,url\n"
        "IND,Narendra Modi,prime minister,2014-05-26,,,https://example.org\n"
        "PAK,Shahid Abbasi,prime minister,2017-08-01,2018-05-31,,https://example.org\n",
        encoding="utf-8",
    )
    return root


def command(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def test_our_probability_stands_beside_the_crowds_as_of_the_freeze(own, tmp_path):
    path = tmp_path / "set.json"
    path.write_bytes(
        question_set(
            frozen("Will Narendra Modi and Shahid Abbasi meet in person by June 30, 2018?"),
            frozen("Will it rain?"),
            frozen("Will Modi and Abbasi meet in person before 2030?"),
        )
    )
    found = fc.questions(path, root=own, model="climatology")
    (row,) = found.rows.to_dict(orient="records")
    expected = fc.predict("IND-PAK", as_of="2018-03-01", by="2018-06-30", root=own, model="climatology").iloc[0]
    assert (row["dyad"], row["as_of"], row["by"], row["probability"]) == ("IND-PAK", "2018-03-01", "2018-06-30", 0.25)
    assert (row["ours"], row["counts"]) == (expected["probability"], "meet")
    assert found.aside["reason"].tolist()[0] == q.NO_MEETING
    assert "outside 1..730" in found.aside["reason"].tolist()[1]

    words = ("--root", own, "questions", path, "--model", "climatology")
    text = command(*words).stdout
    assert text.startswith("1 question about two leaders, 2 set aside\n")
    assert [line for line in text.splitlines() if len(line) > 80] == []
    crowd = tmp_path / "crowd.csv"
    assert command(*words, "--format", "csv", "--output", crowd).exit_code == 0
    scored = command("--root", own, "verify", crowd, "--model", "climatology")
    assert scored.exit_code == 0, scored.stderr
    assert "manifold" in scored.stdout
    assert command(*words, "--aside").stdout.startswith("source,question,reason,url\n")


def test_a_listing_is_fetched_from_its_address(own):
    listing = json.dumps(LISTINGS["manifold"]).encode()
    with serving({"/v0/search-markets?limit=100": body(listing, kind="application/json")}) as there:
        words = ("--root", own, "questions", f"{there.address}/v0/search-markets?limit=100", "--as-of", "2018-03-01")
        done = command(*words, "--model", "climatology", "--format", "json")
    assert done.exit_code == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["forecaster"], row["dyad"], row["as_of"], row["by"]) == (
        "manifold", "IND-PAK", "2018-03-01", "2018-06-30",
    )  # fmt: skip


def market(number: int) -> dict[str, object]:
    return LISTINGS["manifold"][0] | {"id": f"m{number}", "question": f"Will it rain on day {number}?"}


def polymarkets(*numbers: int) -> list[dict[str, object]]:
    return [LISTINGS["polymarket"][0] | {"id": f"p{n}", "question": f"Will it rain on day {n}?"} for n in numbers]


def post(number: int) -> dict[str, object]:
    own = LISTINGS["metaculus"]["results"][0]["question"] | {"id": number, "title": f"Will it rain on day {number}?"}
    return {"id": number, "question": own}


#: How each publisher gives pages: its path, the pages by their query, and how many questions they hold.
PAGED = {
    "manifold, at an offset": ("/v0/search-markets", {
        "term=x&limit=2": [market(1), market(2)], "term=x&limit=2&offset=2": [market(3)],
    }, 3),
    "manifold, without a limit": ("/v0/search-markets", {
        "term=x": [market(1), market(2)], "term=x&offset=2": [market(3)], "term=x&offset=3": [],
    }, 3),
    "manifold, before a market": ("/v0/markets", {
        "limit=2": [market(1), market(2)], "limit=2&before=m2": [market(3)],
    }, 3),
    "polymarket, at an offset": ("/markets", {
        "limit=2": polymarkets(1, 2), "limit=2&offset=2": polymarkets(3, 4), "limit=2&offset=4": [],
    }, 4),
    "polymarket, with a cursor": ("/markets/keyset", {
        "limit=2": {"markets": polymarkets(1, 2), "next_cursor": "a=b"},
        "limit=2&after_cursor=a%3Db": {"markets": polymarkets(3)},
    }, 3),
    "polymarket, events": ("/events", {
        "limit=1": [{"slug": "rain", "markets": polymarkets(1, 2)}], "limit=1&offset=1": [],
    }, 2),
    "metaculus, with links": ("/api/posts/", {
        "search=x": {"next": "http://inside/api/posts/?limit=2&offset=2&search=x", "results": [post(1), post(2)]},
        "limit=2&offset=2&search=x": {"next": None, "results": [post(3)]},
    }, 3),
    "a publisher without pages": ("/markets", {
        "x=1": polymarkets(1, 2), "x=1&offset=2": polymarkets(1, 2),
    }, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGED)
def test_all_pages_of_a_listing_are_read(own, name, monkeypatch):
    monkeypatch.setattr("forecast.verbs.questions.PAUSE_SECONDS", 0.0)
    path, pages, expected = PAGED[name]
    answers = {
        f"{path}?{query}": body(json.dumps(held).encode(), kind="application/json") for query, held in pages.items()
    }
    with serving(answers) as there:
        first = f"{there.address}{next(iter(answers))}"
        read = fc.questions(first, root=own, as_of="2018-03-01", model="climatology")
        assert [path for path, _ in there.asked] == list(answers)
        # A limit is kept, and what is left is said.
        one = fc.questions(first, root=own, as_of="2018-03-01", model="climatology", pages=1)
        done = command("--root", own, "questions", first, "--as-of", "2018-03-01", "--pages", 1, "--aside")
    assert (len(read.aside), set(read.aside["reason"]), read.unread) == (expected, {q.NO_MEETING}, ())
    assert one.unread == (f"{there.address}{list(answers)[1]}",)
    assert done.stderr == f"forecast: there are more pages, which --pages reads: {one.unread[0]}\n"


def test_a_number_of_pages_is_at_least_one(own):
    with pytest.raises(fc.ForecastError, match=r"^pages: 0 is no number of pages from 1 on$"):
        fc.questions("x.json", root=own, pages=0)


@pytest.mark.parametrize(
    ("place", "code", "says"),
    [("absent.json", 3, "absent.json: cannot be read"), ("http://example.org/x", 9, "is not fetched")],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(own, place, code, says):
    done = command("--root", own, "questions", place)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert says in done.stderr
