"""Where a signal is missing: nothing reported is zero only where a source could have reported something."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import Selector, make_cube
from forecast.signals.declare import Signal
from forecast.signals.engine import evaluate
from text_tables import covered, days, history_of, table

MEETINGS = Signal("spec__count__30d", "meetings", Selector(level=("leader",)), window_days=30)
MINISTERS = Signal("spec__count__30d", "ministers", Selector(level=("minister",)), window_days=30)
SESSIONS = Signal("spec__count__30d", "sessions", Selector(is_dialogue=True), window_days=30)
CALLS = Signal("spec__count__30d", "calls", Selector(mode=("phone",)), window_days=30, ledger=True)
SIGNALS = {"meetings": MEETINGS, "ministers": MINISTERS, "sessions": SESSIONS, "calls": CALLS}

GAZETTE = covered("gazette", "2020-03-10", "2020-12-31")
LEADERS = covered("list", "2020-03-10", "2020-12-31", focal="CHN", level="leader")
LEDGER = covered("ledger:a", "2020-02-01", "2029-12-31", focal="", source="a.csv")
RELEASES = covered("press", "2020-03-10", "2020-12-31", focal="CHN", complete=False)
LATER = covered("ledger:b", "2020-06-10", "2029-12-31", focal="", source="b.csv")
OPEN = covered("ledger:a", "2020-02-01", "2029-12-31", focal="", source="a.csv", declared=False)

#: A fact that no signal counts, by the ledgers of the dyad.
FACT = "publisher|source|recipient|event|mode|level|occurred_on|known_on"
A = "ledger:a|USA|CHN|AID|assist|working|2020-02-01|2020-04-15"
B = "ledger:b|USA|CHN|AID|assist|working|2020-02-01|2020-04-15"
#: A release of the state's government on a call with a third one.
CALL = "press|CHN|FRA|CONSULT|phone|leader|2020-04-14|2020-04-15"
ELSEWHERE = "ledger:a|USA|FRA|AID|assist|working|2020-02-01|2020-02-15"


def found(coverages, facts, about, as_ofs, dyad="USA-CHN"):
    """Counts of a kind of events behind the gate and from the whole history, which must agree."""
    history, asked = history_of("\n".join([FACT, *facts]), *coverages), days(*as_ofs)
    signal = SIGNALS[about]
    whole = evaluate(make_cube(history), [signal], dyads=[dyad] * len(asked), as_ofs=asked)[signal.name].to_numpy()
    behind = [
        evaluate(make_cube(history.known_before(one)), [signal], dyads=[dyad], as_ofs=np.array([one]))[signal.name][0]
        for one in asked
    ]
    np.testing.assert_array_equal(whole, behind)
    return "".join("?" if np.isnan(value) else str(int(value)) for value in whole)


# Nothing has happened. A question mark is a missing value, on the boundary day of each source and the day after.
SPEC = """
sources        | about     | 2020-03-10 | 2020-03-11 | 2020-04-15 | 2020-04-16 | 2020-06-11
gazette        | meetings  | ?          | 0          | 0          | 0          | 0
gazette        | ministers | ?          | 0          | 0          | 0          | 0
gazette        | sessions  | ?          | 0          | 0          | 0          | 0
gazette        | calls     | ?          | ?          | ?          | ?          | ?
leaders        | meetings  | ?          | 0          | 0          | 0          | 0
leaders        | ministers | ?          | ?          | ?          | ?          | ?
leaders        | sessions  | ?          | ?          | ?          | ?          | ?
ledger         | meetings  | ?          | ?          | ?          | 0          | 0
ledger         | ministers | ?          | ?          | ?          | 0          | 0
ledger         | sessions  | ?          | ?          | ?          | 0          | 0
ledger         | calls     | ?          | ?          | ?          | 0          | 0
open           | meetings  | ?          | ?          | ?          | 0          | 0
open           | calls     | ?          | ?          | ?          | 0          | 0
later          | calls     | ?          | ?          | ?          | ?          | 0
elsewhere      | calls     | ?          | ?          | ?          | ?          | ?
releases       | calls     | ?          | ?          | ?          | 0          | 0
silent         | calls     | ?          | ?          | ?          | ?          | ?
releases       | sessions  | ?          | ?          | ?          | ?          | ?
gazette ledger | calls     | ?          | ?          | ?          | 0          | 0
leaders ledger | ministers | ?          | ?          | ?          | ?          | ?
"""
SOURCES = {
    "gazette": (GAZETTE, ()), "leaders": (LEADERS, ()), "ledger": (LEDGER, (A,)), "later": (LATER, (B,)),
    "open": (OPEN, (A,)), "elsewhere": (LEDGER, (ELSEWHERE,)),
    "releases": (RELEASES, (CALL,)), "silent": (RELEASES, (CALL.replace("phone", "visit"),)),
}  # fmt: skip


@pytest.mark.parametrize("row", table(SPEC), ids=lambda row: f"{row['sources']}-{row['about']}")
def test_nothing_is_zero_from_the_day_after_a_source_begins(row):
    taken = [SOURCES[name] for name in row["sources"].split()]
    coverages, facts = [coverage for coverage, _ in taken], [fact for _, facts in taken for fact in facts]
    as_ofs = [name for name in row if name.startswith("2020")]
    assert found(coverages, facts, row["about"], as_ofs) == "".join(row[day] for day in as_ofs)


def test_a_ledger_that_begins_to_report_on_the_dyad_later_does_not_lengthen_the_window():
    # By the first ledger the window ends in March; the second knows the dyad only from May.
    short = covered("ledger:a", "2020-02-01", "2020-03-20", focal="", source="a.csv")
    other = covered("ledger:b", "2020-01-01", "2029-12-31", focal="", source="b.csv")
    a, b = "ledger:a|USA|CHN|CONSULT|phone|leader|2020-03-10|", "ledger:b|USA|CHN|AID|assist|working|2020-05-01|"
    facts = [a, b, "ledger:b|USA|FRA|AID|assist|working|2020-01-02|"]
    assert found([short, other], facts, "calls", ["2020-03-21", "2020-05-01", "2020-05-02"]) == "110"


def test_windows_of_ministers_end_with_the_list_of_ministers():
    ended = covered("gazette", "2020-01-01", "2020-03-31")
    facts = ["gazette|USA|CHN|CONSULT|visit|minister|2020-03-20|"]
    assert found([ended], facts, "ministers", ["2020-03-20", "2020-03-21", "2020-04-19", "2020-12-31"]) == "0111"


def test_every_signal_of_the_catalogue_has_a_kind_of_source():
    by_kind = {}
    for name, signal in CATALOGUE.items():
        by_kind.setdefault(signal.about, set()).add(name)
    assert set(by_kind) == {"meetings", "ministers", "ledgers"}
    assert all(CATALOGUE[name].ledger for name in by_kind["ledgers"])
    assert {"visits__minister_to_first_count__90d", "dialogues__session_count__365d"} <= by_kind["ministers"]
    assert {"meetings__never", "visits__leader_to_second_count__1096d"} <= by_kind["meetings"]


def test_a_missing_signal_has_no_day_of_reports_before_it():
    """Days since and never are missing together, or one says what the other does not."""
    facts = [A, "gazette|USA|CHN|CONSULT|visit|leader|2020-05-01|"]
    history = history_of("\n".join([FACT, *facts]), GAZETTE, LEDGER)
    signals = [CATALOGUE["meetings__days_since_last"], CATALOGUE["meetings__never"]]
    asked = days("2020-03-10", "2020-03-11", "2020-05-01", "2020-05-02")
    values = evaluate(make_cube(history), signals, dyads=["USA-CHN"] * 4, as_ofs=asked)
    assert values["meetings__never"].tolist() == pytest.approx([np.nan, 1, 1, 0], nan_ok=True)
    assert values["meetings__days_since_last"].tolist() == pytest.approx([np.nan, np.nan, np.nan, 1], nan_ok=True)


SIDES = """
source | sides
USA    | 1 0
CHN    | 0 1
both   | 1 1
ledger | 0 0
visits | 0 0
"""


@pytest.mark.parametrize("row", table(SIDES), ids=lambda row: row["source"])
def test_a_side_is_focal_where_complete_sources_cover_both_of_its_directions(row):
    from forecast.signals.sides import FOCAL, focal_sides
    from text_tables import view

    coverages = {
        "USA": [GAZETTE], "CHN": [LEADERS], "both": [GAZETTE, LEADERS], "ledger": [LEDGER],
        "visits": [covered("gazette", "2020-03-10", "2020-12-31", direction="visits")],
    }[row["source"]]  # fmt: skip
    history = history_of("\n".join([FACT, A]), *coverages).known_before(np.datetime64("2020-06-01"))
    values = focal_sides(view(history, dyads=["USA-CHN"], as_of=np.datetime64("2020-06-01")))
    assert list(values.columns) == list(FOCAL)
    assert values.iloc[0].tolist() == [float(value) for value in row["sides"].split()]
