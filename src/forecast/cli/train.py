"""The command *train*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import MODEL, NO_TRACK, ROOT, TARGET
from forecast.cli.output import progress
from forecast.errors import TrackingError


@click.command()
@click.option(
    "--as-of", "as_of", metavar="DATE", required=True, help="Day of training: only what was known before it is used."
)
@MODEL
@TARGET
@NO_TRACK
@ROOT
def train(as_of: str, model: str, target: str, no_track: bool, root: Path) -> None:
    """Train a model and keep it in the workspace."""
    from forecast.verbs.train import train as run

    with progress() as step:
        step(f"training the model {model!r}")
        card = run(as_of=as_of, root=root, model=model, target=target, track=not no_track)
    click.echo(
        f"{card['model_id']} {card['model_version']}: {card['n_rows']} rows of {card['n_dyads']} dyads", err=True
    )
    click.echo(card["path"])
    if card["problem"]:
        raise TrackingError(f"the model is kept, but {card['problem']}")
