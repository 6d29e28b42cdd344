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

from forecast.tracking.store import open_store
from forecast.tracking.telemetry import mlflow


@cache
def _template() -> Path:
    """A folder `mlruns` with a fresh database."""
    root = Path(tempfile.mkdtemp(prefix="forecast-store-"))
    open_store(root)
    return root / "mlruns"


def with_store(root: Path) -> Path:
    """Put a fresh store into a workspace; the first look at it corrects the places that it was copied from."""
    shutil.copytree(_template(), root / "mlruns", dirs_exist_ok=True)
    return root


def client_of(root: Path) -> Any:
    """MLflow's own client of a workspace's store, as another program would use it."""
    return mlflow().MlflowClient(f"sqlite:///{root.absolute()}/mlruns/mlflow.db")


def runs_of(client: Any) -> list[Any]:
    """All runs of the experiment, the newest first."""
    return list(client.search_runs([client.get_experiment_by_name("forecast").experiment_id]))


def only_run(client: Any, kind: str) -> Any:
    """The one run of a kind."""
    (found,) = [run for run in runs_of(client) if run.data.tags["kind"] == kind]
    return found


def artifact(client: Any, run: Any, name: str) -> bytes:
    """Content of a file that a run keeps."""
    with tempfile.TemporaryDirectory() as folder:
        return Path(client.download_artifacts(run.info.run_id, name, folder)).read_bytes()


def artifact_names(client: Any, run: Any, folder: str | None = None) -> list[str]:
    """Names of the files and folders that a run keeps."""
    return [found.path for found in client.list_artifacts(run.info.run_id, folder)]


@contextmanager
def working_directory(folder: Path) -> Iterator[None]:
    """Stand in a folder, as a user may."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
