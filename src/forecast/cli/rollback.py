"""The command *rollback*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import NO_TRACK, ROOT, TARGET, WAIT
from forecast.cli.output import progress
from forecast.cli.promote import print_change, report_problem


@click.command()
@TARGET
@WAIT
@NO_TRACK
@ROOT
def rollback(target: str, wait_seconds: float, no_track: bool, root: Path) -> None:
    """Go back to the champion before the present one."""
    from forecast.verbs.rollback import rollback as run

    with progress() as step:
        done = run(root=root, target=target, wait_seconds=wait_seconds, track=not no_track, on_step=step)
    print_change(done.before, done.after, done.warning)
    report_problem(done.problem)
