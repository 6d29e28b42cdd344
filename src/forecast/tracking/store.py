"""The store of runs, opened; what it lacks is made."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecast.errors import TrackingError
from forecast.files import locked
from forecast.tracking.client import artifacts, database, own, served, tracking_uri
from forecast.tracking.relocation import follow_move
from forecast.tracking.telemetry import asking, mlflow

#: The experiment of all runs, unless MLFLOW_EXPERIMENT_NAME names another.
EXPERIMENT: Final = "forecast"


@dataclass(frozen=True)
class Store:
    """An open store.

    Parameters
    ----------
    uri : str
    client : mlflow.MlflowClient
    experiment_id : str
    """

    uri: str
    client: Any
    experiment_id: str


def open_store(root: Path) -> Store:
    """Open the store and make what it lacks: the database, the experiment.

    Raises
    ------
    TrackingError
    """
    uri = tracking_uri(root)
    with asking(uri):
        if own(root):
            _make_database(root)
        if uri.startswith("sqlite:///"):
            _look_into(uri)
        client = mlflow().MlflowClient(tracking_uri=uri, registry_uri=uri)
        return Store(uri, client, _experiment(client, uri, root))


def _make_database(root: Path) -> None:
    """Make the database, whole or not at all: MLflow's migrations take a second, in which a process may be killed."""
    place = database(root)
    if place.exists() and place.stat().st_size:
        return
    artifacts(root).mkdir(parents=True, exist_ok=True)
    # Not the lock of mlruns itself: a verb that calls this may hold it.
    with locked(artifacts(root)):
        if place.exists() and place.stat().st_size:
            return
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

        draft = place.with_name(f".{place.name}.{os.getpid()}.draft")
        try:
            # Made here and not by the client, which would put the files of the default experiment into the working
            # directory.
            made = SqlAlchemyStore(f"sqlite:///{draft}", artifacts(root).as_uri())
            made.engine.dispose()
            draft.replace(place)
            _forget(tracking_uri(root))
        finally:
            for rest in place.parent.glob(f"{draft.name}*"):
                rest.unlink(missing_ok=True)


def _forget(uri: str) -> None:
    """Close the connections that this process may hold to a database whose place a new one has taken."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Versions
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as Runs

    for kind in (Runs, Versions):
        engine = getattr(kind, "_engine_map", {}).get(uri)
        if engine is not None:
            engine.dispose()


def _look_into(uri: str) -> None:
    """Fail at once where a file is no database or out of reach: MLflow tries again for a minute and a half."""
    path = uri.removeprefix("sqlite:///").partition("?")[0]
    if path and path != ":memory:":
        with contextlib.closing(sqlite3.connect(path, timeout=20.0)) as opened:
            opened.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _experiment(client: Any, uri: str, root: Path) -> str:
    """The experiment's number; made or restored if need be, for a job that runs unattended must not stop there."""
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    found = client.get_experiment_by_name(name)
    if found is None:
        # A server keeps files where it will; for all else the workspace is the place.
        place = None if served(uri) else artifacts(root).as_uri()
        try:
            # Its pages open among those for models, not among those for language models.
            kind = {"mlflow.experimentKind": "custom_model_development"}
            return str(client.create_experiment(name, artifact_location=place, tags=kind))
        except mlflow().exceptions.MlflowException as error:
            found = client.get_experiment_by_name(name)  # another process was quicker
            if found is None:
                raise TrackingError(f"the experiment {name!r} cannot be made: {error}") from None
    if own(root):
        follow_move(root, found.artifact_location)
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)
