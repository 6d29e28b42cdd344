"""The command *update*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
def update(origin: str | None, whole: bool, root: Path, **options: Any) -> None:
    """Fetch the publisher's newest records and replace its facts in the workspace."""
    from forecast.verbs import update as verb

    if origin is not None:
        options["origin"] = origin
    with progress() as step:
        result = verb.update(root=root, **options, on_step=step)
    if not result.is_new:
        click.echo("nothing new")
        return
    deliver(verb.table(result, whole=whole))
    if result.refused and not options["allow_shrink"]:
        raise InputError(f"would be refused: {result.refused}; accept with --allow-shrink")
    place = f"written to {root / 'data' / 'raw' / 'state-department'}"
    click.echo(f"forecast: {place if result.written else 'nothing is written: this is a dry run'}", err=True)
