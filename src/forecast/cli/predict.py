"""The command *predict*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, AS_OF, BY, DYADS, OUTPUT, ROOT, SIGNALS, TARGET, focal, formats, horizons
from forecast.cli.output import check_output, deliver_as, run, say, warn


@click.command()
@DYADS
@AS_OF
@horizons(None, "30,90,180, or those of forecast.toml")
@BY
@click.option("--all", "all_dyads", is_flag=True, help="All dyads that exist on the date.")
@focal("With --all: only the dyads of this state.")
@click.option("--strict", is_flag=True, help="Refuse a dyad that no complete source covers, instead of a fallback.")
@TARGET
@ANSWERING
@SIGNALS
@formats("json", "csv")
@OUTPUT
@click.option("--record", is_flag=True, help="Append the forecasts to the workspace's log, where they cannot change.")
@ROOT
def predict(dyads: tuple[str, ...], all_dyads: bool, form: str, output: Path | None, **options: Any) -> None:
    """Forecast whether the leaders of each DYAD, such as USA-CHN, meet in person."""
    if bool(dyads) == all_dyads:
        raise click.UsageError("name at least one dyad such as USA-CHN, or ask for --all")
    if options["focal"] is not None and not all_dyads:
        raise click.UsageError("--focal goes with --all")
    check_output(output)
    rows, verb = run("predict", dyads, **options)
    from forecast.display.frames import distinct_warnings

    warn(distinct_warnings(rows))
    if options["record"]:
        say("recorded; head of the log: {head}, {n_lines} lines".format(**rows.attrs["log"]))
    deliver_as(form, rows, verb.table, output)
