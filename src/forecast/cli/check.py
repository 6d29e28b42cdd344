"""The command *check*."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ROOT


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
    from forecast.cli.tables import calendar_line, check_table
    from forecast.verbs.check import calendar_check
    from forecast.verbs.check import check as run

    click.echo(check_table(run(root=root)))
    found = calendar_check(root=root)
    if found is not None:
        click.echo(calendar_line(found))
