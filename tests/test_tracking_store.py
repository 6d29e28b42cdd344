"""The store of runs where things go wrong: changed files, a workspace that moved, a damaged database."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import ModelError, TrackingError
from forecast.tracking import (
    load_registered,
    registered_versions,
    set_alias,
    set_aside_damaged,
    tracked_run,
    tracking_uri,
)
from forecast.tracking.store import open_store
from forecast.tracking.telemetry import mlflow, shown
from forecast.training.bundle import load_bundle, save_bundle
from tracked_workspaces import artifact, client_of, only_run, runs_of, with_store, working_directory

NAME = "forecast-hazard-meeting"
SCRIPT = Path(sys.executable).with_name("forecast")


@pytest.fixture(scope="module")
def registered(rivals, tmp_path_factory) -> Path:
    """A workspace whose registry holds two versions, the first of them the champion."""
    root = with_store(
        Path(shutil.copytree(rivals / "data", tmp_path_factory.mktemp("registered") / "ws" / "data")).parent
    )
    for as_of in ("2016-01-01", "2017-01-01"):
        fc.train(as_of=as_of, root=root, track=True)
    set_alias(root, NAME, "champion", "1")
    return root


@pytest.fixture
def workspace(registered, tmp_path) -> Path:
    """A copy, so that its first use also corrects the places of the original."""
    return Path(shutil.copytree(registered, tmp_path / "copy"))


@pytest.fixture
def bare(rivals, tmp_path) -> Path:
    """A workspace without a store."""
    return Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent


def bundle_of(root: Path, version: str) -> Path:
    """Folder of a registered version's bundle."""
    client = client_of(root)
    kept = client.get_model_version(NAME, version).tags["model_id"]
    folder = Path(client.get_logged_model(kept).artifact_location.removeprefix("file://"))
    assert folder.is_relative_to(root)
    return folder / "data" / "bundle"


# --- a model that was changed ---


def opened(root: Path) -> Path:
    """The workspace after its first look at the store."""
    open_store(root)
    return root


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_flipped_bit_is_refused(workspace, share):
    path = bundle_of(opened(workspace), "1") / "state.npz"
    state = bytearray(path.read_bytes())
    state[int(share * len(state))] ^= 1
    path.write_bytes(state)
    with pytest.raises(ModelError, match=r"^version 1 of forecast-hazard-meeting: state\.npz was changed") as caught:
        load_registered(workspace, NAME, "champion")
    assert caught.value.exit_code == 7
    assert "\n" not in str(caught.value)
    assert load_registered(workspace, NAME, "2").card.trained_as_of == "2017-01-01"


def test_the_card_of_another_model_is_refused(workspace):
    one, other = (bundle_of(opened(workspace), version) for version in ("1", "2"))
    shutil.copy(other / "card.json", one / "card.json")
    with pytest.raises(ModelError, match=r"state\.npz was changed"):
        load_registered(workspace, NAME, "1")


def test_a_whole_bundle_in_the_place_of_another_is_refused(workspace):
    """It is sealed and sound, but not what was registered."""
    one, other = (bundle_of(opened(workspace), version) for version in ("1", "2"))
    for name in ("card.json", "state.npz"):
        shutil.copy(other / name, one / name)
    load_bundle(one)
    with pytest.raises(ModelError, match="version 1 of forecast-hazard-meeting is not the model that was registered"):
        load_registered(workspace, NAME, "1")


@pytest.mark.parametrize("part", ["card.json", "state.npz", "."])
def test_a_missing_file_is_refused(workspace, part):
    place = bundle_of(opened(workspace), "1") / part
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    with pytest.raises(ModelError, match="is no trained model"):
        load_registered(workspace, NAME, "1")


class Payload:
    """What a pickle could run."""

    def __reduce__(self):
        return (os.mkdir, ("ran",))


STATES = {
    "objects": ({"coef_": np.array([Payload()], dtype=object)}, "state.npz holds no state of a model"),
    "a method": ({"predict_hazards": np.zeros(3)}, "predict_hazards is nothing that a model learns"),
    "a private name": ({"__class__": np.zeros(3)}, "__class__ is nothing that a model learns"),
    "dates": ({"days_": np.array(["2020-01-01"], dtype="datetime64[D]")}, r"days_ is of the type datetime64\[D\]"),
    "nothing": ({}, "state.npz holds no state of a model"),
}


