"""Snubs told by the calendar: who stayed away from a summit, judged by whom the others met there."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import make_history
from forecast.panel import panel as panels
from forecast.signals.catalogue import EMERGING
from forecast.signals.emerging.snubs import HALF_LIFE_DAYS, NAMES, WINDOW_DAYS, absence_signals
from forecast.signals.summits import SLACK_DAYS
from text_tables import as_frame, covered, day, table, view

#: With every family of the catalogue, those too that the default model does not use.
build_panel = partial(panels.build_panel, emerging=EMERGING)

AS_OF = day("2020-03-01")
DYADS = ["USA-CHN", "USA-FRA", "USA-IND"]
BOTH = list(NAMES)


def summit(starts_on: str, *, took_place: bool = True, announced_on: str = "", left: tuple = ()) -> Edition:
    first = day(starts_on)
    known = day(announced_on) if announced_on else first - 100
    return Edition(
        series="g20", edition=starts_on, host="KOR", starts_on=first, ends_on=first + 1, announced_on=known,
        off_on=day("9999-01-01"), took_place=took_place,
        members=tuple((code, known) for code in ("CHN", "FRA", "IND", "KOR", "USA")), left=left,
    )  # fmt: skip


def absences(meetings: str, *editions: Edition, as_of: np.datetime64 = AS_OF) -> pd.DataFrame:
    """Absences of the three dyads; `meetings` are lines of recipient, day and day known."""
    rows = as_frame(table("recipient | occurred_on | known_on\n" + meetings + "\nIND | 2001-05-05 | 2001-05-05"))
    calendar = Calendar(tuple(sorted(editions, key=lambda one: one.starts_on)))
    history = make_history(rows, [covered(starts_on="2001-01-01")], calendar=calendar)
    return absence_signals(view(history, dyads=DYADS, as_of=as_of)).set_axis(DYADS, axis=0)


def faded(starts_on: str) -> float:
    return float(0.5 ** (int((AS_OF - day(starts_on)).astype(int)) / HALF_LIFE_DAYS))


def test_who_was_not_met_counts_as_absent_by_the_share_of_those_who_were():
    found = absences("FRA | 2019-06-01 | 2019-06-01\nIND | 2019-06-02 | 2019-06-02", summit("2019-06-01"))
    assert found["snubs__second_absent__730d"].to_dict() == pytest.approx(
        {"USA-CHN": faded("2019-06-01") * 2 / 3, "USA-FRA": 0.0, "USA-IND": 0.0}, abs=1e-5
    )
    assert (found["snubs__first_absent__730d"] == 0.0).all()


def test_a_leader_who_met_nobody_stayed_away_from_all():
    found = absences("", summit("2019-06-01"))
    assert found["snubs__first_absent__730d"].tolist() == pytest.approx([faded("2019-06-01")] * 3, abs=1e-5)
    assert (found["snubs__second_absent__730d"] == 0.0).all()


def test_absences_add_up_and_fade():
    lines = "FRA | 2019-06-01 | 2019-06-01\nFRA | 2017-06-01 | 2017-06-01"
    both = absences(lines, summit("2019-06-01"), summit("2017-06-01")).loc["USA-CHN", "snubs__second_absent__730d"]
    assert both == pytest.approx((faded("2019-06-01") + faded("2017-06-01")) / 3, abs=1e-5)


@pytest.mark.parametrize(
    "edition",
    [
        summit("2019-06-01", took_place=False),
        summit(str(AS_OF - SLACK_DAYS - 1)),
        summit(str(AS_OF + 10)),
        summit("2019-06-01", announced_on="2020-03-01"),
        summit(str(AS_OF - WINDOW_DAYS - 1)),
    ],
    ids=["not held", "not over", "ahead", "not known", "too old"],
)
def test_no_absence_is_told_by(edition):
    assert (absences("FRA | 2019-06-01 | 2019-06-01", edition)[BOTH] == 0.0).all(axis=None)


@pytest.mark.parametrize(("known_on", "known"), [("2020-02-29", True), ("2020-03-01", False)])
def test_a_meeting_tells_who_came_once_it_is_known(known_on, known):
    found = absences(f"FRA | 2019-06-01 | {known_on}", summit("2019-06-01"))
    assert bool((found["snubs__first_absent__730d"] == 0.0).all()) is known
    assert bool(found.loc["USA-CHN", "snubs__second_absent__730d"] > 0.0) is known


def test_who_has_left_the_series_is_not_missed():
    gone = (("CHN", day("2019-03-01")),)
    found = absences("FRA | 2019-06-01 | 2019-06-01", summit("2019-06-01", left=gone))
    assert found.loc["USA-CHN", BOTH].tolist() == [0.0, 0.0]


def test_without_a_publisher_of_all_its_dyads_absence_is_missing(rivals):
    from forecast.workspace import load_history

    panel = build_panel(load_history(rivals), np.array([day("2015-01-01")]))
    assert len(panel.signals) > 0
    assert panel.signals[BOTH].isna().all(axis=None)
