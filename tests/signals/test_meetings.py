"""Past meetings of the two leaders, as all sources report them."""

from __future__ import annotations

import pytest

from family_specs import check, family_values, log_ratio, rows_of
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import make_cube
from forecast.signals.engine import evaluate
from text_tables import covered, days, history_of

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


def test_reports_that_overlap_are_one_meeting_whoever_reports_it():
    one = {"occurred_on": "2020-06-01"}
    ledger = {"publisher": "ledger:usa-chn"}
    twice = family_values("meetings", [one, one | {"setting": "margins"}, one | ledger])
    assert twice == family_values("meetings", [one])
    assert twice["count__180d"] == 1
    stay = {"started_on": "2020-06-01", "ended_on": "2020-06-03", "known_on": "2020-06-03"}
    inside = {"occurred_on": "2020-06-02", "known_on": "2020-06-04"} | ledger
    assert family_values("meetings", [stay, inside]) == family_values("meetings", [stay])


def test_a_meeting_that_only_a_ledger_reports_counts():
    one = {"occurred_on": "2020-06-01"}
    assert family_values("meetings", [one | {"publisher": "ledger:usa-chn"}]) == family_values("meetings", [one])


def test_windows_reach_the_as_of_date_if_a_meeting_after_the_end_of_coverage_is_known():
    facts = "publisher|occurred_on|known_on\ngazette|2019-03-01|\ngazette|2019-02-01|\nledger:usa-chn|2020-03-01|"
    asked = {"dyads": ["USA-CHN"], "as_ofs": days("2020-06-15")}
    for known_on, since, count in (("2020-06-14", 106, 1), ("2020-06-15", 31, 2)):
        history = history_of(facts + known_on, covered(ends_on="2019-03-31"))
        signals = [CATALOGUE["meetings__days_since_last"], CATALOGUE["meetings__count__180d"]]
        found = evaluate(make_cube(history), signals, **asked).iloc[0].tolist()
        assert found == [since, count]


def test_the_tempo_is_the_last_year_against_the_last_five():
    facts = [{"occurred_on": f"{year}-06-01"} for year in (2016, 2017, 2020)]
    assert family_values("meetings", facts)["tempo__365d"] == pytest.approx(log_ratio(1, 3, short=365, long=1826))
