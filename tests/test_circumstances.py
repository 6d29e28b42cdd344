"""Circumstances by which scores are cut: setting of the meeting, onset, a venue in the window."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.calendar import Calendar, Edition
from forecast.panel.circumstances import ONSET_DAYS, first_settings, onsets, venues_within
from forecast.panel.outcomes import met_within, observe
from forecast.panel.panel import build_panel
from forecast.periods import EDGES
from forecast.signals.cube import make_cube
from random_histories import GAZETTE, LENGTH, START, TOLD, as_frame, events, history_from
from text_tables import day, days, history_of
from tiers import examples

SOURCE = Path(__file__).resolve().parent.parent / "src" / "forecast"

MEETINGS = """
occurred_on | known_on   | mode         | setting      | level
2010-03-10  | 2010-03-12 | multilateral | multilateral | leader
2010-03-20  | 2010-03-20 | visit        | bilateral    | leader
2010-06-01  | 2010-06-01 | multilateral | multilateral | leader
2010-06-01  | 2010-06-04 | third-party  | margins      | leader
2010-08-01  | 2010-08-01 | visit        | bilateral    | minister
"""

SETTINGS = [
    # as_of, horizon, setting for the target meeting, for the target bilateral
    ("2010-03-10", 1, "multilateral", ""),
    ("2010-03-09", 1, "", ""),
    ("2010-03-09", 2, "multilateral", ""),
    ("2010-03-09", 11, "multilateral", ""),
    ("2010-03-09", 12, "multilateral", "bilateral"),
    ("2010-03-11", 30, "bilateral", "bilateral"),
    ("2010-05-01", 90, "margins", "margins"),
    ("2010-06-02", 730, "", ""),
]


@pytest.mark.parametrize(("as_of", "horizon", "meeting", "bilateral"), SETTINGS)
def test_the_setting_is_that_of_the_first_meeting_in_the_window(as_of, horizon, meeting, bilateral):
    cube = make_cube(history_of(MEETINGS))
    window = {"dyads": ["USA-CHN", "USA-FRA"], "as_ofs": days(as_of, as_of), "horizon_days": horizon}
    assert first_settings(cube, **window).tolist() == [meeting, ""]
    assert first_settings(cube, **window, target="bilateral").tolist() == [bilateral, ""]


@settings(max_examples=examples(20))
@given(
    st.lists(events(publishers=(GAZETTE, TOLD)), min_size=1, max_size=25),
    st.sampled_from([1, 30, 365, 730]),
    st.sampled_from(["meeting", "bilateral"]),
)
def test_there_is_a_setting_exactly_where_there_is_a_meeting(drawn, horizon, target):
    cube = make_cube(history_from(as_frame(drawn)))
    dates = START + np.arange(0, LENGTH, 200)
    dyads = ["USA-CHN", "USA-FRA", "IND-PAK"]
    asked = {"dyads": [dyad for dyad in dyads for _ in dates], "as_ofs": np.tile(dates, len(dyads))}
    found = first_settings(cube, **asked, horizon_days=horizon, target=target)
    outcome = met_within(observe(cube, **asked, target=target), horizon)
    resolved = outcome.notna().to_numpy()
    assert ((found != "") == (outcome == 1.0))[resolved].all()


ONSETS = [
    # Known on 2010-03-12 and last on 2010-06-04: the meeting counts once it is known, for five years after it began.
    ("2010-03-12", True),
    ("2010-03-13", False),
    ("2010-03-11", True),
    ("2010-06-02", False),
    (str(day("2010-06-01") + ONSET_DAYS), False),
    (str(day("2010-06-01") + ONSET_DAYS + 1), True),
]


@pytest.mark.parametrize(("as_of", "expected"), ONSETS)
def test_an_onset_follows_five_years_without_a_meeting_on_record(as_of, expected):
    cube = make_cube(history_of(MEETINGS))
    found = onsets(cube, dyads=["USA-CHN", "USA-FRA"], as_ofs=days(as_of, as_of))
    assert found.dtype == np.bool_
    assert found.tolist() == [expected, True]


@settings(max_examples=examples(20))
@given(st.lists(events(publishers=(GAZETTE, TOLD)), min_size=1, max_size=25), st.integers(100, LENGTH))
def test_an_onset_and_a_venue_are_known_at_the_as_of_date(drawn, offset):
    history, as_of = history_from(as_frame(drawn)), START + offset
    asked = {"dyads": ["USA-CHN", "IND-PAK"], "as_ofs": np.full(2, as_of)}
    whole, known = (make_cube(h) for h in (history, history.known_before(as_of)))
    assert onsets(whole, **asked).tolist() == onsets(known, **asked).tolist()


NEVER = np.datetime64("9999-01-01", "D")


def summit(**changes):
    """A summit of 2012-05-18 in the USA, announced on 2011-05-26, with China and France, which leaves in March."""
    announced = day("2011-05-26")
    edition = Edition(
        series="summit",
        edition="2012",
        host="USA",
        starts_on=day("2012-05-18"),
        ends_on=day("2012-05-19"),
        announced_on=announced,
        off_on=NEVER,
        took_place=True,
        members=(("CHN", announced), ("FRA", announced), ("IND", day("2012-04-18")), ("USA", announced)),
        left=(("FRA", day("2012-03-01")),),
    )
    return Calendar((dataclasses.replace(edition, **changes),))


VENUES = [
    # as_of, horizon, a venue for USA-CHN, USA-FRA, USA-IND, USA-DEU
    ("2011-05-26", 730, [False, False, False, False]),
    ("2011-05-27", 730, [True, True, False, False]),
    ("2012-03-01", 90, [True, True, False, False]),
    ("2012-03-02", 90, [True, False, False, False]),
    ("2012-04-18", 30, [False, False, False, False]),
    ("2012-04-18", 31, [True, False, False, False]),
    ("2012-04-19", 31, [True, False, True, False]),
    ("2012-05-18", 1, [True, False, True, False]),
    ("2012-05-19", 90, [False, False, False, False]),
]


@pytest.mark.parametrize(("as_of", "horizon", "expected"), VENUES)
def test_a_venue_counts_while_it_and_both_members_are_known(as_of, horizon, expected):
    dyads = ["USA-CHN", "USA-FRA", "USA-IND", "USA-DEU"]
    asked = {"dyads": dyads, "as_ofs": np.full(4, day(as_of)), "horizon_days": horizon}
    for calendar in (summit(), summit().known_before(day(as_of))):
        assert venues_within(calendar, **asked).tolist() == expected


def test_a_venue_counts_until_it_is_known_to_be_off():
    calendar = summit(off_on=day("2012-05-01"), took_place=False)
    asked = {"dyads": ["USA-CHN"] * 2, "as_ofs": days("2012-05-01", "2012-05-02"), "horizon_days": 90}
    assert venues_within(calendar, **asked).tolist() == [True, False]


def test_a_venue_stands_in_the_window_where_the_signals_of_summits_say_so():
    """The panel finds its summits by another path: tables of editions against dyads."""
    history = dataclasses.replace(history_of(MEETINGS), calendar=summit())
    panel = build_panel(history, days("2011-05-27", "2012-03-02", "2012-05-18", "2012-05-19"))
    dyads = panel.signals.index.get_level_values("dyad").tolist()
    for end in EDGES[1:]:
        names = [
            name
            for name in panel.signals
            if name.startswith("venues__") and "@" in name and int(name.rpartition("-")[2]) <= end
        ]
        found = venues_within(history.calendar, dyads=dyads, as_ofs=panel.as_ofs, horizon_days=end)
        assert found.tolist() == (panel.signals[names].sum(axis=1) > 0).tolist()


def test_no_signal_and_no_model_sees_the_circumstances():
    """The setting is told by the outcome: only the table of a backtest may carry it."""
    importers = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if any("circumstances" in name for name in names):
                importers.append(path.relative_to(SOURCE).as_posix())
    assert importers == ["backtesting/backtest.py"]
