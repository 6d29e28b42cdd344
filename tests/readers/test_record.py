"""Meetings beside summits and corrections of records: what they change, and every error with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.errors import InputError
from forecast.facts.events import COLUMNS
from forecast.readers.record import BESIDE_SUMMITS, CORRECTIONS, corrected, read_beside_summits
from forecast.workspace import load_history
from text_tables import as_frame, day, table

HEADER = "started_on,ended_on,known_on,source,recipient,event,mode,level,setting,url"
OSAKA = "2019-06-29,,2019-06-29,USA,CHN,CONSULT,meet,leader,margins,https://example.org/osaka"
HAMBURG = "2017-07-07,2017-07-08,2017-07-08,USA,RUS,CONSULT,meet,leader,margins,https://example.org/hamburg"


def beside(folder: Path, *lines: str) -> Path:
    (folder / f"{BESIDE_SUMMITS}.csv").write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return folder


def test_meetings_beside_summits_are_events_of_a_partial_source(tmp_path):
    found, (coverage,) = read_beside_summits(beside(tmp_path, OSAKA, HAMBURG))
    assert list(found.columns) == list(COLUMNS)
    assert set(found["publisher"]) == {BESIDE_SUMMITS}
    assert found["started_on"].astype(str).tolist() == ["2019-06-29", "2017-07-07"]
    assert found["ended_on"].astype(str).tolist() == ["2019-06-29", "2017-07-08"]
    assert (coverage.publisher, coverage.source) == (BESIDE_SUMMITS, "meetings-beside-summits.csv")
    known = [day(one) for one in found["known_on"].astype(str)]
    assert (coverage.starts_on, coverage.ends_on) == (min(known), max(known))
    assert (coverage.complete, coverage.direction, coverage.focal) == (False, "", "")
    assert not coverage.declared


def test_a_meeting_that_is_written_down_later_does_not_lengthen_the_past(tmp_path):
    earlier = OSAKA.replace("2019-06-29", "2010-06-29", 1)
    assert earlier.count("2019-06-29") == 1
    before, after = (
        read_beside_summits(beside(tmp_path, *lines))[1][0] for lines in ((OSAKA, HAMBURG), (OSAKA, HAMBURG, earlier))
    )
    assert before == after


@pytest.mark.parametrize("lines", [None, ()])
def test_without_the_file_or_with_an_empty_one_there_are_none(tmp_path, lines):
    found, coverages = read_beside_summits(tmp_path if lines is None else beside(tmp_path, *lines))
    assert found.empty
    assert coverages == []


# A row, and the column and problem that are named.
BESIDE_ERRORS = [
    (OSAKA.replace("2019-06-29,,", ",,", 1), "started_on", "is empty"),
    (OSAKA.replace("2019-06-29,,", "2019-06-31,,", 1), "started_on", "'2019-06-31' is no day of the calendar"),
    (OSAKA.replace(",,2019-06-29", ",2019-06-28,2019-06-29"), "ended_on", "is before started_on"),
    (OSAKA.replace(",,2019-06-29", ",,"), "known_on", "is empty"),
    (OSAKA.replace(",,2019-06-29", ",,2019-06-28"), "known_on", "what is planned has the status 'announced'"),
    (OSAKA.replace("USA", "USX"), "source", "USX"),
    (OSAKA.replace("CHN", "USA"), "recipient", "an event needs two states"),
    (OSAKA.replace("CONSULT", "TALK"), "event", "'TALK' is not one of"),
    (OSAKA.replace("leader", "chief"), "level", "'chief' is not one of"),
    (OSAKA.replace("margins", "aside"), "setting", "'aside' is not one of"),
    (OSAKA.replace("meet", ""), "mode", "is empty"),
]


@pytest.mark.parametrize(("line", "field", "problem"), BESIDE_ERRORS, ids=[f"{e[1]} {e[2]}" for e in BESIDE_ERRORS])
def test_an_error_beside_a_summit_names_file_line_and_column(tmp_path, line, field, problem):
    with pytest.raises(InputError) as raised:
        read_beside_summits(beside(tmp_path, HAMBURG, line))
    told = str(raised.value)
    assert f"{BESIDE_SUMMITS}.csv" in told
    assert problem in told
    assert (raised.value.row, raised.value.field) == (3, field)


@pytest.mark.parametrize(
    ("lines", "row", "problem"),
    [
        ((HAMBURG, HAMBURG), 3, "repeats line 2 in every column"),
        ((HAMBURG, OSAKA + ",more"), 3, "has 11 cells, but the header has 10"),
    ],
)
def test_a_row_that_is_wrong_as_a_whole_is_named_by_its_line(tmp_path, lines, row, problem):
    with pytest.raises(InputError, match=problem) as raised:
        read_beside_summits(beside(tmp_path, *lines))
    assert raised.value.row == row


def test_the_header_is_that_of_a_ledger(tmp_path):
    (tmp_path / f"{BESIDE_SUMMITS}.csv").write_text("started_on,known_on\n", encoding="utf-8")
    with pytest.raises(InputError, match="the header lacks source, recipient"):
        read_beside_summits(tmp_path)


RECORDS = """
publisher | record_id | recipient | started_on | ended_on   | known_on
gazette   | 1         | CHN       | 2023-11-12 | 2023-11-17 | 2023-11-17
gazette   | 2         | FRA       | 2023-11-12 | 2023-11-17 | 2023-11-17
gazette   | 2         | DEU       | 2023-11-12 | 2023-11-17 | 2023-11-17
list      | 1         | CHN       | 2023-11-01 | 2023-11-01 | 2023-11-01
"""


def correct(folder: Path, *lines: str):
    (folder / CORRECTIONS).write_text(
        "\n".join(("publisher,record_id,correction,day", *lines)) + "\n", encoding="utf-8"
    )
    return corrected(as_frame(table(RECORDS)), folder)


def test_without_corrections_the_facts_are_as_they_were_read(tmp_path):
    facts = as_frame(table(RECORDS))
    assert corrected(facts, tmp_path) is facts
    assert correct(tmp_path).equals(facts)


@pytest.mark.parametrize("kind", ["no_meeting", "virtual"])
def test_a_record_that_names_no_meeting_in_person_is_left_out_for_all_its_states(tmp_path, kind):
    found = correct(tmp_path, f"gazette,2,{kind},")
    assert found[["publisher", "record_id"]].to_numpy().tolist() == [["gazette", "1"], ["list", "1"]]


def test_a_record_gets_the_day_of_its_meeting(tmp_path):
    before = as_frame(table(RECORDS))
    found = correct(tmp_path, "gazette,1,day,2023-11-15")
    first = found.iloc[0]
    assert {str(first[name].date()) for name in ("started_on", "ended_on", "occurred_on")} == {"2023-11-15"}
    assert str(first["known_on"].date()) == "2023-11-17"
    assert found.iloc[1:].equals(before.iloc[1:])
    assert before.iloc[0]["started_on"] != first["started_on"]


def test_a_corrected_meeting_is_known_no_earlier_than_it_took_place(tmp_path):
    found = correct(tmp_path, "list,1,day,2023-11-15")
    assert str(found.iloc[-1]["known_on"].date()) == "2023-11-15"


# The line of a correction after a right one, the column that is named, and the problem.
CORRECTION_ERRORS = [
    ("gazette,1,days,2023-11-15", "correction", "'days' is not one of no_meeting, virtual, day"),
    ("gazette,1,,", "correction", "'' is not one of no_meeting, virtual, day"),
    ("gazette,1,day,", "day", "'' is no day of the calendar"),
    ("gazette,1,day,15.11.2023", "day", "'15.11.2023' is no day of the calendar"),
    ("gazette,1,virtual,2023-11-15", "day", "'2023-11-15' goes with the correction 'day' alone"),
    ("gazette,9,virtual,", "record_id", "gazette has no record '9'"),
    ("gazete,1,virtual,", "record_id", "gazete has no record '1'"),
    ("gazette,2,virtual,", "record_id", "gazette '2' is corrected twice"),
    ("gazette,1,virtual", None, "has 3 cells, but the header has 4"),
]


@pytest.mark.parametrize(("line", "field", "problem"), CORRECTION_ERRORS, ids=[e[0] for e in CORRECTION_ERRORS])
def test_an_error_of_a_correction_names_file_line_and_column(tmp_path, line, field, problem):
    with pytest.raises(InputError) as raised:
        correct(tmp_path, "gazette,2,no_meeting,", line)
    told = str(raised.value)
    assert problem in told
    assert CORRECTIONS in told
    assert (raised.value.row, raised.value.field) == (3, field)


@pytest.mark.parametrize(("known", "refused"), [("2023-11-17", False), ("2023-11-18", True), ("soon", True)])
def test_a_correction_that_was_known_after_its_record_is_hindsight(tmp_path, known, refused):
    (tmp_path / CORRECTIONS).write_text(
        f"publisher,record_id,correction,day,known_on\ngazette,1,day,2023-11-15,{known}\n", encoding="utf-8"
    )
    if refused:
        with pytest.raises(InputError, match=r"record-corrections\.csv, line 2, known_on: ") as raised:
            corrected(as_frame(table(RECORDS)), tmp_path)
        assert known == "soon" or "hindsight" in str(raised.value)
    else:
        assert str(corrected(as_frame(table(RECORDS)), tmp_path).iloc[0]["started_on"].date()) == "2023-11-15"


def test_the_header_of_corrections_is_checked(tmp_path):
    (tmp_path / CORRECTIONS).write_text("publisher,record_id\n", encoding="utf-8")
    with pytest.raises(InputError, match="the header lacks correction, day"):
        corrected(as_frame(table(RECORDS)), tmp_path)


def test_a_workspace_reads_both(tmp_path):
    raw = tmp_path / "data" / "raw"
    (raw / "engagements").mkdir(parents=True)
    (raw / "engagements" / "usa-chn.csv").write_text("\n".join((HEADER, OSAKA)) + "\n", encoding="utf-8")
    beside(raw, HAMBURG)
    record_id = load_history(tmp_path).events["record_id"].iloc[0]
    (raw / CORRECTIONS).write_text(
        f"publisher,record_id,correction,day\n{BESIDE_SUMMITS},{record_id},day,2017-07-07\n", encoding="utf-8"
    )
    history = load_history(tmp_path)
    assert history.events["ended_on"].astype(str).tolist() == ["2017-07-07", "2019-06-29"]
    assert {c.publisher for c in history.coverages} == {BESIDE_SUMMITS, "ledger:usa-chn"}
    # The partial source resolves nothing and names no dyad of the cohort.
    assert history.cohort(day("2020-01-01")) == ["USA-CHN"]
    assert history.coverage_end("USA-RUS") is None
