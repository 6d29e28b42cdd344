"""The command *status*: its flags, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import click

from forecast.cli.options import ROOT, formats
from forecast.cli.output import deliver


@click.command()
@formats("json")
@ROOT
def status(form: str, root: Path) -> None:
    """Report which model is champion, what the last retrain decided and how far the records reach."""
    from forecast.verbs.status import status as run
    from forecast.verbs.status import table

    result = run(root=root)
    deliver(json.dumps(result, indent=1) if form == "json" else table(result))
