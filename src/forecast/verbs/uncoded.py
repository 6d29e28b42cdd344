"""The verb *uncoded*: the records that could not be coded."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecast.readers.coded_source import UNCODED, read_rows
from forecast.workspace import Workspace


def uncoded(*, root: Path | str = ".") -> pd.DataFrame:
    """List the records of the workspace `root` that could not be coded, with the reason.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    pandas.DataFrame
        Columns collection, record_id, started_on, reason and more as `forecast ingest` wrote them, and publisher; empty
        without a publisher's records.
    """
    paths = sorted(Workspace(root).raw.glob(f"*/{UNCODED}"))
    tables = [read_rows(path).assign(publisher=path.parent.name) for path in paths]
    empty = pd.DataFrame(columns=["collection", "record_id", "started_on", "reason", "publisher"])
    return pd.concat(tables, ignore_index=True).fillna("") if tables else empty
