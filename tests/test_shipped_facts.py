"""End to end on the shipped facts: the founding question and a few laws."""

from __future__ import annotations

import fcntl
import json

import numpy as np
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.panel.outcomes import met_within
from forecast.panel.panel import build_panel

AS_OF = "2023-09-29"


@pytest.fixture(scope="module")
def history(shipped_history):
    return shipped_history


@pytest.fixture(scope="module")
def everyone(shipped):
    """Forecasts of all dyads on the day of the founding question; the model is trained once."""
    with (shipped / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return fc.predict(as_of=AS_OF, root=shipped, horizons=[30, 63, 180])


def test_the_founding_question_is_answered(shipped, everyone):
    rows = fc.predict("China-United States", as_of=AS_OF, by="2023-11-30", root=shipped)
    row = rows.iloc[0]
    assert (row["dyad"], row["horizon_days"], row["window_end"]) == ("USA-CHN", 63, "2023-11-30")
    assert 0 < row["low"] < row["probability"] < row["high"] < 1
    among = everyone.loc[(everyone["dyad"] == "USA-CHN") & (everyone["horizon_days"] == 63)].iloc[0]
    assert among["probability"] == pytest.approx(row["probability"], abs=1e-12)


def test_they_met_in_the_middle_of_november(history):
    """Xi was received on 15 November 2023; the record gives the stay, which began up to three days before."""
    panel = build_panel(history, np.array([AS_OF], dtype="datetime64[D]"), dyads=["USA-CHN"])
    assert 44 <= panel.outcomes["first_meeting_in_days"].iloc[0] <= 47
    assert met_within(panel.outcomes, 44).tolist() == [0.0]
    assert met_within(panel.outcomes, 48).tolist() == [1.0]


def test_every_dyad_of_the_cohort_has_its_rows(history, everyone):
    cohort = history.cohort(np.datetime64(AS_OF))
    assert len(cohort) > 190
    assert everyone["dyad"].unique().tolist() == cohort
    assert (everyone["low"] <= everyone["probability"]).all()
    assert (everyone["probability"] <= everyone["high"]).all()
    assert (np.diff(everyone["probability"].to_numpy().reshape(-1, 3), axis=1) >= 0).all()


def test_old_friends_stand_before_states_that_were_never_met(everyone):
    at = everyone.loc[everyone["horizon_days"] == 180].set_index("dyad")["probability"]
    assert at[["USA-GBR", "USA-FRA", "USA-DEU"]].min() > at[["USA-PRK", "USA-NRU", "USA-TUV"]].max()


def test_a_prediction_comes_back_the_same_from_the_stored_model(shipped, everyone):
    stored = list((shipped / "mlruns" / "models").iterdir())
    again = fc.predict(as_of=AS_OF, root=shipped, horizons=[30, 63, 180])
    assert again.drop(columns="issued_at").equals(everyone.drop(columns="issued_at"))
    assert list((shipped / "mlruns" / "models").iterdir()) == stored


def test_the_signals_of_the_prediction_are_those_of_the_whole_history(history):
    as_of = np.datetime64(AS_OF)
    whole = build_panel(history, np.array([as_of]))
    known = build_panel(history.known_before(as_of), np.array([as_of]))
    differing = [
        name
        for name in whole.signals
        if whole.signals[name].to_numpy().tobytes() != known.signals[name].to_numpy().tobytes()
    ]
    assert differing == []


def test_the_table_fits_the_terminal(shipped, everyone):
    shown = CliRunner().invoke(
        main, ["predict", "--all", "--as-of", AS_OF, "--root", str(shipped), "--horizon", "30,63,180"]
    )
    assert shown.exit_code == 0, shown.stderr
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80


def test_json_and_the_frame_hold_the_same(shipped, everyone):
    args = [
        "predict",
        "USA-CHN",
        "--as-of",
        AS_OF,
        "--format",
        "json",
        "--horizon",
        "30,63,180",
        "--root",
        str(shipped),
    ]
    rows = json.loads(CliRunner().invoke(main, args).stdout)
    mine = everyone.loc[everyone["dyad"] == "USA-CHN", "probability"].tolist()
    assert [row["probability"] for row in rows] == pytest.approx(mine, abs=1e-12)


def test_the_check_counts_every_source(shipped):
    rows = fc.check(root=shipped)
    assert (rows["events"] > 10).all()
    assert (rows["coverage_start"] < rows["coverage_end"]).all()
    assert len(fc.uncoded(root=shipped)) == rows["uncoded"].sum()


def test_nothing_in_the_facts_is_known_before_it_could_be(history):
    events = history.events
    happened = events.loc[(events["event"] == "CONSULT") & (events["status"] == "occurred")]
    assert (happened["known_on"] >= happened["occurred_on"]).all()
    assert events["known_on"].notna().all()
