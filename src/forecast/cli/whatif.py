"""The flags of *whatif*."""

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
    "--add",
    multiple=True,
    metavar="EVENT",
    help="Suppose this event: known_on=DATE,source=STATE,recipient=STATE,event=CONSULT,mode=visit,level=deputy,... "
    "in the ledger's columns, or a CSV file in ledger form. Can be repeated.",
)
@click.option(
    "--remove", multiple=True, metavar="ID", help="Leave out this record, or this summit (series/edition). Repeatable."
)
@click.option(
    "--add-venue",
    "add_venue",
    multiple=True,
    metavar="SUMMIT",
    help="Suppose this summit: series=NAME,host=STATE,starts_on=DATE,... Can be repeated.",
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
def whatif(
    dyad: str,
    as_of: str | None,
    horizon: int,
    by: str | None,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    add_venue: tuple[str, ...],
    target: str,
    model: str | None,
    form: str,
    output: Path | None,
    root: Path,
) -> None:
    """Forecast DYAD with hypothetical facts, beside the real forecast. Nothing is written."""
    if not (add or remove or add_venue):
        raise click.UsageError("suppose something: --add an event, --remove a record, or --add-venue")
    check_output(output)
    from forecast.verbs.whatif import whatif as run

    with progress() as step:
        found = run(
            dyad,
            as_of=as_of if as_of is not None else today(),
            root=root,
            by=by,
            horizon=horizon,
            add=add,
            remove=remove,
            add_venue=add_venue,
            target=target,
            model=model,
            on_step=step,
        )
    for warning in found.warnings:
        click.echo(f"forecast: warning: {warning}", err=True)
    text = json.dumps(found.to_dict(), indent=1, ensure_ascii=False) if form == "json" else str(found)
    deliver(text, output, table=form == "table")
