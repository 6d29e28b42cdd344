"""Lists of a leader's trips: the shapes of pages, the rulings, what was public when, and the host that serves them."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import each
from forecast.errors import FetchError, InputError, StateError
from forecast.facts.leaders import Spell
from forecast.readers.coded_source import Collection, contents_of, read_source
from forecast.readers.download import Limits
from forecast.readers.stay_days import StayError, parse_stays
from forecast.readers.trip_details import rule_on
from forecast.readers.wikipedia_pages import page_tables
from forecast.readers.wikipedia_trips import SavedPage, code_trips, fetch_trips, read_page

FIXTURES = Path(__file__).parent / "fixtures" / "wikipedia-trips"
TODAY = np.datetime64("2026-01-01")


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def table(text: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]


def coded(name: str, state: str, **more: object) -> Collection:
    source = code_trips([FIXTURES / name], leader_state=state, today=TODAY, **more)
    return source.collections[0]


def shown(one: Collection) -> list[tuple[str, ...]]:
    columns = ["recipient", "started_on", "ended_on", "known_on", "mode", "setting", "status", "venue", "persons"]
    return [tuple(row) for row in one.rows[columns].itertuples(index=False)]


def page(body: str, *, title: str = "List of trips made by Ann Other", revised_on: str = "2020-01-01") -> SavedPage:
    return SavedPage(title, body, day(revised_on))


def one_table(*rows: str, heading: str = "2019", columns: str = "Country|Dates|Details") -> str:
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row.split('|'))}</tr>" for row in (columns, *rows))
    return f"<h2>{heading}</h2><table>{cells}</table>"


def rows_of(body: str, *, state: str = "FRA", **more: str) -> list[tuple[str, ...]]:
    return shown(code_trips([page(body, **more)], leader_state=state, today=TODAY).collections[0])


# Shapes of pages.

SHAPES = {
    ("year-sections.html", "FRA"): """
        DEU | 2017-05-15 | 2017-05-15 | 2017-05-15 | visit       | bilateral    | occurred  |      | Ilse Brandner
        TUR | 2017-05-25 | 2017-05-26 | 2017-05-26 | third-party | margins      | occurred  | nato | Kemal Soylu
        USA | 2017-05-25 | 2017-05-26 | 2017-05-26 | third-party | margins      | occurred  | nato | Ted Harlan
        BEL | 2017-05-25 | 2017-05-26 | 2017-05-26 | visit       | multilateral | occurred  | nato |
        ITA | 2017-05-26 | 2017-05-27 | 2017-05-27 | visit       | margins      | occurred  | g7   | Paola Venturi
        MAR | 2017-06-14 | 2017-06-15 | 2017-06-15 | visit       | bilateral    | occurred  |      | Hassim
        ARE | 2017-11-08 | 2017-11-09 | 2017-11-09 | visit       | bilateral    | occurred  |      |
        CIV | 2017-11-30 | 2017-12-02 | 2017-12-02 | visit       | bilateral    | occurred  |      |
        NER | 2017-12-30 | 2018-01-02 | 2018-01-02 | visit       | bilateral    | occurred  |      |
        JPN | 2018-09-24 | 2018-09-26 | 2018-09-26 | third-party | margins      | occurred  | unga | Sora Ishii
        AUS | 2018-11-30 | 2018-12-02 | 2018-12-01 | visit       | bilateral    | announced |      |
        CHL | 2019-01-09 | 2019-01-10 | 2018-12-01 | visit       | bilateral    | announced |      | Lautaro Pinto
        IRQ | 2019-02-04 | 2019-02-04 | 2018-12-01 | visit       | bilateral    | postponed |      |
        JPN | 2019-06-28 | 2019-06-29 | 2018-12-01 | visit       | multilateral | announced | g20  |
    """,
    ("dates-with-years.html", "USA"): """
        SAU | 2017-05-20 | 2017-05-22 | 2017-05-22 | visit | bilateral | occurred  | | Faris
        ISR | 2017-05-22 | 2017-05-23 | 2017-05-23 | visit | bilateral | occurred  | | Dov Lahav; Tal Mor
        PSE | 2017-05-23 | 2017-05-23 | 2017-05-23 | visit | bilateral | occurred  | | Sami Nasser
        VAT | 2017-05-24 | 2017-05-24 | 2017-05-24 | visit | bilateral | occurred  | | Linus
        BEL | 2017-12-30 | 2018-01-02 | 2018-01-02 | visit | bilateral | occurred  | | Florian
        LUX | 2017-12-30 | 2018-01-02 | 2018-01-02 | visit | bilateral | occurred  | | Florian
        OMN | 2018-03-01 | 2018-03-01 | 2018-03-01 | visit | bilateral | occurred  | |
        QAT | 2018-03-03 | 2018-03-03 | 2018-03-03 | visit | bilateral | occurred  | |
        NOR | 2018-05-31 | 2018-06-04 | 2018-06-03 | visit | bilateral | announced | |
    """,
    ("shared-days.html", "DEU"): """
        FRA | 2021-12-10 | 2021-12-10 | 2021-12-10 | visit | bilateral | occurred | | Odile Fontanel
        BEL | 2021-12-15 | 2021-12-16 | 2021-12-16 | visit | bilateral | occurred | |
    """,
    ("years-in-rows.html", "IND"): """
        BTN | 2014-06-16 | 2014-06-17 | 2014-06-17 | visit | bilateral    | occurred |       | Karma Dorji
        BRA | 2014-07-13 | 2014-07-16 | 2014-07-16 | visit | multilateral | occurred | brics |
        PAK | 2015-12-25 | 2015-12-25 | 2015-12-25 | visit | bilateral    | occurred |       | Asif Durrani
    """,
    ("wikitext-answer.json", "BRA"): """
        ARG | 2022-02-03 | 2022-02-04 | 2022-02-04 | visit | bilateral | occurred  | |
        PER | 2022-03-05 | 2022-03-05 | 2022-03-05 | visit | bilateral | occurred  | | Quispe
        URY | 2022-04-07 | 2022-04-07 | 2022-04-07 | visit | bilateral | occurred  | |
        PRY | 2022-04-08 | 2022-04-08 | 2022-04-08 | visit | bilateral | occurred  | |
        CHL | 2022-07-11 | 2022-07-11 | 2022-06-01 | visit | bilateral | announced | |
    """,
}


@pytest.mark.parametrize(("which", "expected"), SHAPES.items(), ids=[name for name, _ in SHAPES])
def test_each_shape_of_page(which: tuple[str, str], expected: str) -> None:
    assert shown(coded(*which)) == table(expected)


UNCODED = {
    ("year-sections.html", "FRA"): """
        2017-05-19 | MLI | no meeting: troops
        2017-08-02 | MAR | no meeting: private
        2018-01-24 | CHE | no meeting: nobody named
        2018-05-03 |     | no state in the table
        2018-09-24 | USA | no meeting: nobody named
                   |     | the days cannot be read: 'mid' among the days
                   |     | the days cannot be read: no days
        2018-11-20 | POL | a planned trip whose days had passed
    """,
    ("dates-with-years.html", "USA"): """
                   |     | the days cannot be read: no day of the calendar
        2018-05-05 | IRL | no meeting: transit
    """,
    ("shared-days.html", "DEU"): """
        2021-12-10 | BEL | no meeting: nobody named
        2024-01-05 | VAT | no meeting: funeral
        2024-07-19 | SRB | no meeting: nobody named
        2024-07-20 | DEU | no meeting: within the own state
        2024-07-21 |     | no state in the table
    """,
}


@pytest.mark.parametrize(("which", "expected"), UNCODED.items(), ids=[name for name, _ in UNCODED])
def test_what_is_no_meeting_is_listed_with_the_reason(which: tuple[str, str], expected: str) -> None:
    listed = coded(*which).uncoded[["started_on", "state", "reason"]]
    found = [tuple(row) for row in listed.itertuples(index=False)]
    assert [row for row in found if "did not exist" not in row[2]] == table(expected)


COVERAGE = """
    year-sections.html    | FRA | 2017-05-15 | 2018-11-19
    dates-with-years.html | USA | 2017-05-20 | 2018-05-30
    shared-days.html      | DEU | 2021-12-10 | 2024-08-02
    years-in-rows.html    | IND | 2014-06-16 | 2015-12-25
    wikitext-answer.json  | BRA | 2022-02-03 | 2022-06-01
