"""The verbs *catalogue* and *registry*: which signals and models there are."""

from __future__ import annotations

import pandas as pd

from forecast.models import DEFAULT, MODELS
from forecast.signals import CATALOGUE


def catalogue() -> pd.DataFrame:
    """List the declared signals.

    Returns
    -------
    pandas.DataFrame
        Columns name, family, measure, unit, description; one row a signal.
    """
    return pd.DataFrame(
        {
            "name": signal.name,
            "family": signal.family,
            "measure": signal.measure,
            "unit": signal.unit,
            "description": signal.description,
        }
        for signal in CATALOGUE.values()
    )


def registry() -> pd.DataFrame:
    """List the models.

    Returns
    -------
    pandas.DataFrame
        Columns name, description, default; one row a model.
    """
    return pd.DataFrame(
        {"name": name, "description": description, "default": name == DEFAULT}
        for name, (_, _, description) in MODELS.items()
    )
