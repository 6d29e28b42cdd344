"""Verbs as tracked runs: MLflow is imported only where a run is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast.errors import TrackingError

if TYPE_CHECKING:
    from forecast.tracking import TrackedRun


@dataclass
class Tracking:
    """The run of a verb, if one is wanted, and once it has ended what was not logged."""

    run: TrackedRun | None = None
    problem: str = ""


@contextmanager
def tracking(root: Path, about: dict[str, Any], *, wanted: bool) -> Iterator[Tracking]:
    """Track the block, or not; a store that fails takes nothing away from what the block has written."""
    state = Tracking()
    if not wanted:
        yield state
        return
    from forecast.tracking import tracked_run

    try:
        with tracked_run(root, kind=about["kind"], name=about["name"], tags=about["tags"]) as run:
            run.parameters(about["parameters"])
            state.run = run
            yield state
    except TrackingError as error:
        state.problem = f"the run {about['name']!r} is not logged: {error}"


def is_tracked(root: Path, about: dict[str, Any]) -> bool:
    """Whether such a run is in the store; that it cannot be read is said when the run is to be logged."""
    from forecast.tracking import is_tracked as is_logged

    try:
        return is_logged(root, kind=about["kind"], tags=about["tags"])
    except TrackingError:
        return False
