"""The command `forecast`: the group of its verbs, and how it ends after an error.

Each verb has a file of its name with its options; what it does is the function of that name in `forecast.verbs`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from forecast.cli.options import FOLDER
from forecast.errors import ForecastError

VERBS = (
    "audit", "backtest", "check", "drift", "explain", "export", "ingest", "init", "ledger", "predict", "promote",
    "rank", "report", "retrain", "rollback", "signals", "status", "train", "update", "verify", "whatif",
)  # fmt: skip


class Command(click.Group):
    """A group that answers a user's error with one line and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an error about an argument names the option that was typed."""
        try:
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
            click.echo(f"forecast: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="forecast")
@click.option(
    "--root", type=FOLDER, default=Path(), envvar="FORECAST_ROOT",
    help="Workspace of the verb. Default: FORECAST_ROOT, or the current folder.",
)  # fmt: skip
def main(root: Path) -> None:
    """How likely is it that the leaders of two states meet in person by a date?

    Every forecast uses only what was public before its as-of date.
    """


for _verb in VERBS:
    main.add_command(getattr(import_module(f"forecast.cli.{_verb}"), _verb))
