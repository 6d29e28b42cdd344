"""The command *report*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, DYADS, ROOT, TARGET, focal
from forecast.cli.output import progress, say


@click.command()
@DYADS
@AS_OF
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The HTML file, written whole or not at all.",
)
@click.option(
    "--forecasts", type=click.Path(path_type=Path), help="The forecasts.csv of a backtest: how good the model was."
)
@focal("Watch only the dyads of this state.")
@TARGET
@ANSWERING
@ROOT
def report(dyads: tuple[str, ...], **options: Any) -> None:
    """Write a page about all dyads, and a sheet about each DYAD named."""
    with progress() as step:
        from forecast.verbs import report as verb

        path = verb.report(list(dyads), **options, on_step=step)
    say(f"written to {path}")
