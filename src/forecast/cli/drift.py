"""The command *drift*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ANSWERING, AS_OF, ROOT, TARGET
from forecast.cli.output import progress


@click.command()
@AS_OF
@ANSWERING
@TARGET
@ROOT
def drift(as_of: str, model: str | None, target: str, root: Path) -> None:
    """Report whether sources, signals and probabilities are still those that the model learned."""
    from forecast.verbs.drift import drift as run

    with progress() as step:
        report = run(root=root, as_of=as_of, model=model, target=target, on_step=step)
    click.echo(report.text())
