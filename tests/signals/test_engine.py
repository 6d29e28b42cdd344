"""The engine: each measure as a text table, with the boundary day in it."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from forecast.signals.cube import Selector, classified, make_cube
from forecast.signals.declare import MEASURES, Signal
from forecast.signals.engine import evaluate
from text_tables import covered, day, days, history_of, table

LEADER = Selector(event=("CONSULT",), mode=("visit",), level=("leader",))
MINISTER = Selector(level=("minister",))

COUNT = Signal("spec__count__30d", "of 30 days", LEADER, window_days=30)
LAST = Signal("spec__days_since_last", "since the last", LEADER, measure="days_since_last")
NEVER = Signal("spec__never", "none on record", LEADER, measure="never")
DECAYED = Signal("spec__decayed__10d", "halved every 10 days", LEADER, measure="decayed", window_days=10)
RATIO = Signal("spec__log_ratio__10d", "10 against 40", LEADER, measure="log_ratio", window_days=10, against_days=40)
BALANCE = Signal(
    "spec__balance__30d", "leaders against ministers", LEADER, measure="balance", window_days=30, against=MINISTER
)


#: Histories by their facts: many cases share one, with what was made of it.
history_with = cache(history_of)


def behind_gate(history, as_of):
    return history.once(("behind the gate", str(as_of)), lambda: history.known_before(as_of))


def values(history, signal, as_ofs, dyad="USA-CHN"):
    """Values behind the gate and from the whole history, which must agree, missing ones too."""
    asked = days(*as_ofs)
    whole = evaluate(make_cube(history), [signal], dyads=[dyad] * len(asked), as_ofs=asked)[signal.name].tolist()
    behind = [
        evaluate(make_cube(behind_gate(history, as_of)), [signal], dyads=[dyad], as_ofs=np.array([as_of]))[signal.name][
            0
        ]
        for as_of in asked
    ]
    np.testing.assert_array_equal(whole, behind)
    return whole


# One event a row: what it makes of a window of 30 days at 2020-06-15. The window is [2020-05-16, 2020-06-15).
ENTERS = """
occurred_on | known_on   | count
2020-06-14  | 2020-06-14 | 1
2020-06-14  | 2020-06-15 | 0
2020-06-15  | 2020-06-15 | 0
2020-05-16  | 2020-05-16 | 1
2020-05-15  | 2020-05-15 | 0
2020-05-16  | 2020-06-14 | 1
2020-05-15  | 2020-06-14 | 0
2020-05-16  | 2020-06-15 | 0
2001-01-01  | 2020-06-14 | 0
"""


@pytest.mark.parametrize("row", table(ENTERS), ids=lambda row: f"{row['occurred_on']}-{row['known_on']}")
def test_an_event_counts_if_it_occurred_in_the_window_and_was_known_before(row):
    history = history_of(f"occurred_on|known_on\n{row['occurred_on']}|{row['known_on']}")
    assert values(history, COUNT, ["2020-06-15"]) == [float(row["count"])]


# The same facts for every measure; the as-of dates run over the days on which something becomes known or leaves.
FACTS = """
level    | occurred_on | known_on
leader   | 2020-05-01  | 2020-05-01
leader   | 2020-05-11  | 2020-05-21
leader   | 2020-04-01  | 2020-06-01
minister | 2020-05-20  | 2020-05-20
"""


def decayed(*ages):
    return sum(0.5 ** (age / 10) for age in ages)


def ratio(now, before):
    return math.log((now + 0.5) / (before / 4 + 0.5))


EXPECTED = [
    # as_of, count, days since last, decayed, log ratio, balance, never
    ("2020-05-01", 0, math.nan, 0.0, ratio(0, 0), 0.0, 1),
    ("2020-05-02", 1, 1, decayed(1), ratio(1, 1), 1 / 2, 0),
    ("2020-05-12", 1, 11, decayed(11), ratio(0, 1), 1 / 2, 0),
    ("2020-05-20", 1, 19, decayed(19), ratio(0, 1), 1 / 2, 0),
    ("2020-05-21", 1, 20, decayed(20), ratio(0, 1), 0 / 3, 0),
    ("2020-05-22", 2, 11, decayed(21, 11), ratio(0, 2), 1 / 4, 0),
    ("2020-05-31", 2, 20, decayed(30, 20), ratio(0, 2), 1 / 4, 0),
    ("2020-06-01", 1, 21, decayed(31, 21), ratio(0, 2), 0 / 3, 0),
    ("2020-06-02", 1, 22, decayed(32, 22, 62), ratio(0, 2), 0 / 3, 0),
    ("2020-06-11", 0, 31, decayed(41, 31, 71), ratio(0, 1), -1 / 2, 0),
]


@pytest.mark.parametrize(("place", "signal"), list(enumerate([COUNT, LAST, DECAYED, RATIO, BALANCE, NEVER], start=1)))
def test_every_measure_sees_a_fact_from_the_day_after_it_is_known(place, signal):
    found = values(history_with(FACTS), signal, [row[0] for row in EXPECTED])
    assert found == pytest.approx([row[place] for row in EXPECTED], abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("signal", [COUNT, LAST, DECAYED, RATIO, BALANCE], ids=lambda signal: signal.measure)
def test_the_boundary_day_does_not_count_and_the_day_before_does(signal):
    base = "occurred_on|known_on\n2020-06-01|2020-06-01"
    without = values(history_with(base), signal, ["2020-06-20"])
    on_the_day = values(history_with(base + "\n2020-06-15|2020-06-20"), signal, ["2020-06-20"])
    the_day_before = values(history_with(base + "\n2020-06-15|2020-06-19"), signal, ["2020-06-20"])
    assert on_the_day == without
    assert the_day_before != without


def test_the_days_since_the_last_are_of_the_latest_occurrence_not_of_the_latest_news():
    history = history_of("occurred_on|known_on\n2020-05-01|2020-05-01\n2019-01-01|2020-06-01")
    assert values(history, LAST, ["2020-06-15"]) == [45.0]


def test_a_decayed_event_has_half_its_weight_after_the_half_life():
    history = history_of("occurred_on\n2020-05-01")
    assert values(history, DECAYED, ["2020-05-11", "2020-05-21", "2020-05-31"]) == pytest.approx([0.5, 0.25, 0.125])


# What a selector takes of eight events on eight days.
SELECTED = """
occurred_on | source | event    | mode   | level    | setting      | status    | access        | accompanied | publisher
2020-01-01  | CHN    | CONSULT  | visit  | leader   | bilateral    |           |               |             |
2020-01-02  | USA    | CONSULT  | visit  | leader   | multilateral |           |               |             |
2020-01-03  | CHN    | CONSULT  | phone  | leader   |              |           |               |             |
2020-01-04  | CHN    | CONSULT  | visit  | minister |              |           | head_of_state |             |
2020-01-05  | CHN    | CONSULT  | visit  | minister |              |           |               | yes         |
2020-01-06  | CHN    | CONSULT  | visit  | leader   |              | announced |               |             |
2020-01-07  | CHN    | SANCTION | cancel | leader   |              | cancelled |               |             |
2020-01-08  | CHN    | CONSULT  | visit  | leader   |              |           |               |             | ledger:x
"""
SELECTORS = [
    (Selector(), "abcdeh"),
    (Selector(event=("CONSULT",), mode=("visit",)), "abdeh"),
    (Selector(mode=("visit", "phone"), level=("leader",)), "abch"),
    (Selector(setting=("multilateral",)), "b"),
    (Selector(status=("announced",)), "f"),
    (Selector(status=("cancelled", "announced")), "fg"),
    (Selector(status=()), "abcdefgh"),
    (Selector(access=("head_of_state", "head_of_government")), "d"),
    (Selector(level=("minister",), accompanied=False), "d"),
    (Selector(accompanied=True), "e"),
    (Selector(of_record=True), "abcde"),
    (Selector(of_record=False), "h"),
    (Selector(forward=True), "b"),
    (Selector(forward=False), "acdeh"),
]


@pytest.mark.parametrize(("selector", "expected"), SELECTORS)
def test_a_selector_takes_what_it_names(selector, expected):
    history = history_with(SELECTED, covered(), covered("ledger:x", focal="", source="x.csv"))
    signal = Signal("spec__count__1d", "of the day before", selector, window_days=1)
    counts = values(history, signal, [str(day("2020-01-01") + number) for number in range(1, 9)])
    assert "".join(name for name, count in zip("abcdefgh", counts, strict=True) if count == 1.0) == expected


def test_two_rows_of_one_day_are_two_events_and_one_day():
    history = history_of(
        "occurred_on|known_on|place\n2020-05-01|2020-05-01|CHN\n2020-05-01|2020-05-09|USA\n2020-05-02|2020-05-02|"
    )
    rows = Signal("spec__count__30d", "rows", Selector(), window_days=30)
    distinct = Signal("spec__count__30d", "days", Selector(distinct_days=True), window_days=30)
    assert values(history, rows, ["2020-05-05", "2020-05-10"]) == [2.0, 3.0]
    assert values(history, distinct, ["2020-05-05", "2020-05-10"]) == [2.0, 2.0]


def test_a_day_is_known_from_the_first_of_its_rows():
    history = history_of("occurred_on|known_on|place\n2020-05-01|2020-05-09|CHN\n2020-05-01|2020-05-03|USA")
    distinct = Signal("spec__count__30d", "days", Selector(distinct_days=True), window_days=30)
    assert values(history, distinct, ["2020-05-03", "2020-05-04", "2020-05-10"]) == [0.0, 1.0, 1.0]


def test_dyads_do_not_see_one_another():
    history = history_of("source|recipient|occurred_on\nUSA|CHN|2020-05-01\nUSA|FRA|2020-05-02\nFRA|USA|2020-05-03")
    assert values(history, COUNT, ["2020-05-10"], dyad="USA-CHN") == [1.0]
    assert values(history, COUNT, ["2020-05-10"], dyad="USA-FRA") == [2.0]
    assert values(history, COUNT, ["2020-05-10"], dyad="USA-IND") == [0.0]


def test_windows_end_with_the_record():
    # Covered to 2020-05-31: a hundred days later nothing recorded is not nothing happened.
    history = history_of("occurred_on\n2020-05-20\n2020-04-20", covered(ends_on="2020-05-31"))
    assert values(history, COUNT, ["2020-06-01", "2020-06-20", "2020-09-10"]) == [1.0, 1.0, 1.0]
    assert values(history, LAST, ["2020-06-01", "2020-09-10"]) == [12.0, 12.0]


def test_without_a_meeting_there_are_no_days_since_and_never_says_so():
    history = history_of("source|recipient|occurred_on\nUSA|FRA|2020-05-02", covered(starts_on="2020-01-01"))
    asked = ["2020-01-01", "2020-01-02", "2020-12-31"]
    assert values(history, LAST, asked) == pytest.approx([math.nan] * 3, nan_ok=True)
    # On its first day the record has no day behind it, and can say nothing.
    assert values(history, NEVER, asked) == pytest.approx([math.nan, 1.0, 1.0], nan_ok=True)


def test_the_end_of_an_undeclared_record_is_the_last_fact_known_then():
    open_end = covered("ledger:x", "2020-01-10", "2021-12-31", focal="", source="x.csv", declared=False)
    history = history_of(
        "publisher|source|recipient|occurred_on|known_on\nledger:x|IND|PAK|2020-01-10|\nledger:x|IND|PAK|2020-03-01|\n"
        "ledger:x|IND|CHN|2021-12-31|",
        open_end,
    )
    # Days since the last meeting count to the day after the last news of the ledger, whatever it will hold later.
    assert values(history, LAST, ["2020-02-01", "2020-06-01", "2022-06-01"], dyad="IND-PAK") == [1.0, 1.0, 671.0]


@pytest.mark.parametrize("signal", [COUNT, LAST, DECAYED, RATIO, BALANCE, NEVER], ids=lambda signal: signal.measure)
def test_of_a_dyad_that_no_source_records_everything_is_missing(signal):
    history = history_of("occurred_on\n2020-05-01")
    assert np.isnan(values(history, signal, ["2020-06-01"], dyad="IND-PAK")).all()


BAD = [
    ({"measure": "mean"}, "measure 'mean' is not one of count"),
    ({"window_days": 0}, "a count needs window_days >= 1"),
    ({"measure": "log_ratio", "window_days": 10, "against_days": 10}, "against_days must be longer"),
    ({"measure": "balance"}, "needs the events to set against"),
    ({"name": "plain"}, "is named family__measure__window"),
]


@pytest.mark.parametrize(("change", "problem"), BAD)
def test_a_declaration_that_makes_no_sense_is_refused(change, problem):
    said = {"name": "spec__count__10d", "description": "", "select": LEADER, "window_days": 10} | change
    with pytest.raises(ValueError, match=problem):
        Signal(**said)


def test_every_measure_has_a_unit():
    assert {signal.measure for signal in (COUNT, LAST, DECAYED, RATIO, BALANCE, NEVER)} <= set(MEASURES)
    assert all(MEASURES.values())


def test_a_missing_note_has_no_tone_of_another():
    history = history_of("occurred_on|known_on|note\n2020-01-01|2020-01-01|\n2020-01-02|2020-01-02|candid talks")
    events = history.events.assign(note=history.events["note"].replace("", np.nan))
    assert classified(history, events)["tone"].tolist()[-2:] == ["", "candid"]
