"""Training rows taken from one panel of the whole history: the rows of the gate, bit by bit, and so the models."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.dates import as_of_grid
from forecast.errors import DataMissingError
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import History
from forecast.facts.leaders import Spell
from forecast.models import MODELS
from forecast.panel.panel import Panel, build_panel, rows_known
from forecast.training.train import fitted, pack_state, train, training_days, training_panel
from forecast.workspace import load_history
from random_histories import GAZETTE, LATE, LENGTH, START, TOLD, UNTOLD, as_frame, events, history_from
from simulated_ledgers import simulated_ledger, write_workspace
from text_tables import covered, day, days, history_of
from tiers import examples

# Trains the models of several years twice, and compares them to the bit.
pytestmark = pytest.mark.slow

NEVER = np.datetime64("9999-01-01", "D")
STATES = ("USA", "CHN", "FRA", "IND", "PAK", "DEU")


def assert_same_bits(one: Panel, other: Panel) -> None:
    for ours, theirs in ((one.signals, other.signals), (one.outcomes, other.outcomes)):
        assert ours.index.tolist() == theirs.index.tolist()
        assert list(ours.columns) == list(theirs.columns)
        assert [name for name in ours if ours[name].to_numpy().tobytes() != theirs[name].to_numpy().tobytes()] == []
    assert one.target == other.target
    assert one.fingerprint == other.fingerprint


def rows_of(history: History, folds: np.ndarray, *, target: str = "meeting") -> Panel:
    """One panel with the rows of all folds, and of dates behind the last of them."""
    needed = [training_days(history.known_before(fold), fold) for fold in folds]
    return build_panel(history, np.unique(np.concatenate([*needed, folds, folds + 40])), target=target)


@st.composite
def editions(draw: Any) -> Edition:
    """One summit: announced in time, late or after it was held, called off or not, with members of any day."""
    starts = START + draw(st.integers(200, LENGTH))
    announced = starts - draw(st.sampled_from([600, 300, 60, 1, -10, -900]))
    members = draw(st.lists(st.sampled_from(STATES), min_size=2, max_size=6, unique=True))
    since = [announced + draw(st.sampled_from([0, 0, 30, 800])) for _ in members]
    return Edition(
        series=draw(st.sampled_from(["summit", "forum"])),
        edition=str(starts),
        host=members[0],
        starts_on=starts,
        ends_on=starts + draw(st.integers(0, 3)),
        announced_on=announced,
        off_on=draw(st.sampled_from([NEVER, NEVER, starts - 20])),
        took_place=draw(st.booleans()),
        members=tuple(sorted(zip(members, since, strict=True))),
        left=((members[1], starts - 50),) if draw(st.booleans()) else (),
    )


@st.composite
def histories(draw: Any, *, gazette: bool) -> History:
    """Facts of all publishers, before and after any gate, with a calendar and leaders."""
    publishers = (GAZETTE, TOLD, UNTOLD, LATE) if gazette else (TOLD, UNTOLD, LATE)
    frame = as_frame(draw(st.lists(events(publishers=publishers), min_size=5, max_size=40)))
    summits = sorted(draw(st.lists(editions(), max_size=8)), key=lambda e: (e.starts_on, e.series, e.edition))
    began = draw(st.lists(st.integers(0, LENGTH), max_size=6, unique=True))
    spells = [Spell(STATES[at % 3], f"leader {at}", START + begins) for at, begins in enumerate(sorted(began))]
    return dataclasses.replace(
        history_from(frame, gazette=gazette),
        calendar=Calendar(tuple(summits)),
        leaders=tuple(sorted(spells, key=lambda spell: (spell.state, spell.begins_on))),
    )


@pytest.mark.parametrize("gazette", [True, False])
@settings(max_examples=examples(12))
@given(data=st.data())
def test_rows_of_a_panel_of_everything_are_the_rows_behind_the_gate(gazette, data):
    history = data.draw(histories(gazette=gazette))
    dates = START + np.array(sorted(data.draw(st.sets(st.integers(100, LENGTH), min_size=3, max_size=5))))
    target = data.draw(st.sampled_from(["meeting", "bilateral"]))
    rows = build_panel(history, dates, target=target)
    for looking_back in (dates[1] + 1, dates[2] + 400):
        known = history.known_before(looking_back)
        wanted = dates[dates < looking_back][:2]
        taken, built = rows_known(rows, known, wanted), build_panel(known, wanted, target=target)
        assert len(taken.signals) == len(built.signals)
        if len(built.signals):
            assert_same_bits(taken, built)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Four ledgers of three dyads: declared, undeclared, and one that begins to tell when the others teach already."""
    late = simulated_ledger("FRA", "DEU", start="2009-02-01", end="2013-12-01", leader_rows=9, minister_rows=9, seed=4)
    ledgers = {
        "told.csv": simulated_ledger(
            "IND", "PAK", start="2000-06-01", end="2012-10-01", leader_rows=20, minister_rows=12, seed=1
        ),
        "untold.csv": simulated_ledger(
            "CHN", "IND", start="2001-06-01", end="2013-10-01", leader_rows=18, minister_rows=8, seed=2
        ),
        "other.csv": simulated_ledger(
            "IND", "PAK", start="2004-06-01", end="2014-10-01", leader_rows=8, minister_rows=30, seed=3
        ),
        "late.csv": late.assign(known_on=late["known_on"].where(late.index % 3 > 0, "2013-12-15")),
    }
    declared = {"told.csv": {"coverage_start": "2000-01-01", "coverage_end": "2012-12-31"}}
    return load_history(write_workspace(tmp_path_factory.mktemp("mixed") / "ws", ledgers, declared))


