"""The command *init*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import PATH
from forecast.cli.output import put


@click.command()
@click.argument("directory", type=PATH)
def init(directory: Path) -> None:
    """Lay out a workspace in DIRECTORY with the shipped facts."""
    from forecast.verbs.init import init as run

    root = run(directory)
    put(f"{root} is ready: try 'forecast predict USA-CHN --root {root}'", err=True)
