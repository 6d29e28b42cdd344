"""Meetings announced before the as-of date and not called off by then."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.facts.plans import announced_within
from text_tables import days, history_of, table

PLAN = "known_on | started_on | ended_on | status | mode | level | event\n"

# A plan made public on 2020-05-01 for 2020-06-10 to 2020-06-12.
VISIT = "2020-05-01 | 2020-06-10 | 2020-06-12 | announced | visit | leader |\n"

CASES = [
    # further facts, as_of, horizon, announced
    ("", "2020-05-01", 90, False),
    ("", "2020-05-02", 90, True),
    ("", "2020-05-02", 39, False),
    ("", "2020-05-02", 40, True),
    ("", "2020-06-10", 1, True),
    ("", "2020-06-12", 1, True),
    ("", "2020-06-13", 90, False),
    ("2020-05-20 | 2020-06-10 | | cancelled | visit | leader |\n", "2020-05-20", 90, True),
    ("2020-05-20 | 2020-06-10 | | cancelled | visit | leader |\n", "2020-05-21", 90, False),
    ("2020-05-20 | 2020-06-10 | | postponed | visit | leader |\n", "2020-05-21", 90, False),
    ("2020-05-20 | 2020-06-10 | | cancelled | cancel | leader | SANCTION\n", "2020-05-21", 90, False),
    ("2020-05-20 | 2020-06-11 | | cancelled | visit | leader |\n", "2020-05-21", 90, True),
    ("2020-04-20 | 2020-06-10 | | cancelled | visit | leader |\n", "2020-05-21", 90, True),
    (
        "2020-05-20 | 2020-06-10 | | cancelled | visit | leader |\n"
        "2020-05-25 | 2020-06-10 | | announced | visit | leader |\n",
        "2020-05-26", 90, True,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "as_of", "horizon", "expected"), CASES)
def test_a_plan_counts_while_it_stands(facts, as_of, horizon, expected):
    found = announced_within(
        history_of(PLAN + VISIT + facts), dyads=["USA-CHN"], as_ofs=days(as_of), horizon_days=horizon
    )
    assert found.tolist() == [expected]


NO_PLANS = """
status    | mode  | level
announced | visit | minister
announced | phone | leader
occurred  | visit | leader
reported  | visit | leader
"""


@pytest.mark.parametrize("row", table(NO_PLANS), ids=lambda row: "-".join(row.values()))
def test_only_plans_of_leaders_to_meet_in_person_are_plans(row):
    history = history_of(PLAN + f"2020-05-01 | 2020-06-10 | | {row['status']} | {row['mode']} | {row['level']} |")
    assert not announced_within(history, dyads=["USA-CHN"], as_ofs=days("2020-05-15"), horizon_days=90).any()


def test_plans_are_of_their_dyad():
    history = history_of(PLAN + VISIT)
    asked = ["USA-FRA", "USA-CHN", "USA-CHN"]
    found = announced_within(
        history, dyads=asked, as_ofs=days("2020-06-01", "2020-06-01", "2020-07-01"), horizon_days=30
    )
    assert found.dtype == np.bool_
    assert found.tolist() == [False, True, False]


def test_no_row_depends_on_what_else_is_asked():
    """Plans that concern no row are left out beforehand: none may be missed for the dates and dyads beside it."""
    called_off = "2020-05-20 | 2020-06-10 | | cancelled | visit | leader |\n"
    later = "2021-01-01 | 2021-02-01 | | announced | visit | leader |\n"
    history = history_of(PLAN + VISIT + called_off + later)
    dates = np.arange("2020-04-25", "2021-03-01", 5, dtype="datetime64[D]")
    asked = {"dyads": ["USA-CHN", "USA-FRA"] * len(dates), "as_ofs": np.repeat(dates, 2)}
    together = announced_within(history, **asked, horizon_days=30)
    alone = [
        announced_within(history, dyads=[dyad], as_ofs=as_of[None], horizon_days=30)[0]
        for dyad, as_of in zip(asked["dyads"], asked["as_ofs"], strict=True)
    ]
    assert together.tolist() == alone
    assert 0 < together.sum() < len(dates)
    assert announced_within(history, dyads=[], as_ofs=dates[:0], horizon_days=30).tolist() == []