@pytest.mark.parametrize("target", ["meeting", "bilateral"])
def test_the_models_of_the_folds_are_those_of_training(mixed, target):
    folds = days("2006-01-01", "2010-01-01", "2014-01-01")
    rows = rows_of(mixed, folds, target=target)
    for fold in folds:
        taken, built = (training_panel(mixed, fold, target=target, rows=given) for given in (rows, None))
        assert_same_bits(taken, built)
        for name in MODELS:
            trained = train(mixed, fold, model=name, target=target)
            again = train(mixed, fold, model=name, target=target, panel=taken)
            assert pack_state(again.model) == pack_state(trained.model), name
            assert again.card.panel == trained.card.panel


def test_the_models_of_the_folds_are_those_of_training_on_the_shipped_records(shipped_history):
    history = shipped_history
    folds = days("2003-01-01", "2005-01-01")
    rows = rows_of(history, folds)
    for fold in folds:
        taken, built = (training_panel(history, fold, target="meeting", rows=given) for given in (rows, None))
        assert_same_bits(taken, built)
        for name in MODELS if fold == folds[0] else set(MODELS) - {"hazard"}:
            one, other = (fitted(panel, model=name) for panel in (taken, built))
            assert pack_state(one) == pack_state(other), name


LATE_MEETING = """
publisher | source | recipient | occurred_on | known_on
ledger:x  | IND    | PAK       | 2001-05-05  | 2001-05-05
ledger:x  | IND    | PAK       | 2003-05-05  | 2003-05-05
ledger:x  | IND    | PAK       | 2003-08-02  | 2005-01-01
ledger:x  | IND    | PAK       | 2006-05-05  | 2006-05-05
"""


def test_what_is_resolved_or_known_later_does_not_teach_an_earlier_fold():
    history = history_of(LATE_MEETING, covered("ledger:x", "2000-01-01", "2007-12-31", focal="", source="x.csv"))
    rows = build_panel(history, as_of_grid(day("2000-01-01"), day("2007-01-01")))
    row = ("IND-PAK", pd.Timestamp("2003-08-01"))
    assert rows.outcomes.loc[row].tolist() == [1, 730]
    before, after = (
        training_panel(history, day(at), target="meeting", rows=rows) for at in ("2005-01-01", "2005-01-02")
    )
    assert before.outcomes.loc[row].tolist() == [-1, 519]
    assert after.outcomes.loc[row].tolist() == [1, 520]


def test_a_panel_that_lacks_a_row_is_no_panel_of_the_fold(mixed):
    fold = day("2010-01-01")
    built = training_panel(mixed, fold, target="meeting")
    for lacking in (
        build_panel(mixed, np.unique(built.as_ofs)[1:]),
        build_panel(mixed, np.unique(built.as_ofs), focal="PAK"),
    ):
        with pytest.raises(ValueError, match=r"the panel has no row of (CHN-IND|IND-PAK) on"):
            training_panel(mixed, fold, target="meeting", rows=lacking)


def test_a_record_too_young_has_no_days_of_training(mixed):
    for at, problem in (("1999-01-01", "nothing was known"), ("2000-01-05", "nothing was known|too short")):
        with pytest.raises(DataMissingError, match=problem):
            training_days(mixed.known_before(day(at)), day(at))