@pytest.mark.parametrize("case", STATES)
def test_a_state_of_other_things_is_refused_though_it_is_sealed(workspace, tmp_path, case):
    """Somebody who knows the program can seal what he likes; only arrays under known names are let in."""
    arrays, words = STATES[case]
    folder = bundle_of(opened(workspace), "1")
    card = load_bundle(folder)[1]
    made = tmp_path / "made.npz"
    np.savez(made, allow_pickle=True, **arrays)
    shutil.rmtree(folder)
    save_bundle(folder, made.read_bytes(), dataclasses.replace(card, state_sha256=_sha256(made)))
    with working_directory(tmp_path), pytest.raises(ModelError, match=words):
        load_registered(workspace, NAME, "1")
    assert not (tmp_path / "ran").exists()


def test_a_state_that_is_no_archive_is_refused_though_it_is_sealed(workspace, tmp_path):
    made = tmp_path / "made.npz"
    made.write_bytes(b"\x80\x04cos\nsystem\n")
    folder = bundle_of(opened(workspace), "1")
    card = dataclasses.replace(load_bundle(folder)[1], state_sha256=_sha256(made))
    shutil.rmtree(folder)
    save_bundle(folder, made.read_bytes(), card)
    with pytest.raises(ModelError, match=r"state\.npz holds no state of a model"):
        load_registered(workspace, NAME, "1")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_mlflows_own_way_of_loading_refuses_a_changed_model_too(workspace, monkeypatch):
    path = bundle_of(opened(workspace), "1") / "state.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_uri(workspace))
    with pytest.raises(ModelError, match="was changed after training"):
        mlflow().pyfunc.load_model(f"models:/{NAME}/1")


@pytest.mark.parametrize(("name", "which"), [(NAME, "9"), (NAME, "nobody"), ("forecast-hazard-war", "champion")])
def test_a_version_that_is_not_there_is_said(registered, name, which):
    with pytest.raises(
        ModelError, match=rf"{name} has no version '{which}' in the registry; its versions: (2, 1|none)"
    ):
        load_registered(registered, name, which)
    assert registered_versions(registered, "forecast-hazard-war").empty


def test_the_registry_is_asked_also_where_the_process_looks_at_another_store(registered, tmp_path):
    """As in a notebook that has set its own."""
    other = tmp_path / "other.db"
    set_uri, before = mlflow().set_tracking_uri, os.environ.get("MLFLOW_TRACKING_URI")
    set_uri(f"sqlite:///{other}")
    try:
        os.environ.pop("MLFLOW_TRACKING_URI")  # which MLflow sets for its children
        assert load_registered(registered, NAME, "2").card.trained_as_of == "2017-01-01"
    finally:
        set_uri(None)
        if before is not None:
            os.environ["MLFLOW_TRACKING_URI"] = before


# --- a workspace that moved ---


def test_a_copy_of_a_workspace_is_whole_and_leaves_the_original_alone(registered, workspace):
    before = sorted(path for path in registered.rglob("*"))
    expected = load_registered(registered, NAME, "champion")
    shutil.move(workspace, moved := workspace.with_name("moved, with a blank & é"))
    found = load_registered(moved, NAME, "champion")
    assert found.card == expected.card
    fc.train(as_of="2018-01-01", root=moved, model="base-rate", track=True)
    client = client_of(moved)
    place = (moved / "mlruns" / "artifacts").as_uri()
    assert {run.info.artifact_uri.rpartition("/mlruns/artifacts/")[0] for run in runs_of(client)} == {
        place.removesuffix("/mlruns/artifacts")
    }
    assert artifact(client, runs_of(client)[-1], "card.json")
    assert sorted(path for path in registered.rglob("*")) == before
    assert len(registered_versions(registered, NAME)) == 2


# --- a store that fails ---


def refused(root: Path, *words: str) -> str:
    """The one line with which a tracked training is refused."""
    done = CliRunner().invoke(
        main, ["train", "--as-of", "2017-01-01", "--model", "base-rate", "--root", str(root), *words],
        catch_exceptions=False,
    )  # fmt: skip
    assert (done.exit_code, done.stdout) == (10, "")
    assert done.stderr.startswith("forecast: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_server_that_does_not_answer_is_said_soon_and_leaves_nothing(bare, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:secret@{place}")
        line = refused(bare)
        with pytest.raises(TrackingError, match="the server does not answer"):
            fc.backtest(models=["base-rate"], root=bare, output=bare / "out", track=True)
    assert line.startswith(f"forecast: http://{place}: the server does not answer; start the server, correct or unset ")
    assert "secret" not in line
    assert [part.name for part in bare.iterdir()] == ["data"]


