"""How likely is it that the leaders of two states meet in person by a date, given only what was public before, and why?

Examples
--------
>>> import forecast as fc
>>> fc.catalogue()["family"].unique()[0]
'meetings'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast import pictures
    from forecast.errors import ForecastError
    from forecast.jobs.ablating import ablate
    from forecast.jobs.auditing import audit
    from forecast.jobs.backtesting import backtest, build_panel, train
    from forecast.jobs.cataloguing import catalogue, registry
    from forecast.jobs.drifting import drift
    from forecast.jobs.explaining import explain
    from forecast.jobs.exporting import export
    from forecast.jobs.following import follow
    from forecast.jobs.log_verifying import verify_log
    from forecast.jobs.predicting import predict
    from forecast.jobs.promoting import promote, rollback, status
    from forecast.jobs.ranking import rank
    from forecast.jobs.recounting import engagements, venues_ahead
    from forecast.jobs.reporting import report
    from forecast.jobs.retraining import retrain
    from forecast.jobs.supposing import whatif
    from forecast.jobs.updating import update
    from forecast.jobs.verifying import verify
    from forecast.jobs.workspace import check, find_workspace, ingest, init, uncoded

__version__ = "0.1.0"

# Where each name lives. Nothing heavy is imported before it is asked for: `forecast --help` must answer at once.
_HOME = {
    "ForecastError": "forecast.errors",
    "ablate": "forecast.jobs.ablating",
    "audit": "forecast.jobs.auditing",
    "backtest": "forecast.jobs.backtesting",
    "build_panel": "forecast.jobs.backtesting",
    "catalogue": "forecast.jobs.cataloguing",
    "check": "forecast.jobs.workspace",
    "drift": "forecast.jobs.drifting",
    "explain": "forecast.jobs.explaining",
    "engagements": "forecast.jobs.recounting",
    "export": "forecast.jobs.exporting",
    "find_workspace": "forecast.jobs.workspace",
    "follow": "forecast.jobs.following",
    "ingest": "forecast.jobs.workspace",
    "init": "forecast.jobs.workspace",
    "predict": "forecast.jobs.predicting",
    "promote": "forecast.jobs.promoting",
    "rank": "forecast.jobs.ranking",
    "registry": "forecast.jobs.cataloguing",
    "report": "forecast.jobs.reporting",
    "retrain": "forecast.jobs.retraining",
    "rollback": "forecast.jobs.promoting",
    "status": "forecast.jobs.promoting",
    "train": "forecast.jobs.backtesting",
    "uncoded": "forecast.jobs.workspace",
    "update": "forecast.jobs.updating",
    "venues_ahead": "forecast.jobs.recounting",
    "verify": "forecast.jobs.verifying",
    "verify_log": "forecast.jobs.log_verifying",
    "whatif": "forecast.jobs.supposing",
}

# Names that are modules themselves.
_MODULES = ("pictures",)

__all__ = [
    "ForecastError",
    "ablate",
    "audit",
    "backtest",
    "build_panel",
    "catalogue",
    "check",
    "drift",
    "engagements",
    "explain",
    "export",
    "find_workspace",
    "follow",
    "ingest",
    "init",
    "pictures",
    "predict",
    "promote",
    "rank",
    "registry",
    "report",
    "retrain",
    "rollback",
    "status",
    "train",
    "uncoded",
    "update",
    "venues_ahead",
    "verify",
    "verify_log",
    "whatif",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"forecast.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'forecast' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
