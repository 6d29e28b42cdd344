"""`predict --record` and `verify --log`: from the forecast to its verdict."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import forecast as fc
from forecast.cli.main import main
from forecast.monitoring.forecast_log import append_forecasts, log_path, read_log
from forecast.workspace import load_history


@pytest.fixture
def workspace(rivals, tmp_path) -> Path:
    """India and Pakistan, whose record ends on 2019-12-31."""
    shutil.copytree(rivals / "data", tmp_path / "ws" / "data")
    return tmp_path / "ws"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def recorded(root: Path, as_of: str = "2018-03-01", *words: object) -> Result:
    asked = ("predict", "IND-PAK", "--as-of", as_of, "--model", "base-rate", "--record", "--root", root)
    done = run(*asked, *words)
    assert done.exit_code == 0, done.stderr
    return done


def test_what_is_printed_is_what_is_recorded(workspace):
    done = recorded(workspace, "2018-03-01", "--format", "json")
    entries = [dict(entry) for entry in read_log(workspace).entries]
    assert all(len(entry.pop("code_version")) == 12 for entry in entries)
    assert entries == json.loads(done.stdout)
    assert done.stderr == f"forecast: recorded; head of the log: {read_log(workspace).head}, 3 lines\n"


def test_without_the_flag_nothing_is_recorded(workspace):
    fc.predict("IND-PAK", as_of="2018-03-01", root=workspace, model="base-rate")
    assert not log_path(workspace).exists()


def test_the_log_outlives_what_the_program_can_make_again(workspace):
    rows = fc.predict("IND-PAK", as_of="2018-03-01", root=workspace, model="base-rate", record=True)
    shutil.rmtree(workspace / "mlruns")
    found = fc.verify_log(root=workspace)
    assert rows.attrs["log"] == {"head": found.head, "n_lines": 3}
    assert found.forecasts["probability"].tolist() == rows["probability"].tolist()


def test_outcomes_are_those_of_the_record_and_only_of_whole_windows(workspace):
    days = ["2018-03-01", "2019-11-01", "2019-12-20"]
    for day in days:
        fc.predict("IND-PAK", as_of=day, root=workspace, model="base-rate", record=True)
    found = fc.verify_log(root=workspace).forecasts
    events = load_history(workspace).events
    met = events.loc[(events["level"] == "leader") & (events["status"] == "occurred"), "occurred_on"]
    met = met[events["mode"].isin(["visit", "meet", "multilateral", "third-party"])]
    for _, row in found.iterrows():
        if row["window_end"] > "2019-12-31":
            assert np.isnan(row["outcome"])
        else:
            assert row["outcome"] == float(met.between(row["as_of"], row["window_end"]).any())
    assert found["outcome"].isna().sum() == 5


def test_hindcasts_are_told_apart_from_forecasts(workspace):
    recorded(workspace)
    entry = dict(read_log(workspace).entries[0])
    append_forecasts(workspace, [entry | {"issued_at": "2018-03-01T10:00:00+00:00", "horizon_days": 31}])
    done = run("verify", "--log", "--root", workspace)
    assert done.exit_code == 0
    text = done.stdout
    assert text.index("Forecasts, issued by the day after") < text.index("Hindcasts")
    assert "3 recorded, 0 unresolved, 3 resolved" in text.partition("Hindcasts")[2]
    assert "not enough cases (n = 0)" in text
    assert text.splitlines()[-2:] == ["4 lines, and the head of the log:", read_log(workspace).head]
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_kept_head_is_found_or_its_loss_is_an_error(workspace):
    recorded(workspace)
    kept = read_log(workspace).head
    recorded(workspace, "2018-04-01")
    done = run("verify", "--log", "--head", kept, "--root", workspace)
    assert "the kept head is that of line 3: up to it nothing was changed or lost" in done.stdout
    path = log_path(workspace)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert run("verify", "--log", "--root", workspace).exit_code == 0
    done = run("verify", "--log", "--head", kept, "--root", workspace)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert "no line has the kept head" in done.stderr


def test_a_changed_line_is_an_error_that_names_it(workspace):
    recorded(workspace)
    path = log_path(workspace)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b'"target":"meeting"', b'"target":"bilateral"') + lines[2])
    done = run("verify", "--log", "--root", workspace)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "log.jsonl, line 2: was changed after it was written" in done.stderr


def test_a_torn_line_is_named_and_then_set_aside(workspace):
    recorded(workspace)
    path = log_path(workspace)
    path.write_bytes(path.read_bytes()[:-20])
    done = run("verify", "--log", "--root", workspace)
    assert done.exit_code == 0
    assert "forecast: warning: the log ends with" in done.stderr
    done = recorded(workspace, "2018-04-01")
    (aside,) = path.parent.glob("torn-*")
    assert f"it is set aside in {aside}" in done.stderr
    assert len(read_log(workspace).entries) == 5
    assert run("verify", "--log", "--root", workspace).stderr == ""


def test_a_workspace_without_a_log_lacks_the_data(workspace):
    done = run("verify", "--log", "--root", workspace)
    assert (done.exit_code, done.stderr.count("\n")) == (6, 1)


@pytest.mark.parametrize("words", [(), ("--head", "0" * 64), ("some.csv", "--head", "0" * 64)])
def test_wrong_use_of_the_options_is_said(words, workspace):
    assert run("verify", *words, "--root", workspace).exit_code == 2


def test_files_and_the_log_are_verified_together(workspace):
    recorded(workspace, "2018-03-01", "--format", "csv", "--output", workspace / "said.csv")
    done = run("verify", workspace / "said.csv", "--log", "--root", workspace)
    assert done.exit_code == 0
    assert "Questions (dyad, as-of date, last day) that all answer: 3" in done.stdout
    assert "head of the log:" in done.stdout


def test_a_dyad_that_no_source_records_any_more_is_unresolved(workspace):
    recorded(workspace)
    ledger = workspace / "data" / "raw" / "engagements" / "rivals.csv"
    rows = pd.read_csv(ledger, dtype=str, keep_default_na=False).replace({"IND": "FRA"})
    rows.to_csv(ledger, index=False)
    assert fc.verify_log(root=workspace).forecasts["outcome"].isna().all()
