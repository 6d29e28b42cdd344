"""MLflow's client of a workspace's store: imported without telemetry, called without noise, failing in one line."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import re
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecast.errors import ForecastError, InputError, TrackingError
from forecast.files import locked

#: The experiment of all runs, unless MLFLOW_EXPERIMENT_NAME names another.
EXPERIMENT: Final = "forecast"
#: Set before MLflow is imported, and for good: telemetry is on otherwise, also in processes that MLflow starts.
_NO_TELEMETRY: Final = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
#: Set while MLflow is called, unless the user has set them: by itself it retries a server that is gone for minutes.
_PATIENCE: Final = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}

_NOISY: Final = ("mlflow", "alembic", "sqlalchemy", "urllib3")


# --- where the store is ---


def tracking_uri(root: Path) -> str:
    """Address of the store: `MLFLOW_TRACKING_URI` if set, else the database of the workspace."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{database(root)}"


def database(root: Path) -> Path:
    """File of the workspace's own store."""
    return root.resolve() / "mlruns" / "mlflow.db"


def artifacts(root: Path) -> Path:
    """Folder of the files that runs keep in the workspace's own store."""
    return root.resolve() / "mlruns" / "artifacts"


def is_own(root: Path) -> bool:
    """Whether the store is the workspace's own database, and not one that `MLFLOW_TRACKING_URI` names."""
    return tracking_uri(root) == f"sqlite:///{database(root)}"


def is_server(uri: str) -> bool:
    """Whether a server keeps the store, and decides where its files lie."""
    return uri.startswith(("http:", "https:"))


# --- opening it ---


@dataclass(frozen=True)
class Store:
    """An open store: its address, MLflow's client and the number of the experiment."""

    uri: str
    client: Any
    experiment_id: str


def open_store(root: Path) -> Store:
    """Open the store and make what it lacks: the database, the experiment."""
    uri = tracking_uri(root)
    with errors_in_one_line(uri), contextlib.ExitStack() as held:
        if is_own(root):
            artifacts(root).mkdir(parents=True, exist_ok=True)
            # MLflow makes the tables of a new database in a second, and two processes must not do so at once.
            held.enter_context(locked(artifacts(root)))
        if uri.startswith("sqlite:///"):
            _probe(uri)
        client = mlflow().MlflowClient(tracking_uri=uri, registry_uri=uri)
        return Store(uri, client, _experiment(client, uri, root))


@contextmanager
def opened(root: Path) -> Iterator[Store]:
    """The open store; whatever fails in the block is a `TrackingError` of one line."""
    store = open_store(root)
    with errors_in_one_line(store.uri):
        yield store


def _probe(uri: str) -> None:
    """Fail at once where a file is no database or out of reach: MLflow tries again for a minute and a half."""
    path = uri.removeprefix("sqlite:///").partition("?")[0]
    if path and path != ":memory:":
        with contextlib.closing(sqlite3.connect(path, timeout=20.0)) as opened:
            opened.execute("PRAGMA schema_version").fetchone()


def _experiment(client: Any, uri: str, root: Path) -> str:
    """The experiment's number; made or restored if need be, for a job that runs unattended must not stop there.

    MLflow keeps the place of an experiment's files for good and as an absolute path. In a workspace that was moved or
    copied, the runs that come go into a new experiment (`forecast-2`) and not into the old folder.
    """
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    # A server keeps files where it will; for all else the workspace is the place.
    place = None if is_server(uri) else artifacts(root).as_uri()
    for number in itertools.count(1):
        title = name if number == 1 else f"{name}-{number}"
        kept = client.get_experiment_by_name(title) or _new_experiment(client, title, place)
        if is_own(root) and kept.artifact_location != place and kept.artifact_location.endswith("/mlruns/artifacts"):
            continue
        if kept.lifecycle_stage == "deleted":
            client.restore_experiment(kept.experiment_id)
        return str(kept.experiment_id)
    raise AssertionError


def _new_experiment(client: Any, name: str, place: str | None) -> Any:
    try:
        # Its pages open among those for models, not among those for language models.
        kind = {"mlflow.experimentKind": "custom_model_development"}
        return client.get_experiment(client.create_experiment(name, artifact_location=place, tags=kind))
    except mlflow().exceptions.MlflowException as error:
        if (kept := client.get_experiment_by_name(name)) is not None:
            return kept  # another process was quicker
        raise TrackingError(f"the experiment {name!r} cannot be made: {error}") from None


# --- calling it ---


def mlflow() -> Any:
    """The module mlflow, imported on first use with its telemetry off."""
    os.environ.update(_NO_TELEMETRY)
    import mlflow as module

    return module


@contextmanager
def errors_in_one_line(uri: str) -> Iterator[None]:
    """Call MLflow in the block: nothing is printed, and a store that fails is a `TrackingError` of one line."""
    with _quiet(uri):
        from mlflow.exceptions import MlflowException
        from requests import RequestException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except InputError as error:
            raise TrackingError(f"{without_password(uri)}: {error}; {_advice(uri, error)}") from None
        except ForecastError:
            raise
        except (MlflowException, RequestException, SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise TrackingError(f"{without_password(uri)}: {_reason(error)}; {_advice(uri, error)}") from None


def without_password(uri: str) -> str:
    """An address as it may be shown: without name and password."""
    return re.sub(r"(?<=://)[^/@]*@", "", uri)


@contextmanager
def _quiet(uri: str) -> Iterator[None]:
    # MLflow looks into its process-wide store here and there, and would make one in the working directory.
    settings = {name: value for name, value in _PATIENCE.items() if name not in os.environ} | {
        "MLFLOW_TRACKING_URI": uri
    }
    before = {name: os.environ.get(name) for name in settings}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow()  # sets up loggers of its own
        levels = {name: logging.getLogger(name).level for name in _NOISY}
        os.environ.update(settings)
        for name in _NOISY:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _reason(error: BaseException) -> str:
    """The first line of what went wrong, without the names of MLflow's and SQLAlchemy's own classes."""
    root = error
    while root.__cause__ is not None:
        root = root.__cause__
    if isinstance(root, sqlite3.Error | OSError) and str(root):
        error = root
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    line = str(error).strip().partition("\n")[0].rstrip(" .")
    if "Max retries exceeded" in line or "timed out" in line:
        return "the server does not answer"
    return line[:300] or type(error).__name__


def _advice(uri: str, error: BaseException) -> str:
    if is_server(uri):
        return "start the server, correct or unset MLFLOW_TRACKING_URI, or leave tracking out with --no-track"
    if "not a database" in str(error) or "malformed" in str(error):
        return "the database is damaged: move it away and the next run begins a new one"
    return "mend its place, or leave tracking out with --no-track"
