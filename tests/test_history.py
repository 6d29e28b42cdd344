"""The history behind its time gate: what it keeps, how its coverage ends, what its fingerprint is of."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from forecast.dates import day_number
from forecast.errors import StateError
from forecast.facts.coverage import Coverage
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
        ("2010-05-01", 0, []),
        ("2010-05-02", 1, ["2010-05-01"]),
        ("2010-05-03", 1, ["2010-05-02"]),
        ("2010-05-04", 2, ["2010-05-03", "2010-05-03"]),
        ("2010-06-01", 2, ["2010-05-31", "2010-05-03"]),
        ("2010-06-02", 3, ["2010-06-01", "2010-05-03"]),
        ("2011-01-01", 4, ["2010-06-30", "2010-07-02"]),
    ],
)
def test_the_gate_keeps_what_was_known_before_and_ends_the_coverage(as_of, known, ends):
    behind = make_history(as_frame(table(FACTS)), list(SOURCES)).known_before(day(as_of))
    assert len(behind.events) == known
    assert [str(coverage.ends_on) for coverage in behind.coverages] == ends


def test_two_gates_are_the_narrower_of_them():
    history = history_of(FACTS, *SOURCES)
    for one, other in (("2010-05-04", "2010-06-15"), ("2010-06-15", "2010-05-04")):
        twice = history.known_before(day(one)).known_before(day(other))
        assert twice.fingerprint() == history.known_before(day("2010-05-04")).fingerprint()


def test_events_know_their_dyad_and_direction():
    events = make_history(as_frame(table(FACTS)), list(SOURCES)).events
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


@pytest.mark.parametrize("name", [one.name for one in fields(Coverage)])
def test_the_fingerprint_changes_with_whatever_a_source_declares(name):
    """Each of them may change which meetings are resolved."""
    source, other = covered(), covered("other", "1990-01-01", "2001-02-03", focal="FRA", source="other.csv")
    values = {
        "declared": False,
        "defines_meetings": False,
        "complete": False,
        "direction": "visits",
        "level": "minister",
    }
    changed = replace(source, **{name: values.get(name, getattr(other, name))})
    rows = as_frame(table(FACTS))
    assert make_history(rows, [source]).fingerprint() != make_history(rows, [changed]).fingerprint()


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


def test_a_source_of_which_nothing_is_known_does_not_exist():
    """It covers no day, has no dyads and gives no first day of the record, though it declares all years."""
    silent = (
        covered("gazette", "1990-01-01", focal="FRA"),
        covered("ledger:late", "1990-01-01", "2024-12-31", focal="", source="late.csv"),
    )
    late = "publisher|source|recipient|occurred_on\nledger:late|CHN|IND|2024-03-01"
    history = make_history(as_frame([*table(FACTS), *table(late)]), [*SOURCES[1:], *silent])
    without = make_history(as_frame(table(FACTS)), list(SOURCES[1:]))
    for as_of in (day("2010-05-01"), day("2010-05-04"), day("2023-01-01")):
        known, other = history.known_before(as_of), without.known_before(as_of)
        assert [c.publisher for c in known.coverages if c.focal] == (["gazette"] if as_of > day("2010-05-01") else [])
        assert "ledger:late" not in {c.publisher for c in known.coverages}
        assert known.cohort(as_of) == history.cohort(as_of)
        assert {dyad for dyad in known.cohort(as_of) if "FRA" not in dyad} == set(other.cohort(as_of))
        assert known.coverage_end("CHN-IND") is None
        first, until = history.recorded("CHN-IND", np.array([day_number(as_of)]))
        assert first == until


def test_a_source_that_covers_no_day_yet_has_no_dyads_yet():
    history = make_history(as_frame(table("occurred_on\n2003-01-01")), [covered(starts_on="2005-01-01")])
    for as_of, exists in (("2004-01-01", False), ("2005-01-01", False), ("2005-01-02", True)):
        assert bool(history.cohort(day(as_of))) is exists
        assert bool(history.known_before(day(as_of)).cohort(day(as_of))) is exists
        assert history.focal_states_on(day(as_of)) == (("USA",) if exists else ())


OF_RECORD = """
publisher | occurred_on | note
ledger:x  | 2009-06-01  | while no complete publisher existed
list      | 2009-06-02  | partial
ledger:x  | 2010-01-31  | the day before it began
gazette   | 2010-02-01  | complete
ledger:x  | 2010-02-01  | beside it
"""


def test_a_publisher_that_begins_later_does_not_change_what_was_of_record_before():
    sources = [covered(), covered("ledger:x", focal=""), covered("list", focal="", direction="", complete=False)]
    history = make_history(as_frame(table(OF_RECORD)), sources)
    whole = history.of_record(history.events)
    taken = ["while no complete publisher existed", "the day before it began", "complete"]
    assert history.events.loc[whole, "note"].tolist() == taken
    for as_of in ("2010-01-01", "2010-02-01", "2010-02-02"):
        known = history.known_before(day(as_of))
        assert known.of_record(known.events).tolist() == whole[: len(known.events)].tolist()


def test_a_history_with_other_coverage_remembers_nothing_of_the_old_one():
    history = history_of(FACTS, *SOURCES)
    days = np.array([day_number(day("2010-06-01"))])
    assert history.resolved_until("USA-CHN", days) > days
    assert replace(history, coverages=SOURCES[1:]).resolved_until("USA-CHN", days) == days
