"""The command *ingest*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecast.cli.check import print_check
from forecast.cli.options import PATH, ROOT
from forecast.cli.output import run, say

if TYPE_CHECKING:
    import pandas as pd


_PUBLISHERS = (
    "state-department", "white-house", "russia", "china", "colt", "wikipedia-trips", "table", "gdelt", "icews",
    "polecat",
)  # fmt: skip


@click.command()
@click.argument("publisher", metavar="PUBLISHER", type=click.Choice(_PUBLISHERS))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=PATH)
@click.option(
    "--contact", default="", show_default=False, metavar="MAIL|URL",
    help="With wikipedia-trips: a PATH may be a page's title.",
)  # fmt: skip
@click.option("--state", metavar="STATE", help="ISO code of the state whose leader travels.")
@click.option(
    "--map", "pairs", multiple=True, metavar="COLUMN=NAME", help="With table: the file's name of a ledger's column."
)
@click.option("--dry-run", is_flag=True, help="With table: say what is recognised and write nothing.")
@click.option(
    "--engine", default="duckdb", metavar="NAME", help="With event data: duckdb, spark, or spark:MASTER of a cluster."
)
@click.option(
    "--most-malformed", type=click.IntRange(min=0), default=1000, metavar="N",
    help="With event data: stop if more rows of one batch of files are malformed.",
)  # fmt: skip
@ROOT
def ingest(publisher: str, paths: tuple[Path, ...], pairs: tuple[str, ...], root: Path, **options: Any) -> None:
    """Code a publisher's files in PATH and replace its facts, make a ledger of a table, or add event data.

    PUBLISHER is one of state-department, white-house, russia, china, colt, wikipedia-trips, table, gdelt, icews and
    polecat.
    """
    odd = [pair for pair in pairs if not pair.partition("=")[2]]
    if odd:
        raise click.UsageError(f"--map {odd[0]!r} is no COLUMN=NAME")
    mapping = dict(pair.split("=", 1) for pair in pairs) or None
    rows, _ = run("ingest", publisher, list(paths), root=root, mapping=mapping, **options)
    if "known" in rows.attrs:
        print_ingestion(rows)
    elif publisher == "table":
        for note in rows.attrs["notes"]:
            say(note)
        say(f"{len(rows)} rows {'read, nothing written' if options['dry_run'] else 'written'}")
    else:
        print_check(root)


def print_ingestion(rows: pd.DataFrame) -> None:
    """Say what was added, and which rows were malformed."""
    from forecast.verbs.ingest import said_of_events

    for line in said_of_events(rows):
        say(line)
