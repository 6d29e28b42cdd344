"""The command *predict*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ANSWERING, AS_OF, BY, HORIZONS, OUTPUT, ROOT, TARGET, formats
from forecast.cli.output import as_csv, as_json, check_output, deliver, progress, warn


@click.command()
@click.argument("dyads", nargs=-1, metavar="[DYAD]...")
@AS_OF
@HORIZONS
@BY
@click.option("--all", "all_dyads", is_flag=True, help="All dyads that exist on the date.")
@click.option("--focal", metavar="STATE", help="With --all: only the dyads of this state.")
@TARGET
@ANSWERING
@formats("json", "csv")
@OUTPUT
@click.option("--record", is_flag=True, help="Append the forecasts to the workspace's log, where they cannot change.")
@ROOT
def predict(
    dyads: tuple[str, ...],
    as_of: str,
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
            as_of=as_of,
            root=root,
            horizons=horizons,
            by=by,
            target=target,
            model=model,
            focal=focal,
            record=record,
            on_step=step,
        )
    from forecast.display.frames import distinct_warnings
    from forecast.verbs.predict import table

    warn(distinct_warnings(rows))
    if record:
        click.echo("forecast: recorded; head of the log: {head}, {n_lines} lines".format(**rows.attrs["log"]), err=True)
    deliver(as_json(rows) if form == "json" else as_csv(rows) if form == "csv" else table(rows), output)
