"""The ledger reader: any CSV in the schema becomes events, anything else is refused with file, line and column."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.facts.codebook import PLOVER, modes
from forecast.facts.events import COLUMNS, OPTIONAL, REQUIRED
from forecast.readers.ledger import read_ledger
from text_tables import table

HEADER = "started_on,known_on,source,recipient,event,mode,level"
GOOD = "2020-03-01,2020-03-02,India,PAK,CONSULT,visit,leader"


def written(tmp_path, text, name="border.csv", *, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(tmp_path, *lines, header=HEADER):
    return read_ledger(written(tmp_path, "\n".join([header, *lines]) + "\n"))


def shown(events, columns):
    rows = events[columns].copy()
    for name in columns:
        if name.endswith("_on"):
            rows[name] = rows[name].dt.strftime("%Y-%m-%d")
    return rows.to_dict("records")


# Every row is read as the row of the same place below.
INPUT = """
started_on | ended_on   | known_on   | source | recipient | event    | mode   | level    | setting      | status
2020-03-01 |            | 2020-03-01 | India  | PAK       | CONSULT  | visit  | leader   |              |
2020-03-01 | 2020-03-04 | 2020-05-09 | pak    | IND       | CONSULT  | meet   | minister | margins      | occurred
2020-09-09 |            | 2020-08-01 | IND    | PAK       | CONSULT  | visit  | leader   |              | announced
2020-09-09 |            | 2020-09-04 | IND    | PAK       | REJECT   | meet   | leader   | multilateral | occurred
2020-09-09 |            | 2020-09-12 | IND    | PAK       | REJECT   | meet   | leader   |              | occurred
2020-09-09 |            | 2020-09-01 | PAK    | IND       | SANCTION | cancel | leader   |              | cancelled
"""
EXPECTED = """
started_on | ended_on | known_on | occurred_on | source | recipient | event | mode | level | setting | status
2020-03-01 | 2020-03-01 | 2020-03-01 | 2020-03-01 | IND | PAK | CONSULT | visit | leader | bilateral | occurred
2020-03-01 | 2020-03-04 | 2020-05-09 | 2020-03-01 | PAK | IND | CONSULT | meet | minister | margins | occurred
2020-09-09 | 2020-09-09 | 2020-08-01 | 2020-09-09 | IND | PAK | CONSULT | visit | leader | bilateral | announced
2020-09-09 | 2020-09-09 | 2020-09-04 | 2020-09-04 | IND | PAK | REJECT | meet | leader | multilateral | occurred
2020-09-09 | 2020-09-09 | 2020-09-12 | 2020-09-09 | IND | PAK | REJECT | meet | leader | bilateral | occurred
2020-09-09 | 2020-09-09 | 2020-09-01 | 2020-09-01 | PAK | IND | SANCTION | cancel | leader | bilateral | cancelled
"""


def test_rows_become_events(tmp_path):
    rows = table(INPUT)
    events = read(tmp_path, *[",".join(row.values()) for row in rows], header=",".join(rows[0]))
    expected = table(EXPECTED)
    assert shown(events, list(expected[0])) == expected
    assert list(events.columns) == list(COLUMNS)
    assert set(events["publisher"]) == {"ledger:border"}
    assert events["record_id"].is_unique


def test_days_are_days_and_everything_else_is_text(tmp_path):
    events = read(tmp_path, GOOD)
    assert events.dtypes[["started_on", "ended_on", "occurred_on", "known_on"]].eq("datetime64[s]").all()
    assert events["accompanied"].tolist() == [False]
    others = events.drop(columns=["started_on", "ended_on", "occurred_on", "known_on", "accompanied"])
    assert {type(cell) for cell in others.iloc[0]} == {str}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_of_spreadsheets_do_not_disturb(tmp_path, newline, mark):
    text = newline.join([HEADER, "", GOOD, ",,,,,,", "   ", GOOD.replace("visit", "meet"), ""])
    events = read_ledger(written(tmp_path, mark + text.encode()))
    assert events["mode"].tolist() == ["visit", "meet"]


def test_a_missing_last_newline_does_not_disturb(tmp_path):
    assert len(read_ledger(written(tmp_path, f"{HEADER}\n{GOOD}"))) == 1


def test_quoted_cells_hold_commas_quotes_and_line_breaks(tmp_path):
    events = read(tmp_path, GOOD + ',"Delhi, ""the capital""\nat night"', header=HEADER + ",note")
    assert events["note"].tolist() == ['Delhi, "the capital"\nat night']


def test_columns_may_stand_in_any_order_and_others_are_left_out(tmp_path):
    names = HEADER.split(",")
    cells = GOOD.split(",")
    turned = read(tmp_path, ",".join(["ours", *reversed(cells)]), header=",".join(["my_own", *reversed(names)]))
    assert turned["source"].tolist() == ["IND"]
    assert "my_own" not in turned


def test_text_that_looks_missing_stays_text(tmp_path):
    events = read(tmp_path, GOOD + ",NA,nan,NULL,None", header=HEADER + ",persons,note,venue,dialogue")
    assert events[["persons", "note", "venue", "dialogue"]].iloc[0].tolist() == ["NA", "nan", "NULL", "None"]


def test_namibia_is_no_missing_value(tmp_path):
    events = read(tmp_path, "2020-03-01,2020-03-02,Namibia,NAM,CONSULT,visit,leader".replace(",NAM,", ",ZAF,"))
    assert events["source"].tolist() == ["NAM"]
    with pytest.raises(InputError, match="line 2, source: unknown state 'NA'"):
        read(tmp_path, "2020-03-01,2020-03-02,NA,ZAF,CONSULT,visit,leader")


def test_optional_columns_may_all_be_there(tmp_path):
    header = ",".join([*REQUIRED, *OPTIONAL])
    events = read(tmp_path, GOOD + "," + ",".join([""] * len(OPTIONAL)), header=header)
    assert events["status"].tolist() == ["occurred"]
    assert events["setting"].tolist() == ["bilateral"]


def test_an_empty_ledger_with_a_header_has_no_events(tmp_path):
    assert read(tmp_path).empty


def test_the_same_rows_give_the_same_identifiers_whatever_stands_around_them(tmp_path):
    alone = read(tmp_path, GOOD)["record_id"].tolist()
    among = read(tmp_path, GOOD.replace("visit", "meet"), GOOD)["record_id"].tolist()
    assert among[1:] == alone
    assert among[0] != among[1]


# Each bad line stands on line 3 of its file; the error says so, and which column and what was found.
REFUSED = [
    ("2020-02-30,2020-03-02,IND,PAK,CONSULT,visit,leader", "started_on", "'2020-02-30' is no day of the calendar"),
    ("01/03/2020,2020-03-02,IND,PAK,CONSULT,visit,leader", "started_on", "'01/03/2020' is no day of the calendar"),
    (",2020-03-02,IND,PAK,CONSULT,visit,leader", "started_on", "is empty"),
    ("2020-03-01,,IND,PAK,CONSULT,visit,leader", "known_on", "is empty; a day YYYY-MM-DD is needed"),
    ("2020-03-01,soon,IND,PAK,CONSULT,visit,leader", "known_on", "'soon' is no day of the calendar"),
    (
        "2020-03-01,2020-02-29,IND,PAK,CONSULT,visit,leader",
        "known_on",
        "2020-02-29 is before started_on 2020-03-01.*'announced'",
    ),
    (
        "2020-03-01,2020-03-02,Inda,PAK,CONSULT,visit,leader",
        "source",
        r"unknown state 'Inda'; did you mean .*India \(IND\)",
    ),
    ("2020-03-01,2020-03-02,IND,,CONSULT,visit,leader", "recipient", "unknown state ''"),
    (
        "2020-03-01,2020-03-02,IND,Soviet Union,CONSULT,visit,leader",
        "recipient",
        r"\(SUN\) did not exist on 2020-03-01",
    ),
    (
        "2020-03-01,2020-03-02,IND,India,CONSULT,visit,leader",
        "recipient",
        "IND is the source too; an event needs two states",
    ),
    ("2020-03-01,2020-03-02,IND,PAK,MEETING,visit,leader", "event", "'MEETING' is not one of AGREE, CONSULT"),
    ("2020-03-01,2020-03-02,IND,PAK,consult,visit,leader", "event", "'consult' is not one of"),
    ("2020-03-01,2020-03-02,IND,PAK,CONSULT,,leader", "mode", "is empty; write how"),
    ("2020-03-01,2020-03-02,IND,PAK,CONSULT,visit,king", "level", "'king' is not one of leader, deputy"),
    ("2020-03-01,2020-03-02,IND,PAK,CONSULT,visit,", "level", "'' is not one of leader, deputy"),
]


@pytest.mark.parametrize(("line", "column", "problem"), REFUSED)
def test_a_bad_cell_is_refused_with_file_line_and_column(tmp_path, line, column, problem):
    with pytest.raises(InputError, match=rf"border\.csv, line 3, {column}: .*{problem}") as refusal:
        read(tmp_path, GOOD, line)
    assert (refusal.value.row, refusal.value.field) == (3, column)
    assert refusal.value.path == tmp_path / "border.csv"
    assert refusal.value.exit_code == 3
    assert "\n" not in str(refusal.value)


def test_rows_together_have_the_problems_that_each_has_alone(tmp_path):
    alone = []
    for line, _, _ in REFUSED:
        with pytest.raises(InputError) as refusal:
            read(tmp_path, line)
        alone.append(f"{refusal.value.field}: {refusal.value.problem}")
    with pytest.raises(InputError) as refusal:
        read(tmp_path, *[line for line, _, _ in REFUSED])
    first, *together = str(refusal.value).splitlines()
    assert first.endswith(f"border.csv: {len(REFUSED)} problems:")
    assert [said for said in alone if not any(one.endswith(said) for one in together)] == []


# The mode of an event, and what the error says of it.
MODES_REFUSED = [
    ("CONSULT", "Visit", "did you mean visit?"),
    ("CONSULT", "vist", "did you mean visit?"),
    ("CONSULT", "summit", "did you mean multilateral?"),
    ("CONSULT", "videoconference", "did you mean virtual?"),
    ("CONSULT", "Treffen", "did you mean meet?"),
    ("CONSULT", "cancel", "the modes of CONSULT"),
    ("SANCTION", "cancelled", "did you mean cancel?"),
    ("REJECT", "xyzzy", "is not one of cancel, postpone"),
]


@pytest.mark.parametrize(("event", "mode", "problem"), MODES_REFUSED)
def test_a_mode_that_is_none_is_refused_with_what_may_be_meant(tmp_path, event, mode, problem):
    with pytest.raises(InputError, match="line 2, mode: ") as refusal:
        read(tmp_path, f"2020-03-01,2020-03-02,IND,PAK,{event},{mode},leader")
    assert problem in str(refusal.value)
    assert repr(mode) in str(refusal.value)


@pytest.mark.parametrize("event", PLOVER)
def test_every_mode_of_every_event_is_read(tmp_path, event):
    lines = [f"2020-03-01,2020-03-02,IND,PAK,{event},{mode},minister" for mode in modes(event)]
    assert read(tmp_path, *lines)["mode"].tolist() == list(modes(event))


def test_a_meeting_of_leaders_is_not_announced_when_it_occurred(tmp_path):
    with pytest.raises(InputError, match="line 2, mode: 'announce' is no way to meet"):
        read(tmp_path, GOOD.replace("visit", "announce"))


def test_all_problems_of_a_file_are_said_at_once_and_the_like_together(tmp_path):
    with pytest.raises(InputError) as refusal:
        read(
            tmp_path,
            GOOD,
            "2020-03-01,2020-03-02,Pakstan,IND,CONSULT,Visit,leader",
            "2020-03-32,2020-03-02,Pakstan,IND,CONSULT,visit,leader",
            GOOD,
            GOOD + ",more",
        )
    first, *problems = str(refusal.value).splitlines()
    assert first.endswith("border.csv: 6 problems:")
    assert [line.strip().split(":")[0] for line in problems] == [
        "line 3, mode", "lines 3, 4, source", "line 4, started_on", "line 5", "line 6",
    ]  # fmt: skip
    assert refusal.value.exit_code == 3


TODAY = np.datetime64("2024-06-01")
# First day, last day, day known, event, status; the column of the problem, or none, as of 2024-06-01.
TIMES = """
first      | last       | known      | event   | status    | problem
2024-06-01 | 2024-06-01 | 2024-06-01 | CONSULT | occurred  |
2024-05-31 | 2024-06-05 | 2024-06-01 | CONSULT | occurred  |
2024-06-20 | 2024-06-21 | 2024-05-01 | CONSULT | announced |
2024-06-20 | 2024-06-21 | 2024-05-01 | REJECT  | occurred  |
2024-06-02 | 2024-06-02 | 2024-06-02 | CONSULT | occurred  | known_on
2104-03-01 | 2104-03-01 | 2104-03-01 | CONSULT | occurred  | known_on
2024-06-20 | 2024-06-21 | 2024-06-02 | CONSULT | announced | known_on
2024-06-20 | 2024-06-21 | 2024-05-01 | CONSULT | occurred  | known_on
2021-03-01 | 2022-03-01 | 2022-03-01 | CONSULT | occurred  |
2021-03-01 | 2022-03-02 | 2022-03-02 | CONSULT | occurred  | ended_on
2014-03-01 | 2022-03-02 | 2014-03-02 | SANCTION | occurred |
"""


@pytest.mark.parametrize("row", table(TIMES), ids=lambda row: " ".join(row.values()))
def test_nothing_is_known_that_is_not_public_yet_and_no_encounter_lasts_years(tmp_path, row):
    mode = "cancel" if row["event"] == "SANCTION" else "meet"
    line = f"{row['first']},{row['last']},{row['known']},IND,PAK,{row['event']},{mode},leader,{row['status']}"
    path = written(tmp_path, HEADER.replace(",known_on", ",ended_on,known_on") + f",status\n{line}\n")
    if not row["problem"]:
        assert len(read_ledger(path, today=TODAY)) == 1
        return
    with pytest.raises(InputError, match=f"line 2, {row['problem']}: "):
        read_ledger(path, today=TODAY)


OPTIONAL_REFUSED = [
    ("ended_on", "2020-02-28", "2020-02-28 is before started_on 2020-03-01"),
    ("ended_on", "never", "'never' is no day of the calendar"),
    ("setting", "private", "'private' is not one of bilateral, margins, multilateral"),
    ("status", "planned", "'planned' is not one of occurred, announced"),
    ("access", "king", "'king' is not one of head_of_state"),
    ("place", "Dehli", "unknown state 'Dehli'"),
]


@pytest.mark.parametrize(("column", "cell", "problem"), OPTIONAL_REFUSED)
def test_a_bad_optional_cell_is_refused_too(tmp_path, column, cell, problem):
    with pytest.raises(InputError, match=rf"border\.csv, line 2, {column}: {problem}"):
        read(tmp_path, f"{GOOD},{cell}", header=f"{HEADER},{column}")


def test_a_row_that_repeats_another_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"border\.csv, line 4: repeats line 2 in every column; delete one"):
        read(tmp_path, GOOD, GOOD.replace("visit", "meet"), GOOD)


@pytest.mark.parametrize(("cells", "said"), [(GOOD + ",extra", 8), (GOOD.rpartition(",")[0], 6)])
def test_a_line_with_another_number_of_cells_is_refused(tmp_path, cells, said):
    with pytest.raises(InputError, match=rf"border\.csv, line 3: has {said} cells, but the header has 7; quote cells"):
        read(tmp_path, GOOD, cells)


def test_lines_are_counted_through_quoted_line_breaks_and_blank_lines(tmp_path):
    first = GOOD + ',"two\nlines"'
    with pytest.raises(InputError, match=r"line 5, level"):
        read(tmp_path, first, "", GOOD.replace("leader", "king") + ",", header=HEADER + ",note")


def test_a_header_without_a_required_column_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"border\.csv, line 1: the header lacks known_on, level; a ledger has started_on"
    ):
        read(tmp_path, header="started_on,source,recipient,event,mode")


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"line 1: the header lacks started_on"):
        read_ledger(written(tmp_path, ""))


def test_a_column_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"line 1: .*source"):
        read(tmp_path, GOOD + ",PAK", header=HEADER + ",source")


def test_a_file_in_another_encoding_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"border\.csv: cannot be read: byte \d+ is not UTF-8; save the file as UTF-8"):
        read_ledger(written(tmp_path, f"{HEADER},note\n{GOOD},Zürich\n", encoding="latin-1"))


def test_an_unclosed_quote_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"border\.csv, line \d: is no CSV"):
        read(tmp_path, GOOD + ',"open', header=HEADER + ",note")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"folder\.csv"):
        read_ledger(tmp_path / "folder.csv")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "any.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_ledger(path)


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=12) for _ in range(7)]),
        min_size=1,
        max_size=3,
    )
)
def test_any_cells_are_read_or_refused_with_their_line(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("cells") / "any.csv"
    pd.DataFrame(rows, columns=HEADER.split(",")).to_csv(path, index=False)
    if all(not "".join(row).strip() for row in rows):
        assert read_ledger(path).empty
        return
    with pytest.raises(InputError) as refusal:
        read_ledger(path)
    assert re.search(r"\blines? \d", str(refusal.value))
