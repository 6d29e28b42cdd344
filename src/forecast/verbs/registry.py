"""The verb *registry*: which models there are."""

from __future__ import annotations

import inspect

import pandas as pd

from forecast.errors import ModelError
from forecast.models import DEFAULT, MODELS, model_names, named_model


def registry() -> pd.DataFrame:
    """List the models: the program's own, then those that other distributions register.

    Returns
    -------
    pandas.DataFrame
        Columns name, description, default; one row a model.
    """
    described = {name: MODELS[name][2] if name in MODELS else _described(name) for name in model_names()}
    return pd.DataFrame(
        {"name": name, "description": description, "default": name == DEFAULT}
        for name, description in described.items()
    )


def _described(name: str) -> str:
    """What a model of another distribution says of itself, or why it cannot be used."""
    try:
        return (inspect.getdoc(named_model(name)) or "").partition("\n")[0]
    except ModelError as error:
        return str(error)
