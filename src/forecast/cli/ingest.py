"""The command *ingest*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.check import print_check
from forecast.cli.options import ROOT


@click.command()
@click.argument("publisher", type=click.Choice(["state-department"]))
@click.argument("directory", type=click.Path(path_type=Path))
@ROOT
def ingest(publisher: str, directory: Path, root: Path) -> None:
    """Code a publisher's records in DIRECTORY and replace its facts in the workspace."""
    from forecast.verbs import ingest as verb

    verb.ingest(publisher, directory, root=root)
    print_check(root)
