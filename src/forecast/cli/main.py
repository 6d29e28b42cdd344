"""The command `forecast`: the group of its verbs, and how it ends after an error.

Each verb has a file of its name with its options; what it does is the function of that name in `forecast.verbs`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from forecast.cli.options import FOLDER
from forecast.cli.output import log_steps, say
from forecast.display.characters import plain_lines
from forecast.errors import ForecastError

#: Sections of the help -> verb -> an example of it. A new verb is a line here and a file of its name beside this one.
SECTIONS: dict[str, dict[str, str]] = {
    "Ask": {
        "predict": "forecast predict USA-CHN --as-of 2023-09-29 --by 2023-11-30",
        "explain": "forecast explain Biden-Xi --as-of 2023-09-29 --by 2023-11-30",
        "whatif": "forecast whatif USA-CHN --as-of 2023-09-29 --by 2023-11-30 --remove apec/2023",
        "rank": "forecast rank --focal USA --as-of 2023-09-29 --sort surprise",
        "report": "forecast report USA-CHN --as-of 2023-09-29 --output report.html",
    },
    "Your data": {
        "init": "forecast init my-workspace",
        "check": "forecast check --root my-workspace",
        "code": 'forecast code --text "China\'s premier will visit Germany next week." --published 2023-06-16',
        "ledger": "forecast ledger new RUS-CHN --since 2020-01-01 --until 2024-12-31",
        "ingest": "forecast ingest state-department path/to/files",
        "update": "forecast update --dry-run",
        "signals": "forecast signals",
    },
    "Score": {
        "backtest": "forecast backtest --start 2015-01 --end 2019-12 --focal USA --output scores",
        "verify": "forecast verify crowd.csv",
        "questions": "forecast questions 2026-03-01-llm.json --format csv --output crowd.csv",
        "export": "forecast export september.csv --output hub",
        "audit": "forecast audit",
    },
    "Operate": {
        "run": "forecast run --fail-on drift",
        "train": "forecast train --as-of 2023-01-01",
        "retrain": "forecast retrain --dry-run",
        "status": "forecast status --format json",
        "drift": "forecast drift",
        "promote": "forecast promote 2024-06-01-0151e91e",
        "rollback": "forecast rollback",
    },
}


class Formatter(click.HelpFormatter):
    """Help that breaks its lines between words only, never after a hyphen."""

    _WHOLE = "\N{NON-BREAKING HYPHEN}"

    def write(self, string: str) -> None:
        """Write what was broken into lines."""
        super().write(string.replace(self._WHOLE, "-"))

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        super().write_text(text.replace("-", self._WHOLE))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms and what they mean."""
        whole = [(term.replace("-", self._WHOLE), text.replace("-", self._WHOLE)) for term, text in rows]
        super().write_dl(whole, col_max, col_spacing)


class Context(click.Context):
    """The context of a verb."""

    formatter_class = Formatter


@contextmanager
def _shown_plainly() -> Iterator[None]:
    """Take out of the parser's errors, which quote what was typed, what is never shown."""
    try:
        yield
    except click.ClickException as error:
        error.message = plain_lines(error.message)  # type: ignore[misc]  # nothing else changes what it shows
        raise


class Command(click.Group):
    """A group whose help has sections, and that answers a user's error with one line and its exit code."""

    context_class = Context

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs, a section after the other."""
        width = max(map(len, self.commands))
        for section, verbs in SECTIONS.items():
            with formatter.section(section):
                rows = [(f"{verb:<{width}}", self.commands[verb].get_short_help_str(limit=200)) for verb in verbs]
                formatter.write_dl(rows)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse what was typed."""
        with _shown_plainly():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an error about an argument names the option that was typed."""
        try:
            with _shown_plainly():
                return super().invoke(ctx)
        except ForecastError as error:
            verb = self.commands.get(ctx.invoked_subcommand or "")
            for option in verb.params if verb is not None else ():
                if option.name == error.argument and option.opts[0].startswith("--"):
                    error.args = (f"{option.opts[0]}: {error.problem}",)
            raise

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command."""
        try:
            return super().main(*args, **kwargs)
        except ForecastError as error:
            say(str(error))
            sys.exit(error.exit_code)


@click.group(
    cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80, "show_default": True}
)
@click.version_option(package_name="forecast")
@click.option(
    "--root", type=FOLDER, default=Path(), show_default=False, envvar="FORECAST_ROOT",
    help="Workspace of the verb. Default: FORECAST_ROOT, or the current folder.",
)  # fmt: skip
@click.option("--verbose", is_flag=True, help="Write each step with its time to standard error.")
def main(root: Path, verbose: bool) -> None:
    """How likely is it that the leaders of two states meet in person by a date?

    Every forecast uses only what was public before its as-of date.
    """
    if verbose:
        log_steps()


for _verb, _example in ((verb, example) for verbs in SECTIONS.values() for verb, example in verbs.items()):
    _command: click.Command = getattr(import_module(f"forecast.cli.{_verb}"), _verb)
    _command.epilog, _command.context_class = f"Example: {_example}", Context
    main.add_command(_command)
