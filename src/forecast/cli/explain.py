"""The command *explain*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ANSWERING, AS_OF, BY, HORIZON, OUTPUT, ROOT, TARGET, formats, one_dyad
from forecast.cli.output import as_json, check_output, deliver, progress


@click.command()
@one_dyad()
@AS_OF
@HORIZON
@BY
@click.option("--full", is_flag=True, help="All facts, the window week by week, similar situations of the past.")
@click.option(
    "--analogues",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="With --full or JSON: how many similar situations of the past.",
)
@TARGET
@ANSWERING
@formats("json")
@OUTPUT
@ROOT
def explain(
    dyad: str,
    as_of: str | None,
    horizon: str,
    by: str | None,
    full: bool,
    analogues: int,
    target: str,
    model: str | None,
    form: str,
    output: Path | None,
    root: Path,
) -> None:
    """Explain why the forecast for DYAD is what it is: from its climatology, family by family of signals."""
    check_output(output)
    with progress() as step:
        from forecast.verbs.explain import explain as run

        result = run(
            dyad,
            as_of=as_of,
            root=root,
            by=by,
            horizon=horizon,
            target=target,
            model=model,
            analogues=analogues if full or form == "json" else 0,
            on_step=step,
        )
    deliver(as_json(result) if form == "json" else result if full else result.brief(), output)
