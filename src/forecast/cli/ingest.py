"""The command *ingest*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecast.cli.check import print_check
from forecast.cli.options import ROOT
from forecast.cli.output import progress, say

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument(
    "publisher",
    metavar="PUBLISHER",
    type=click.Choice(
        [
            "state-department",
            "white-house",
            "russia",
            "china",
            "colt",
            "wikipedia-trips",
            "table",
            "gdelt",
            "icews",
            "polecat",
        ]
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--contact", default="", metavar="MAIL|URL", help="With wikipedia-trips: a PATH may be a page's title.")
@click.option("--state", metavar="STATE", help="ISO code of the state whose leader travels.")
@click.option(
    "--map", "pairs", multiple=True, metavar="COLUMN=NAME", help="With table: the file's name of a ledger's column."
)
@click.option("--dry-run", is_flag=True, help="With table: say what is recognised and write nothing.")
@click.option(
    "--engine",
    default="duckdb",
    show_default=True,
    metavar="NAME",
    help="With event data: duckdb, spark, or spark:MASTER of a cluster.",
)
@click.option(
    "--most-malformed",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    metavar="N",
    help="With event data: stop if more rows of one batch of files are malformed.",
)
@ROOT
def ingest(
    publisher: str,
    paths: tuple[Path, ...],
    state: str | None,
    contact: str,
    pairs: tuple[str, ...],
    dry_run: bool,
    root: Path,
    engine: str,
    most_malformed: int,
) -> None:
    """Code a publisher's files in PATH and replace its facts, make a ledger of a table, or add event data.

    PUBLISHER is one of state-department, white-house, russia, china, colt, wikipedia-trips, table, gdelt, icews and
    polecat.
    """
    from forecast.verbs import ingest as verb

    odd = [pair for pair in pairs if not pair.partition("=")[2]]
    if odd:
        raise click.UsageError(f"--map {odd[0]!r} is no COLUMN=NAME")
    mapping = dict(pair.split("=", 1) for pair in pairs) or None
    with progress() as step:
        rows = verb.ingest(
            publisher, list(paths), root=root, state=state, mapping=mapping, dry_run=dry_run, contact=contact,
            engine=engine, most_malformed=most_malformed, on_step=step,
        )  # fmt: skip
    if "known" in rows.attrs:
        print_ingestion(rows)
        return
    if publisher == "table":
        for note in rows.attrs["notes"]:
            say(note)
        say(f"{len(rows)} rows {'read, nothing written' if dry_run else 'written'}")
        return
    print_check(root)


def print_ingestion(rows: pd.DataFrame) -> None:
    """Say what was added, and which rows were malformed."""
    from forecast.verbs.ingest import said_of_events

    for line in said_of_events(rows):
        say(line)
