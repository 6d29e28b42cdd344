"""The command *audit*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import MODEL, ROOT, SIGNALS
from forecast.cli.output import deliver, run


@click.command()
@click.option("--as-of", metavar="DATE", help="Try this as-of date alone. Default: dates drawn at random.")
@MODEL
@click.option("--trials", type=click.IntRange(min=1), default=5, help="As-of dates of each test.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Of dates and invented facts.")
@SIGNALS
@ROOT
def audit(**options: Any) -> None:
    """Prove that no forecast of the workspace sees what was not public."""
    report, verb = run("audit", **options)
    deliver(verb.table(report))
    verb.check_passed(report)
