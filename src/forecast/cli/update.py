"""The command *update*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ROOT
from forecast.cli.output import deliver, progress
from forecast.errors import InputError


@click.command()
@click.option(
    "--from",
    "origin",
    metavar="DIR|URL",
    help="A copy of the publisher's files, or an address with its repositories. Default: the publisher's address.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.option("--list", "whole", is_flag=True, help="Show every record that changes, not only the first of each kind.")
@click.option("--allow-shrink", is_flag=True, help="Accept records that end earlier or are fewer than now.")
@ROOT
def update(origin: str | None, dry_run: bool, whole: bool, allow_shrink: bool, root: Path) -> None:
    """Fetch the publisher's newest records and replace its facts in the workspace."""
    from forecast.coding.state_department.records import PUBLISHER
    from forecast.verbs.update import table
    from forecast.verbs.update import update as run

    with progress() as step:
        result = run(
            root=root,
            origin=origin if origin is not None else PUBLISHER,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            on_step=step,
        )
    if not result.is_new:
        click.echo("nothing new")
        return
    deliver(table(result, whole=whole))
    if result.refused and not allow_shrink:
        raise InputError(f"would be refused: {result.refused}; accept with --allow-shrink")
    click.echo(
        "forecast: nothing is written: this is a dry run"
        if dry_run
        else f"forecast: written to {root / 'data' / 'raw' / 'state-department'}",
        err=True,
    )
