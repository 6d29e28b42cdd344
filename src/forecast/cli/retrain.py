"""The command *retrain*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import MODEL, NO_TRACK, ROOT, TARGET, WAIT, today
from forecast.cli.output import progress
from forecast.cli.promote import report_problem


@click.command()
@click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    default=lambda: today(),
    help="Only what was known before this day. Default: today (UTC).",
)
@click.option("--dry-run", is_flag=True, help="Compute and report, and write nothing at all.")
@click.option("--force", is_flag=True, help="Do it again even if the same has been done.")
@MODEL
@TARGET
@WAIT
@NO_TRACK
@ROOT
def retrain(
    as_of: str,
    dry_run: bool,
    force: bool,
    model: str,
    target: str,
    wait_seconds: float,
    no_track: bool,
    root: Path,
) -> None:
    """Train on everything known, and promote the new model if nothing speaks against it."""
    from forecast.verbs.retrain import retrain as run

    with progress() as step:
        done = run(
            as_of=as_of,
            root=root,
            model=model,
            target=target,
            dry_run=dry_run,
            force=force,
            wait_seconds=wait_seconds,
            track=not no_track,
            on_step=step,
        )
    if done.is_new:
        click.echo(done.text())
    else:
        click.echo(f"nothing to do: retrained as of {done.told['as_of']} already, {done.told['decision']}")
    if done.folder is not None:
        click.echo(f"forecast: the report is in {done.folder}", err=True)
    report_problem(done.problem)
