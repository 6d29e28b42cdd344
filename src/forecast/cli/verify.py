"""The command *verify*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import FILE, MODEL, PATH, ROOT, TARGET
from forecast.cli.output import check_output, deliver, run, say, warn


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=PATH)
@click.option("--log", is_flag=True, help="Check the log of recorded forecasts and score what has resolved since.")
@click.option("--head", metavar="HASH", help="With --log: a head of the log that was kept, to be looked up in it.")
@click.option("--output", type=FILE, help="With --log: a leaderboard page of the log and of each FILE, by month.")
@TARGET
@MODEL
@ROOT
def verify(
    files: tuple[Path, ...], log: bool, head: str | None, output: Path | None, root: Path, **options: Any
) -> None:
    """Score the forecasts of each FILE, the model's and climatology's on the same questions."""
    if not files and not log:
        raise click.UsageError("name at least one FILE, or ask for --log")
    if head is not None and not log:
        raise click.UsageError("--head goes with --log")
    if output is not None and not log:
        raise click.UsageError("--output goes with --log")
    check_output(output)
    result = None
    from forecast.verbs import verify as verb

    if files:
        result, _ = run("verify", list(files), root=root, **options)
        warn(verb.contradictions(result.contradicted))
        deliver(verb.table(result))
    if log:
        checked = verb.verify_log(root=root, head=head)
        warn(checked.warnings)
        deliver(verb.log_table(checked))
        if output is not None:
            verb.leaderboard(root=root, output=output, crowds=result)
            say(f"written to {output}")
