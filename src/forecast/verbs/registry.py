"""The verb *registry*: which models there are."""

from __future__ import annotations

import pandas as pd

from forecast.models import DEFAULT, MODELS


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
