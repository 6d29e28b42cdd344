"""The command *code*: its flags, and what it prints."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import Any

import click

from forecast.cli.options import OUTPUT, ROOT, formats
from forecast.cli.output import check_output, deliver_as, run, say


@click.command()
@click.argument("source", required=False, metavar="[FILE|DIR|-]")
@click.option("--text", help="Instead of a file: the text itself.")
@click.option("--published", metavar="DATE", help="Day of publication of texts that do not name it themselves.")
@click.option(
    "--publisher", default="", show_default=False, metavar="NAME", help="One whose state is known: white-house, ..."
)
@click.option(
    "--engine", type=click.Choice(["rules", "llm"]), default="rules",
    help="rules: the program's own; llm: a language model of your choice.",
)  # fmt: skip
@click.option(
    "--endpoint", default="", show_default=False, metavar="URL",
    help="With llm: an OpenAI-compatible address, up to /v1.",
)  # fmt: skip
@click.option("--model", default="", show_default=False, metavar="NAME", help="With llm: the model's name.")
@click.option(
    "--key-env", default="OPENAI_API_KEY", metavar="NAME",
    help="With llm: the environment variable that holds the key, if one is needed.",
)  # fmt: skip
@formats("csv", "json")
@OUTPUT
@ROOT
def code(
    source: str | None, text: str | None, engine: str, key_env: str, form: str, output: Path | None, **options: Any
) -> None:
    """Code articles and press releases into candidate events.

    Reads txt, md with front matter, html, jsonl, RSS and Atom, a folder of them, or - for standard input. Nothing
    joins the history before a person accepts it: see 'forecast ledger review' and 'forecast ledger add'.
    """
    if (source is None) == (text is None):
        raise click.UsageError("name one file or folder, - for standard input, or give --text")
    check_output(output)
    content = text.encode() if text is not None else sys.stdin.buffer.read() if source == "-" else str(source)
    key = os.environ.get(key_env, "") if engine == "llm" else ""
    rows, _ = run("code", content, engine=engine, key=key, today=dt.datetime.now(dt.UTC).date(), **options)
    for note in rows.attrs["notes"]:
        say(note)
    say(f"{len(rows)} candidate events")
    from forecast.verbs.ledger import candidates_table

    deliver_as(form, rows, candidates_table, output)
