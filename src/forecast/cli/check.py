"""The command *check*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ROOT
from forecast.cli.output import deliver


@click.command()
@ROOT
@click.option("--uncoded", is_flag=True, help="List the records that could not be coded, as CSV.")
def check(root: Path, uncoded: bool) -> None:
    """Report coverage, counts and records that could not be coded."""
    if uncoded:
        from forecast.verbs.uncoded import uncoded as listed

        click.echo(listed(root=root).to_csv(index=False, lineterminator="\n"), nl=False)
        return
    print_check(root)


def print_check(root: Path) -> None:
    """Print coverage and counts of a workspace."""
    from forecast.verbs.check import calendar_check, table
    from forecast.verbs.check import check as run

    deliver(table(run(root=root), calendar_check(root=root)))
