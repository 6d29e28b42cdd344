"""Runs, scores and models in MLflow: the only importer of mlflow, and only when a run is tracked.

The store is ``sqlite:///<root>/mlruns/mlflow.db`` with its files in ``<root>/mlruns/artifacts``, both absolute, or the
server that the environment variable `MLFLOW_TRACKING_URI` names. Files decide and the registry mirrors them: nothing
that answers a question needs the store.
"""

from __future__ import annotations

from forecast.tracking.registry import load_registered, registered_versions, registry_name, set_alias
from forecast.tracking.runs import TrackedRun, tracked_run
from forecast.tracking.store import tracking_uri

__all__ = [
    "TrackedRun",
    "load_registered",
    "registered_versions",
    "registry_name",
    "set_alias",
    "tracked_run",
    "tracking_uri",
]
