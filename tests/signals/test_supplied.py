"""Signals that a user supplies: they stand beside the catalogue's, and what is not as it should be is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import forecast as fc
from forecast.errors import InputError
from forecast.panel.panel import build_panel
from forecast.periods import PERIODS
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import Selector
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.train import train, training_panel
from leaking_signals import DECLARED, HONEST
from text_tables import covered, days, history_of

HISTORY = """
source | recipient | publisher | occurred_on | level
IND    | PAK       | ledger:x  | 2003-01-15  | leader
IND    | PAK       | ledger:x  | 2008-08-15  | leader
IND    | PAK       | ledger:x  | 2008-09-15  | minister
"""
DATES = days("2005-01-01", "2009-01-01")


def panel(*extra):
    history = history_of(HISTORY, covered("ledger:x", "2003-01-15", focal="", source="x.csv"))
    return build_panel(history, DATES, extra=extra)


def of(table) -> ComputedSignal:
    """A computed signal that returns the rows of each date, or the table itself if it is none of two rows."""
    two = isinstance(table, pd.DataFrame) and len(table) == 2
    dates = {as_of: at for at, as_of in enumerate(DATES)}

    def compute(view):
        return table.iloc[[dates[view.as_of]]] if two else table

    return ComputedSignal("mine", "for tests", compute)


def test_they_stand_beside_the_others_and_leave_the_others_as_they_are():
    alone, more = panel(), panel(HONEST, DECLARED)
    assert set(more.signals.columns) == {*alone.signals.columns, DECLARED.name, "honest__value"}
    pd.testing.assert_frame_equal(more.signals[alone.signals.columns], alone.signals)
    assert more.signals["honest__value"].tolist() == [1.0, 2.0]
    assert more.signals[DECLARED.name].tolist() == [0.0, 1.0]
    assert more.fingerprint != alone.fingerprint
    pd.testing.assert_frame_equal(more.outcomes, alone.outcomes)


def test_a_model_learns_from_them(rivals):
    from forecast.workspace import load_history

    history, day = load_history(rivals), np.datetime64("2015-01-01", "D")
    rows = training_panel(history, day, target="meeting", extra=[HONEST])
    model = train(history, day, model="hazard", target="meeting", panel=rows).model
    assert "honest__value" in model.signals_


def test_in_python_they_are_given_to_the_panel(rivals):
    found = fc.build_panel(root=rivals, start="2015-01-01", end="2015-03-01", signals=[HONEST])
    assert (np.diff(found.signals["honest__value"]) >= 0).all()


def test_signals_by_period_come_for_every_period():
    table = pd.DataFrame({f"mine__lead@{start}-{end}": [1, 2] for start, end in PERIODS})
    assert panel(of(table)).signals[f"mine__lead@{PERIODS[0][0]}-{PERIODS[0][1]}"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([1, 2], "its function returns a list; it must return a pandas DataFrame"),
        (pd.DataFrame({"mine__x": [1.0] * 3}), "returns 3 rows for 1 dyads on 2005-01-01"),
        (pd.DataFrame({"x": [1.0, 2.0]}), "its columns x must be distinct and begin with mine__"),
        (pd.DataFrame(index=[0, 1]), r"its columns \(none\) must be distinct"),
        (pd.DataFrame([[1.0, 2.0]] * 2, columns=["mine__x", "mine__x"]), "must be distinct"),
        (pd.DataFrame({"mine__x": ["a", "b"]}), "its values are no numbers"),
        (pd.DataFrame({"mine__x": [1.0, np.inf]}), "a value is infinite"),
        (pd.DataFrame({"mine__x@0-15": [1.0, 2.0]}), r"mine__x@\.\.\. must have a column for each of the periods"),
    ],
)
def test_what_a_function_gives_is_checked(found, said):
    with pytest.raises(InputError, match=f"^signal mine: .*{said}"):
        panel(of(found))


@pytest.mark.parametrize(
    "extra",
    [
        [HONEST, HONEST],
        [next(iter(CATALOGUE.values()))],
        [ComputedSignal("venues", "a family of the catalogue", HONEST.compute)],
        [Signal("leaders__newest", "a computed one of the catalogue", Selector(), window_days=3)],
    ],
)
def test_a_name_that_is_taken_is_refused(extra):
    with pytest.raises(InputError, match="rename yours"):
        panel(*extra)


@pytest.mark.parametrize("name", ["", "two words", "a__b", "1st"])
def test_a_computed_signal_is_named_by_one_word(name):
    with pytest.raises(ValueError, match="named for its family"):
        ComputedSignal(name, "", HONEST.compute)
