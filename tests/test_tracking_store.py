"""The store of runs where things go wrong: changed files, a workspace that moved, a store that cannot be written."""

from __future__ import annotations

import ast
import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.errors import ModelError, TrackingError
from forecast.tracking import load_registered, registered_versions, set_alias, tracked_run, tracking_uri
from forecast.tracking.client import mlflow, without_password
from forecast.training.bundle import Card, load_bundle, save_bundle, state_hash, version_of
from tracked_workspaces import artifact, client_of, only_run, runs_of, with_store, working_directory

# Makes, damages and locks stores of MLflow, in processes of their own.
pytestmark = pytest.mark.slow

NAME = "forecast-hazard-meeting"


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
def workspace(registered, tmp_path) -> Iterator[Path]:
    """The same one, whose files are put back: MLflow keeps absolute places, so a copy would read the original."""
    store = registered / "mlruns"
    shutil.copytree(store, tmp_path / "before")
    yield registered
    shutil.rmtree(store)
    shutil.move(tmp_path / "before", store)


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


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_flipped_bit_is_refused(workspace, share):
    path = bundle_of(workspace, "1") / "state.npz"
    state = bytearray(path.read_bytes())
    state[int(share * len(state))] ^= 1
    path.write_bytes(state)
    with pytest.raises(
        ModelError, match=r"^version 1 of forecast-hazard-meeting: state\.npz, or its day of training, was changed"
    ) as caught:
        load_registered(workspace, NAME, "champion")
    assert caught.value.exit_code == 7
    assert "\n" not in str(caught.value)
    assert load_registered(workspace, NAME, "2").card.trained_as_of == "2017-01-01"


def test_the_card_of_another_model_is_refused(workspace):
    one, other = (bundle_of(workspace, version) for version in ("1", "2"))
    shutil.copy(other / "card.json", one / "card.json")
    with pytest.raises(ModelError, match=r"state\.npz.* was changed"):
        load_registered(workspace, NAME, "1")


def test_a_whole_bundle_in_the_place_of_another_is_refused(workspace):
    """It is sealed and sound, but not what was registered."""
    one, other = (bundle_of(workspace, version) for version in ("1", "2"))
    for name in ("card.json", "state.npz"):
        shutil.copy(other / name, one / name)
    load_bundle(one)
    with pytest.raises(ModelError, match="version 1 of forecast-hazard-meeting is not the model that was registered"):
        load_registered(workspace, NAME, "1")


@pytest.mark.parametrize("part", ["card.json", "state.npz", "."])
def test_a_missing_file_is_refused(workspace, part):
    place = bundle_of(workspace, "1") / part
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
    folder = bundle_of(workspace, "1")
    card = load_bundle(folder)[1]
    made = tmp_path / "made.npz"
    np.savez(made, allow_pickle=True, **arrays)
    shutil.rmtree(folder)
    save_bundle(folder, made.read_bytes(), _card_of(made, card))
    with working_directory(tmp_path), pytest.raises(ModelError, match=words):
        load_registered(workspace, NAME, "1")
    assert not (tmp_path / "ran").exists()


def test_a_state_that_is_no_archive_is_refused_though_it_is_sealed(workspace, tmp_path):
    made = tmp_path / "made.npz"
    made.write_bytes(b"\x80\x04cos\nsystem\n")
    folder = bundle_of(workspace, "1")
    card = _card_of(made, load_bundle(folder)[1])
    shutil.rmtree(folder)
    save_bundle(folder, made.read_bytes(), card)
    with pytest.raises(ModelError, match=r"state\.npz holds no state of a model"):
        load_registered(workspace, NAME, "1")


def _card_of(state: Path, card: Card) -> Card:
    """The card with the hash and the version of another state."""
    sha256 = state_hash(state.read_bytes(), card.trained_as_of)
    return dataclasses.replace(card, state_sha256=sha256, model_version=version_of(card.trained_as_of, sha256))


def test_mlflows_own_way_of_loading_refuses_a_changed_model_too(workspace, monkeypatch):
    path = bundle_of(workspace, "1") / "state.npz"
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


