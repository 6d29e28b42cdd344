"""The command *backtest*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import NO_TRACK, OWN_MODELS, ROOT, SIGNALS, TARGET, focal, horizons, models_like
from forecast.cli.output import deliver, progress
from forecast.errors import TrackingError
from forecast.models import MODELS


@click.command()
@click.option(
    "--model",
    "models",
    default=",".join(MODELS),
    show_default=", ".join(MODELS),
    metavar="NAME,...",
    help=f"Models of the registry, {OWN_MODELS}.",
    shell_complete=models_like,
)
@click.option(
    "--start", default="2010-01", show_default=True, metavar="DATE", help="First as-of date; YYYY-MM is its first day."
)
@click.option(
    "--end", default="2024-05", show_default=True, metavar="DATE", help="Last as-of date; YYYY-MM is its first day."
)
@click.option(
    "--every",
    type=click.Choice(["month", "quarter", "week"]),
    default="month",
    show_default=True,
    help="Step of the dates.",
)
@horizons("30,90,180")
@focal("Only the dyads of this state are forecast.")
@TARGET
@SIGNALS
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="New folder for forecasts.csv and scores.json; an unfinished one goes on after its last finished fold.",
)
@click.option("--ablation", is_flag=True, help="Score the default model also without each family of signals.")
@NO_TRACK
@ROOT
def backtest(models: str, **options: Any) -> None:
    """Score models on rolling origins, against the dyads' climatology."""
    from forecast.display.progress import fold_words
    from forecast.verbs import backtest as verb

    words, names = fold_words(), [name.strip() for name in models.split(",")]
    with progress() as step:
        step("building the rows")
        scores = verb.backtest(models=names, **options, on_fold=lambda done, total: step(words(done, total)))
    deliver(verb.table(scores))
    if "problem" in scores.attrs:
        raise TrackingError(f"the backtest is done, but {scores.attrs['problem']}")