def test_a_place_that_cannot_be_written_is_said(bare, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/mlflow.db")
    assert "sqlite:////proc/mlflow.db: unable to open database file; " in refused(bare)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    (bare / "mlruns").write_text("in the way", encoding="utf-8")
    assert f"{bare}/mlruns/artifacts: Not a directory; " in refused(bare)


@pytest.mark.parametrize("damage", ["other", "torn"])
def test_a_damaged_database_is_refused_and_a_retraining_sets_it_aside(workspace, damage):
    place = opened(workspace) / "mlruns" / "mlflow.db"
    content = place.read_bytes()
    place.write_bytes(b"no database " * 1000 if damage == "other" else content[: len(content) // 2])
    damaged = place.read_bytes()
    line = refused(workspace)
    assert "the database is damaged: move it away" in line
    assert place.read_bytes() == damaged
    with tracked_run(workspace, kind="retrain", name="x", tags={}):
        pass
    (aside,) = place.parent.glob("mlflow.db.damaged-*")
    assert aside.read_bytes() == damaged
    (run,) = runs_of(client_of(workspace))
    assert (run.info.status, run.data.tags["set_aside"]) == ("FINISHED", aside.name)
    assert set_aside_damaged(workspace) is None


def test_an_empty_file_in_the_place_of_the_database_becomes_one(bare):
    (bare / "mlruns").mkdir()
    (bare / "mlruns" / "mlflow.db").touch()
    assert set_aside_damaged(bare) is None
    with tracked_run(bare, kind="train", name="x", tags={}):
        pass
    assert only_run(client_of(bare), "train").info.status == "FINISHED"
    assert sorted(part.name for part in (bare / "mlruns").iterdir()) == ["artifacts", "mlflow.db"]


def test_a_deleted_experiment_is_restored(workspace):
    client = client_of(opened(workspace))
    client.delete_experiment(client.get_experiment_by_name("forecast").experiment_id)
    with tracked_run(workspace, kind="train", name="x", tags={}):
        pass
    assert client.get_experiment_by_name("forecast").lifecycle_stage == "active"


@pytest.mark.parametrize("uri", ["http://me:secret@host:5000", "postgresql://me:s%40ecret@host/db"])
def test_names_and_passwords_are_not_shown(uri):
    assert "me" not in shown(uri)
    assert "secret" not in shown(uri)
    assert shown(uri).endswith(uri.rpartition("@")[2])


# --- processes ---

HOLD = """
import sys, time
from pathlib import Path
from forecast.tracking import tracked_run
with tracked_run(Path(sys.argv[1]), kind="train", name="held", tags={}):
    print("held", flush=True)
    time.sleep(120)
"""


def test_a_killed_process_leaves_a_run_that_the_next_one_ends(bare, environment):
    with_store(bare)
    held = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", HOLD, str(bare)], stdout=subprocess.PIPE, env=environment, text=True
    )
    try:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        with tracked_run(bare, kind="train", name="second", tags={}):
            pass
        client = client_of(bare)
        status = {run.info.run_name: run.info.status for run in runs_of(client)}
        assert status == {"held": "RUNNING", "second": "FINISHED"}
    finally:
        held.send_signal(signal.SIGKILL)
        held.wait()
        held.stdout.close()
    with tracked_run(bare, kind="train", name="third", tags={}):
        pass
    status = {run.info.run_name: run.info.status for run in runs_of(client)}
    assert status == {"held": "KILLED", "second": "FINISHED", "third": "FINISHED"}


PROBE = """
import sys
from forecast.cli.main import main
try:
    main(sys.argv[1:], prog_name="forecast")
finally:
    loaded = sys.modules.get("mlflow.telemetry.client")
    client = loaded.get_telemetry_client() if loaded else None
    print("mlflow" in sys.modules, client is None, file=sys.stderr)
"""


def test_a_command_writes_nothing_but_its_own_words_and_sends_no_telemetry(bare, tmp_path, environment):
    """MLflow holds its telemetry back under pytest and in CI anyway: this process knows of neither."""
    for name in ("CI", "GITHUB_ACTIONS"):
        environment.pop(name, None)
    here = tmp_path / "here"
    here.mkdir()
    words = ["train", "--as-of", "2017-01-01", "--model", "base-rate", "--root", "../ws"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, *words],
        capture_output=True, text=True, cwd=here, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, probed = done.stderr.splitlines()
    assert said.startswith("base-rate 2017-01-01-")
    assert probed == "True True"
    assert done.stdout.count("\n") == 1
    assert list(here.iterdir()) == []
    place = f"file://{bare.absolute()}/mlruns/artifacts"
    assert only_run(client_of(bare), "train").info.artifact_uri.startswith(place)
    # A prediction needs no store, be it there or not.
    words = ["predict", "IND-PAK", "--as-of", "2017-03-01", "--model", "base-rate", "--root", "../ws"]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words], capture_output=True, text=True, cwd=here, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (0, "False True\n")
