"""The command *update*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.ingest import print_ingestion
from forecast.cli.options import ROOT
from forecast.cli.output import deliver, progress, put, say
from forecast.errors import InputError


@click.command()
@click.argument("publisher", type=click.Choice(["state-department", "gdelt"]), default="state-department")
@click.option(
    "--from",
    "origin",
    metavar="DIR|URL",
    help="A copy of the publisher's files, or an address with its repositories. Default: the publisher's address.",
)
@click.option("--since", metavar="DAY", help="With gdelt: the first day whose files are fetched.")
@click.option(
    "--every",
    type=click.Choice(["day", "15min"]),
    default="day",
    show_default=True,
    help="With gdelt: the daily files of GDELT 1.0, or those of each quarter of an hour of 2.0.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.option("--list", "whole", is_flag=True, help="Show every record that changes, not only the first of each kind.")
@click.option("--allow-shrink", is_flag=True, help="Accept records that end earlier or are fewer than now.")
@ROOT
def update(
    publisher: str, origin: str | None, whole: bool, root: Path, since: str | None, every: str, **options: Any
) -> None:
    """Fetch a publisher's newest records and replace its facts in the workspace, or add its newest event data."""
    if publisher == "gdelt":
        if since is None or whole or any(options.values()):
            raise click.UsageError("gdelt takes --since DAY, and neither --dry-run nor --list nor --allow-shrink")
        from forecast.verbs.update_events import PUBLISHER, update_events

        with progress() as step:
            rows = update_events(
                publisher, since=since, root=root, every=every, origin=origin or PUBLISHER, on_step=step
            )
        print_ingestion(rows)
        return
    if since is not None:
        raise click.UsageError("--since goes with gdelt")
    from forecast.verbs import update as verb

    if origin is not None:
        options["origin"] = origin
    with progress() as step:
        result = verb.update(root=root, **options, on_step=step)
    if not result.is_new:
        put("nothing new")
        return
    deliver(verb.table(result, whole=whole))
    if result.refused and not options["allow_shrink"]:
        raise InputError(f"would be refused: {result.refused}; accept with --allow-shrink")
    place = f"written to {root / 'data' / 'raw' / 'state-department'}"
    say(f"{place if result.written else 'nothing is written: this is a dry run'}")
