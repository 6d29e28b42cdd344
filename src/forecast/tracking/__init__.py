"""Runs, scores and models in MLflow: the only importer of mlflow, and only when a run is tracked.

MLflow is written and not relied on: what a verb did is logged once, at its end, through MLflow's public client, and no
forecast reads it back (docs/decisions/010). The store is ``sqlite:///<root>/mlruns/mlflow.db`` with its files in
``<root>/mlruns/artifacts``, both absolute, or the server that the environment variable `MLFLOW_TRACKING_URI` names.
"""

from __future__ import annotations

from forecast.tracking.client import tracking_uri
from forecast.tracking.registry import load_registered, registered_versions, registry_name, set_alias
from forecast.tracking.runs import TrackedRun, is_tracked, tracked_run

__all__ = [
    "TrackedRun", "is_tracked", "load_registered", "registered_versions", "registry_name", "set_alias", "tracked_run",
    "tracking_uri",
]  # fmt: skip
