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
    from forecast.verbs.audit import audit
    from forecast.verbs.backtest import ablate, backtest
    from forecast.verbs.build_panel import build_panel
    from forecast.verbs.catalogue import catalogue, registry
    from forecast.verbs.check import check, uncoded
    from forecast.verbs.code import code
    from forecast.verbs.drift import drift
    from forecast.verbs.engagements import engagements, venues_ahead
    from forecast.verbs.explain import explain
    from forecast.verbs.export import export
    from forecast.verbs.ingest import ingest
    from forecast.verbs.init import init
    from forecast.verbs.ledger import add_to_ledger, review
    from forecast.verbs.predict import follow, predict
    from forecast.verbs.promote import promote
    from forecast.verbs.questions import questions
    from forecast.verbs.rank import rank
    from forecast.verbs.report import report
    from forecast.verbs.retrain import retrain
    from forecast.verbs.rollback import rollback
    from forecast.verbs.run import run
    from forecast.verbs.status import status
    from forecast.verbs.train import train
    from forecast.verbs.update import update
    from forecast.verbs.verify import verify, verify_log
    from forecast.verbs.whatif import whatif
    from forecast.workspace import find_workspace

__version__ = "0.2.0"

__all__ = [
    "ForecastError", "ablate", "add_to_ledger", "audit", "backtest", "build_panel", "catalogue", "check", "code",
    "drift", "engagements", "explain", "export", "find_workspace", "follow", "ingest", "init", "pictures", "predict",
    "promote", "questions", "rank", "registry", "report", "retrain", "review", "rollback", "run", "status", "train",
    "uncoded", "update", "venues_ahead", "verify", "verify_log", "whatif",
]  # fmt: skip

# Names that are no commands -> where they live; a command's verb lives in the file of its name. Nothing heavy is
# imported before it is needed: `forecast --help` must answer at once.
_HOME = {
    "ForecastError": "errors", "find_workspace": "workspace", "ablate": "verbs.backtest",
    "add_to_ledger": "verbs.ledger", "follow": "verbs.predict", "registry": "verbs.catalogue", "review": "verbs.ledger",
    "uncoded": "verbs.check", "venues_ahead": "verbs.engagements", "verify_log": "verbs.verify",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'forecast' has no attribute {name!r}")
    if name == "pictures":
        return import_module("forecast.display.pictures")
    found = getattr(import_module(f"forecast.{_HOME.get(name, f'verbs.{name}')}"), name)
    return found if name == "ForecastError" else import_module("forecast.verbs.arguments").checked(found)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
