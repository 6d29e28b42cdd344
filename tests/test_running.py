"""The operator's day: one command for a schedule, a status for a monitor, a page for readers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import forecast as fc
from browser import opened
from forecast.cli.main import main
from forecast.errors import DriftError
from forecast.verbs import run as running

DAY = "2018-03-05"
STEPS = ["update", "check", "retrain", "predict", "report", "drift"]


@pytest.fixture
def own(rivals: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent
    (root / "forecast.toml").write_text('sources = []\nfocal = ["IND"]\nhorizons = [30, 90]\n', encoding="utf-8")
    return root


def command(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


@pytest.mark.slow
@pytest.mark.usefixtures("quickly_audited")
def test_a_run_does_all_that_a_schedule_needs_and_can_be_resumed(own, monkeypatch):
    words = ("--root", own, "run", "--as-of", DAY, "--model", "climatology")
    monkeypatch.setitem(running.STEPS, "report", lambda choices: 1 / 0)
    first = command(*words, "--format", "json")
    shown = json.loads(first.stdout)
    assert [(one["step"], one["code"]) for one in shown["steps"]] == [
        (name, 70 if name == "report" else 0) for name in STEPS
    ]
    assert (first.exit_code, shown["code"]) == (70, 70)
    lines = {one["step"]: one["line"] for one in shown["steps"]}
    assert lines["update"] == "skipped: forecast.toml names no sources"
    assert lines["predict"].startswith("2 forecasts of 1 dyads recorded; head of the log ")
    assert lines["report"] == "a defect of the program: ZeroDivisionError: division by zero"
    assert json.loads((own / "reports" / "run.json").read_text("utf-8")) == shown
    monkeypatch.undo()

    second = json.loads(command(*words, "--format", "json").stdout)
    assert [one["kept"] for one in second["steps"]] == [True, True, True, True, False, False]
    assert second["code"] == 0
    assert sorted(path.name for path in (own / "reports").glob("*.html")) == [f"{DAY}.html", "leaderboard.html"]
    assert len(fc.verify_log(root=own).forecasts) == 2, "what was recorded is not recorded again"

    text = command(*words).stdout
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert text.startswith(f"Run as of {DAY}\n")
    status = command("--root", own, "status").stdout
    assert f"last run  as of {DAY}, code 0" in status
    assert "days old, and the schedule is monthly" in status.splitlines()[0]


def test_without_facts_that_can_be_read_nothing_goes_on(own):
    (own / "data" / "raw" / "engagements" / "rivals.csv").write_text("a,b\n", encoding="utf-8")
    done = fc.run(root=own, as_of=DAY, model="climatology")
    assert [(one["step"], one["code"]) for one in done.steps] == [("update", 0), ("check", 3)]
    assert done.code == 3
    assert "the header lacks started_on" in done.steps[-1]["line"]


def test_records_that_cannot_be_fetched_keep_nothing_else_from_being_done(own, monkeypatch):
    (own / "forecast.toml").write_text('focal = ["IND"]\n', encoding="utf-8")
    for name in ("retrain", "predict", "report", "drift"):
        monkeypatch.setitem(running.STEPS, name, lambda choices: "done")
    done = fc.run(root=own, as_of=DAY, origin=own / "absent")
    assert [one["code"] for one in done.steps] == [3, 0, 0, 0, 0, 0]
    assert "absent: is no folder" in done.steps[0]["line"]


@pytest.mark.parametrize("content", ["{", "[]", '{"as_of": "2018-03-05"}'])
def test_a_status_that_is_none_is_named(own, content):
    (own / "reports").mkdir()
    (own / "reports" / "run.json").write_text(content, encoding="utf-8")
    done = command("--root", own, "run", "--as-of", DAY)
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert "run.json: is no status of a run; delete it" in done.stderr


@pytest.mark.slow
def test_drift_can_be_made_to_fail(own):
    words = ("drift", "--root", own, "--as-of", DAY, "--model", "climatology")
    assert command(*words, "--fail-on", "watch").exit_code == 0
    late = ("drift", "--root", own, "--as-of", "2026-01-01", "--model", "climatology")
    done = command(*late, "--fail-on", "drift")
    assert done.exit_code == DriftError.exit_code == 12
    assert done.stderr.startswith("forecast: the verdict as of 2026-01-01 is 'drift': rivals.csv ends on ")
    assert command(*late).exit_code == 0


# --- the leaderboard ---


def test_a_leaderboard_counts_and_scores_by_month(own, tmp_path):
    for month in range(1, 5):
        fc.predict("IND-PAK", as_of=f"2017-0{month}-01", root=own, model="base-rate", record=True)
    done = command("--root", own, "verify", "--log", "--output", tmp_path / "page.html")
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "Hindcasts" in page
    assert fc.verify_log(root=own).head in page
    assert "<script" not in page
    with opened(tmp_path / "page.html", width=390) as shown:
        assert not shown.wider_than_the_window()
    log = fc.verify_log(root=own).forecasts
    from forecast.verbs.verify import by_month

    rows = by_month(log)
    assert rows["month"].tolist() == ["2017-04", "2017-03", "2017-02", "2017-01"]
    assert rows["forecasts"].tolist() == [2] * 4
    own_rows = log.loc[log["as_of"] == "2017-03-01"]
    assert rows.set_index("month")["brier"]["2017-03"] == pytest.approx(
        np.mean((own_rows["probability"] - own_rows["outcome"]) ** 2)
    )


def test_a_crowd_stands_on_the_leaderboard(own, tmp_path):
    crowd = tmp_path / "crowd.csv"
    crowd.write_text(
        "question,dyad,as_of,by,probability,outcome,forecaster\nmeet,IND-PAK,2017-03-01,2017-05-30,0.4,,nobody\n",
        encoding="utf-8",
    )
    fc.predict("IND-PAK", as_of="2017-03-01", root=own, model="climatology", record=True)
    page = tmp_path / "page.html"
    words = ("--root", own, "verify", crowd, "--log", "--model", "climatology", "--output", page)
    assert command(*words).exit_code == 0
    assert "Crowds" in page.read_text("utf-8")
    assert "nobody" in page.read_text("utf-8")
    done = command("--root", own, "verify", crowd, "--output", page)
    assert (done.exit_code, "--output goes with --log" in done.stderr) == (2, True)
