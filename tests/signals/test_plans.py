"""Announced meetings: the chance that they come about, by the period in which they are to begin."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.facts.plans import announced_within
from forecast.periods import EDGES, PERIODS, column
from forecast.signals.plans import FIRST_GUESS, LEADS, OCCASION, PRIOR_PLANS, plan_signals
from text_tables import covered, day, days, history_of, table, view

LEDGER = covered("ledger:usa-chn", "2019-01-01", "2021-12-31", focal="", defines_meetings=True, declared=True)
HEAD = "publisher | known_on | started_on | ended_on | status | mode | level | event\n"
VISIT = "ledger:usa-chn | 2020-05-01 | 2020-06-10 | 2020-06-12 | announced | visit | leader |\n"


def signals(facts: str, as_of: str, dyad: str = "USA-CHN") -> dict[str, float]:
    history = history_of(HEAD + facts, covered(), LEDGER)
    return plan_signals(view(history, dyads=[dyad], as_of=day(as_of))).iloc[0].to_dict()


def test_a_plan_stands_in_the_period_of_its_first_day():
    for start, end in PERIODS:
        for lead in (start, end - 1):
            first = day("2020-05-02") + lead
            found = signals(
                f"ledger:usa-chn | 2020-05-01 | {first} | {first + 2} | announced | visit | leader |\n", "2020-05-02"
            )
            assert [name for name, value in found.items() if value > 0.0] == [column(OCCASION, start, end)]


@pytest.mark.parametrize(("as_of", "stands"), [("2020-05-02", True), ("2020-06-12", True), ("2020-06-13", False)])
def test_a_plan_stands_from_the_day_after_it_is_known_to_its_last_day(as_of, stands):
    assert (max(signals(VISIT, as_of).values()) > 0.0) is stands


def test_before_any_ledger_tells_of_the_dyad_the_signal_is_missing():
    assert np.isnan(list(signals(VISIT, "2020-05-01").values())).all()
    assert np.isnan(list(signals(VISIT, "2020-05-15", dyad="USA-FRA").values())).all()


def test_a_plan_that_is_called_off_stands_until_the_day_after():
    off = VISIT + "ledger:usa-chn | 2020-05-20 | 2020-06-10 | | cancelled | visit | leader |\n"
    assert max(signals(off, "2020-05-20").values()) > 0.0
    assert set(signals(off, "2020-05-21").values()) == {0.0}


@pytest.mark.parametrize("as_of", ["2020-05-02", "2020-05-21", "2020-06-10", "2020-06-11"])
def test_the_signal_and_the_flag_say_the_same(as_of):
    facts = VISIT + "ledger:usa-chn | 2020-05-20 | 2020-08-01 | | announced | visit | leader |\n"
    history = history_of(HEAD + facts, covered(), LEDGER)
    found = plan_signals(view(history, dyads=["USA-CHN"], as_of=day(as_of))).to_numpy()[0]
    for k, edge in enumerate(EDGES[1:], start=1):
        flag = announced_within(history, dyads=["USA-CHN"], as_ofs=days(as_of), horizon_days=edge)
        assert bool(found[:k].any()) is bool(flag[0])


def test_without_past_plans_the_chance_is_the_first_guess():
    assert max(signals(VISIT, "2020-05-02").values()) == pytest.approx(-np.log1p(-FIRST_GUESS))


# Plans that stood 40 days ahead, whether the two met, and what is then believed of a plan 39 days ahead.
PAST = """
came about | did not | known later
3          | 0       | 0
0          | 4       | 0
2          | 1       | 0
2          | 0       | 1
"""


@pytest.mark.parametrize("row", table(PAST), ids=lambda row: " ".join(row.values()))
def test_the_chance_is_that_of_past_plans_that_stood_as_far_ahead(row):
    """A meeting that becomes public on the as-of date has not shown yet that its plan came about."""
    kinds = ["met"] * int(row["came about"]) + ["not"] * int(row["did not"]) + ["later"] * int(row["known later"])
    lines = [VISIT]
    for at, kind in enumerate(kinds):
        first = day("2019-06-01") + 20 * at
        lines.append(f"ledger:usa-chn | {first - 41} | {first} | {first} | announced | visit | leader |\n")
        if kind != "not":
            known = "2020-05-02" if kind == "later" else str(first)
            lines.append(f"ledger:usa-chn | {known} | {first} | {first} | occurred | visit | leader | CONSULT\n")
    value = max(signals("".join(lines), "2020-05-02").values())
    n, hits = len(kinds), kinds.count("met")
    overall = (hits + PRIOR_PLANS * FIRST_GUESS) / (n + PRIOR_PLANS)
    assert LEADS[-1] < 40
    assert -np.expm1(-value) == pytest.approx((hits + PRIOR_PLANS * overall) / (n + PRIOR_PLANS))


@pytest.mark.parametrize(("dyad", "counts"), [("USA | FRA", True), ("CHN | FRA", False)])
def test_how_plans_turn_out_is_learned_where_the_record_can_show_it(dyad, counts):
    """What a partial source leaves out may have taken place: only a complete one shows that a plan came to nothing."""
    plan = "2019-05-01 | 2019-06-10 | 2019-06-12 | announced | visit | leader |\n"
    text = HEAD.replace("publisher", "source | recipient | publisher")
    text += f"USA | CHN | {VISIT}{dyad} | partial | {plan}"
    partial = covered("partial", focal="FRA", direction="", complete=False)
    history = history_of(text, covered(), LEDGER, partial)
    found = plan_signals(view(history, dyads=["USA-CHN"], as_of=day("2020-05-02"))).iloc[0].max()
    assert bool(found < -np.log1p(-FIRST_GUESS) - 1e-9) is counts
