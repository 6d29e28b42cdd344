"""The command *promote*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import NO_TRACK, ROOT, TARGET, WAIT
from forecast.cli.output import progress, warn
from forecast.errors import TrackingError


@click.command()
@click.argument("version")
@TARGET
@WAIT
@NO_TRACK
@ROOT
def promote(version: str, target: str, wait_seconds: float, no_track: bool, root: Path) -> None:
    """Make VERSION, a model of an earlier retrain, the champion."""
    from forecast.verbs.promote import promote as run

    with progress() as step:
        done = run(version, root=root, target=target, wait_seconds=wait_seconds, track=not no_track, on_step=step)
    print_change(done.before, done.after, done.warning)
    report_problem(done.problem)


def print_change(before: str | None, after: str, warning: str) -> None:
    """Print the champion before and after."""
    warn([warning] if warning else [])
    click.echo(f"champion: {after} (unchanged)" if before == after else f"champion: {before or 'none'} -> {after}")


def report_problem(problem: str) -> None:
    """What went wrong with the store of runs, after all else is done."""
    if problem:
        raise TrackingError(f"the files are as they should be, but {problem}; the next retrain completes the registry")
