"""What the commands print: results on standard output or into a file, and messages on standard error."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from forecast.display.characters import escaped_json, plain_lines
from forecast.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from forecast.display.table import Drawn


def check_output(output: Path | None) -> None:
    """Refuse a file in a folder that does not exist, before anything long begins."""
    if output is not None and not output.absolute().parent.is_dir():
        raise InputError("its folder does not exist", path=output)


def deliver(result: str | Drawn, output: Path | None = None) -> None:
    """Print a result, or write it to a file, whole or not at all; what can be drawn has colour on a terminal."""
    if output is not None:
        from forecast.files import write_text

        text = plain_lines(str(result))
        write_text(output, text if text.endswith("\n") else text + "\n")
        say(f"written to {output}")
    elif isinstance(result, str) or not sys.stdout.isatty():
        put(str(result))
    else:
        from rich.console import Console

        console = Console(file=sys.stdout)
        if shows_colour(sys.stdout):
            console.print(result, crop=False)
        else:
            put(result.text(console.width))


def deliver_as(form: str, result: Any, table: Callable[[Any], str | Drawn], output: Path | None = None) -> None:
    """Deliver a result in one of the forms of the option `--format`."""
    deliver(as_json(result) if form == "json" else as_csv(result) if form == "csv" else table(result), output)


def shows_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream is a terminal whose owner did not refuse colour (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def as_json(result: Any) -> str:
    """A result as JSON: the rows of a DataFrame as a list of objects, the parts of another by name.

    Characters that are never shown are escaped.
    """
    if not isinstance(result, dict):
        result = result.to_dict(orient="records") if hasattr(result, "to_csv") else result.to_dict()
    return escaped_json(json.dumps(result, indent=1, ensure_ascii=False))


def as_csv(rows: pd.DataFrame) -> str:
    """Rows as CSV with a header."""
    return rows.to_csv(index=False, lineterminator="\n").rstrip("\n")


def put(text: str, *, err: bool = False) -> None:
    """Print a text: all that is printed passes here, without the characters that are never shown."""
    click.echo(plain_lines(text), err=err)


def say(message: str) -> None:
    """Print a message on standard error: one line, on a terminal broken between words."""
    line = f"forecast: {message}"
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    put(line, err=True)


def warn(warnings: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for warning in warnings:
        say(f"warning: {warning}")


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show on standard error which step is under way: a spinner on a terminal, and what is logged elsewhere."""
    from forecast.display.progress import logged, steps

    with steps(sys.stderr, DURATIONS) as shown:

        def step(name: str) -> None:
            logged(name)
            shown(name)

        step("loading")
        yield step


def run(verb: str, *arguments: Any, **options: Any) -> tuple[Any, ModuleType]:
    """What a verb returns, its steps shown meanwhile, and its module; `update.refresh` names one beside another."""
    name, _, function = verb.partition(".")
    with progress() as step:
        module = import_module(f"forecast.verbs.{name}")
        return getattr(module, function or name)(*arguments, **options, on_step=step), module


#: How long each step took when it was last made on this machine.
DURATIONS: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "forecast" / "durations.json"


class _PlainLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return plain_lines(super().format(record))


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at the time: a spinner that is shown there lets lines pass above it."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, stream: TextIO) -> None:
        pass


def log_steps() -> None:
    """Write what is logged to standard error, a line each with its time."""
    handler = _StandardError()
    handler.setFormatter(_PlainLines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("forecast")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
