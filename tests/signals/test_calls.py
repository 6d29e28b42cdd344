"""Calls and video meetings by level, and the tone of readouts."""

from __future__ import annotations

import pytest

from family_specs import check, missing_without_a_ledger, rows_of

# The windows of 365 and of 180 days at 2020-06-15 begin on 2019-06-16 and 2019-12-18.
CALLS = """
occurred_on | known_on   | event   | mode    | level           | tells
2020-06-14  |            | CONSULT | phone   | leader          | leader_count__365d=1 leader_days_since_last=1
2020-06-14  | 2020-06-15 | CONSULT | phone   | leader          |
2019-06-16  |            | CONSULT | virtual | leader          | leader_count__365d=1 leader_days_since_last=365
2019-06-15  |            | CONSULT | virtual | leader          | leader_days_since_last=366
2020-06-14  |            | CONSULT | visit   | leader          |
2020-06-14  |            | REJECT  | phone   | leader          |
2019-12-18  |            | CONSULT | phone   | minister        | minister_count__180d=1 minister_days_since_last=180
2019-12-17  |            | CONSULT | phone   | deputy          | minister_days_since_last=181
2020-06-14  |            | CONSULT | phone   | deputy_minister |
"""

TONE = """
occurred_on | known_on   | note                    | tells
2020-06-14  |            | candid                  | candid_count__180d=1
2020-06-14  |            | frank and direct        | candid_count__180d=1
2020-06-14  |            | Candid and constructive | constructive_count__180d=1
2020-06-14  |            | productive              | constructive_count__180d=1
2020-06-14  | 2020-06-15 | productive              |
2019-12-17  |            | productive              |
2019-12-18  |            | substantive             | constructive_count__180d=1
2020-06-14  |            | unproductive            |
"""


@pytest.mark.parametrize("row", rows_of(CALLS))
def test_what_one_call_tells(row):
    check("calls", row)


@pytest.mark.parametrize("row", rows_of(TONE))
def test_what_one_readout_tells(row):
    check("tone", row)


@pytest.mark.parametrize("family", ["calls", "tone"])
def test_what_only_ledgers_tell_is_missing_without_one(family):
    missing_without_a_ledger(family)
