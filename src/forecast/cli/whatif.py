"""The command *whatif*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, BY, HORIZON, OUTPUT, ROOT, TARGET, formats, one_dyad
from forecast.cli.output import as_json, check_output, deliver, run, warn


@click.command()
@one_dyad()
@AS_OF
@HORIZON
@BY
@click.option(
    "--add", multiple=True, metavar="EVENT",
    help="Suppose this event: known_on=DATE,source=STATE,recipient=STATE,event=CONSULT,mode=visit,level=deputy,... "
    "in the ledger's columns, or a CSV file in ledger form. Can be repeated.",
)  # fmt: skip
@click.option(
    "--remove", multiple=True, metavar="ID", help="Leave out this record, or this summit (series/edition). Repeatable."
)
@click.option(
    "--add-venue", "add_venue", multiple=True, metavar="SUMMIT",
    help="Suppose this summit: series=NAME,host=STATE,starts_on=DATE,... Can be repeated.",
)  # fmt: skip
@TARGET
@ANSWERING
@formats("json")
@OUTPUT
@ROOT
def whatif(dyad: str, form: str, output: Path | None, **options: Any) -> None:
    """Forecast DYAD with hypothetical facts, beside the real forecast. Nothing is written."""
    if not (options["add"] or options["remove"] or options["add_venue"]):
        raise click.UsageError("suppose something: --add an event, --remove a record, or --add-venue")
    check_output(output)
    result, _ = run("whatif", dyad, **options)
    warn(result.warnings)
    deliver(as_json(result) if form == "json" else result, output)
