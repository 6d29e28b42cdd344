"""The command *predict*."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ANSWERING, HORIZONS, ROOT, TARGET, check_output, deliver, progress, today


@click.command()
@click.argument("dyads", nargs=-1, metavar="[DYAD]...")
@click.option("--as-of", "as_of", metavar="DATE", help="Midnight at the start of this day. Default: today (UTC).")
@HORIZONS
@click.option("--by", metavar="DATE", help="Last day of the window, instead of --horizon.")
@click.option("--all", "all_dyads", is_flag=True, help="All dyads that exist on the date.")
@click.option("--focal", metavar="STATE", help="With --all: only the dyads of this state.")
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
@click.option("--record", is_flag=True, help="Append the forecasts to the workspace's log, where they cannot change.")
@ROOT
def predict(
    dyads: tuple[str, ...],
    as_of: str | None,
    horizons: list[int],
    by: str | None,
    all_dyads: bool,
    focal: str | None,
    target: str,
    model: str | None,
    form: str,
    output: Path | None,
    record: bool,
    root: Path,
) -> None:
    """Forecast whether the leaders of each DYAD, such as USA-CHN, meet in person."""
    if bool(dyads) == all_dyads:
        raise click.UsageError("name at least one dyad such as USA-CHN, or ask for --all")
    if focal is not None and not all_dyads:
        raise click.UsageError("--focal goes with --all")
    check_output(output)
    from forecast.verbs.predict import predict as run

    with progress() as step:
        rows = run(
            list(dyads) or None,
            as_of=as_of if as_of is not None else today(),
            root=root,
            horizons=horizons,
            by=by,
            target=target,
            model=model,
            focal=focal,
            record=record,
            on_step=step,
        )
    from forecast.cli.tables import FORMS

    text = FORMS[form](rows)
    from forecast.display.forecasts import distinct_warnings

    for warning in distinct_warnings(rows):
        click.echo(f"forecast: warning: {warning}", err=True)
    if record:
        click.echo("forecast: recorded; head of the log: {head}, {n_lines} lines".format(**rows.attrs["log"]), err=True)
    deliver(text, output, table=form == "table")
