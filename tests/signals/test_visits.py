"""Visits: who travels to whom, how high he is received, and who only accompanies his president."""

from __future__ import annotations

import pytest

from family_specs import check, family_values, rows_of

# USA is the first side: it travels to the second as a source. The windows of 90, 180, 365 and 730 days at 2020-06-15
# begin on 2020-03-17, 2019-12-18, 2019-06-16 and 2018-06-16.
SPEC = """
occurred_on | known_on   | source | mode        | level           | access             | accompanied | tells
2020-06-14  |            | USA    | visit       | minister        | foreign_minister   |             | minister_to_second_count__90d,365d,1826d=1 minister_days_since_last=1
2020-06-14  | 2020-06-15 | USA    | visit       | minister        | head_of_state      |             |
2020-06-14  |            | USA    | visit       | minister        | head_of_state      |             | minister_to_second_count__90d,365d,1826d=1 minister_days_since_last=1 minister_received_by_leader_count__180d,730d=1
2020-06-14  |            | USA    | visit       | minister        | head_of_government |             | minister_to_second_count__90d,365d,1826d=1 minister_days_since_last=1 minister_received_by_leader_count__180d,730d=1
2020-06-14  |            | USA    | visit       | minister        | head_of_state      | yes         |
2020-03-16  |            | USA    | visit       | deputy          | head_of_state      |             | minister_to_second_count__365d,1826d=1 minister_days_since_last=91 minister_received_by_leader_count__180d,730d=1
2019-12-17  |            | CHN    | visit       | minister        | head_of_state      |             | minister_to_first_count__365d,1826d=1 minister_days_since_last=181 minister_received_by_leader_count__730d=1
2018-06-15  |            | CHN    | visit       | minister        | head_of_state      |             | minister_to_first_count__1826d=1 minister_days_since_last=731
2020-06-14  |            | USA    | phone       | minister        |                    |             |
2020-06-14  |            | USA    | visit       | deputy_minister | head_of_state      |             |
2020-06-14  |            | USA    | visit       | leader          |                    |             | leader_to_second_count__1096d=1 leader_to_second_days_since_last=1 leader_never=0
2020-06-14  |            | CHN    | visit       | leader          |                    |             | leader_to_first_count__1096d=1 leader_to_first_days_since_last=1 leader_never=0
2020-06-14  |            | CHN    | third-party | leader          |                    |             |
"""  # noqa: E501


@pytest.mark.parametrize("row", rows_of(SPEC))
def test_what_one_visit_tells(row):
    recipient = "CHN" if row["source"] == "USA" else "USA"
    check("visits", row | {"recipient": recipient}, publisher="gazette")


def test_visits_told_by_a_ledger_beside_the_publisher_of_record_are_not_counted_twice():
    visit = {"occurred_on": "2020-06-01", "mode": "visit", "level": "minister", "access": "head_of_state"}
    once = family_values("visits", [visit])
    assert family_values("visits", [visit, visit | {"publisher": "ledger:usa-chn"}]) == pytest.approx(once, nan_ok=True)
    assert once["minister_to_second_count__90d"] == 1
