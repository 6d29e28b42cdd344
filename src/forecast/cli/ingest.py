"""The command *ingest*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.check import print_check
from forecast.cli.options import ROOT


@click.command()
@click.argument("publisher", type=click.Choice(["state-department", "china", "colt", "wikipedia-trips", "table"]))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--state", metavar="STATE", help="ISO code of the state whose leader travels.")
@click.option(
    "--map", "pairs", multiple=True, metavar="COLUMN=NAME", help="With table: the file's name of a ledger's column."
)
@click.option("--dry-run", is_flag=True, help="With table: say what is recognised and write nothing.")
@ROOT
def ingest(
    publisher: str, paths: tuple[Path, ...], state: str | None, pairs: tuple[str, ...], dry_run: bool, root: Path
) -> None:
    """Code a publisher's files in PATH and replace its facts, or make a ledger of a table."""
    from forecast.verbs import ingest as verb

    odd = [pair for pair in pairs if not pair.partition("=")[2]]
    if odd:
        raise click.UsageError(f"--map {odd[0]!r} is no COLUMN=NAME")
    mapping = dict(pair.split("=", 1) for pair in pairs) or None
    rows = verb.ingest(publisher, list(paths), root=root, state=state, mapping=mapping, dry_run=dry_run)
    if publisher == "table":
        for note in rows.attrs["notes"]:
            click.echo(f"forecast: {note}", err=True)
        click.echo(f"forecast: {len(rows)} rows {'read, nothing written' if dry_run else 'written'}", err=True)
        return
    print_check(root)
