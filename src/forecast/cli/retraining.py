"""Flags and help of *retrain*, *promote*, *rollback* and *status*."""

from __future__ import annotations

import json
from pathlib import Path

import click

from forecast.cli.options import MODEL, NO_TRACK, ROOT, TARGET, progress, today
from forecast.errors import TrackingError

WAIT = click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another retrain or promote in this workspace.",
)


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Only what was known before this day. Default: today (UTC).")
@click.option("--dry-run", is_flag=True, help="Compute and report, and write nothing at all.")
@click.option("--force", is_flag=True, help="Do it again even if the same has been done.")
@MODEL
@TARGET
@WAIT
@NO_TRACK
@ROOT
def retrain(
    as_of: str | None,
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
            as_of=as_of if as_of is not None else today(),
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
    _tell(done.problem)


@click.command()
@click.argument("version")
@TARGET
@WAIT
@NO_TRACK
@ROOT
def promote(version: str, target: str, wait_seconds: float, no_track: bool, root: Path) -> None:
    """Make VERSION, a model of an earlier retrain, the champion."""
    from forecast.verbs.promote import promote as run

    with progress() as step:
        done = run(version, root=root, target=target, wait_seconds=wait_seconds, track=not no_track, on_step=step)
    _changed(done.before, done.after, done.warning)
    _tell(done.problem)


@click.command()
@TARGET
@WAIT
@NO_TRACK
@ROOT
def rollback(target: str, wait_seconds: float, no_track: bool, root: Path) -> None:
    """Go back to the champion before the present one."""
    from forecast.verbs.promote import rollback as run

    with progress() as step:
        done = run(root=root, target=target, wait_seconds=wait_seconds, track=not no_track, on_step=step)
    _changed(done.before, done.after, done.warning)
    _tell(done.problem)


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print."
)
@ROOT
def status(form: str, root: Path) -> None:
    """Say which model is champion, what the last retrain decided and how far the records reach."""
    from forecast.verbs.promote import status as run

    found = run(root=root)
    if form == "json":
        click.echo(json.dumps(found, indent=1))
        return
    from forecast.display.status_table import status_table

    click.echo(status_table(found))


def _changed(before: str | None, after: str, warning: str) -> None:
    if warning:
        click.echo(f"forecast: warning: {warning}", err=True)
    click.echo(f"champion: {after} (unchanged)" if before == after else f"champion: {before or 'none'} -> {after}")


def _tell(problem: str) -> None:
    """What went wrong with the store of runs, after all else is done."""
    if problem:
        raise TrackingError(f"the files are as they should be, but {problem}; the next retrain completes the registry")
