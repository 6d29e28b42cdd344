"""The scheduled retraining: what it decides, that it does nothing twice, and what it does when something is wrong."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import forecast as fc
from forecast.cli.main import main
from forecast.dates import as_of_grid, parse_day
from forecast.errors import BusyError, DateError, InputError
from forecast.panel.outcomes import met_within
from forecast.panel.panel import build_panel
from forecast.promotion import challenge as challenging
from forecast.promotion import champions
from forecast.promotion.champions import alone
from forecast.promotion.checks import Check
from forecast.training import champion as reading
from forecast.training.train import train
from forecast.verbs import retrain as retraining
from forecast.workspace import load_history

# Retrains workspaces.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quickly_audited")]

DAY = "2018-06-01"
COMMAND = (sys.executable, "-c", "from forecast.cli.main import main; main(prog_name='forecast')")


@pytest.fixture
def own(league, tmp_path) -> Path:
    """A league of one's own."""
    root = tmp_path / "league"
    shutil.copytree(league, root, symlinks=True)
    return root


@pytest.fixture(scope="module")
def refreshed(league, tmp_path_factory) -> tuple[Path, object]:
    """Climatology challenges the base rate."""
    from conftest import quick_audit

    root = tmp_path_factory.mktemp("refreshed") / "league"
    shutil.copytree(league, root, symlinks=True)
    with quick_audit():
        return root, fc.retrain(root=root, as_of=DAY, model="climatology")


@pytest.fixture(scope="module")
def computed(league, tmp_path_factory) -> challenging.Challenge:
    """What is computed when climatology challenges climatology: tests of what is then written need it but once."""
    from conftest import quick_audit

    root = tmp_path_factory.mktemp("computed") / "league"
    shutil.copytree(league, root, symlinks=True)
    fc.rollback(root=root)
    with quick_audit():
        return challenging.challenge(
            root, load_history(root), parse_day(DAY), model="climatology", target="meeting",
            champion=reading.read_champion(root, "meeting"), say=lambda step: None,
        )  # fmt: skip


@pytest.fixture
def at_once(computed, monkeypatch) -> None:
    """Nothing is computed anew."""
    monkeypatch.setattr(retraining, "challenge", lambda *args, **kwargs: computed)


