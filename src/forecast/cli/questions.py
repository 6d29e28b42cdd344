"""The command *questions*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, ROOT, TARGET, formats
from forecast.cli.output import as_csv, as_json, check_output, deliver, progress, say


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--as-of", metavar="DATE", help="The day on which a listing was saved. Default: today.")
@click.option("--aside", is_flag=True, help="List the questions set aside, each with its reason, as CSV.")
@click.option(
    "--pages", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
    help="Read at most so many pages of a listing at a URL, one request each.",
)  # fmt: skip
@TARGET
@ANSWERING
@formats("json", "csv")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not.")
@ROOT
def questions(places: tuple[str, ...], aside: bool, form: str, output: Path | None, **options: Any) -> None:
    """Put our probability beside the crowd's: question sets and listings of FILE or URL."""
    check_output(output)
    with progress() as step:
        from forecast.verbs import questions as verb

        result = verb.questions(list(places), **options, on_step=step)
    for address in result.unread:
        say(f"there are more pages, which --pages reads: {address}")
    if aside:
        deliver(as_csv(result.aside), output)
    else:
        rows = result.rows
        deliver(as_json(rows) if form == "json" else as_csv(rows) if form == "csv" else verb.table(result), output)
