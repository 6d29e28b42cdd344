"""The command *ledger*: its own verbs, their flags, and what they print."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import ROOT
from forecast.cli.output import say


@click.group()
def ledger() -> None:
    """Lay out and fill your own ledgers of events."""


@ledger.command()
@click.argument("dyad", required=False, metavar="[DYAD]")
@click.option("--focal", metavar="STATE", help="Instead of a DYAD: the state whose journeys or visits it holds.")
@click.option(
    "--direction",
    type=click.Choice(["both", "journeys", "visits"]),
    default="both",
    show_default=True,
    help="With --focal: journeys of its leader, visits to it, or both.",
)
@click.option("--since", metavar="DATE", help="First day over which the ledger will be complete.")
@click.option("--until", metavar="DATE", help="Last day over which the ledger will be complete.")
@ROOT
def new(dyad: str | None, **options: Any) -> None:
    """Lay out an empty ledger for a DYAD such as RUS-CHN, or for all dyads of a state."""
    if (dyad is None) == (options["focal"] is None):
        raise click.UsageError("name one dyad such as RUS-CHN, or give --focal")
    from forecast.verbs import ledger as verb

    path = verb.new(dyad, **options)
    say(f"{path} is ready: add a row an event, then try 'forecast check'")
