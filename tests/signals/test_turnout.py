"""Who comes to the summits ahead, and whether it is the first chance to meet since the last meeting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import make_history
from forecast.models.hazard import HazardModel
from forecast.panel.outcomes import TARGETS
from forecast.panel.panel import build_panel
from forecast.periods import PERIODS, column
from forecast.signals.cube import make_cube
from forecast.signals.summits import attendance
from forecast.signals.turnout import NAMES, turnout_signals
from forecast.workspace import load_history
from text_tables import as_frame, covered, day, table

AS_OF = day("2020-03-01")
DYADS = ["USA-CHN", "USA-FRA", "USA-IND"]
FIRST, SECOND, CHANCE = NAMES
MEMBERS = ("CHN", "FRA", "IND", "KOR", "USA")


def summit(
    starts_on: str, *, series: str = "g20", announced_on: str = "", members: tuple[str, ...] = MEMBERS, off_on: str = ""
) -> Edition:
    first = day(starts_on)
    known = day(announced_on) if announced_on else first - 300
    return Edition(
        series=series, edition=starts_on, host="KOR", starts_on=first, ends_on=first + 1, announced_on=known,
        off_on=day(off_on) if off_on else day("9999-01-01"), took_place=True,
        members=tuple((code, known) for code in members),
    )  # fmt: skip


def turnout(meetings: str, *editions: Edition, as_of: np.datetime64 = AS_OF) -> pd.DataFrame:
    """Signals of the three dyads; `meetings` are lines of recipient and day."""
    rows = as_frame(table("recipient | occurred_on | known_on\nIND | 2001-05-05 |\n" + meetings))
    calendar = Calendar(tuple(sorted(editions, key=lambda one: (one.starts_on, one.series))))
    cube = make_cube(make_history(rows, [covered(starts_on="2001-01-01")], calendar=calendar))
    seen = attendance(cube, TARGETS["meeting"], DYADS)
    found = turnout_signals(seen, cube, TARGETS["meeting"], dyads=DYADS, as_of=as_of, cohort=DYADS)
    return found.set_axis(DYADS, axis=0)


NEXT = summit("2020-04-10")
HERE = (30, 60)


def test_a_period_without_a_summit_tells_nothing_and_holds_no_chance():
    found = turnout("", NEXT)
    for start, end in PERIODS:
        shares = found[[column(FIRST, start, end), column(SECOND, start, end)]]
        assert bool(shares.isna().all().all()) is ((start, end) != HERE)
        assert (found[column(CHANCE, start, end)] == float((start, end) == HERE)).all()


def test_without_a_past_the_leader_comes_to_one_in_two():
    found = turnout("", NEXT)
    assert found[column(FIRST, *HERE)].tolist() == [0.5] * 3
    assert found[column(SECOND, *HERE)].tolist() == [0.5] * 3


def test_the_record_of_each_side_is_that_of_its_own_leader():
    """In 2018 the first side met all three, in 2019 two of three: the third came with a chance of one in three."""
    past = summit("2018-04-10"), summit("2019-04-10")
    met = "CHN | 2018-04-10 |\nFRA | 2018-04-10 |\nIND | 2018-04-10 |\nFRA | 2019-04-10 |\nIND | 2019-04-11 |\n"
    found = turnout(met, *past, NEXT)
    assert found[column(FIRST, *HERE)].tolist() == pytest.approx([2.5 / 3] * 3)
    assert found[column(SECOND, *HERE)].tolist() == pytest.approx([(1 + 1 / 3 + 0.5) / 3, 2.5 / 3, 2.5 / 3], abs=1e-6)


def test_an_edition_from_which_the_first_side_stayed_away_tells_nothing_of_the_others():
    found = turnout("", summit("2019-04-10"), NEXT)
    assert found[column(FIRST, *HERE)].tolist() == [0.25] * 3
    assert found[column(SECOND, *HERE)].tolist() == [0.5] * 3


def test_the_record_is_that_of_the_series_of_the_summit():
    met = "CHN | 2019-04-10 |\nFRA | 2019-04-10 |\nIND | 2019-04-10 |\n"
    other = turnout(met, summit("2019-04-10", series="apec"), NEXT)
    assert other[column(FIRST, *HERE)].tolist() == [0.5] * 3
    both = turnout(met, summit("2019-04-10", series="apec"), NEXT, summit("2020-04-20", series="apec"))
    assert both[column(FIRST, *HERE)].tolist() == pytest.approx([(0.5 + 0.75) / 2] * 3)


@pytest.mark.parametrize(
    ("met", "passed", "first"),
    [
        ("CHN | 2019-01-01 |", (), True),
        ("CHN | 2019-01-01 |", ("2019-06-01",), False),
        ("CHN | 2019-06-01 |", ("2019-06-01",), True),
        ("CHN | 2019-05-30 |", ("2019-06-01",), True),
        ("CHN | 2019-06-02 |", ("2019-06-01",), True),
        ("CHN | 2019-08-01 |", ("2019-06-01",), True),
        ("", ("2019-06-01",), False),
        ("", (), True),
    ],
)
def test_the_first_chance_is_gone_with_a_summit_at_which_the_two_did_not_meet(met, passed, first):
    found = turnout(met, *(summit(one) for one in passed), NEXT)
    assert found.loc["USA-CHN", column(CHANCE, *HERE)] == float(first)


def test_only_the_nearest_summit_is_the_first_chance():
    found = turnout("", NEXT, summit("2020-08-01")).loc["USA-CHN"]
    assert [name for name in found.index if name.startswith(CHANCE) and found[name]] == [column(CHANCE, *HERE)]


def test_a_summit_of_others_is_no_chance():
    found = turnout("", summit("2020-04-10", members=("FRA", "KOR", "USA")))
    assert found[column(CHANCE, *HERE)].tolist() == [0.0, 1.0, 0.0]
    assert found[column(FIRST, *HERE)].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("ahead", "known"),
    [
        (summit("2020-04-10", announced_on="2020-02-29"), True),
        (summit("2020-04-10", announced_on="2020-03-01"), False),
        (summit("2020-04-10", off_on="2020-02-29"), False),
        (summit("2020-04-10", off_on="2020-03-01"), True),
    ],
)
def test_a_summit_is_known_from_the_day_after_its_announcement_until_the_day_after_it_is_off(ahead, known):
    assert turnout("", ahead)[column(CHANCE, *HERE)].tolist() == [float(known)] * 3


@pytest.mark.parametrize(("known_on", "counts"), [("2020-02-29", True), ("2020-03-01", False)])
def test_a_meeting_counts_from_the_day_after_it_is_known(known_on, counts):
    found = turnout(f"CHN | 2019-06-01 | {known_on}", summit("2019-06-01"), NEXT).loc["USA-CHN"]
    assert found[column(CHANCE, *HERE)] == float(counts)
    assert found[column(FIRST, *HERE)] == (0.75 if counts else 0.25)


def test_without_a_publisher_of_all_its_dyads_who_came_is_missing(rivals):
    signals = build_panel(load_history(rivals), np.array([day("2018-01-01")]), dyads=["IND-PAK"]).signals
    shares = [name for name in signals if name.startswith((FIRST, SECOND))]
    assert len(shares) == 2 * len(PERIODS)
    assert signals[shares].isna().all().all()


def test_the_default_model_does_not_look_at_them():
    assert not any(HazardModel().uses(column(name, *period)) for name in NAMES for period in PERIODS)
    assert HazardModel().uses(column("venues__abroad", *PERIODS[0]))
