"""Working groups and standing dialogues: founded, sessions, their level, lapsed, suspended."""

from __future__ import annotations

import pytest

from family_specs import check, family_values, log_ratio, missing_without_a_ledger, rows_of

# The windows of 365 and of 1826 days at 2020-06-15 begin on 2019-06-16 and 2015-06-16.
SPEC = """
occurred_on | known_on   | event     | mode          | level           | dialogue | tells
2020-06-14  | 2020-06-14 | CONSULT   | working-group | working         |          | session_count__365d,1826d=1 days_since_last=1
2020-06-14  | 2020-06-15 | CONSULT   | working-group | working         |          |
2019-06-16  |            | CONSULT   | dialogue      | deputy_minister |          | session_count__365d,1826d=1 days_since_last=365
2019-06-15  |            | CONSULT   | dialogue      | minister        |          | session_count__1826d=1 days_since_last=366 minister_session_count__1826d=1
2020-01-01  |            | CONSULT   | visit         | deputy          | S&ED     | session_count__365d,1826d=1 days_since_last=166 minister_session_count__1826d=1
2020-01-01  |            | CONSULT   | visit         | minister        |          |
2020-01-01  |            | COOPERATE | working-group | minister        |          | founded_count__1096d=1
2017-06-14  |            | AGREE     | dialogue      | leader          |          |
2017-06-15  |            | AGREE     | dialogue      | leader          |          | founded_count__1096d=1
2020-01-01  | 2020-06-15 | COOPERATE | working-group | minister        |          |
2020-01-01  |            | SANCTION  | suspend       | working         |          | suspended_count__1096d=1
2020-01-01  |            | SANCTION  | withdraw      | working         |          | suspended_count__1096d=1
2020-01-01  |            | SANCTION  | restrict      | working         |          |
"""  # noqa: E501


@pytest.mark.parametrize("row", rows_of(SPEC))
def test_what_one_event_tells(row):
    check("dialogues", row)


def test_a_dialogue_that_lapses_falls_and_one_that_begins_rises():
    def sessions(*years):
        return [{"occurred_on": f"{year}-05-01", "mode": "dialogue", "level": "minister"} for year in years]

    lapsed = family_values("dialogues", sessions(2011, 2012, 2013, 2014))["tempo__1096d"]
    begun = family_values("dialogues", sessions(2018, 2019, 2020))["tempo__1096d"]
    assert lapsed == pytest.approx(log_ratio(0, 4, short=1096, long=3653))
    assert begun == pytest.approx(log_ratio(3, 3, short=1096, long=3653))
    assert lapsed < 0 < begun


def test_what_only_ledgers_tell_is_missing_without_one():
    missing_without_a_ledger("dialogues")
