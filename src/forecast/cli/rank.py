"""The flags of *rank*."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ANSWERING, ROOT, TARGET, check_output, deliver, progress, today


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Midnight at the start of this day. Default: today (UTC).")
@click.option("--horizon", type=int, default=90, show_default=True, metavar="DAYS", help="Days, in 1..730.")
@click.option("--focal", default="USA", show_default=True, metavar="STATE", help="The state whose dyads are ranked.")
@click.option(
    "--by",
    type=click.Choice(["probability", "surprise", "change"]),
    default="probability",
    show_default=True,
    help="surprise: log-odds above climatology; change: since a month before.",
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="How many dyads.")
@TARGET
@ANSWERING
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)
@ROOT
def rank(
    as_of: str | None,
    horizon: int,
    focal: str,
    by: str,
    top: int,
    target: str,
    model: str | None,
    form: str,
    output: Path | None,
    root: Path,
) -> None:
    """Rank the dyads of a state: a watch list."""
    check_output(output)
    from forecast.verbs.rank import rank as run

    with progress() as step:
        rows = run(
            as_of=as_of if as_of is not None else today(),
            root=root,
            horizon=horizon,
            focal=focal,
            by=by,
            top=top,
            target=target,
            model=model,
            on_step=step,
        )
    from forecast.cli.tables import FORMS
    from forecast.display.forecasts import distinct_warnings
    from forecast.verbs.question_tables import rank_table

    for warning in distinct_warnings(rows):
        click.echo(f"forecast: warning: {warning}", err=True)
    deliver(rank_table(rows) if form == "table" else FORMS[form](rows), output, table=form == "table")
