"""Past meetings of the two leaders, as the publisher of record has them."""

from __future__ import annotations

import pytest

from family_specs import check, family_values, log_ratio, rows_of

# 2018-06-16 lies 730 days before 2020-06-15.
SPEC = """
occurred_on | known_on   | mode         | level    | setting      | tells
2020-06-14  | 2020-06-15 | visit        | leader   | bilateral    |
2020-06-14  |            | visit        | minister | bilateral    |
2020-06-14  |            | phone        | leader   | bilateral    |
2010-06-14  |            | multilateral | leader   | multilateral | days_since_last=3654 decayed__730d=2^-3654/730 decayed__2922d=2^-3654/2922
2018-06-16  |            | multilateral | leader   | multilateral | count__1096d,3653d=1 days_since_last=730 decayed__730d=0.5 decayed__2922d=2^-730/2922
2018-06-16  |            | third-party  | leader   | margins      | count__1096d,3653d=1 sit_down_count__1826d=1 days_since_last=730 sit_down_days_since_last=730 decayed__730d=0.5 decayed__2922d=2^-730/2922
"""  # noqa: E501


@pytest.mark.parametrize("row", rows_of(SPEC))
def test_what_one_event_tells(row):
    check("meetings", row, publisher="gazette")


@pytest.mark.parametrize(
    ("occurred_on", "counts"),
    [("2019-12-18", (1, 1, 1, 1)), ("2019-12-17", (0, 1, 1, 1)), ("2019-06-16", (0, 1, 1, 1)),
     ("2019-06-15", (0, 0, 1, 1)), ("2017-06-15", (0, 0, 1, 1)), ("2017-06-14", (0, 0, 0, 1)),
     ("2010-06-15", (0, 0, 0, 1)), ("2010-06-14", (0, 0, 0, 0))],
)  # fmt: skip
def test_each_window_ends_on_its_day(occurred_on, counts):
    found = family_values("meetings", [{"occurred_on": occurred_on}])
    assert tuple(found[f"count__{days}d"] for days in (180, 365, 1096, 3653)) == counts


def test_two_records_of_one_day_are_one_meeting_and_a_ledger_adds_none():
    one = {"occurred_on": "2020-06-01"}
    twice = family_values("meetings", [one, one | {"setting": "margins"}, one | {"publisher": "ledger:usa-chn"}])
    assert twice == family_values("meetings", [one])
    assert twice["count__180d"] == 1


def test_the_tempo_is_the_last_year_against_the_last_five():
    facts = [{"occurred_on": f"{year}-06-01"} for year in (2016, 2017, 2020)]
    assert family_values("meetings", facts)["tempo__365d"] == pytest.approx(log_ratio(1, 3, short=365, long=1826))
