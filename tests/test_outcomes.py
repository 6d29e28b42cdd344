"""Outcomes: half-open windows, resolution by coverage, targets, several sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import each
from forecast.dates import day_number
from forecast.errors import ForecastError
from forecast.panel.outcomes import NEVER, met_within, observe
from forecast.signals.cube import make_cube
from forecast.workspace import load_history
from text_tables import covered, days, history_of, table

FACTS = """
occurred_on | setting      | level    | mode  | status
2020-03-10  | bilateral    |          |       |
2020-02-01  | multilateral |          |       |
2020-01-20  |              | minister |       |
2020-01-25  |              |          | phone |
2020-01-26  |              |          |       | announced
"""

# Covered to 2020-03-31. A meeting on the as-of date counts as day 0.
OBSERVED = """
as_of      | target    | first | followup
2020-01-01 | meeting   | 31    | 91
2020-01-01 | bilateral | 69    | 91
2020-02-01 | meeting   | 0     | 60
2020-02-02 | meeting   | 37    | 59
2020-03-10 | meeting   | 0     | 22
2020-03-11 | meeting   | -1    | 21
2020-03-31 | meeting   | -1    | 1
2020-04-01 | meeting   | -1    | 0
2020-04-30 | meeting   | -1    | 0
2019-12-31 | meeting   | -1    | 0
2010-01-01 | meeting   | -1    | 0
"""


def look(history, as_of, *, target="meeting", dyad="USA-CHN"):
    found = observe(make_cube(history), dyads=[dyad], as_ofs=days(as_of), target=target)
    return tuple(found.iloc[0].tolist())


@pytest.mark.parametrize("row", table(OBSERVED), ids=lambda row: f"{row['as_of']}-{row['target']}")
def test_the_first_meeting_is_counted_from_the_as_of_date(row):
    history = history_of(FACTS, covered(starts_on="2020-01-01", ends_on="2020-03-31"))
    assert look(history, row["as_of"], target=row["target"]) == (int(row["first"]), int(row["followup"]))


# first, follow-up, horizon -> met. Resolved only if the whole window is covered, even if a meeting was seen.
WITHIN = """
first | followup | horizon | met
0     | 30       | 1       | 1.0
0     | 30       | 30      | 1.0
0     | 30       | 31      | nan
29    | 30       | 30      | 1.0
30    | 60       | 30      | 0.0
30    | 60       | 31      | 1.0
-1    | 30       | 30      | 0.0
-1    | 29       | 30      | nan
"""


@pytest.mark.parametrize("row", table(WITHIN), ids=lambda row: "-".join(row.values()))
def test_a_window_is_half_open_and_resolved_as_a_whole(row):
    seen = pd.DataFrame({"first_meeting_in_days": [int(row["first"])], "followup_days": [int(row["followup"])]})
    assert met_within(seen, int(row["horizon"])).tolist() == pytest.approx([float(row["met"])], nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 730), st.integers(-1, 729)), min_size=1, max_size=20))
def test_within_a_row_outcomes_grow_with_the_horizon_until_they_are_unresolved(rows):
    frame = pd.DataFrame([{"followup_days": f, "first_meeting_in_days": m if m < f else NEVER} for f, m in rows])
    table_ = np.column_stack([met_within(frame, horizon) for horizon in range(1, 731, 27)])
    unresolved = np.isnan(table_)
    assert (np.diff(unresolved.astype(int), axis=1) >= 0).all()
    assert (np.diff(np.nan_to_num(table_, nan=2.0), axis=1) >= 0).all()


def test_the_followup_is_at_most_two_years():
    history = history_of("occurred_on\n2024-05-05", covered())
    assert look(history, "2020-01-01") == (NEVER, 730)
    assert look(history, "2022-05-06") == (NEVER, 730)
    assert look(history, "2022-05-07") == (729, 730)


def test_a_meeting_seen_after_the_end_of_coverage_resolves_nothing():
    history = history_of("occurred_on\n2020-05-05", covered(ends_on="2020-04-30"))
    assert look(history, "2020-04-01") == (NEVER, 30)


def test_both_directions_are_needed():
    facts = "occurred_on\n2020-05-05"
    both = (
        covered(source="visits", ends_on="2020-12-31", direction="visits"),
        covered(source="journeys", starts_on="2010-01-01", ends_on="2020-06-30", direction="journeys"),
    )
    assert look(history_of(facts, *both), "2020-05-01") == (4, 61)
    assert look(history_of(facts, *both), "2009-05-01") == (NEVER, 0)
    signals_only = covered(source="secretaries", ends_on="2020-05-02", defines_meetings=False)
    assert look(history_of(facts, *both, signals_only), "2020-05-01") == (4, 61)
    partial = covered(source="list", direction="", complete=False)
    assert look(history_of(facts, *both, partial), "2020-05-01") == (4, 61)
    assert look(history_of(facts, both[0], partial), "2020-05-01") == (NEVER, 0)


LEDGERS = """
publisher | source | recipient | occurred_on
ledger:a  | IND    | PAK       | 2020-02-10
ledger:b  | IND    | PAK       | 2020-08-10
ledger:b  | IND    | CHN       | 2020-09-10
gazette   | IND    | PAK       | 2020-01-10
"""


def test_ledgers_of_one_dyad_complete_one_another():
    sources = (
        covered(),
        covered("ledger:a", "2020-01-01", "2020-06-30", focal="", source="a.csv"),
        covered("ledger:b", "2020-06-01", "2020-12-31", focal="", source="b.csv"),
    )
    history = history_of(LEDGERS, *sources)
    # The gazette covers dyads of the USA alone: what it reports of others is a meeting, but resolves nothing.
    assert look(history, "2020-01-05", dyad="IND-PAK") == (5, 362)
    assert look(history, "2020-01-11", dyad="IND-PAK") == (30, 356)
    assert look(history, "2020-03-01", dyad="IND-PAK") == (162, 306)
    assert look(history, "2020-03-01", dyad="CHN-IND") == (NEVER, 0)
    assert look(history, "2020-06-01", dyad="CHN-IND") == (101, 214)


def test_a_ledger_beside_a_complete_publisher_adds_meetings_and_the_days_that_it_declares():
    facts = "publisher|occurred_on\ngazette|2020-05-05\nledger:a|2020-02-02"

    def beside(starts_on, ends_on, **said):
        return history_of(facts, covered(), covered("ledger:a", starts_on, ends_on, focal="", source="a.csv", **said))

    declared = beside("1990-01-01", "2035-01-01")
    assert look(declared, "2020-01-01") == (32, 730)
    assert look(declared, "1995-01-01") == (NEVER, 730)
    assert look(declared, "2030-01-01") == (NEVER, 730)
    for said in ({"complete": False}, {"declared": False}):
        history = beside("1990-01-01", "2035-01-01", **said)
        assert look(history, "2020-01-01") == (32, 730)
        assert look(history, "1995-01-01") == (NEVER, 0)
        assert look(history, "2029-12-31") == (NEVER, 1)
        assert look(history, "2030-01-01") == (NEVER, 0)


def test_two_ledgers_without_declared_days_leave_the_years_between_them_unresolved():
    facts = """
    publisher | source | recipient | occurred_on
    ledger:a  | IND    | PAK       | 2010-02-10
    ledger:a  | IND    | PAK       | 2011-02-10
    ledger:b  | IND    | PAK       | 2015-02-10
    ledger:b  | IND    | PAK       | 2016-02-10
    """
    ledgers = {"ledger:a": ("2010-02-10", "2011-02-10"), "ledger:b": ("2015-02-10", "2016-02-10")}
    history = history_of(facts, *(covered(name, *span, focal="", declared=False) for name, span in ledgers.items()))
    assert look(history, "2011-02-01", dyad="IND-PAK") == (9, 10)
    assert look(history, "2012-02-01", dyad="IND-PAK") == (NEVER, 0)
    assert look(history, "2016-02-01", dyad="IND-PAK") == (9, 10)
    as_ofs = np.array([day_number(np.datetime64(text)) for text in ("2013-01-01", "2015-02-11", "2017-01-01")])
    begun = [day_number(np.datetime64(text)) for text in ("2010-02-10", "2015-02-10", "2015-02-10")]
    assert history.recorded("IND-PAK", as_ofs)[0].tolist() == begun


# The days of one or two reports of May 2020, and what is seen on a day of it.
STAYS = """
first | second | as_of | seen
04    |        | 04    | 0
04    |        | 05    | never
04-09 |        | 03    | 1
04-09 |        | 04    | 0
04-09 |        | 05    | unresolved
04-09 |        | 09    | unresolved
04-09 |        | 10    | never
04-09 | 07     | 03    | 4
04-09 | 07     | 05    | 2
04-09 | 07     | 07    | 0
04-09 | 07     | 08    | never
04-09 | 06-07  | 05    | 1
04-09 | 06-07  | 07    | unresolved
04-09 | 06-07  | 08    | never
04-09 | 12     | 05    | unresolved
04-09 | 12     | 10    | 2
"""


@each("turned", [False, True])
@each("row", table(STAYS))
def test_a_stay_is_an_interval_that_a_more_precise_report_dates(row, turned):
    lines = ["publisher | started_on | ended_on | known_on"]
    for publisher, said, later in (("gazette", row["first"], turned), ("list", row["second"], not turned)):
        if said:
            begins, _, ends = said.partition("-")
            lines.append(f"{publisher} | 2020-05-{begins} | 2020-05-{ends or begins} | 2020-06-0{1 + later}")
    partial = covered("list", focal="", direction="", complete=False)
    first, followup = look(history_of("\n".join(lines), covered(), partial), f"2020-05-{row['as_of']}")
    assert followup == (0 if row["seen"] == "unresolved" else 730)
    assert first == (NEVER if row["seen"] in ("unresolved", "never") else int(row["seen"]))


@pytest.mark.parametrize("known", [("03", "01", "02"), ("01", "02", "03"), ("02", "01", "03")])
def test_two_days_that_reports_name_within_one_stay_are_both_seen(known):
    """Whichever report became known first: the two met if any source reports it."""
    facts = f"""
    publisher | started_on | ended_on   | known_on
    gazette   | 2020-05-04 | 2020-05-09 | 2020-06-{known[0]}
    list      | 2020-05-05 | 2020-05-05 | 2020-06-{known[1]}
    other     | 2020-05-08 | 2020-05-08 | 2020-06-{known[2]}
    """
    history = history_of(facts, covered())
    assert [look(history, f"2020-05-{at:02}")[0] for at in range(3, 11)] == [2, 1, 0, 2, 1, 0, NEVER, NEVER]


def test_undeclared_coverage_resolves_to_the_last_fact_known():
    facts = """
    publisher | source | recipient | occurred_on | known_on
    ledger:a  | IND    | PAK       | 2020-02-10  | 2020-02-12
    ledger:a  | IND    | PAK       | 2020-04-01  | 2020-06-30
    """
    open_end = covered("ledger:a", "2020-02-12", "2020-06-30", focal="", source="a.csv", declared=False)
    history = history_of(facts, open_end)
    assert look(history, "2020-03-01", dyad="IND-PAK") == (31, 122)
    assert look(history.known_before(np.datetime64("2020-06-30")), "2020-02-12", dyad="IND-PAK") == (NEVER, 1)


def test_declared_coverage_comes_from_the_manifest(tmp_path):
    from simulated_ledgers import simulated_ledger, write_workspace

    rows = simulated_ledger("IND", "PAK", start="2010-01-01", end="2012-01-01", leader_rows=3, minister_rows=3, seed=1)
    told = write_workspace(
        tmp_path / "a", {"x.csv": rows}, {"x.csv": {"coverage_start": "2009-01-01", "coverage_end": "2013-12-31"}}
    )
    untold = write_workspace(tmp_path / "b", {"x.csv": rows})
    assert look(load_history(told), "2012-12-31", dyad="IND-PAK") == (NEVER, 366)
    assert look(load_history(untold), "2012-12-31", dyad="IND-PAK") == (NEVER, 0)


@pytest.mark.parametrize("as_of", ["1969-12-31", "1970-01-01", "1970-01-02", "2020-01-01"])
def test_a_dyad_that_no_source_covers_is_never_resolved(as_of):
    history = history_of("occurred_on\n2020-05-05", covered(starts_on="1900-01-01"))
    assert look(history, as_of, dyad="IND-PAK") == (NEVER, 0)


def test_a_history_without_events_is_observed_too():
    history = history_of("occurred_on\n2020-05-05", covered()).known_before(np.datetime64("2010-01-01"))
    assert look(history, "2009-12-01") == (NEVER, 31)
    nothing = history.known_before(np.datetime64("2000-01-01"))
    assert nothing.events.empty
    assert look(nothing, "2009-12-01") == (NEVER, 0)


def test_an_unknown_target_is_refused():
    with pytest.raises(ForecastError, match="unknown target 'phone call'; there are meeting, bilateral"):
        look(history_of("occurred_on\n2020-05-05"), "2020-01-01", target="phone call")
