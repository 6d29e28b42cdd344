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
    from forecast.display import pictures
    from forecast.errors import ForecastError
    from forecast.verbs.ablate import ablate
    from forecast.verbs.audit import audit
    from forecast.verbs.backtest import backtest, build_panel, train
    from forecast.verbs.catalogue import catalogue, registry
    from forecast.verbs.drift import drift
    from forecast.verbs.engagements import engagements, venues_ahead
    from forecast.verbs.explain import explain
    from forecast.verbs.export import export
    from forecast.verbs.follow import follow
    from forecast.verbs.predict import predict
    from forecast.verbs.promote import promote, rollback, status
    from forecast.verbs.rank import rank
    from forecast.verbs.report import report
    from forecast.verbs.retrain import retrain
    from forecast.verbs.update import update
    from forecast.verbs.verify import verify
    from forecast.verbs.verify_log import verify_log
    from forecast.verbs.whatif import whatif
    from forecast.verbs.workspace import check, find_workspace, ingest, init, uncoded

__version__ = "0.1.0"

# Where each name lives. Nothing heavy is imported before it is asked for: `forecast --help` must answer at once.
_HOME = {
    "ForecastError": "forecast.errors",
    "ablate": "forecast.verbs.ablate",
    "audit": "forecast.verbs.audit",
    "backtest": "forecast.verbs.backtest",
    "build_panel": "forecast.verbs.backtest",
    "catalogue": "forecast.verbs.catalogue",
    "check": "forecast.verbs.workspace",
    "drift": "forecast.verbs.drift",
    "explain": "forecast.verbs.explain",
    "engagements": "forecast.verbs.engagements",
    "export": "forecast.verbs.export",
    "find_workspace": "forecast.verbs.workspace",
    "follow": "forecast.verbs.follow",
    "ingest": "forecast.verbs.workspace",
    "init": "forecast.verbs.workspace",
    "predict": "forecast.verbs.predict",
    "promote": "forecast.verbs.promote",
    "rank": "forecast.verbs.rank",
    "registry": "forecast.verbs.catalogue",
    "report": "forecast.verbs.report",
    "retrain": "forecast.verbs.retrain",
    "rollback": "forecast.verbs.promote",
    "status": "forecast.verbs.promote",
    "train": "forecast.verbs.backtest",
    "uncoded": "forecast.verbs.workspace",
    "update": "forecast.verbs.update",
    "venues_ahead": "forecast.verbs.engagements",
    "verify": "forecast.verbs.verify",
    "verify_log": "forecast.verbs.verify_log",
    "whatif": "forecast.verbs.whatif",
}

# Names that are modules themselves.
_MODULES = {"pictures": "forecast.display.pictures"}

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
        return import_module(_MODULES[name])
    if name not in _HOME:
        raise AttributeError(f"module 'forecast' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
