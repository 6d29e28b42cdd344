"""Questions of crowds: read as their publishers lay them out, recognised, and answered as of the day of the value."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import forecast as fc
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
        (b"{", "is no JSON"), (b"[]", "is no question set of ForecastBench"), (b'{"a": 1}', "is no question set"),
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
        ("IND", "prime minister", "Narendra Modi"), ("UKR", "president", "Volodymyr Zelenskyy"),
        ("USA", "secretary of state", "Marco Rubio"),
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
Will Trump and Putin meet in Saudi Arabia by 30 September 2025?              | USA RUS | 2025-09-30 | meet
Will Xi Jinping visit the United States before 2026?                         | CHN USA | 2025-12-31 | visit
Will Putin visit India by December 31, 2025?                                 | RUS IND | 2025-12-31 | visit
Will Modi attend the SCO summit in China?                                    | IND CHN | 2025-10-31 | attend
Will the leaders of the US and China meet in person by the end of 2025?      | USA CHN | 2025-12-31 | meet
"""


@pytest.mark.parametrize("row", table(RECOGNISED), ids=lambda row: row["question"])
def test_a_question_about_two_leaders_is_recognised(row):
    about = q.recognise(asked(row["question"]), holders())
    assert about == q.Recognised(tuple(row["states"].split()), dt.date.fromisoformat(row["by"]), row["counts"])


def asked(text: str, **changes: object) -> q.Question:
    days = {"value_on": dt.date(2025, 6, 1), "closes_on": dt.date(2025, 10, 31)}
    return q.Question(**{"source": "x", "number": "1", "text": text, "url": "", "value": 0.5, **days, **changes})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Will Polyoptions volume hit $100 million in 2026?", q.NO_MEETING),
        ("Will Trump and Putin speak on the phone or meet virtually by June 30?", q.NOT_IN_PERSON),
        ("Will Trump and Putin not meet in 2025?", q.OPPOSITE),
        ("If Trump visits China, will the yuan rise?", q.OPPOSITE),
        ("Will Marco Rubio meet Putin by June 30, 2025?", q.NOT_LEADERS),
        ("Will the US and Iran meet by June 30, 2025?", q.NOT_LEADERS),
        ("Will Trump meet the Pope's choir by June 30, 2025?", q.NOT_TWO),
        ("Will Trump and Putin meet in September 2025?", q.LATER),
        ("Will Trump visit China in 2026?", q.LATER),
    ],
)
def test_any_other_question_is_set_aside_with_its_reason(text, reason):
    assert q.recognise(asked(text), holders()) == reason


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
    with serving({"/v0/search-markets": body(listing, kind="application/json")}) as there:
        words = ("--root", own, "questions", f"{there.address}/v0/search-markets", "--as-of", "2018-03-01")
        done = command(*words, "--model", "climatology", "--format", "json")
    assert done.exit_code == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["forecaster"], row["dyad"], row["as_of"], row["by"]) == (
        "manifold", "IND-PAK", "2018-03-01", "2018-06-30",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "code", "says"),
    [("absent.json", 3, "absent.json: cannot be read"), ("http://example.org/x", 9, "is not fetched")],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(own, place, code, says):
    done = command("--root", own, "questions", place)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert says in done.stderr
