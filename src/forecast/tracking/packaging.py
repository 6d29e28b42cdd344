"""A trained model as an MLflow model: the bundle, a signature, an example, requirements."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any, Final

from forecast.panel.panel import Panel
from forecast.tracking.serving import HORIZONS, answer
from forecast.training.bundle import pack_state, save_bundle
from forecast.training.provenance import library_versions
from forecast.training.train import Trained

#: Rows of the example.
_EXAMPLE: Final = 3

#: Where the bundle lies within the MLflow model.
BUNDLE: Final = "data/bundle"


def requirements() -> list[str]:
    """What loading a model needs, with the versions that trained it.

    The program itself is not listed: it is on no registry, and another package of its name might be.
    """
    versions = library_versions() | {
        name: importlib.metadata.version(name) for name in ("mlflow", "click", "defusedxml", "threadpoolctl")
    }
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def write_mlflow_model(folder: Path, trained: Trained, rows: Panel, *, described: Any) -> None:
    """Write the folder of an MLflow model.

    Parameters
    ----------
    folder : Path
        New.
    trained : Trained
    rows : Panel
        Rows for training: the first ones are the example.
    described : mlflow.models.Model
        What MLflow knows of the model, to be completed.
    """
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    # Rows that lack least tell a reader most.
    fullest = rows.signals.isna().sum(axis=1).argsort(kind="stable")[:_EXAMPLE]
    example = rows.signals.iloc[fullest.sort_values()].reset_index(drop=True).astype(float)
    answered = answer(trained.model, example, list(HORIZONS))
    signature = ModelSignature(
        # Every signal may be missing, which no column of floats needs to declare.
        inputs=Schema([ColSpec("double", name) for name in example.columns]),
        outputs=Schema([ColSpec("double", name) for name in answered.columns]),
        params=ParamSchema([ParamSpec("horizons", "long", list(HORIZONS), shape=(-1,))]),
    )
    bundle = folder.parent / "bundle"
    save_bundle(bundle, pack_state(trained.model), trained.card)
    mlflow.pyfunc.save_model(
        path=str(folder),
        loader_module="forecast.tracking.serving",
        data_path=str(bundle),
        mlflow_model=described,
        signature=signature,
        input_example=example,
        pip_requirements=requirements(),
    )