"""


@pytest.mark.parametrize(("name", "state", "starts_on", "ends_on"), table(COVERAGE))
def test_a_page_covers_its_first_trip_to_its_day(name: str, state: str, starts_on: str, ends_on: str) -> None:
    """But not what is open on that day, a planned trip of which nobody said whether it was made, or a dead list."""
    one = coded(name, state)
    assert (one.starts_on, one.ends_on, one.focal, one.direction, one.complete) == (
        *(starts_on, ends_on, state, "journeys"),
        True,
    )


def test_the_days_of_pages_come_from_their_revision() -> None:
    pages = {path.name: read_page(path) for path in FIXTURES.iterdir()}
    assert {name: str(one.revised_on) for name, one in pages.items()} == {
        "year-sections.html": "2018-12-01",
        "dates-with-years.html": "2018-06-03",
        "shared-days.html": "2024-08-02",
        "years-in-rows.html": "2020-02-03",
        "wikitext-answer.json": "2022-06-01",
    }
    assert pages["year-sections.html"].revision == "900100200"
    assert pages["wikitext-answer.json"].form == "wikitext"


def test_no_sentence_of_a_page_is_kept_and_the_facts_are_read_back(tmp_path: Path) -> None:
    source = code_trips([FIXTURES / "year-sections.html"], leader_state="France", today=TODAY)
    files = contents_of(source)
    assert not any(b"first trip abroad" in content or b"her family" in content for content in files.values())
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    events, coverages = read_source(tmp_path)
    assert len(events) == 14
    assert set(events["publisher"]) == {"wikipedia-trips-fra"}
    assert [(one.focal, one.direction, one.complete) for one in coverages] == [("FRA", "journeys", True)]
    assert contents_of(code_trips([FIXTURES / "year-sections.html"], leader_state="FRA", today=TODAY)) == files


def test_nothing_is_known_before_it_was_public() -> None:
    for name, state in SHAPES:
        rows = coded(name, state).rows
        occurred = rows["status"] == "occurred"
        assert (rows.loc[occurred, "known_on"] == rows.loc[occurred, "ended_on"]).all()
        assert (rows["known_on"] <= str(read_page(FIXTURES / name).revised_on)).all()


# Cells.


def test_an_inner_table_and_an_outer_one_are_no_trips() -> None:
    inner = one_table("Chad|3 May|State visit <table><tr><td>Country</td><td>Dates</td></tr></table>")
    assert rows_of(f"<table><tr><td>{inner}</td></tr></table>")[0][:2] == ("TCD", "2019-05-03")


SPANS = {
    "a country over three rows": (
        "<tr><td rowspan=3>Chad</td><td>3 May</td><td>State visit</td></tr><tr><td>9 May</td><td>State visit</td></tr>"
        "<tr><td>1 June</td><td>State visit</td></tr>",
        [("TCD", "2019-05-03"), ("TCD", "2019-05-09"), ("TCD", "2019-06-01")],
    ),
    "a span of nought reaches to the end": (
        "<tr><td>Chad</td><td>3 May</td><td rowspan='0'>State visit</td></tr><tr><td>Togo</td><td>4 May</td></tr>",
        [("TCD", "2019-05-03"), ("TGO", "2019-05-04")],
    ),
    "a span that is no number": (
        "<tr><td rowspan='two'>Chad</td><td>3 May</td><td>State visit</td></tr>",
        [("TCD", "2019-05-03")],
    ),
    "details over the rest": (
        "<tr><td>Chad</td><td>3 May</td><td colspan=900000>State visit</td></tr>",
        [("TCD", "2019-05-03")],
    ),
}


@pytest.mark.parametrize(("cells", "expected"), SPANS.values(), ids=SPANS)
def test_spans(cells: str, expected: list[tuple[str, str]]) -> None:
    body = f"<h2>2019</h2><table><tr><th>Country</th><th>Dates</th><th>Details</th></tr>{cells}</table>"
    assert [row[:2] for row in rows_of(body)] == expected


def test_a_year_of_the_section_does_not_reach_into_the_next() -> None:
    body = one_table("Chad|3 May|State visit") + one_table("Togo|3 May|State visit", heading="Second term (2019–2023)")
    one = code_trips([page(body)], leader_state="FRA", today=TODAY).collections[0]
    assert list(one.rows["recipient"]) == ["TCD"]
    assert list(one.uncoded["reason"]) == ["the days cannot be read: days without a year"]


def test_two_events_in_one_state_in_the_same_days_are_one_stay() -> None:
    body = one_table("Chad|3 May|Sahel summit", "Chad|3 May|State visit")
    assert [row[:6:5] for row in rows_of(body)] == [("TCD", "bilateral")]


def test_a_table_of_another_kind_is_ignored_and_a_page_without_trips_refused() -> None:
    counts = one_table("Chad|1|3 May", columns="Country|Number of visits|Dates")
    with pytest.raises(InputError, match="holds no table of trips"):
        code_trips([page(counts)], leader_state="FRA", today=TODAY)


def test_all_bad_pages_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "day.html").write_text("<html><h1>A list</h1></html>")
    (tmp_path / "bytes.html").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "answer.json").write_text('{"query": {"pages": []}}')
    late = page(one_table("Chad|3 May|State visit"), title="Later", revised_on="2027-01-01")
    paths = [tmp_path / name for name in ("day.html", "bytes.html", "answer.json", "none.html")]
    with pytest.raises(InputError) as caught:
        code_trips([*paths, late], leader_state="FRA", today=TODAY)
    for said in (
        "does not say of which day",
        "byte 0 is not UTF-8",
        "is no answer of the API",
        "cannot be read",
        "Later",
    ):
        assert said in str(caught.value)
    with pytest.raises(InputError, match="no page was given"):
        code_trips([], leader_state="FRA", today=TODAY)
    with pytest.raises(StateError):
        code_trips([late], leader_state="Atlantis", today=TODAY)


def test_pages_of_one_leader_in_parts_join_without_a_gap() -> None:
    first = page(one_table("Chad|3 May|State visit"), title="List of trips made by Ann Other (2017–2019)")
    second = page(
        one_table("Chad|3 May|State visit", heading="2020"),
        title="List of trips made by Ann Other (2020–present)",
        revised_on="2020-08-01",
    )
    collections = code_trips([second, first], leader_state="FRA", today=TODAY).collections
    assert [(one.name, one.starts_on, one.ends_on) for one in collections] == [
        ("ann-other-2020-present", "2020-01-01", "2020-08-01"),
        ("ann-other-2017-2019", "2019-05-03", "2019-12-31"),
    ]
    with pytest.raises(InputError, match="the same page was given twice"):
        code_trips([first, first], leader_state="FRA", today=TODAY)


def test_a_list_ends_when_its_leader_leaves_office() -> None:
    spells = (
        Spell("FRA", "Ann Other", day("2019-01-01")),
        Spell("FRA", "Guy Next", day("2019-09-01")),
        Spell("TCD", "Idriss Example", day("1990-01-01")),
    )
    body = one_table("Chad|3 May|Met Idriss Example.", "Togo|4 May|Met Idriss Example.")
    one = code_trips([page(body)], leader_state="FRA", today=TODAY, leaders=spells).collections[0]
    assert one.ends_on == "2019-08-31"
    assert list(one.rows["recipient"]) == ["TCD"]


# Rulings.

RULINGS = """
    State visit                                                              | bilateral    |
    First official and working visit in ten years                            | bilateral    |
    Unofficial visit to a school                                             |              | no meeting: nobody named
    Met with President Idris Example                                         | bilateral    |
    Met Chadian President Idris Example and gave a speech                    | bilateral    |
    Met with the President of Chad                                           | bilateral    |
    Held talks with his counterpart                                          | bilateral    |
    Met former President Idris Example                                       |              | no meeting: nobody named
    Met Vice President Idris Example                                         |              | no meeting: nobody named
    Met with the President of the European Commission                        |              | no meeting: nobody named
    Met with President-elect Idris Example                                   |              | no meeting: nobody named
    Did not meet President Idris Example                                     |              | no meeting: nobody named
    Laid a wreath; the first visit since President Example took office       |              | no meeting: nobody named
    Attended the Sahel summit                                                | multilateral |
    Attended the Sahel summit and held several bilateral meetings            | multilateral |
    Sahel summit; met President Idris Example                                | margins      |
    State visit and Sahel summit                                             | bilateral    |
    Informal summit with Prime Minister Example                              | bilateral    |
    Addressed the United Nations General Assembly                            |              | no meeting: nobody named
    Attended the summit virtually                                            |              | no meeting: by video
    Attended the state funeral of Idris Example                              |              | no meeting: funeral
    Funeral of the former king; met President Idris Example                  | bilateral    |
    Refuelling stop on the way home                                          |              | no meeting: transit
    Private holiday                                                          |              | no meeting: private
    Attended the opening ceremony of the games                               |              | no meeting: ceremony
    Spoke to soldiers                                                        |              | no meeting: troops
    Signed a joint declaration on water                                      | bilateral    |
                                                                             | bilateral    |
