"""The command *rollback*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import NO_TRACK, ROOT, TARGET, WAIT
from forecast.cli.output import run
from forecast.cli.promote import print_change


@click.command()
@TARGET
@WAIT
@NO_TRACK
@ROOT
def rollback(**options: Any) -> None:
    """Go back to the champion before the present one."""
    print_change(run("rollback", **options)[0])
