"""MLflow, imported without telemetry and asked without noise; what goes wrong becomes one line."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from forecast.errors import ForecastError, TrackingError

#: Set before MLflow is imported, and for good: telemetry is on otherwise, also in processes that MLflow starts.
_NO_TELEMETRY: Final = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}

#: Set while MLflow is asked, unless the user has set them: by itself it retries a server that is gone for minutes.
_PATIENCE: Final = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}

_NOISY: Final = ("mlflow", "alembic", "sqlalchemy", "urllib3")


def mlflow() -> Any:
    """The module mlflow, imported on first use with its telemetry off."""
    os.environ.update(_NO_TELEMETRY)
    import mlflow as found

    return found


@contextmanager
def asking(uri: str) -> Iterator[None]:
    """Ask a store: nothing is printed, and what fails there is one line.

    Raises
    ------
    TrackingError
        If the store cannot be read, written or reached.
    """
    with _quiet(uri):
        known = failures()
        try:
            yield
        except ForecastError:
            raise
        except known as error:
            raise TrackingError(f"{shown(uri)}: {_reason(error)}; {_advice(uri, error)}") from None


def shown(uri: str) -> str:
    """An address as it may be shown: without name and password.

    Examples
    --------
    >>> shown("https://me:secret@host:5000/x")
    'https://host:5000/x'
    """
    return re.sub(r"(?<=://)[^/@]*@", "", uri)


@contextmanager
def _quiet(uri: str) -> Iterator[None]:
    # MLflow asks its process-wide store here and there, and would make one in the working directory.
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


def failures() -> tuple[type[Exception], ...]:
    """What MLflow raises when a store fails."""
    from mlflow.exceptions import MlflowException
    from requests import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    return (MlflowException, RequestException, SQLAlchemyError, sqlite3.Error, OSError)


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
    if uri.startswith(("http:", "https:")):
        return "start the server, correct or unset MLFLOW_TRACKING_URI, or leave tracking out with --no-track"
    told = str(error)
    if "not a database" in told or "malformed" in told:
        return "the database is damaged: move it away and the next run begins a new one"
    return "mend its place, or leave tracking out with --no-track"
