"""The command *backtest*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import NO_TRACK, OWN_MODELS, PATH, ROOT, SIGNALS, TARGET, focal, horizons, models_like
from forecast.cli.output import deliver, progress, say
from forecast.errors import TrackingError
from forecast.models import MODELS


@click.command()
@click.option(
    "--model", "models", default=",".join(MODELS), show_default=", ".join(MODELS), metavar="NAME,...",
    shell_complete=models_like,
    help=f"Models of the registry, {OWN_MODELS}.",
)  # fmt: skip
@click.option("--start", default="2010-01", metavar="DATE", help="First as-of date; YYYY-MM is its first day.")
@click.option("--end", default="2024-05", metavar="DATE", help="Last as-of date; YYYY-MM is its first day.")
@click.option("--every", type=click.Choice(["month", "quarter", "week"]), default="month", help="Step of the dates.")
@horizons("30,90,180")
@focal("Only the dyads of this state are forecast.")
@TARGET
@SIGNALS
@click.option(
    "--output", type=PATH,
    help="New folder for forecasts.csv and scores.json; an unfinished one goes on after its last finished fold.",
)  # fmt: skip
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
    if "sample" in scores.attrs:
        from forecast.training.sampling import sample_words

        say(f"in the last fold {sample_words(*scores.attrs['sample'])}")
    if "problem" in scores.attrs:
        raise TrackingError(f"the backtest is done, but {scores.attrs['problem']}")
