"""The command *status*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ROOT, formats
from forecast.cli.output import deliver_as


@click.command()
@formats("json")
@ROOT
def status(form: str, root: Path) -> None:
    """Report which model is champion, what the last retrain decided and how far the records reach."""
    from forecast.verbs import status as verb

    result = verb.status(root=root)
    deliver_as(form, result, verb.table)
