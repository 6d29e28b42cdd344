"""The verb *catalogue*: which signals there are."""

from __future__ import annotations

import pandas as pd

from forecast.display.table import Column, Table
from forecast.signals.catalogue import CATALOGUE, COMPUTED


def catalogue() -> pd.DataFrame:
    """List the signals of a panel.

    Returns
    -------
    pandas.DataFrame
        Columns name, family, unit, declared, description; one row a signal.
    """
    declared = [
        {"name": s.name, "family": s.family, "unit": s.unit, "declared": True, "description": s.description}
        for s in CATALOGUE.values()
    ]
    computed = [
        {"name": name, "family": name.split("__")[0], "unit": unit, "declared": False, "description": description}
        for name, (unit, description) in COMPUTED.items()
    ]
    return pd.DataFrame([*declared, *computed])


def table(rows: pd.DataFrame) -> Table:
    """The catalogue of signals: name, unit and what it says."""
    names = [(f"{row['name']} [{row['unit']}]",) for _, row in rows.iterrows()]
    return Table([Column("", style="cyan")], names, details=list(rows["description"]))
