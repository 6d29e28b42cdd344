"""The command *update*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.ingest import print_ingestion
from forecast.cli.options import ROOT
from forecast.cli.output import deliver, put, run, say
from forecast.errors import InputError


@click.command()
@click.argument("publisher", type=click.Choice(["state-department", "gdelt"]), required=False)
@click.option(
    "--from", "origin", metavar="DIR|URL",
    help="A copy of the publisher's files, or an address with its repositories. Default: the publisher's address.",
)  # fmt: skip
@click.option("--since", metavar="DAY", help="With gdelt: the first day whose files are fetched.")
@click.option(
    "--every", type=click.Choice(["day", "15min"]), default="day",
    help="With gdelt: the daily files of GDELT 1.0, or those of each quarter of an hour of 2.0.",
)  # fmt: skip
@click.option(
    "--contact", default="", show_default=False, metavar="MAIL|URL",
    help="For lists from Wikipedia, which wants one of programs.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.option("--list", "whole", is_flag=True, help="Show every record that changes, not only the first of each kind.")
@click.option("--allow-shrink", is_flag=True, help="Accept records that end earlier or are fewer than now.")
@ROOT
def update(
    publisher: str | None, origin: str | None, whole: bool, root: Path, since: str | None, every: str, contact: str,
    **options: Any,
) -> None:  # fmt: skip
    """Fetch the newest records of every source, or of one PUBLISHER; each is replaced whole or not at all.

    Without PUBLISHER every source of the workspace that has an address is refreshed, and it is said which are fresh,
    stale or unreachable. --from and --list mean the State Department.
    """
    if publisher == "gdelt":
        if since is None or whole or any(options.values()):
            raise click.UsageError("gdelt takes --since DAY, and neither --dry-run nor --list nor --allow-shrink")
        origins = {} if origin is None else {"origin": origin}
        print_ingestion(run("update.update_events", since=since, root=root, every=every, **origins)[0])
        return
    if since is not None:
        raise click.UsageError("--since goes with gdelt")
    if publisher is None and origin is None and not whole:
        rows, verb = run("update.refresh", root=root, contact=contact, **options)
        deliver(verb.refresh_table(rows))
        verb.check_refreshed(rows)
        return
    if origin is not None:
        options["origin"] = origin
    result, verb = run("update", root=root, **options)
    if not result.is_new:
        put("nothing new")
        return
    deliver(verb.table(result, whole=whole))
    if result.refused and not options["allow_shrink"]:
        raise InputError(f"would be refused: {result.refused}; accept with --allow-shrink")
    place = f"written to {root / 'data' / 'raw' / 'state-department'}"
    say(f"{place if result.written else 'nothing is written: this is a dry run'}")
