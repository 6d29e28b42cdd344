"""A workspace that was moved or copied: MLflow keeps absolute places and would go on to write into the old folder."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

from forecast.tracking.client import artifacts, database

#: Columns of MLflow's tables that hold absolute places.
_PLACES: Final = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def follow_move(root: Path, told: str) -> bool:
    """Correct the absolute places in the database of a workspace that was moved or copied.

    Parameters
    ----------
    root : Path
    told : str
        Where the database says that the files of its runs lie.

    Returns
    -------
    bool
        Whether anything had to be corrected.
    """
    old, new = told, artifacts(root).as_uri()
    if old == new or not old.endswith("/mlruns/artifacts"):
        return False
    with contextlib.closing(sqlite3.connect(database(root), timeout=20.0)) as opened, opened:
        for table, column in _PLACES:
            opened.execute(
                f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
            )
    return True
