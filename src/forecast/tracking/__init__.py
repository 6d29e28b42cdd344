"""Runs, scores and models in MLflow: the only importer of mlflow, and only when a run is tracked.

The store is ``sqlite:///<root>/mlruns/mlflow.db`` with its files in ``<root>/mlruns/artifacts``, both absolute, or the
server that the environment variable `MLFLOW_TRACKING_URI` names. Files decide and the registry mirrors them: nothing
that answers a question needs the store.
"""

from __future__ import annotations

from forecast.tracking.client import tracking_uri
from forecast.tracking.registry import load_registered, registered_versions, registry_name, set_alias
from forecast.tracking.runs import TrackedRun, is_tracked, tracked_run
from forecast.tracking.upkeep import set_aside_damaged

__all__ = [
    "TrackedRun",
    "is_tracked",
    "load_registered",
    "registered_versions",
    "registry_name",
    "set_alias",
    "set_aside_damaged",
    "tracked_run",
    "tracking_uri",
]
