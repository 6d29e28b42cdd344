"""The command *check*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ROOT
from forecast.cli.output import as_csv, deliver


@click.command()
@ROOT
@click.option("--uncoded", is_flag=True, help="List the records that could not be coded, as CSV.")
def check(root: Path, uncoded: bool) -> None:
    """Report coverage, counts and records that could not be coded."""
    if uncoded:
        from forecast.verbs.uncoded import uncoded as listed

        click.echo(as_csv(listed(root=root)))
    else:
        print_check(root)


def print_check(root: Path) -> None:
    """Print coverage and counts of a workspace."""
    from forecast.verbs import check as verb

    deliver(verb.table(verb.check(root=root), verb.calendar_check(root=root)))
