"""The history behind its time gate: what it keeps, how its coverage ends, what its fingerprint is of."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import StateError
from forecast.facts.history import make_history
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import make_cube
from forecast.signals.engine import evaluate
from text_tables import as_frame, covered, day, history_of, table

FACTS = """
source | recipient | publisher | occurred_on | known_on   | note
CHN    | USA       |           | 2010-05-01  | 2010-05-01 |
USA    | CHN       |           | 2009-01-01  | 2010-06-01 | told late
IND    | PAK       | ledger:x  | 2010-05-02  | 2010-05-03 | frank
PAK    | IND       | ledger:x  | 2010-07-02  | 2010-07-02 |
"""
SOURCES = (
    covered(ends_on="2010-06-30"),
    covered("ledger:x", "2010-05-03", "2010-07-02", focal="", source="x.csv", declared=False),
)


@pytest.mark.parametrize(
    ("as_of", "known", "ends"),
    [
        ("2010-05-01", 0, ["2010-04-30"]),
        ("2010-05-02", 1, ["2010-05-01"]),
        ("2010-05-03", 1, ["2010-05-02"]),
        ("2010-05-04", 2, ["2010-05-03", "2010-05-03"]),
        ("2010-06-01", 2, ["2010-05-31", "2010-05-03"]),
        ("2010-06-02", 3, ["2010-06-01", "2010-05-03"]),
        ("2011-01-01", 4, ["2010-06-30", "2010-07-02"]),
    ],
)
def test_the_gate_keeps_what_was_known_before_and_ends_the_coverage(as_of, known, ends):
    behind = history_of(FACTS, *SOURCES).known_before(day(as_of))
    assert len(behind.events) == known
    assert [str(coverage.ends_on) for coverage in behind.coverages] == ends


def test_two_gates_are_the_narrower_of_them():
    history = history_of(FACTS, *SOURCES)
    for one, other in (("2010-05-04", "2010-06-15"), ("2010-06-15", "2010-05-04")):
        twice = history.known_before(day(one)).known_before(day(other))
        assert twice.fingerprint() == history.known_before(day("2010-05-04")).fingerprint()


def test_events_know_their_dyad_and_direction():
    events = history_of(FACTS, *SOURCES).events
    found = set(zip(events["source"], events["dyad"], events["forward"], strict=True))
    assert found == {
        ("CHN", "USA-CHN", False), ("USA", "USA-CHN", True), ("IND", "IND-PAK", True), ("PAK", "IND-PAK", False),
    }  # fmt: skip


def test_an_event_of_one_state_with_itself_is_refused():
    with pytest.raises(StateError, match="named twice"):
        make_history(as_frame([{"source": "USA", "recipient": "USA", "occurred_on": "2010-01-01"}]), [covered()])


def test_the_fingerprint_does_not_depend_on_the_order_of_the_facts():
    rows = as_frame(table(FACTS))
    one, other = make_history(rows, list(SOURCES)), make_history(rows.iloc[::-1], list(SOURCES))
    assert one.fingerprint() == other.fingerprint()


CHANGES = [
    lambda rows: rows.assign(known_on=rows["known_on"] + np.timedelta64(1, "D")),
    lambda rows: rows.assign(level="minister"),
    lambda rows: rows.assign(status="cancelled"),
    lambda rows: rows.assign(accompanied=True),
    lambda rows: rows.iloc[:-1],
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_fingerprint_changes_with_the_facts(change):
    rows = as_frame(table(FACTS))
    assert make_history(rows, list(SOURCES)).fingerprint() != make_history(change(rows), list(SOURCES)).fingerprint()


def test_what_changes_a_signal_changes_the_fingerprint():
    """Else a stored model of other facts would be taken for this one: the tone is read from the note."""
    rows = as_frame(table(FACTS))
    frank = make_history(rows, list(SOURCES))
    plain = make_history(rows.assign(note=""), list(SOURCES))
    as_ofs = np.array([day("2010-08-01")])
    one, other = (
        evaluate(make_cube(history), CATALOGUE.values(), dyads=["IND-PAK"], as_ofs=as_ofs) for history in (frank, plain)
    )
    assert one.equals(other) == (frank.fingerprint() == plain.fingerprint())


def test_the_address_of_a_fact_touches_nothing():
    rows = as_frame(table(FACTS))
    one, other = make_history(rows, list(SOURCES)), make_history(rows.assign(url="https://x.org"), list(SOURCES))
    assert one.fingerprint() == other.fingerprint()