def command(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def stored(root: Path) -> dict[str, tuple[int, int]]:
    """Files with time and size. Folders by name alone, for a lock comes and goes in one of them."""
    return {
        str(path.relative_to(root)): (0, 0) if path.is_dir() else (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in sorted(root.rglob("*"))
    }


def champion_of(root: Path) -> str | None:
    return reading.champion_name(root, "meeting")


# --- what it decides ---


def test_the_first_one_must_hold_against_climatology(league):
    first, second = sorted((league / "mlruns" / "retrain").iterdir())
    first_report, refused = (
        json.loads((folder / "report.json").read_text(encoding="utf-8")) for folder in (first, second)
    )
    assert (first_report["as_of"], first_report["decision"], first_report["champion"]) == (
        "2013-06-01",
        "promoted",
        None,
    )
    assert (refused["as_of"], refused["decision"]) == ("2014-01-01", "not promoted")
    assert (
        first_report["reason"]
        == "All checks passed: not worse than the climatology in the folds, calibration, leaks, sources."
    )
    assert not refused["checks"][0]["passed"]
    assert refused["checks"][0]["name"] == "not worse than the champion in the folds"
    rows = [row for row in refused["comparisons"] if row["other"] == "champion"]
    assert any(row["high"] > row["margin"] == pytest.approx(0.01 * row["other_loss"]) for row in rows)


def test_another_configuration_is_compared_in_the_folds_and_on_what_resolved_since(refreshed):
    _, done = refreshed
    rows = pd.DataFrame(done.report["comparisons"])
    assert rows.groupby(["rows", "other"])["horizon_days"].apply(list).to_dict() == {
        ("folds", "champion"): [30, 90, 180],
        ("folds", "climatology"): [30, 90, 180],
        ("since", "champion"): [30, 90, 180],
    }
    assert (rows.loc[rows["other"] == "champion", "difference"] != 0).all()
    assert any("The configurations differ" in line for line in done.report["compared"])
    # Climatology against climatology: nothing at all.
    assert (rows.loc[rows["other"] == "climatology", "difference"] == 0).all()


def test_what_resolved_since_is_judged_by_models_of_the_champions_own_day(refreshed):
    """An independent count: both models of 2014-01-01, every first of a month since whose window had resolved."""
    root, done = refreshed
    known = load_history(root).known_before(parse_day(DAY))
    born = parse_day("2014-01-01")
    losses = {}
    for name in ("climatology", "base-rate"):
        model = train(known, born, model=name, target="meeting").model
        panel = build_panel(known, as_of_grid(born, parse_day(DAY)))
        met = met_within(panel.outcomes, 90)
        resolved = met.notna().to_numpy()
        p = model.predict_cumulative_incidence(panel.signals.loc[resolved], [90])[:, 0]
        losses[name] = (len(p), float(np.mean((p - met[resolved].to_numpy(dtype=float)) ** 2)))
    (row,) = [r for r in done.report["comparisons"] if r["rows"] == "since" and r["horizon_days"] == 90]
    assert (row["n"], row["loss"]) == (losses["climatology"][0], pytest.approx(losses["climatology"][1], abs=1e-12))
    assert row["other_loss"] == pytest.approx(losses["base-rate"][1], abs=1e-12)


def test_the_same_configuration_differs_by_exactly_nothing_and_the_new_facts_promote_it(own, at_once):
    fc.rollback(root=own)
    done = fc.retrain(root=own, as_of=DAY, model="climatology")
    rows = [row for row in done.report["comparisons"] if row["other"] == "champion"]
    assert {(row["difference"], row["low"], row["high"]) for row in rows} == {(0.0, 0.0, 0.0)}
    assert (done.report["decision"], done.promoted) == ("promoted", True)
    assert champion_of(own).startswith(f"climatology-meeting-{DAY}")
    text = done.text()
    assert "exactly zero by construction" in text
    assert "would be the champion itself, bit by bit" in text
    assert (done.folder / "report.md").read_text(encoding="utf-8") == text
    assert "records reach further: ledger:chn-lka/chn-lka.csv 2013-05-31 -> 2018-05-31" in text


def test_facts_that_are_gone_stop_a_promotion(own):
    fc.rollback(root=own)
    before = champion_of(own)
    (own / "data" / "raw" / "engagements" / "chn-lka.csv").unlink()
    manifest = own / "data" / "raw" / "engagements" / "manifest.json"
    declared = json.loads(manifest.read_text(encoding="utf-8"))
    del declared["chn-lka.csv"]
    manifest.write_text(json.dumps(declared), encoding="utf-8")
    done = fc.retrain(root=own, as_of=DAY, model="climatology")
    (check,) = [check for check in done.report["checks"] if check["name"] == "facts"]
    assert (done.report["decision"], check["passed"]) == ("not promoted", False)
    assert "ledger:chn-lka/chn-lka.csv ended on 2013-05-31 and now is gone" in done.report["reason"]
    assert champion_of(own) == before


def test_one_failed_check_is_enough_to_keep_the_champion_and_exits_with_0(own, computed, monkeypatch):
    fc.rollback(root=own)
    before = champion_of(own)
    leaking = replace(computed, checks=[*computed.checks, Check("leaks", False, "mirror found a leak")])
    monkeypatch.setattr(retraining, "challenge", lambda *args, **kwargs: leaking)
    done = command("retrain", "--root", own, "--as-of", DAY, "--model", "climatology", "--no-track")
    assert done.exit_code == 0
    assert done.stdout.startswith(f"As of {DAY}: not promoted\nFailed: leaks (mirror found a leak).\n")
    assert champion_of(own) == before
    assert command("status", "--root", own).stdout.count(f"as of {DAY}") == 1


def test_a_record_without_folds_promotes_nothing(rivals, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(rivals / "data", root / "data")
    done = fc.retrain(root=root, as_of="2009-10-01", model="base-rate", dry_run=True)
    assert done.report["decision"] == "not promoted"
    assert {check["name"] for check in done.report["checks"] if not check["passed"]} == {
        "not worse in the folds",
        "leaks",
    }


def test_nothing_known_later_touches_a_retraining(own):
    """Facts known on the as-of date or later are taken away, and the report is the same."""
    whole = fc.retrain(root=own, as_of=DAY, model="climatology", dry_run=True)
    for ledger in (own / "data" / "raw" / "engagements").glob("*.csv"):
        rows = pd.read_csv(ledger, dtype=str)
        rows.loc[rows["known_on"] < DAY].to_csv(ledger, index=False, lineterminator="\n")
    cut = fc.retrain(root=own, as_of=DAY, model="climatology", dry_run=True)
    apart = {"decided_at": "", "challenger": ""}
    assert cut.report | apart == whole.report | apart
    assert cut.report["challenger"] | {"created_at": ""} == whole.report["challenger"] | {"created_at": ""}


# --- how often and when ---


def test_the_same_again_does_nothing_and_says_so(refreshed):
    root, done = refreshed
    before = stored(root)
    again = command("retrain", "--root", root, "--as-of", DAY, "--model", "climatology", "--no-track")
    assert (again.exit_code, again.stdout) == (
        0, f"nothing to do: retrained as of {DAY} already, {done.report['decision']}\n",
    )  # fmt: skip
    assert stored(root) == before


def test_forced_it_is_done_again_and_gives_the_same(own, at_once):
    fc.rollback(root=own)
    done = fc.retrain(root=own, as_of=DAY, model="climatology")
    again = fc.retrain(root=own, as_of=DAY, model="climatology", force=True)
    assert again.is_new
    assert (done.report["decision"], again.report["decision"]) == ("promoted", "unchanged")
    assert again.report["scores"][:3] == done.report["scores"][:3]
    assert len(reading.former_names(own, "meeting")) == 1


def test_a_dry_run_writes_nothing_at_all(own):
    fc.rollback(root=own)
    before = stored(own)
    shown = command("retrain", "--root", own, "--as-of", DAY, "--model", "climatology", "--dry-run")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.startswith(f"As of {DAY}: would be promoted\n")
    assert "dry run: nothing is written" in shown.stdout
    assert stored(own) == before


@pytest.mark.parametrize(
    ("as_of", "problem"),
    [
        ("2013-12-31", "the champion was trained on 2014-01-01 and has seen what came after"),
        ("2999-06-02", "as_of: 2999-06-02 is after today"),
        ("2008-01-01", "before the data begin"),
    ],
)
def test_dates_at_which_nothing_honest_can_be_said_are_refused(own, as_of, problem):
    before = champion_of(own)
    with pytest.raises(DateError, match=problem):
        fc.retrain(root=own, as_of=as_of, model="climatology")
    assert champion_of(own) == before


def test_a_second_one_leaves_with_a_clear_message(own):
    with alone(own, wait_seconds=0):
        with pytest.raises(BusyError, match="has been retraining or promoting here for 0 seconds; try again when"):
            fc.retrain(root=own, as_of=DAY, wait_seconds=0)
        done = command("rollback", "--root", own, "--wait", "0", "--no-track")
    assert (done.exit_code, done.stdout) == (11, "")
    assert command("rollback", "--root", own, "--wait", "0", "--no-track").exit_code == 0


@pytest.mark.parametrize(("place", "name"), [(champions, "write_bundle"), (champions, "write_text")])
def test_a_full_disk_leaves_the_old_champion_and_the_next_one_heals(own, at_once, monkeypatch, place, name):
    fc.rollback(root=own)
    before = champion_of(own)

    def full(*args: object) -> None:
        if name == "write_text":
            raise InputError("cannot be written: No space left on device", path=args[0])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(place, name, full)
        with pytest.raises(InputError, match="cannot be written: No space left on device"):
            fc.retrain(root=own, as_of=DAY, model="climatology")
    assert champion_of(own) == before
    assert fc.retrain(root=own, as_of=DAY, model="climatology").promoted
    assert champion_of(own).startswith(f"climatology-meeting-{DAY}")
    assert not [path for path in (own / "mlruns").rglob(".*") if path.name != ".gitkeep"]


def test_a_damaged_champion_is_replaced_by_the_next_retraining(own, at_once):
    fc.rollback(root=own)
    folder = (own / "mlruns" / "champion-meeting").resolve()
    (folder / "state.npz").write_bytes(b"torn")
    done = fc.retrain(root=own, as_of=DAY, model="climatology")
    assert done.promoted
    assert "the champion cannot be used" in done.report["notes"][0]
    assert "treated as the first one" in done.text()
    assert fc.predict("IND-PAK", as_of=DAY, root=own, horizons=[90])["model_version"].iloc[0].startswith(DAY)


# --- by hand ---


def test_a_challenger_that_was_refused_can_be_promoted_by_hand_with_a_warning(league, tmp_path):
    root = tmp_path / "league"
    shutil.copytree(league, root, symlinks=True)
    version = fc.status(root=root)["targets"]["meeting"]["champion"]["version"]
    shutil.rmtree((root / "mlruns" / "champion-meeting").resolve())
    (root / "mlruns" / "champion-meeting").unlink()
    done = command("promote", version, "--root", root, "--no-track")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"champion: none -> base-rate-meeting-{version}\n"
    assert "warning: the retraining did not promote it: Failed: not worse than the champion in the folds" in done.stderr


def test_the_state_of_things(own):
    state = json.loads(command("status", "--root", own, "--format", "json").stdout)
    meeting = state["targets"]["meeting"]
    assert meeting["champion"]["model"] == "base-rate"
    assert (meeting["champion"]["by"], meeting["champion"]["answers"]) == ("promote", True)
    assert [name[:11] for name in meeting["former"]] == ["climatology"]
    assert meeting["last_retraining"]["decision"] == "not promoted"
    assert meeting["registry"] == "there is no registry"
    assert state["coverage_end"]["ledger:ind-pak/ind-pak.csv"] == "2019-12-31"
    table = command("status", "--root", own).stdout
    assert max(len(line) for line in table.splitlines()) <= 80
    assert meeting["champion"]["version"] in table


def test_the_state_of_a_new_workspace(rivals, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(rivals / "data", root / "data")
    before = stored(root)
    shown = command("status", "--root", root)
    assert shown.exit_code == 0
    assert "there is no champion and no retraining yet" in shown.stdout
    assert stored(root) == before


# --- the registry mirrors the files ---


def aliases(root: Path, model: str) -> dict[str, str]:
    """Alias -> the program's own version of the model that it points at."""
    from forecast.tracking import registered_versions, registry_name

    rows = registered_versions(root, registry_name(model, "meeting"))
    return {alias: row["model_version"] for _, row in rows.iterrows() for alias in row["aliases"].split(",") if alias}


def test_a_store_of_runs_that_fails_stops_nothing_and_the_next_retraining_registers_what_is_missing(
    own, at_once, monkeypatch, environment
):
    fc.rollback(root=own)
    words = ("retrain", "--root", own, "--as-of", DAY, "--model", "climatology")
    with monkeypatch.context() as away:
        away.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
        away.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        done = command(*words)
    assert done.exit_code == 10
    assert done.stdout.startswith(f"As of {DAY}: promoted\n")
    assert f"the run 'retrain climatology meeting {DAY}' is not logged: http://127.0.0.1:1: " in done.stderr
    assert "the next retrain completes the registry" in done.stderr
    name = champion_of(own)
    assert name.startswith(f"climatology-meeting-{DAY}")
    version = name.removeprefix("climatology-meeting-")

    again = command(*words)
    assert (again.exit_code, again.stdout) == (0, f"nothing to do: retrained as of {DAY} already, promoted\n")
    assert aliases(own, "climatology") == {"champion": version}

    database = own / "mlruns" / "mlflow.db"
    database.write_bytes(b"damaged " * 5000)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        """As a process of its own, like a scheduled one: in this one MLflow holds the old file open."""
        return subprocess.run(
            [*COMMAND, *map(str, words)], capture_output=True, text=True, env=environment, check=False
        )

    refused = run(*words)
    assert (refused.returncode, refused.stdout) == (10, again.stdout)
    assert "the database is damaged: move it away and the next run begins a new one" in refused.stderr
    assert database.read_bytes() == b"damaged " * 5000
    assert champion_of(own) == name
    shown = run("status", "--root", own, "--format", "json")
    assert shown.returncode == 0
    assert "the database is damaged" in json.loads(shown.stdout)["targets"]["meeting"]["registry"]
    database.rename(database.with_name("mlflow.db.damaged"))
    begun = run(*words)
    assert (begun.returncode, begun.stdout) == (0, again.stdout), begun.stderr
    shown = run("status", "--root", own, "--format", "json")
    assert json.loads(shown.stdout)["targets"]["meeting"]["registry"] == "registry and files agree"


def test_a_retraining_killed_while_it_logs_has_promoted_and_the_next_one_registers_it(own, at_once, monkeypatch):
    fc.rollback(root=own)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retraining, "keep_run", killed)
        with pytest.raises(KeyboardInterrupt):
            fc.retrain(root=own, as_of=DAY, model="climatology", track=True)
    name = champion_of(own)
    assert name.startswith(f"climatology-meeting-{DAY}")
    assert len(list((own / "mlruns" / "retrain").glob(f"{DAY}-*/report.json"))) == 1
    again = fc.retrain(root=own, as_of=DAY, model="climatology", track=True)
    assert (again.is_new, again.problem) == (False, "")
    assert aliases(own, "climatology") == {"champion": name.removeprefix("climatology-meeting-")}


def test_a_tracked_retraining_is_a_run_with_its_scores_and_model(own, at_once):
    from forecast.tracking import load_registered
    from forecast.tracking.client import open_store

    fc.rollback(root=own)
    done = fc.retrain(root=own, as_of=DAY, model="climatology", track=True)
    assert done.problem == ""
    version = done.report["challenger"]["model_version"]
    assert aliases(own, "climatology") == {"champion": version, "challenger": version}
    client = open_store(own).client
    run = client.get_run(done.report["tracking"]["run_id"])
    assert (run.info.status, run.data.tags["kind"], run.data.tags["decision"]) == ("FINISHED", "retrain", "promoted")
    metrics = run.data.metrics
    assert metrics["brier_90d"] == pytest.approx(done.report["scores"][1]["brier"])
    assert metrics["difference_folds_champion_90d_high"] == 0
    assert metrics["check/leaks"] == 1
    assert metrics["drift/source/ind-pak.csv/days_behind"] == 0
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"report.md", "drift.csv", "comparisons.csv", "scores.csv", "facts.csv"} <= files
    assert json.loads((done.folder / "report.json").read_text(encoding="utf-8")) == done.report
    kept = load_registered(own, "forecast-climatology-meeting", "champion")
    assert kept.card == reading.read_champion(own, "meeting").trained.card

    back = fc.rollback(root=own)  # the registry does not hear of it
    assert "the files decide" in fc.status(root=own)["targets"]["meeting"]["registry"]
    again = fc.retrain(root=own, as_of=DAY, model="climatology", track=True)
    assert (again.is_new, again.problem) == (False, "")
    assert aliases(own, "climatology")["champion"] == back.after.removeprefix("climatology-meeting-")
    assert fc.status(root=own)["targets"]["meeting"]["registry"] == "registry and files agree"
