"""The command *run*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import AS_OF, FAIL_ON, MODEL, ROOT, TARGET, WAIT, formats
from forecast.cli.output import as_json, deliver
from forecast.cli.output import run as run_verb


@click.command()
@AS_OF
@click.option("--from", "origin", metavar="DIR|URL", help="Where the newest records are, as for update.")
@FAIL_ON
@click.option("--force", is_flag=True, help="Do all steps again, even those that an earlier run of the day did.")
@MODEL
@TARGET
@WAIT
@formats("json")
@ROOT
def run(form: str, origin: str | None, **options: Any) -> None:
    """Do what a schedule needs: update, check, retrain, predict and record, report, drift."""
    if origin is not None:
        options["origin"] = origin
    result, verb = run_verb("run", **options)
    deliver(as_json(result.to_dict()) if form == "json" else verb.table(result))
    click.get_current_context().exit(result.code)