def test_in_a_copied_or_moved_workspace_runs_go_on_in_a_new_experiment(registered, tmp_path):
    before = {path: path.read_bytes() for path in registered.rglob("*") if path.is_file()}
    shutil.copytree(registered, moved := tmp_path / "moved, with a blank & é")
    for as_of in ("2018-01-01", "2019-01-01"):
        card = fc.train(as_of=as_of, root=moved, track=True)
        assert card["problem"] == ""
    client = client_of(moved)
    old, new = (client.get_experiment_by_name(name) for name in ("forecast", "forecast-2"))
    assert [exp.artifact_location for exp in (old, new)] == [
        (root / "mlruns" / "artifacts").as_uri() for root in (registered, moved)
    ]
    assert len(client.search_runs([old.experiment_id])) == 2
    runs = client.search_runs([new.experiment_id])
    assert [artifact(client, run, "card.json")[:1] for run in runs] == [b"{", b"{"]
    # The registry goes on counting; what was registered before is still read from the old place.
    assert registered_versions(moved, NAME)["version"].tolist() == ["4", "3", "2", "1"]
    set_alias(moved, NAME, "champion", "4")
    assert load_registered(moved, NAME, "champion").card.model_version == card["model_version"]
    assert {path: path.read_bytes() for path in registered.rglob("*") if path.is_file()} == before


def test_a_workspace_that_moved_without_its_store_begins_a_new_one(registered, tmp_path):
    shutil.copytree(registered / "data", tmp_path / "moved" / "data")
    fc.train(as_of="2017-01-01", root=tmp_path / "moved", model="base-rate", track=True)
    (run,) = runs_of(client_of(tmp_path / "moved"))
    assert run.info.artifact_uri.startswith((tmp_path / "moved" / "mlruns" / "artifacts").as_uri())


# --- a store that fails ---


WORDS = ("train", "--as-of", "2017-01-01", "--model", "base-rate", "--root")


def not_logged(root: Path) -> str:
    """The one line with which a training says that it is kept and not logged."""
    done = CliRunner().invoke(main, [*WORDS, str(root)], catch_exceptions=False)
    assert done.exit_code == 10
    load_bundle(Path(done.stdout.strip()))
    made, error, *rest = done.stderr.splitlines()
    assert rest == []
    assert made.startswith("base-rate 2017-01-01-")
    head = "forecast: the model is kept, but the run 'train base-rate meeting 2017-01-01' is not logged: "
    assert error.startswith(head), error
    return error.removeprefix(head)


