"""Flags and help of the verb *update*."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from forecast.cli.options import ROOT
from forecast.display.progress import steps
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
    from forecast.display.changes_table import changes_table
    from forecast.verbs.update import update as run

    with steps(sys.stderr) as step:
        found = run(
            root=root,
            origin=origin if origin is not None else PUBLISHER,
            dry_run=dry_run,
            allow_shrink=allow_shrink,
            on_step=step,
        )
    if not found.is_new:
        click.echo("nothing new")
        return
    click.echo(changes_table(found.counts, found.changes, whole=whole))
    if found.refused and not allow_shrink:
        raise InputError(f"would be refused: {found.refused}; accept with --allow-shrink")
    click.echo(
        "forecast: nothing is written: this is a dry run"
        if dry_run
        else f"forecast: written to {root / 'data' / 'raw' / 'state-department'}",
        err=True,
    )
