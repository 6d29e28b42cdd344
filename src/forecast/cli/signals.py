"""The command *signals*: its flags, and what it prints."""

from __future__ import annotations

import click

from forecast.cli.output import deliver


@click.command()
def signals() -> None:
    """List the signals."""
    from forecast.verbs.catalogue import catalogue, table

    deliver(table(catalogue()))
