"""The command *promote*: its flags, and what it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from forecast.cli.options import NO_TRACK, ROOT, TARGET, WAIT
from forecast.cli.output import put, run, warn
from forecast.errors import TrackingError

if TYPE_CHECKING:
    from forecast.verbs.promote import Promotion


@click.command()
@click.argument("version")
@TARGET
@WAIT
@NO_TRACK
@ROOT
def promote(**options: Any) -> None:
    """Make VERSION, a model of an earlier retrain, the champion."""
    print_change(run("promote", **options)[0])


def print_change(done: Promotion) -> None:
    """Print the champion before and after."""
    warn([done.warning] if done.warning else [])
    change = f"{done.after} (unchanged)" if done.before == done.after else f"{done.before or 'none'} -> {done.after}"
    put(f"champion: {change}")
    report_problem(done.problem)


def report_problem(problem: str) -> None:
    """What went wrong with the store of runs, after all else is done."""
    if problem:
        raise TrackingError(f"the files are as they should be, but {problem}; the next retrain completes the registry")