"""


@each(("details", "setting", "reason"), table(RULINGS))
def test_rulings(details: str, setting: str, reason: str) -> None:
    ruling = rule_on(details, host="TCD", focal="FRA", on=day("2019-05-03"))
    assert (ruling.setting, ruling.reason) == (setting, reason)


OTHERS = """
    Met Russian President Oleg Example in Geneva                                         | RUS
    Met with U.S. President Ted Harlan and King Faris of Saudi Arabia                    | USA SAU
    Met with the Prime Minister of New Zealand                                           | NZL
    Held talks with British prime minister Amy Example, and South Korean President Yoo   | GBR KOR
    Met President Example to discuss the policy of Russian President Oleg Example        |
    Met President Example after Russian President Oleg Example had left                  |
    Met Russian Foreign Minister Oleg Example                                            |
    Spoke by phone with Russian President Oleg Example                                   |
    Russian President Oleg Example sent a letter                                         |
    Met the French President's staff and French Prime Minister Guy Next                  |
"""


@pytest.mark.parametrize(("details", "states"), table(OTHERS))
def test_leaders_of_third_states(details: str, states: str) -> None:
    ruling = rule_on(details, host="CHE", focal="FRA", on=day("2019-05-03"))
    assert [one.state for one in ruling.others] == states.split()


OFF = """
    Cancelled because of a strike.                       | cancelled
    State visit; the trip was later called off           | cancelled
    The visit has been postponed to the spring           | postponed
    State visit, in which a contract was cancelled       | occurred
