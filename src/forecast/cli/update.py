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
@click.argument("publisher", type=click.Choice(["state-department", "gdelt"]), required=False)
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
@click.option(
    "--contact", default="", metavar="MAIL|URL", help="For lists from Wikipedia, which wants one of programs."
)
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.option("--list", "whole", is_flag=True, help="Show every record that changes, not only the first of each kind.")
@click.option("--allow-shrink", is_flag=True, help="Accept records that end earlier or are fewer than now.")
@ROOT
def update(
    publisher: str | None,
    origin: str | None,
    whole: bool,
    root: Path,
    since: str | None,
    every: str,
    contact: str,
    **options: Any,
) -> None:
    """Fetch the newest records of every source, or of one PUBLISHER; each is replaced whole or not at all.

    Without PUBLISHER every source of the workspace that has an address is refreshed, and it is said which are fresh,
    stale or unreachable. --from and --list mean the State Department.
    """  # fmt: skip
    if publisher == "gdelt":
        if since is None or whole or any(options.values()):
            raise click.UsageError("gdelt takes --since DAY, and neither --dry-run nor --list nor --allow-shrink")
        from forecast.verbs.update import GDELT, update_events

        with progress() as step:
            rows = update_events(since=since, root=root, every=every, origin=origin or GDELT, on_step=step)
        print_ingestion(rows)
        return
    if since is not None:
        raise click.UsageError("--since goes with gdelt")
    if publisher is None and origin is None and not whole:
        _refresh(root, contact=contact, **options)
        return
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


def _refresh(root: Path, **options: Any) -> None:
    """Refresh every source, and end with the code of what could not be."""
    from forecast.verbs import update as verb

    with progress() as step:
        rows = verb.refresh(root=root, **options, on_step=step)
    deliver(verb.refresh_table(rows))
    verb.check_refreshed(rows)
