"""The verb *uncoded*: the records that could not be coded."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast.errors import InputError
from forecast.readers.coded_facts import STATE_DEPARTMENT
from forecast.workspace import Workspace


def uncoded(*, root: Path | str = ".") -> pd.DataFrame:
    """List the records of the workspace `root` that could not be coded, with the reason.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        Columns collection, record_id, started_on, reason and more as `forecast ingest` wrote them; empty without a
        publisher's records.
    """
    path = Workspace(root).raw / STATE_DEPARTMENT / "uncoded.csv"
    if not path.exists():
        return pd.DataFrame(columns=["collection", "record_id", "started_on", "reason"])
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except ValueError as error:
        raise InputError(f"is no table of uncoded records ({error}); run forecast ingest again", path=path) from None
