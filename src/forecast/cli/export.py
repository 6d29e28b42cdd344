"""The command *export*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.output import say


@click.command()
@click.argument("forecasts", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), required=True, help="New folder, whole or not at all.")
@click.option("--team", default="forecast", show_default=True, metavar="NAME", help="Whose models these are.")
def export(**options: Any) -> None:
    """Write FORECASTS, a table of forecasts, as a hubverse hub, which others can score."""
    from forecast.verbs import export as verb

    say(f"written to {verb.export(**options)}")
