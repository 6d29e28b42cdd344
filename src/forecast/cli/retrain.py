"""The command *retrain*: its flags, and what it prints."""

from __future__ import annotations

from typing import Any

import click

from forecast.cli.options import AS_OF, MODEL, NO_TRACK, ROOT, TARGET, WAIT
from forecast.cli.output import deliver, run, say
from forecast.cli.promote import report_problem


@click.command()
@AS_OF
@click.option("--dry-run", is_flag=True, help="Compute and report, and write nothing at all.")
@click.option("--force", is_flag=True, help="Do it again even if the same has been done.")
@click.option("--allow-stale", is_flag=True, help="Promote even if all sources of meetings ended 180 days ago or more.")
@MODEL
@TARGET
@WAIT
@NO_TRACK
@ROOT
def retrain(**options: Any) -> None:
    """Train on everything known, and promote the new model if nothing speaks against it."""
    done, _ = run("retrain", **options)
    as_of, decision = done.report["as_of"], done.report["decision"]
    deliver(done.table() if done.is_new else f"nothing to do: retrained as of {as_of} already, {decision}")
    if drawn_from := done.report["challenger"].get("drawn_from"):
        from forecast.training.sampling import sample_words

        say(sample_words(done.report["challenger"]["n_rows"], drawn_from))
    if done.folder is not None:
        say(f"the report is in {done.folder}")
    report_problem(done.problem)
