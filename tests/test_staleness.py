"""Old facts: said beside every forecast, wider intervals, and no promotion on dead sources."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import forecast as fc
from conftest import quick_audit
from forecast.display.frames import STALE_AFTER_DAYS
from forecast.promotion.checks import DEAD_AFTER_DAYS, alive
from forecast.verbs import predict, rank
from forecast.verbs.widening import SPREADS, stale_days, widened
from text_tables import covered, day, history_of

QUERY = {"model": "climatology", "horizons": [30, 90]}

# As of a day: coverage ends, an event of the pair became known, and the days that the forecast calls stale.
AGES = """
2010-03-05 | 2010-12-31 | 2002-01-01 | 0
2011-01-01 | 2010-12-31 | 2002-01-01 | 0
2011-01-02 | 2010-12-31 | 2002-01-01 | 1
2011-06-30 | 2010-12-31 | 2002-01-01 | 180
2011-06-30 | 2010-12-31 | 2011-03-01 | 180
2011-06-30 | 2010-12-31 | 2011-06-29 | 180
2011-06-30 | 2010-12-31 | 2011-06-30 | 180
"""


@pytest.mark.parametrize("row", [line.split(" | ") for line in AGES.strip().splitlines()], ids=" ".join)
@pytest.mark.parametrize("level", ["minister", "leader"])
def test_a_record_is_as_old_as_its_last_covered_day_whatever_is_reported_later(row, level):
    as_of, ends_on, known_on, expected = row
    history = history_of(f"known_on | level\n{known_on} | {level}", covered(ends_on=ends_on))
    found = stale_days(history.known_before(day(as_of)), ["USA-CHN"], day(as_of))
    assert found.tolist() == [int(expected)]


PROBABILITIES = st.floats(1e-6, 1 - 1e-6)


@given(st.tuples(PROBABILITIES, PROBABILITIES, PROBABILITIES).map(sorted), st.lists(st.integers(0, 5000), min_size=2))
def test_an_interval_is_never_narrower_the_older_the_facts_are(parts, ages):
    ages = np.array(sorted(ages))
    low, middle, high = (np.full((len(ages), 1), part) for part in parts)
    lower, upper = widened(middle, low, high, ages)
    assert (lower[ages == 0] == low[ages == 0]).all()
    assert (upper[ages == 0] == high[ages == 0]).all()
    assert ((lower > 0) & (lower <= low) & (high <= upper) & (upper < 1)).all()
    assert (np.diff(lower[:, 0]) <= 1e-12).all()
    assert (np.diff(upper[:, 0]) >= -1e-12).all()


def test_the_spread_grows_with_age():
    days, spreads = np.array(SPREADS).T
    assert (days[0], spreads[0]) == (0, 0)
    assert (np.diff(days) > 0).all()
    assert (np.diff(spreads) > 0).all()


def test_a_stale_forecast_says_so_and_has_a_wider_interval(rivals):
    fresh = fc.predict("IND-PAK", root=rivals, as_of="2020-01-01", **QUERY)
    stale = fc.predict("IND-PAK", root=rivals, as_of="2022-01-01", **QUERY)
    assert fresh["stale_days"].tolist() == [0, 0]
    assert stale["stale_days"].tolist() == [731, 731]
    assert not fresh["warnings"].str.contains("stale").any()
    assert stale["warnings"].str.contains("stale: the record ended 731 days before").all()
    widths = [rows["high"] - rows["low"] for rows in (fresh, stale)]
    assert (widths[1] > widths[0]).all()
    assert ("stale" in str(predict.table(fresh)), "731 d" in str(predict.table(stale))) == (False, True)
    assert ("stale" in str(fresh._repr_html_()), "731 d" in str(stale._repr_html_())) == (False, True)


def test_a_watch_list_marks_stale_dyads(rivals):
    rows = fc.rank(root=rivals, focal="IND", as_of="2022-01-01", horizon=90, model="climatology")
    assert (rows["stale_days"] > STALE_AFTER_DAYS).all()
    assert "731 d" in str(rank.table(rows))


@pytest.mark.parametrize(("end", "passed"), [(DEAD_AFTER_DAYS + 1, True), (DEAD_AFTER_DAYS + 2, False)])
def test_one_source_that_goes_on_is_enough(end, passed):
    as_of = day("2020-01-01")
    check = alive({"old": "1999-12-31", "new": str(as_of - np.timedelta64(end, "D"))}, as_of)
    assert check.passed == passed
    assert "old ends on 1999-12-31" in check.reason


def test_without_a_source_nothing_is_alive():
    assert not alive({}, day("2020-01-01")).passed


# Retrains a workspace.
@pytest.mark.slow
def test_nobody_is_promoted_on_dead_sources_unless_that_is_allowed(league, tmp_path):
    root = shutil.copytree(league, tmp_path / "league", symlinks=True)
    question = {"root": root, "as_of": "2020-09-01", "model": "climatology"}
    with quick_audit():
        refused = fc.retrain(**question)
        again = fc.retrain(**question)
        allowed = fc.retrain(**question, allow_stale=True)
    assert not refused.promoted
    assert "sources (a source of meetings must reach to 2020-03-04" in refused.report["reason"]
    assert not again.is_new
    assert allowed.is_new
    assert "sources" not in [check["name"] for check in allowed.report["checks"]]