"""


@pytest.mark.parametrize(("details", "status"), table(OFF))
def test_trips_that_were_called_off(details: str, status: str) -> None:
    assert rule_on(details, host="TCD", focal="FRA", on=day("2019-05-03")).status == status


# Days.

DAYS = """
    25–26 May                        | 2017 | 2017-05-25 2017-05-26
    25 May                           | 2017 | 2017-05-25 2017-05-25
    30 November - 2 December         | 2018 | 2018-11-30 2018-12-02
    30 December – 2 January          | 2017 | 2017-12-30 2018-01-02
    30 December – 2 January 2018     |      | 2017-12-30 2018-01-02
    30 December 2017 – 2 January 2018| 2016 | 2017-12-30 2018-01-02
    28 February – 1 March            | 2024 | 2024-02-28 2024-03-01
    May 20–22, 2017                  |      | 2017-05-20 2017-05-22
    May 31 – June 2                  | 2017 | 2017-05-31 2017-06-02
    Dec. 30, 2017 to Jan. 2, 2018    |      | 2017-12-30 2018-01-02
    5–6 and 9 May                    | 2019 | 2019-05-05 2019-05-06 2019-05-09 2019-05-09
    May 5–6, 9, June 7–8             | 2019 | 2019-05-05 2019-05-06 2019-05-09 2019-05-09 2019-06-07 2019-06-08
    15/16 May                        | 2019 | 2019-05-15 2019-05-16
    1st–3rd of May (evening)         | 2019 | 2019-05-01 2019-05-03
    2017-05-20 – 2017-05-22          |      | 2017-05-20 2017-05-22
