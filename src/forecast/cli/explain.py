"""The command *explain*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, BY, HORIZON, OUTPUT, ROOT, TARGET, formats, one_dyad
from forecast.cli.output import check_output, deliver_as, run


@click.command()
@one_dyad()
@AS_OF
@HORIZON
@BY
@click.option("--full", is_flag=True, help="All facts, the window week by week, similar situations of the past.")
@click.option(
    "--analogues", type=click.IntRange(min=0), default=5, metavar="N",
    help="With --full or JSON: how many similar situations of the past.",
)  # fmt: skip
@TARGET
@ANSWERING
@formats("json")
@OUTPUT
@ROOT
def explain(dyad: str, full: bool, analogues: int, form: str, output: Path | None, **options: Any) -> None:
    """Explain why the forecast for DYAD is what it is: from its climatology, family by family of signals."""
    check_output(output)
    result, _ = run("explain", dyad, analogues=analogues if full or form == "json" else 0, **options)
    deliver_as(form, result, lambda result: result if full else result.brief(), output)
