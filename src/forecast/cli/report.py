"""The command *report*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ANSWERING, AS_OF, DYADS, ROOT, TARGET, focal
from forecast.cli.output import progress, say


@click.command()
@DYADS
@AS_OF
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The HTML file, written whole or not at all.",
)
@click.option(
    "--forecasts", type=click.Path(path_type=Path), help="The forecasts.csv of a backtest: how good the model was."
)
@focal("Watch only the dyads of this state.")
@TARGET
@ANSWERING
@ROOT
def report(
    dyads: tuple[str, ...],
    as_of: str | None,
    output: Path,
    forecasts: Path | None,
    focal: str | None,
    target: str,
    model: str | None,
    root: Path,
) -> None:
    """Write a page about all dyads, and a sheet about each DYAD named."""
    with progress() as step:
        from forecast.verbs.report import report as run

        run(
            list(dyads),
            as_of=as_of,
            output=output,
            root=root,
            forecasts=forecasts,
            focal=focal,
            target=target,
            model=model,
            on_step=step,
        )
    say(f"written to {output}")
