"""The command *audit*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import MODEL, ROOT
from forecast.cli.output import deliver, progress


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Try this as-of date alone. Default: dates drawn at random.")
@MODEL
@click.option("--trials", type=click.IntRange(min=1), default=5, show_default=True, help="As-of dates of each test.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of dates and invented facts.")
@click.option(
    "--signals",
    multiple=True,
    metavar="MODULE:NAME",
    help="Your own signals too, from package.module:NAME or file.py:NAME. Can be repeated.",
)
@ROOT
def audit(as_of: str | None, model: str, trials: int, seed: int, signals: tuple[str, ...], root: Path) -> None:
    """Prove that no forecast of the workspace sees what was not public."""
    from forecast.leakage.audit import check_passed
    from forecast.verbs.audit import audit as run
    from forecast.verbs.audit import table

    with progress() as step:
        report = run(root=root, as_of=as_of, model=model, trials=trials, seed=seed, signals=signals, on_step=step)
    deliver(table(report))
    check_passed(report)
