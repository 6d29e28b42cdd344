"""Other people's probabilities: what is read, what is set aside, what is refused. All figures are made up."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InputError
from forecast.exchange.crowd import ASIDE, COLUMNS, NO_STATE_THEN, TOO_LONG, UNKNOWN_STATE, read_crowd

HEAD = "question,dyad,as_of,by,probability,outcome\n"
GOOD = "q1,USA-CHN,2023-09-29,2023-11-30,0.7,1\n"


def written(folder: Path, text: str | bytes, name: str = "crowd.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_row_is_read_with_its_line_dyad_and_horizon(tmp_path):
    crowd = read_crowd(written(tmp_path, HEAD + "q1,china / united states,2023-09-29,2023-11-30, 0.7 ,\n"))
    (row,) = crowd.rows.to_dict("records")
    assert list(crowd.rows.columns) == list(COLUMNS)
    assert math.isnan(row.pop("outcome"))
    assert row == {
        "line": 2,
        "forecaster": "crowd",
        "question": "q1",
        "dyad": "USA-CHN",
        "as_of": "2023-09-29",
        "by": "2023-11-30",
        "horizon_days": 63,
        "probability": 0.7,
    }
    assert crowd.aside.empty
    assert list(crowd.aside.columns) == list(ASIDE)


@pytest.mark.parametrize(
    ("cell", "value"), [("0", 0.0), ("1", 1.0), ("0.0", 0.0), ("1.0", 1.0), (" 1 ", 1.0), ("", None)]
)
def test_an_outcome_is_one_zero_or_open(tmp_path, cell, value):
    (found,) = read_crowd(written(tmp_path, HEAD + f"q,USA-CHN,2023-01-01,2023-01-01,0.5,{cell}\n")).rows["outcome"]
    assert (None if math.isnan(found) else found) == value


def test_the_forecaster_is_the_column_or_the_name_of_the_file(tmp_path):
    text = HEAD.replace("\n", ",forecaster\n") + GOOD.replace("\n", ",ann\n") + GOOD.replace("\n", ", \n")
    assert list(read_crowd(written(tmp_path, text, "some market.csv")).rows["forecaster"]) == ["ann", "some market"]


def test_one_question_may_be_asked_as_of_many_days_and_by_many_people(tmp_path):
    text = HEAD.replace("\n", ",forecaster\n")
    text += "".join(f"q,USA-CHN,2023-01-0{day},2023-02-01,0.{day},,{who}\n" for day in (1, 2) for who in ("ann", "bob"))
    assert len(read_crowd(written(tmp_path, text)).rows) == 4


def test_a_byte_order_mark_and_quoted_cells_are_read(tmp_path):
    text = HEAD + '"Will they meet, at last?",USA-CHN,2023-09-29,2023-11-30,0.7,1\r\n'
    crowd = read_crowd(written(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert list(crowd.rows["question"]) == ["Will they meet, at last?"]


ASIDE_ROWS = {
    "unknown": ("q,USA-Atlantis,2023-09-29,2023-11-30,0.7,1", UNKNOWN_STATE, "Atlantis"),
    "gone": ("q,USA-Soviet Union,2001-09-29,2001-11-30,0.7,0", NO_STATE_THEN, "1991-12-26"),
    "not yet": ("q,USA-SSD,2011-07-08,2011-11-30,0.7,0", NO_STATE_THEN, "2011-07-09"),
    "long": ("q,USA-CHN,2020-01-01,2021-12-31,0.7,0", TOO_LONG, "731"),
}


@pytest.mark.parametrize("case", ASIDE_ROWS)
def test_a_row_that_cannot_be_asked_is_set_aside_with_its_reason(tmp_path, case):
    row, reason, detail = ASIDE_ROWS[case]
    crowd = read_crowd(written(tmp_path, HEAD + GOOD + row + "\n"))
    assert len(crowd.rows) == 1
    (aside,) = crowd.aside.to_dict("records")
    assert (aside["line"], aside["question"], aside["reason"]) == (3, "q", reason)
    assert detail in aside["detail"]


def test_a_name_means_the_state_of_the_day(tmp_path):
    text = HEAD + "q,USA-Russia,1985-01-01,1985-02-01,0.7,0\nq,USA-Russia,2001-01-01,2001-02-01,0.7,0\n"
    assert list(read_crowd(written(tmp_path, text)).rows["dyad"]) == ["USA-SUN", "USA-RUS"]


def test_the_longest_window_is_asked(tmp_path):
    crowd = read_crowd(written(tmp_path, HEAD + "q,USA-CHN,2020-01-01,2021-12-30,0.7,0\n"))
    assert list(crowd.rows["horizon_days"]) == [730]


REFUSED = {
    "too much": ("q,USA-CHN,2023-09-29,2023-11-30,1.2,1", "line 3, probability: 1.2 is outside [0, 1]"),
    "percent": ("q,USA-CHN,2023-09-29,2023-11-30,70%,1", "line 3, probability: '70%' is no number"),
    "negative": ("q,USA-CHN,2023-09-29,2023-11-30,-0.1,1", "line 3, probability: -0.1 is outside"),
    "nan": ("q,USA-CHN,2023-09-29,2023-11-30,nan,1", "line 3, probability: nan is outside"),
    "no probability": ("q,USA-CHN,2023-09-29,2023-11-30,,1", "line 3, probability: '' is no number"),
    "outcome": ("q,USA-CHN,2023-09-29,2023-11-30,0.7,2", "line 3, outcome: '2' is no outcome"),
    "day": ("q,USA-CHN,2023-02-30,2023-11-30,0.7,1", "line 3, as_of: '2023-02-30' is no day"),
    "moment": ("q,USA-CHN,2023-02-01T12:00,2023-11-30,0.7,1", "line 3, as_of: '2023-02-01T12:00' is no day"),
    "last day": ("q,USA-CHN,2023-02-01,soon,0.7,1", "line 3, by: 'soon' is no day"),
    "backwards": ("q,USA-CHN,2023-02-02,2023-02-01,0.7,1", "line 3, by: 2023-02-01 is before the as-of date"),
    "one state": ("q,USA,2023-09-29,2023-11-30,0.7,1", "line 3, dyad: 'USA' is no dyad"),
    "no state": ("q,,2023-09-29,2023-11-30,0.7,1", "line 3, dyad: '' is no dyad"),
    "twice": ("q,USA-USA,2023-09-29,2023-11-30,0.7,1", "line 3, dyad: a dyad needs two states"),
    "nameless": (" ,USA-CHN,2023-09-29,2023-11-30,0.7,1", "line 3, question: is empty"),
    "repeated": (
        "q1,USA-CHN,2023-09-29,2023-11-30,0.2,1",
        "line 3, question: 'crowd' answers 'q1' as of 2023-09-29 in",
    ),
    "cells": ("q,USA-CHN", "line 3: has 2 cells, but the header has"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_malformed_row_is_refused_with_line_and_column(tmp_path, case):
    row, says = REFUSED[case]
    path = written(tmp_path, HEAD + GOOD + row + "\n")
    with pytest.raises(InputError) as caught:
        read_crowd(path)
    assert str(caught.value).startswith(f"{path}, {says}")
    assert "\n" not in str(caught.value)


def test_rows_together_have_the_problems_that_each_has_alone(tmp_path):
    rows = [row for row, _ in REFUSED.values()]
    with pytest.raises(InputError) as caught:
        read_crowd(written(tmp_path, HEAD + GOOD + "\n".join(rows) + "\n"))
    _, *lines = str(caught.value).splitlines()
    for number, (_, says) in enumerate(REFUSED.values(), start=3):
        own = says.replace("line 3", f"line {number}")
        assert any(line.strip().startswith(own) for line in lines), own


def test_a_bad_dyad_beside_a_bad_cell_is_a_problem_too(tmp_path):
    with pytest.raises(InputError, match=r"(?s)2 problems:.*probability: 'x' is no number.*dyad: 'USA' is no dyad"):
        read_crowd(written(tmp_path, HEAD + "q,USA,2023-09-29,2023-11-30,x,1\n"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: the header lacks question, dyad"),
        ("question,dyad,as_of,by,probability\n", "line 1: the header lacks outcome"),
        (HEAD, "holds no rows"),
        (b"\xff\n", "is not UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, text, says):
    with pytest.raises(InputError, match=says):
        read_crowd(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.csv: cannot be read: No such file"):
        read_crowd(tmp_path / "absent.csv")


@given(st.floats(0, 1), st.sampled_from(["0", "1", ""]))
def test_every_probability_is_read_to_the_bit(tmp_path_factory, probability, outcome):
    path = tmp_path_factory.getbasetemp() / "bits.csv"
    path.write_text(f"{HEAD}q,USA-CHN,2023-01-01,2023-01-01,{probability!r},{outcome}\n", encoding="utf-8")
    assert list(read_crowd(path).rows["probability"]) == [probability]
