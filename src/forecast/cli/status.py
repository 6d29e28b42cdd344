"""The command *status*."""

from __future__ import annotations

import json
from pathlib import Path

import click

from forecast.cli.options import ROOT


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
@ROOT
def status(form: str, root: Path) -> None:
    """Say which model is champion, what the last retrain decided and how far the records reach."""
    from forecast.verbs.status import status as run

    found = run(root=root)
    if form == "json":
        click.echo(json.dumps(found, indent=1))
        return
    from forecast.display.status_table import status_table

    click.echo(status_table(found))
