"""The command *verify*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import MODEL, ROOT, TARGET
from forecast.cli.output import deliver, progress, warn


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--log", is_flag=True, help="Check the log of recorded forecasts and score what has resolved since.")
@click.option("--head", metavar="HASH", help="With --log: a head of the log that was kept, to be looked up in it.")
@TARGET
@MODEL
@ROOT
def verify(files: tuple[Path, ...], log: bool, head: str | None, target: str, model: str, root: Path) -> None:
    """Score the forecasts of each FILE, the model's and climatology's on the same questions."""
    if not files and not log:
        raise click.UsageError("name at least one FILE, or ask for --log")
    if head is not None and not log:
        raise click.UsageError("--head goes with --log")
    if files:
        _verify_files(files, target=target, model=model, root=root)
    if log:
        _verify_log(head, root=root)


def _verify_files(files: tuple[Path, ...], *, target: str, model: str, root: Path) -> None:
    from forecast.verbs.verify import contradictions, table
    from forecast.verbs.verify import verify as run

    with progress() as step:
        result = run(list(files), root=root, target=target, model=model, on_step=step)
    warn(contradictions(result.contradicted))
    deliver(table(result))


def _verify_log(head: str | None, *, root: Path) -> None:
    from forecast.verbs.verify_log import table, verify_log

    result = verify_log(root=root, head=head)
    warn(result.warnings)
    deliver(table(result))
