"""A trained model as an MLflow model: written with a signature, and loaded through the program's own allow-list.

``mlflow.pyfunc.load_model`` calls `_load_pyfunc` of `forecast.verbs.serving`, whose name stands in every model that was
logged (this module's in older ones): arrays sealed by SHA-256 are read, nothing is unpickled.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import ModelError
from forecast.models.base import PeriodModel
from forecast.panel.panel import Panel
from forecast.training.bundle import load_bundle, pack_state, save_bundle
from forecast.training.provenance import library_versions
from forecast.training.train import Trained

#: Horizons for which a served model answers if the query names none.
HORIZONS: Final = (30, 90, 180)
#: Where the bundle lies within the MLflow model.
BUNDLE: Final = "data/bundle"
#: Rows of the example.
_EXAMPLE: Final = 3


class Served:
    """A model as MLflow calls it: signals in, or dyads and dates for which it can look them up; probabilities out."""

    def __init__(
        self, model: PeriodModel, signals_of: Callable[[pd.DataFrame, str], pd.DataFrame] | None = None
    ) -> None:
        self.model, self.signals_of = model, signals_of

    def predict(self, rows: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Probabilities of a meeting within each of ``params["horizons"]``, a column `within_90d` and so on.

        The rows are signals, or have the columns `dyad` and `as_of`; then ``params["root"]`` names the workspace.
        """
        given = params or {}
        named = {"dyad", "as_of"} & set(rows.columns)
        if len(named) == 1:
            raise ModelError(f"a question is a dyad and an as_of, and there is only {min(named)}")
        if named and self.signals_of is not None:
            rows = self.signals_of(rows, str(given.get("root") or ""))
        horizons = given.get("horizons")
        return _probabilities(self.model, rows, [int(days) for days in (HORIZONS if horizons is None else horizons)])


def _load_pyfunc(path: str) -> Served:
    return Served(load_bundle(Path(path))[0])


def _probabilities(model: PeriodModel, signals: pd.DataFrame, horizons: list[int]) -> pd.DataFrame:
    values = model.predict_cumulative_incidence(signals, horizons)
    return pd.DataFrame(values, columns=[f"within_{days}d" for days in horizons], index=signals.index)


def requirements() -> list[str]:
    """What loading a model needs, with the versions that trained it.

    The program itself is not listed: it is on no registry, and another package of its name might be.
    """
    versions = library_versions() | {
        name: importlib.metadata.version(name) for name in ("mlflow", "click", "defusedxml", "threadpoolctl")
    }
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def write_mlflow_model(folder: Path, trained: Trained, rows: Panel, *, description: Any) -> None:
    """Write the new folder of an MLflow model, whose `description` this completes: bundle, signature, example."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    # Rows that lack least tell a reader most.
    fullest = rows.signals.isna().sum(axis=1).argsort(kind="stable")[:_EXAMPLE]
    chosen = rows.signals.iloc[fullest.sort_values()].astype(float)
    # Weights of single states need to know the dyads of the rows.
    answers, example = _probabilities(trained.model, chosen, list(HORIZONS)), chosen.reset_index(drop=True)
    signature = ModelSignature(
        # All signals, or a dyad and a date: so no column is required by itself.
        inputs=Schema(
            [ColSpec("double", name, required=False) for name in example.columns]
            + [ColSpec("string", name, required=False) for name in ("dyad", "as_of")]
        ),
        outputs=Schema([ColSpec("double", name) for name in answers.columns]),
        params=ParamSchema(
            [ParamSpec("horizons", "long", list(HORIZONS), shape=(-1,)), ParamSpec("root", "string", "")]
        ),
    )
    bundle = folder.parent / "bundle"
    save_bundle(bundle, pack_state(trained.model), trained.card)
    mlflow.pyfunc.save_model(
        path=str(folder),
        loader_module="forecast.verbs.serving",
        data_path=str(bundle),
        mlflow_model=description,
        signature=signature,
        input_example=example,
        pip_requirements=requirements(),
    )
