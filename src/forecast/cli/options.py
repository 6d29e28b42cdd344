"""Options that several verbs share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from forecast.display.colours import painted, shows_colour
from forecast.errors import DateError, InputError
from forecast.models import DEFAULT, MODELS

ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Workspace: a folder with data/raw. Default: the current folder.",
)
TARGET = click.option(
    "--target",
    type=click.Choice(["meeting", "bilateral"]),
    default="meeting",
    show_default=True,
    help="meeting: in any setting; bilateral: alone or on the margins of a larger event.",
)


class HorizonList(click.ParamType[list[int]]):
    """Whole days joined by commas."""

    name = "DAYS,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """Read ``30,90`` as a list of days."""
        if isinstance(value, list):
            return value
        try:
            return [int(part) for part in str(value).split(",")]
        except ValueError:
            raise DateError(f"--horizon: {value!r} is no list of whole days such as 30,90,180") from None


HORIZONS = click.option(
    "--horizon", "horizons", type=HorizonList(), default="30,90,180", show_default=True, help="Days, in 1..730."
)
MODEL = click.option("--model", default=DEFAULT, show_default=True, metavar="NAME", help=f"One of {', '.join(MODELS)}.")
#: Of verbs that ask the model which answers at a date.
ANSWERING = click.option(
    "--model",
    default=None,
    metavar="NAME",
    help=f"One of {', '.join(MODELS)}. Default: the champion's, or {DEFAULT} where no champion may answer.",
)

NO_TRACK = click.option("--no-track", is_flag=True, help="Keep no run in MLflow (mlruns/ or MLFLOW_TRACKING_URI).")
WAIT = click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another retrain or promote in this workspace.",
)


def today() -> str:
    """Today in UTC, the default as-of date."""
    import datetime as dt

    return dt.datetime.now(dt.UTC).date().isoformat()


def check_output(output: Path | None) -> None:
    """Refuse a file in a folder that does not exist, before anything long begins."""
    if output is not None and not output.absolute().parent.is_dir():
        raise InputError("its folder does not exist", path=output)


def deliver(text: str, output: Path | None, *, table: bool = False) -> None:
    """Print a result, or write it to a file, whole or not at all; a table has colour on a terminal."""
    if output is None:
        shown = shows_colour(sys.stdout)
        click.echo(painted(text) if shown and table else text, color=shown)
        return
    from forecast.files import write_text

    write_text(output, text if text.endswith("\n") else text + "\n")
    click.echo(f"forecast: written to {output}", err=True)


def progress() -> AbstractContextManager[Callable[[str], None]]:
    """What is said on standard error while a verb works: a spinner on a terminal, nothing elsewhere."""
    from forecast.display.progress import steps

    return steps(sys.stderr)
