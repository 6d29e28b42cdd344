"""Announced meetings by the period in which they are to begin."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.facts.plans import announced_within
from forecast.periods import EDGES, PERIODS, column
from forecast.signals.emerging.announced import announced_signals
from text_tables import covered, day, days, history_of, view

LEDGER = covered("ledger:usa-chn", "2019-01-01", "2021-12-31", focal="", defines_meetings=True, declared=True)
HEAD = "publisher | known_on | started_on | ended_on | status | mode | level | event\n"
VISIT = "ledger:usa-chn | 2020-05-01 | 2020-06-10 | 2020-06-12 | announced | visit | leader |\n"


def signals(facts: str, as_of: str, dyad: str = "USA-CHN") -> dict[str, float]:
    history = history_of(HEAD + facts, covered(), LEDGER)
    return announced_signals(view(history, dyads=[dyad], as_of=day(as_of))).iloc[0].to_dict()


def test_a_plan_stands_in_the_period_of_its_first_day():
    for start, end in PERIODS:
        for lead in (start, end - 1):
            first = day("2020-05-02") + lead
            found = signals(
                f"ledger:usa-chn | 2020-05-01 | {first} | {first + 2} | announced | visit | leader |\n", "2020-05-02"
            )
            assert [name for name, value in found.items() if value == 1.0] == [column("announced__meeting", start, end)]


@pytest.mark.parametrize(("as_of", "stands"), [("2020-05-02", True), ("2020-06-12", True), ("2020-06-13", False)])
def test_a_plan_stands_from_the_day_after_it_is_known_to_its_last_day(as_of, stands):
    assert (1.0 in signals(VISIT, as_of).values()) is stands


def test_before_any_ledger_tells_of_the_dyad_the_signal_is_missing():
    assert np.isnan(list(signals(VISIT, "2020-05-01").values())).all()
    assert np.isnan(list(signals(VISIT, "2020-05-15", dyad="USA-FRA").values())).all()


def test_a_plan_that_is_called_off_stands_until_the_day_after():
    off = VISIT + "ledger:usa-chn | 2020-05-20 | 2020-06-10 | | cancelled | visit | leader |\n"
    assert 1.0 in signals(off, "2020-05-20").values()
    assert set(signals(off, "2020-05-21").values()) == {0.0}


@pytest.mark.parametrize("as_of", ["2020-05-02", "2020-05-21", "2020-06-10", "2020-06-11"])
def test_the_signal_and_the_flag_say_the_same(as_of):
    facts = VISIT + "ledger:usa-chn | 2020-05-20 | 2020-08-01 | | announced | visit | leader |\n"
    history = history_of(HEAD + facts, covered(), LEDGER)
    found = announced_signals(view(history, dyads=["USA-CHN"], as_of=day(as_of))).to_numpy()[0]
    for k, edge in enumerate(EDGES[1:], start=1):
        flag = announced_within(history, dyads=["USA-CHN"], as_ofs=days(as_of), horizon_days=edge)
        assert bool(found[:k].any()) is bool(flag[0])
