"""Verbs as tracked runs: MLflow is imported only where a run is wanted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.tracking import TrackedRun


@contextmanager
def tracking(root: Path, about: dict[str, Any], *, wanted: bool) -> Iterator[TrackedRun | None]:
    """Track the block, or not.

    Parameters
    ----------
    root : Path
    about : dict
        `kind`, `name`, `parameters` and `tags` of the run.
    wanted : bool

    Yields
    ------
    TrackedRun or None
    """
    if not wanted:
        yield None
        return
    from forecast.tracking import tracked_run

    with tracked_run(root, kind=about["kind"], name=about["name"], tags=about["tags"]) as run:
        run.parameters(about["parameters"])
        yield run


def reach(root: Path) -> None:
    """Refuse a store elsewhere that does not answer, before anything is written for it.

    Raises
    ------
    TrackingError
    """
    from forecast.tracking.client import own
    from forecast.tracking.store import open_store

    if not own(root):
        open_store(root)


def is_tracked(root: Path, about: dict[str, Any]) -> bool:
    """Whether such a run has been kept already."""
    from forecast.tracking import is_tracked as found

    return found(root, kind=about["kind"], tags=about["tags"])


def digest(request: dict[str, Any]) -> str:
    """Name of a request, by which its run is found again.

    Examples
    --------
    >>> digest({"start": "2010-01-01"})[:8]
    '7a1a54d0'
    """
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
