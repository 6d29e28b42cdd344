"""The command *drift*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, FAIL_ON, ROOT, TARGET
from forecast.cli.output import deliver, run


@click.command()
@AS_OF
@FAIL_ON
@ANSWERING
@TARGET
@ROOT
def drift(fail_on: str | None, **options: Any) -> None:
    """Report whether sources, signals and probabilities are still those that the model learned."""
    report, _ = run("drift", **options)
    deliver(report)
    report.check(fail_on)
