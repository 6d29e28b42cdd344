"""The command *export*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import PATH
from forecast.cli.output import say


@click.command()
@click.argument("forecasts", type=PATH)
@click.option("--output", type=PATH, required=True, help="New folder, whole or not at all.")
@click.option("--team", default="forecast", metavar="NAME", help="Whose models these are.")
def export(**options: Any) -> None:
    """Write FORECASTS, a table of forecasts, as a hubverse hub, which others can score."""
    from forecast.verbs import export as verb

    say(f"written to {verb.export(**options)}")
