"""The command *rollback*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import NO_TRACK, ROOT, TARGET, WAIT
from forecast.cli.output import progress
from forecast.cli.promote import print_change


@click.command()
@TARGET
@WAIT
@NO_TRACK
@ROOT
def rollback(**options: Any) -> None:
    """Go back to the champion before the present one."""
    with progress() as step:
        from forecast.verbs import rollback as verb

        done = verb.rollback(**options, on_step=step)
    print_change(done)
