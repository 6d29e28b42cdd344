"""The command *signals*."""

from __future__ import annotations

import click


@click.command()
def signals() -> None:
    """List the signals."""
    from forecast.cli.tables import catalogue_table
    from forecast.verbs.catalogue import catalogue

    click.echo(catalogue_table(catalogue()))
