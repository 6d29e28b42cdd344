"""The command *rank*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, BY, HORIZON, OUTPUT, ROOT, TARGET, focal, formats
from forecast.cli.output import check_output, deliver_as, run, warn


@click.command()
@AS_OF
@HORIZON
@BY
@focal("Whose dyads are ranked. Default: the first of forecast.toml, or USA.")
@click.option(
    "--sort", type=click.Choice(["probability", "surprise", "change"]), default="probability",
    help="surprise: log-odds above climatology; change: since a month before.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), default=20, metavar="N", help="How many dyads.")
@TARGET
@ANSWERING
@formats("json", "csv")
@OUTPUT
@ROOT
def rank(form: str, output: Path | None, **options: Any) -> None:
    """Rank the dyads of a state: a watch list."""
    check_output(output)
    rows, verb = run("rank", **options)
    from forecast.display.frames import distinct_warnings

    warn(distinct_warnings(rows))
    deliver_as(form, rows, verb.table, output)