"""
NO_DAYS = """
    31 June           | 2019 | no day of the calendar
    29 February       | 2019 | no day of the calendar
    May 2019          |      | a month without days
    10–12             | 2019 | days without a month
    10–12 May         |      | days without a year
    mid-May           | 2019 | 'mid' among the days
    TBD               | 2019 | 'tbd' among the days
    26–25 May         | 2019 | ends before it begins
    1 May – 1 August  | 2019 | a stay of more than 60 days
                      | 2019 | no days
    5 6 May           | 2019 | two days in a row
    1–2–3 May         | 2019 | no range of days
"""


@pytest.mark.parametrize(("text", "year", "expected"), table(DAYS))
def test_days(text: str, year: str, expected: str) -> None:
    stays = parse_stays(text, year=int(year) if year else None)
    assert [str(one) for stay in stays for one in stay] == expected.split()


@pytest.mark.parametrize(("text", "year", "problem"), table(NO_DAYS))
def test_what_is_no_day(text: str, year: str, problem: str) -> None:
    with pytest.raises(StayError) as caught:
        parse_stays(text, year=int(year) if year else None)
    assert str(caught.value) == problem


MONTHS = [np.datetime64(f"2020-{month:02d}").item().strftime("%B") for month in range(1, 13)]


@given(
    first=st.dates(min_value=np.datetime64("1950-01-01").item(), max_value=np.datetime64("2049-12-31").item()),
    length=st.integers(0, 40),
    dash=st.sampled_from(["-", "–", " – ", " — ", " to ", "\u2009–\u2009"]),
    form=st.sampled_from(["day first", "month first", "day first with year", "month first with year", "iso"]),
)
def test_a_stay_is_read_as_it_was_written(first: object, length: int, dash: str, form: str) -> None:
    begin, end = np.datetime64(first), np.datetime64(first) + length
    day_first, with_year = form.startswith("day"), form.endswith("year")

    def written(one: np.datetime64, *, month: bool = True, year: bool = False) -> str:
        y, m, d = str(one).split("-")
        name = MONTHS[int(m) - 1] if month else ""
        text = f"{int(d)} {name}" if day_first else f"{name} {int(d)}"
        return text.strip() + ((f" {y}" if day_first else f", {y}") if year else "")

    if form == "iso":
        text = f"{begin} – {end}"
    elif begin == end:
        text = written(begin, year=with_year)
    else:
        one_month = str(begin)[:7] == str(end)[:7]
        over = str(begin)[:4] != str(end)[:4]
        text = (
            written(begin, month=not one_month or not day_first, year=with_year and over)
            + dash
            + written(end, month=not one_month or day_first, year=with_year)
        )
    year = None if with_year or form == "iso" else int(str(begin)[:4])
    assert parse_stays(text, year=year) == [(begin, end)]


@given(st.lists(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4), max_size=4))
def test_a_table_of_any_spans_is_read(rows: list[list[tuple[int, int]]]) -> None:
    cells = "".join(
        "<tr>" + "".join(f"<td rowspan={down} colspan={across}>x</td>" for down, across in row) + "</tr>"
        for row in rows
    )
    (found,) = page_tables(page(f"<table>{cells}</table>"))
    assert len(found.rows) == len(rows)


# The host.

TITLE = "List of international presidential trips made by Odile Fontanel"
PAGE = one_table("Germany|15 May|State visit")
QUICK = Limits(timeout_seconds=2, total_seconds=6, size_bytes=2**20, pauses_seconds=(0.0, 0.0))


class Wiki:
    """What the host was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.busy: list[tuple[int, dict[str, str], bytes]] = []
        self.revisions = {101: "2019-06-01T10:00:00Z", 102: "2019-09-29T00:00:00Z", 103: "2019-10-05T10:00:00Z"}
        self.address = ""

    def answer(self, query: dict[str, str]) -> object:
        if query["action"] == "query":
            if query["titles"] != TITLE:
                return {"query": {"pages": [{"title": query["titles"], "missing": True}]}}
            before = query.get("rvstart", "9999")
            found = max((number for number, at in self.revisions.items() if at <= before), default=None)
            kept = [{"revid": found, "timestamp": self.revisions[found]}] if found else []
            return {"query": {"pages": [{"pageid": 1, "title": TITLE, **({"revisions": kept} if kept else {})}]}}
        return {"parse": {"title": TITLE, "pageid": 1, "revid": int(query["oldid"]), "text": PAGE}}


