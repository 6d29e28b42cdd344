"""A real `mlflow server` on loopback: runs, files and models go to it and come back; the workspace keeps no store."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import forecast as fc
from forecast.errors import ModelError, TrackingError
from forecast.tracking import load_registered, registered_versions, set_alias, tracked_run
from forecast.tracking.client import mlflow
from forecast.training.bundle import load_bundle
from forecast.training.train import training_panel
from forecast.workspace import load_history
from tracked_workspaces import artifact, only_run, runs_of

# Starts an MLflow server.
pytestmark = pytest.mark.slow

NAME = "forecast-base-rate-meeting"


@contextmanager
def server(folder: Path, environment: dict[str, str], *, store: Path | None = None) -> Iterator[str]:
    """Start a server that keeps runs in a database, a new one or `store`; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w", encoding="utf-8") as log:
        running = subprocess.Popen(
            [
                Path(sys.executable).with_name("mlflow"), "server", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "1", "--backend-store-uri", f"sqlite:///{store or folder / 'server.db'}",
                "--artifacts-destination", str(folder / "files"),
            ],
            cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            # Eight more processes stand ready for jobs of language models.
            env={**environment, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        )  # fmt: skip
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{address}/health", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                assert running.poll() is None, (folder / "log").read_text(encoding="utf-8")
                time.sleep(0.25)
        yield address
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def test_runs_models_and_files_go_to_the_server_and_come_back(rivals, tmp_path, environment, monkeypatch):
    root = Path(shutil.copytree(rivals / "data", tmp_path / "ws" / "data")).parent
    (tmp_path / "server").mkdir()
    with server(tmp_path / "server", environment) as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        fc.train(as_of="2017-01-01", root=root, model="base-rate", track=True)
        fc.backtest(
            root=root, models=["base-rate"], start="2012-01", end="2017-12", every="month", horizons=[90], track=True
        )
        client = mlflow().MlflowClient(address)

        run = only_run(client, "train")
        assert run.info.artifact_uri.startswith("mlflow-artifacts:/")
        (given,) = [given for given in run.inputs.dataset_inputs if given.dataset.name.endswith("rivals.csv")]
        ledger = root / "data" / "raw" / "engagements" / "rivals.csv"
        assert {tag.key: tag.value for tag in given.tags}["sha256"] == hashlib.sha256(ledger.read_bytes()).hexdigest()
        backtest = only_run(client, "backtest")
        assert {"skill_90d", "skill_90d_low", "skill_90d_high", "base_rate_90d"} <= set(backtest.data.metrics)
        # What a browser fetches for the page of the run.
        for name, head in (("figures/skill-90d.png", b"\x89PNG"), ("scores.csv", b"model_id,")):
            assert artifact(client, backtest, name).startswith(head)
            with urllib.request.urlopen(
                f"{address}/get-artifact?path={name}&run_uuid={backtest.info.run_id}", timeout=30
            ) as shown:
                assert shown.read().startswith(head)

        assert registered_versions(root, NAME)["version"].tolist() == ["1"]
        set_alias(root, NAME, "champion", "1")
        assert registered_versions(root, NAME)["aliases"].tolist() == ["champion,trained"]
        rows = training_panel(load_history(root), np.datetime64("2017-01-01"), target="meeting").signals
        probabilities = load_registered(root, NAME, "champion").model.predict_cumulative_incidence(rows, [90])
        model = fc.train(as_of="2017-01-01", root=root, model="base-rate", track=True)
        assert model["problem"] == ""
        assert registered_versions(root, NAME)["version"].tolist() == ["1"]
        own = load_bundle(Path(model["path"]))[0].predict_cumulative_incidence(rows, [90])
        np.testing.assert_array_equal(own, probabilities)

        (state,) = (tmp_path / "server" / "files").rglob("state.npz")
        state.write_bytes(state.read_bytes()[:-1] + b"?")
        with pytest.raises(ModelError, match=r"version 1 of .*: state\.npz, or its day of training, was changed"):
            load_registered(root, NAME, "champion")
        assert {run.info.status for run in runs_of(client)} == {"FINISHED"}
        held = tracked_run(root, kind="train", name="held", tags={})
        held.__enter__()
    # The server is gone while a run is under way: said, and not waited for.
    with pytest.raises(TrackingError, match=r"the server does not answer; start the server") as caught:
        held.__exit__(None, None, None)
    assert caught.value.exit_code == 10
    assert [part.name for part in (root / "mlruns").iterdir()] == ["models"]
