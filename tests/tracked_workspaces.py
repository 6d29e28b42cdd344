"""Workspaces with a store of runs, for tests. Making MLflow's database takes a second: it is made once and copied."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from forecast.tracking.client import errors_in_one_line, mlflow


@cache
def _template() -> Path:
    """A folder `mlruns` with a fresh database; the first run adds the experiment."""
    folder = Path(tempfile.mkdtemp(prefix="forecast-store-")) / "mlruns"
    folder.mkdir()
    uri = f"sqlite:///{folder}/mlflow.db"
    with errors_in_one_line(uri):
        mlflow().MlflowClient(uri).get_experiment_by_name("forecast")
    return folder


def with_store(root: Path) -> Path:
    """Put a fresh store into a workspace."""
    shutil.copytree(_template(), root / "mlruns", dirs_exist_ok=True)
    return root


def client_of(root: Path) -> Any:
    """MLflow's own client of a workspace's store, as another program would use it."""
    return mlflow().MlflowClient(f"sqlite:///{root.absolute()}/mlruns/mlflow.db")


def runs_of(client: Any) -> list[Any]:
    """All runs of the experiment, the newest first."""
    experiment = client.get_experiment_by_name("forecast")
    return list(client.search_runs([experiment.experiment_id])) if experiment is not None else []


def only_run(client: Any, kind: str) -> Any:
    """The one run of a kind."""
    (run,) = [run for run in runs_of(client) if run.data.tags["kind"] == kind]
    return run


def artifact(client: Any, run: Any, name: str) -> bytes:
    """Content of a file that a run keeps."""
    with tempfile.TemporaryDirectory() as folder:
        return Path(client.download_artifacts(run.info.run_id, name, folder)).read_bytes()


def artifact_names(client: Any, run: Any, folder: str | None = None) -> list[str]:
    """Names of the files and folders that a run keeps."""
    return [file.path for file in client.list_artifacts(run.info.run_id, folder)]


@contextmanager
def working_directory(folder: Path) -> Iterator[None]:
    """Stand in a folder, as a user may."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