def test_where_a_server_does_not_answer_the_files_are_complete_and_it_is_said_soon(bare, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:secret@{place}")
        line = not_logged(bare)
        words = ["backtest", "--model", "base-rate", "--start", "2016-01", "--end", "2016-06", "--horizon", "90"]
        words += ["--root", str(bare), "--output", str(bare / "out")]
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        again = fc.backtest(
            models=["base-rate"], start="2016-01", end="2016-06", horizons=[90], root=bare, output=bare / "out",
            track=True,
        )  # fmt: skip
    assert line.startswith(f"http://{place}: the server does not answer; start the server, correct or unset ")
    assert "secret" not in line
    assert done.exit_code == 10
    assert "base-rate" in done.stdout
    assert (bare / "out" / "scores.json").is_file()
    end = f"is not logged: http://{place}: the server does not answer"
    assert f"the backtest is done, but the run 'backtest meeting 2016-01-01 to 2016-06-01' {end}" in done.stderr
    assert end in again.attrs["problem"]
    # It is logged when the command is repeated with a store.
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    with_store(bare)
    assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    assert only_run(client_of(bare), "backtest").info.status == "FINISHED"


def test_a_place_that_cannot_be_written_is_said(bare, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/mlflow.db")
    assert not_logged(bare).startswith("sqlite:////proc/mlflow.db: unable to open database file; ")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    (bare / "mlruns" / "artifacts").write_text("in the way", encoding="utf-8")
    assert f"{bare}/mlruns/artifacts: File exists; " in not_logged(bare)


@pytest.mark.parametrize("damage", ["other", "torn"])
def test_a_damaged_database_is_said_and_left_alone(registered, bare, damage):
    place = bare / "mlruns" / "mlflow.db"
    place.parent.mkdir()
    content = (registered / "mlruns" / "mlflow.db").read_bytes()
    place.write_bytes(b"no database " * 1000 if damage == "other" else content[: len(content) // 2])
    damaged = place.read_bytes()
    assert "the database is damaged: move it away and the next run begins a new one" in not_logged(bare)
    assert place.read_bytes() == damaged
    place.rename(place.with_name("mlflow.db.damaged"))
    assert fc.train(as_of="2017-01-01", root=bare, model="base-rate", track=True)["problem"] == ""


def test_an_empty_file_in_the_place_of_the_database_becomes_one(bare):
    (bare / "mlruns").mkdir()
    (bare / "mlruns" / "mlflow.db").touch()
    with tracked_run(bare, kind="train", name="x", tags={}) as run:
        run.text("kept", "note.txt")
    assert only_run(client_of(bare), "train").info.status == "FINISHED"
    assert sorted(part.name for part in (bare / "mlruns").iterdir()) == ["artifacts", "mlflow.db"]


def test_a_run_that_cannot_be_written_to_its_end_is_failed(bare, monkeypatch):
    with_store(bare)
    full = OSError(28, "No space left on device", "somewhere")
    monkeypatch.setattr(mlflow().MlflowClient, "log_artifacts", lambda *args: (_ for _ in ()).throw(full))
    with (
        pytest.raises(TrackingError, match="somewhere: No space left on device"),
        tracked_run(bare, kind="train", name="x", tags={}) as run,
    ):
        run.text("why", "note.txt")
    (logged,) = runs_of(client_of(bare))
    assert logged.info.status == "FAILED"


def test_the_error_of_a_run_is_reported_also_where_the_store_fails(bare, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/mlflow.db")
    with pytest.raises(ZeroDivisionError), tracked_run(bare, kind="train", name="x", tags={}):
        raise ZeroDivisionError


def test_a_deleted_experiment_is_restored(bare):
    workspace = with_store(bare)
    with tracked_run(workspace, kind="train", name="x", tags={}):
        pass
    client = client_of(workspace)
    client.delete_experiment(client.get_experiment_by_name("forecast").experiment_id)
    with tracked_run(workspace, kind="train", name="x", tags={}):
        pass
    assert client.get_experiment_by_name("forecast").lifecycle_stage == "active"


@pytest.mark.parametrize("uri", ["http://me:secret@host:5000", "postgresql://me:s%40ecret@host/db"])
def test_names_and_passwords_are_not_without_password(uri):
    assert "me" not in without_password(uri)
    assert "secret" not in without_password(uri)
    assert without_password(uri).endswith(uri.rpartition("@")[2])


# --- processes ---

HOLD = """
import sys, time
from pathlib import Path
from forecast.tracking import tracked_run
with tracked_run(Path(sys.argv[1]), kind="train", name="held", tags={}) as run:
    run.text("gathered", "note.txt")
    print("held", flush=True)
    time.sleep(120)
"""


def test_a_killed_process_leaves_no_run_and_no_store(bare, environment):
    held = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", HOLD, str(bare)], stdout=subprocess.PIPE, env=environment, text=True
    )
    try:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
    finally:
        held.send_signal(signal.SIGKILL)
        held.wait()
        held.stdout.close()
    assert [part.name for part in bare.iterdir()] == ["data"]


def test_two_processes_make_the_store_together(bare, environment):
    program = HOLD.replace("time.sleep(120)", "")
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(bare)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    errors = [one.communicate(timeout=120)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], errors
    assert [run.info.status for run in runs_of(client_of(bare))] == ["FINISHED", "FINISHED"]


PUBLIC = {"", ".entities", ".exceptions", ".models", ".pyfunc", ".types"}


def test_mlflow_is_used_through_its_public_modules_alone():
    """Its tables and stores change with its versions."""
    imported = set()
    for path in (Path(fc.__file__).parent / "tracking").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported |= {name for name in names if name.split(".")[0] in ("mlflow", "sqlalchemy")}
    assert imported <= {f"mlflow{part}" for part in PUBLIC} | {"sqlalchemy.exc"}


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