@contextmanager
def serving(wiki: Wiki, answer: Callable[[BaseHTTPRequestHandler], None] | None = None) -> Iterator[Wiki]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert lock.acquire(blocking=False), "two requests at once"
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                if answer is not None:
                    answer(self)
                else:
                    self.serve()
            lock.release()

        def serve(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            wiki.asked.append(query)
            wiki.agents.append(self.headers.get("User-Agent", ""))
            status, headers, body = (
                wiki.busy.pop(0) if wiki.busy else (200, {}, json.dumps(wiki.answer(query)).encode())
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    wiki.address = f"http://127.0.0.1:{server.server_address[1]}/w/api.php"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield wiki
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetched(wiki: Wiki, title: str = TITLE, **more: object) -> SavedPage:
    return fetch_trips(title, address=wiki.address, contact="ann@example.org", **{"limits": QUICK, **more})


@pytest.mark.parametrize(
    ("as_of", "revision"), [(None, "103"), ("2019-10-01", "102"), ("2019-09-30", "102"), ("2019-09-29", "101")]
)
def test_the_page_is_fetched_as_it_stood_before_the_day(as_of: str | None, revision: str) -> None:
    with serving(Wiki()) as wiki:
        one = fetched(wiki, as_of=None if as_of is None else day(as_of))
    assert one.revision == revision
    assert str(one.revised_on) == wiki.revisions[int(revision)][:10]
    assert as_of is None or one.revised_on < day(as_of)
    assert code_trips([one], leader_state="FRA", today=TODAY).collections[0].rows["recipient"].tolist() == ["DEU"]


def test_the_etiquette_of_the_api_is_kept() -> None:
    with serving(Wiki()) as wiki:
        fetched(wiki, as_of=day("2019-10-01"))
    assert [query["action"] for query in wiki.asked] == ["query", "parse"]
    assert all(query["maxlag"] == "5" for query in wiki.asked)
    assert wiki.asked[0]["rvdir"] == "older"
    assert wiki.asked[0]["rvstart"] == "2019-09-30T23:59:59Z"
    assert all("(ann@example.org)" in agent and agent.startswith("forecast/") for agent in wiki.agents)


LAG = json.dumps({"error": {"code": "maxlag", "info": "Waiting for a host: 7 seconds lagged"}}).encode()


@pytest.mark.parametrize(
    "busy",
    [
        (200, {"Retry-After": "1"}, LAG),
        pytest.param((429, {"Retry-After": "1"}, b""), marks=pytest.mark.slow),
        pytest.param((503, {"Retry-After": "1"}, b""), marks=pytest.mark.slow),
    ],
)
def test_the_pause_that_the_host_asks_for_is_kept(busy: tuple[int, dict[str, str], bytes]) -> None:
    with serving(Wiki()) as wiki:
        wiki.busy = [busy]
        began = time.monotonic()
        assert fetched(wiki).revision == "103"
    assert time.monotonic() - began >= 1
    assert len(wiki.asked) == 3


def test_a_host_that_asks_for_too_long_a_pause_or_stays_busy_is_given_up() -> None:
    with serving(Wiki()) as wiki:
        wiki.busy = [(503, {"Retry-After": "600"}, b"")]
        with pytest.raises(FetchError, match="asks to wait 600 seconds"):
            fetched(wiki)
        wiki.busy = [(503, {}, b"")] * 3
        with pytest.raises(FetchError, match="was busy 3 times"):
            fetched(wiki)


REFUSALS = {
    "no page": ((200, {}, b'{"query":{"pages":[{"title":"x","missing":true}]}}'), "has no page"),
    "an error": ((200, {}, b'{"error":{"code":"badvalue","info":"Unrecognised"}}'), "refused: badvalue: Unrecognised"),
    "no JSON": ((200, {}, b"<html>"), "answered no JSON"),
    "a list": ((200, {}, b"[]"), "refused: no object"),
    "another object": ((200, {}, b'{"hello": 1}'), "answered what is no page"),
    "a revision without number": (
        (200, {}, b'{"query":{"pages":[{"title":"x","revisions":[{"revid":"7","timestamp":"soon"}]}]}}'),
        "answered what is no page",
    ),
    "not found": ((404, {}, b""), "answered 404"),
    "a redirect": ((302, {"Location": "http://127.0.0.2/"}, b""), "redirects, which is not followed"),
    "too much": ((200, {}, b" " * (2**20 + 1)), "is larger than 1 MiB"),
}


@pytest.mark.parametrize(("answer", "problem"), REFUSALS.values(), ids=REFUSALS)
def test_what_the_host_may_answer_instead(answer: tuple[int, dict[str, str], bytes], problem: str) -> None:
    with serving(Wiki()) as wiki:
        wiki.busy = [answer]
        with pytest.raises(FetchError) as caught:
            fetched(wiki)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_page_that_did_not_exist_yet_is_named() -> None:
    with serving(Wiki()) as wiki, pytest.raises(FetchError, match="did not exist before 2019-01-01"):
        fetched(wiki, as_of=day("2019-01-01"))


@pytest.mark.slow  # waits for it
def test_a_host_that_says_nothing_or_too_slowly_is_given_up() -> None:
    closing = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not closing.wait(0.05):
            request.wfile.write(b" ")

    def drip_headers(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not closing.wait(0.05):
            request.wfile.write(b"x")

    short = Limits(timeout_seconds=0.3, total_seconds=0.6, size_bytes=2**20, pauses_seconds=())
    with serving(Wiki(), lambda _: closing.wait(5) and None) as wiki:
        with pytest.raises(FetchError, match=r"gave no answer within 0\.3 seconds"):
            fetched(wiki, limits=replace(short, total_seconds=5.0))  # a busy machine does not run into the other limit
        closing.set()
    for slow in (drip, drip_headers):
        closing.clear()
        with serving(Wiki(), slow) as wiki:
            began = time.monotonic()
            with pytest.raises(FetchError, match=r"was not whole after 0\.6 seconds"):
                fetched(wiki, limits=short)
            assert time.monotonic() - began < 5
            closing.set()
    with pytest.raises(FetchError, match="cannot be reached"):
        fetched(wiki, limits=short)


def test_a_contact_and_a_safe_address_are_needed() -> None:
    with pytest.raises(FetchError, match="is no contact"):
        fetch_trips(TITLE, address="https://localhost/w/api.php", contact="me")
    with pytest.raises(FetchError, match="begins with https"):
        fetch_trips(TITLE, address="http://en.wikipedia.org/w/api.php", contact="ann@example.org")
    with pytest.raises(FetchError, match="is no title"):
        fetch_trips("a|b", address="https://localhost/w/api.php", contact="ann@example.org")
