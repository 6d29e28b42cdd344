"""The command *train*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import AS_OF, MODEL, NO_TRACK, ROOT, SIGNALS, TARGET
from forecast.cli.output import progress, put, say
from forecast.errors import TrackingError


@click.command()
@AS_OF
@MODEL
@TARGET
@SIGNALS
@NO_TRACK
@ROOT
def train(model: str, **options: Any) -> None:
    """Train a model and keep it in the workspace."""
    with progress() as step:
        from forecast.verbs import train as verb

        step(f"training the model {model!r}")
        card = verb.train(model=model, **options)
    put("{model_id} {model_version}: {n_rows} rows of {n_dyads} dyads".format(**card), err=True)
    if card["drawn_from"]:
        from forecast.training.sampling import sample_words

        say(sample_words(card["n_rows"], card["drawn_from"]))
    put(card["path"])
    if card["problem"]:
        raise TrackingError(f"the model is kept, but {card['problem']}")
