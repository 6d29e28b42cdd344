"""The verb *drift*."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from forecast.cli.options import ANSWERING, ROOT, TARGET


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Midnight at the start of this day. Default: today (UTC).")
@ANSWERING
@TARGET
@ROOT
def drift(as_of: str | None, model: str | None, target: str, root: Path) -> None:
    """Say whether sources, signals and probabilities are still those that the model learned."""
    from forecast.display.progress import steps
    from forecast.training.provenance import now
    from forecast.verbs.drift import drift as run

    with steps(sys.stderr) as step:
        report = run(
            root=root, as_of=as_of if as_of is not None else now()[:10], model=model, target=target, on_step=step
        )
    click.echo(report.text())
