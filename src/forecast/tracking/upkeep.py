"""Upkeep of a workspace's own store: after a killed run, after damage."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import platform
import sqlite3
from pathlib import Path
from typing import Final

from forecast.files import locked
from forecast.tracking.client import artifacts, database, own, tracking_uri
from forecast.tracking.store import Store
from forecast.tracking.telemetry import asking

#: Tags by which a run tells whose it is.
HOST: Final = "process.host"
PROCESS: Final = "process.id"


def process_tags() -> dict[str, str]:
    """Tags that tell which process runs."""
    return {HOST: platform.node(), PROCESS: str(os.getpid())}


def end_abandoned(store: Store, root: Path) -> None:
    """End the runs of processes that were killed: they can no longer say so themselves."""
    if not own(root):
        return  # a server is asked by machines whose processes cannot be seen
    asked = f"attributes.status = 'RUNNING' and tags.`{HOST}` = '{platform.node()}'"
    with asking(store.uri):
        for run in store.client.search_runs([store.experiment_id], asked):
            if not _alive(run.data.tags.get(PROCESS, "")):
                store.client.set_terminated(run.info.run_id, "KILLED")


def _alive(process: str) -> bool:
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


def set_aside_damaged(root: Path) -> Path | None:
    """Move a damaged database of the workspace aside, so that the next run begins a new one.

    Parameters
    ----------
    root : Path

    Returns
    -------
    Path or None
        Where the damaged one lies now; None if it is sound, absent, or not the workspace's own.

    Raises
    ------
    TrackingError
        If it cannot be moved.
    """
    place = database(root)
    if not own(root) or not place.is_file() or not _damaged(place):
        return None
    with asking(tracking_uri(root)):
        artifacts(root).mkdir(parents=True, exist_ok=True)
        with locked(artifacts(root)):
            if not _damaged(place):
                return None  # another process was quicker
            aside = place.with_name(f"{place.name}.damaged-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}")
            place.rename(aside)
            for rest in ("-journal", "-wal", "-shm"):
                place.with_name(place.name + rest).unlink(missing_ok=True)
    return aside


def _damaged(place: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True)) as opened:
            return bool(opened.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.OperationalError:
        return False  # busy, or out of reach: no sign of damage
    except sqlite3.DatabaseError:
        return True
