"""Snubs told by ledgers: declined, cancelled, called off, postponed, suspended; by side, and fading."""

from __future__ import annotations

import pytest

from family_specs import check, family_values, missing_without_a_ledger, rows_of

# USA is the first side of USA-CHN. The window of 365 days at 2020-06-15 begins on 2019-06-16; 2019-12-18 lies 180 days
# back.
SPEC = """
occurred_on | known_on   | source | recipient | event    | mode     | status    | tells
2019-12-18  |            | USA    | CHN       | REJECT   | meet     |           | by_first_count__365d=1 by_first_decayed__180d=0.5 declined_count__365d=1 decayed__180d=0.5
2019-12-18  |            | CHN    | USA       | REJECT   | phone    |           | by_second_count__365d=1 by_second_decayed__180d=0.5 declined_count__365d=1 decayed__180d=0.5
2019-12-18  |            | CHN    | USA       | REJECT   | meet     | announced | by_second_count__365d=1 by_second_decayed__180d=0.5 decayed__180d=0.5
2019-12-18  | 2020-06-14 | CHN    | USA       | SANCTION | cancel   | cancelled | by_second_count__365d=1 by_second_decayed__180d=0.5 cancelled_count__365d=1 decayed__180d=0.5
2019-12-18  | 2020-06-15 | CHN    | USA       | SANCTION | cancel   | cancelled |
2019-12-18  |            | USA    | CHN       | SANCTION | cancel   |           | by_first_count__365d=1 by_first_decayed__180d=0.5 cancelled_count__365d=1 decayed__180d=0.5
2019-12-18  |            | USA    | CHN       | SANCTION | cancel   | postponed | by_first_count__365d=1 by_first_decayed__180d=0.5 postponed_count__365d=1 decayed__180d=0.5
2019-12-18  |            | USA    | CHN       | CONSULT  | visit    | cancelled | called_off_count__365d=1
2019-12-18  |            | USA    | CHN       | AGREE    | announce | postponed | postponed_count__365d=1
2019-12-18  |            | CHN    | USA       | SANCTION | suspend  |           | by_second_count__365d=1 by_second_decayed__180d=0.5 suspended_count__365d=1 decayed__180d=0.5
2019-12-18  |            | CHN    | USA       | SANCTION | restrict |           |
2019-12-18  |            | CHN    | USA       | CONSULT  | visit    |           |
2019-06-21  |            | USA    | CHN       | REJECT   | meet     |           | by_first_count__365d=1 by_first_decayed__180d=0.25 declined_count__365d=1 decayed__180d=0.25
2018-12-23  |            | USA    | CHN       | REJECT   | visit    |           | by_first_decayed__180d=0.125 decayed__180d=0.125
"""  # noqa: E501


@pytest.mark.parametrize("row", rows_of(SPEC))
def test_what_one_event_tells(row):
    check("snubs", row)


def test_the_two_sides_make_up_the_whole():
    facts = [
        {"occurred_on": day, "source": source, "recipient": "", "event": "REJECT", "mode": "meet"}
        for day, source in (("2020-01-01", "USA"), ("2020-02-01", "CHN"), ("2018-02-01", "CHN"))
    ]
    for fact in facts:
        fact["recipient"] = "USA" if fact["source"] == "CHN" else "CHN"
    found = family_values("snubs", facts)
    assert found["by_first_decayed__180d"] + found["by_second_decayed__180d"] == pytest.approx(found["decayed__180d"])
    assert (found["by_first_count__365d"], found["by_second_count__365d"]) == (1, 1)


def test_what_only_ledgers_tell_is_missing_without_one():
    missing_without_a_ledger("snubs")
