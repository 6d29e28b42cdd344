"""The bundle behind MLflow's own way of loading a model: ``mlflow.pyfunc.load_model`` calls `_load_pyfunc`.

Whoever loads a model so gets the program's own allow-list: arrays, sealed by SHA-256, nothing pickled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from forecast.models.base import PeriodModel
from forecast.training.bundle import load_bundle

#: Horizons of a served model's answer if it is not asked for others.
HORIZONS = (30, 90, 180)


class Served:
    """A model that answers MLflow: signals in, probabilities out.

    Parameters
    ----------
    model : PeriodModel
    """

    def __init__(self, model: PeriodModel) -> None:
        self.model = model

    def predict(self, signals: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Probabilities of a meeting within each of ``params["horizons"]``, a column `within_90d` and so on."""
        told = (params or {}).get("horizons")
        horizons = [int(days) for days in (told if told is not None else HORIZONS)]
        return answer(self.model, signals, horizons)


def answer(model: PeriodModel, signals: pd.DataFrame, horizons: list[int]) -> pd.DataFrame:
    """Probabilities with a column a horizon."""
    found = model.predict_cumulative_incidence(signals, horizons)
    return pd.DataFrame(found, columns=[f"within_{days}d" for days in horizons], index=signals.index)


def _load_pyfunc(path: str) -> Served:
    return Served(load_bundle(Path(path))[0])
