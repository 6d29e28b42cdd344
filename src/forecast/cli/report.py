"""The command *report*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, DYADS, FILE, PATH, ROOT, TARGET, focal
from forecast.cli.output import run, say


@click.command()
@DYADS
@AS_OF
@click.option("--output", type=FILE, required=True, help="The HTML file, written whole or not at all.")
@click.option("--forecasts", type=PATH, help="The forecasts.csv of a backtest: how good the model was.")
@focal("Watch only the dyads of this state.")
@TARGET
@ANSWERING
@ROOT
def report(dyads: tuple[str, ...], **options: Any) -> None:
    """Write a page about all dyads, and a sheet about each DYAD named."""
    path, _ = run("report", list(dyads), **options)
    say(f"written to {path}")
