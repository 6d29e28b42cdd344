"""The flags of *explain*."""

from __future__ import annotations

import json
from pathlib import Path

import click

from forecast.cli.options import ANSWERING, ROOT, TARGET, check_output, deliver, progress, today


@click.command()
@click.argument("dyad")
@click.option("--as-of", "as_of", metavar="DATE", help="Midnight at the start of this day. Default: today (UTC).")
@click.option("--horizon", type=int, default=90, show_default=True, metavar="DAYS", help="Days, in 1..730.")
@click.option("--by", metavar="DATE", help="Last day of the window, instead of --horizon.")
@click.option(
    "--analogues",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="How many of the nearest situations of the past to show.",
)
@TARGET
@ANSWERING
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)
@ROOT
def explain(
    dyad: str,
    as_of: str | None,
    horizon: int,
    by: str | None,
    analogues: int,
    target: str,
    model: str | None,
    form: str,
    output: Path | None,
    root: Path,
) -> None:
    """Say why the forecast for DYAD is what it is: from its climatology, family by family of signals."""
    check_output(output)
    from forecast.verbs.explain import explain as run

    with progress() as step:
        found = run(
            dyad,
            as_of=as_of if as_of is not None else today(),
            root=root,
            by=by,
            horizon=horizon,
            target=target,
            model=model,
            analogues=analogues,
            on_step=step,
        )
    text = json.dumps(found.to_dict(), indent=1, ensure_ascii=False) if form == "json" else str(found)
    deliver(text, output, table=form == "table")
