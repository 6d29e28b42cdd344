"""Where a workspace keeps its runs."""

from __future__ import annotations

import os
from pathlib import Path


def tracking_uri(root: Path) -> str:
    """Address of the store: `MLFLOW_TRACKING_URI` if set, else the database of the workspace.

    Parameters
    ----------
    root : Path

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ):
    ...     os.environ.pop("MLFLOW_TRACKING_URI", None) and None
    ...     tracking_uri(Path("/srv/ws"))
    'sqlite:////srv/ws/mlruns/mlflow.db'
    """
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{database(root)}"


def served(uri: str) -> bool:
    """Whether a server keeps the store, and decides where its files lie."""
    return uri.startswith(("http:", "https:"))


def database(root: Path) -> Path:
    """File of the workspace's own store."""
    return root.resolve() / "mlruns" / "mlflow.db"


def artifacts(root: Path) -> Path:
    """Folder of the files that runs keep in the workspace's own store."""
    return root.resolve() / "mlruns" / "artifacts"


def own(root: Path) -> bool:
    """Whether the store is the workspace's own database, and not one that `MLFLOW_TRACKING_URI` names."""
    return tracking_uri(root) == f"sqlite:///{database(root)}"
