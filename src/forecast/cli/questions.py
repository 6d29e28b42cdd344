"""The command *questions*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from forecast.cli.options import ANSWERING, FILE, ROOT, TARGET, formats
from forecast.cli.output import as_csv, check_output, deliver, deliver_as, run, say


@click.command()
@click.argument("places", nargs=-1, required=True, metavar="FILE|URL...")
@click.option("--as-of", metavar="DATE", help="The day on which a listing was saved. Default: today.")
@click.option("--aside", is_flag=True, help="List the questions set aside, each with its reason, as CSV.")
@click.option(
    "--pages", type=click.IntRange(min=1), default=10, metavar="N",
    help="Read at most so many pages of a listing at a URL, one request each.",
)  # fmt: skip
@TARGET
@ANSWERING
@formats("json", "csv")
@click.option("--output", type=FILE, help="Write to this file, whole or not.")
@ROOT
def questions(places: tuple[str, ...], aside: bool, form: str, output: Path | None, **options: Any) -> None:
    """Put our probability beside the crowd's: question sets and listings of FILE or URL."""
    check_output(output)
    result, verb = run("questions", list(places), **options)
    for address in result.unread:
        say(f"there are more pages, which --pages reads: {address}")
    if aside:
        deliver(as_csv(result.aside), output)
    else:
        deliver_as(form, result.rows, lambda rows: verb.table(result), output)
