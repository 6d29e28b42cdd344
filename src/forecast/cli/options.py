"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

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


HORIZONS = click.option(
    "--horizon", "--horizons", "horizons", metavar="DAYS,...", default="30,90,180", show_default=True,
    help="How far ahead: days, or 12w, 6m, 1y; up to 730 days.",
)  # fmt: skip
MODEL = click.option("--model", default=DEFAULT, show_default=True, metavar="NAME", help=f"One of {', '.join(MODELS)}.")
#: Of verbs that use the model which answers at a date.
ANSWERING = click.option(
    "--model",
    default=None,
    metavar="NAME",
    help=f"One of {', '.join(MODELS)}. Default: the champion's, or {DEFAULT} where no champion may answer.",
)

NO_TRACK = click.option(
    "--no-track",
    "track",
    is_flag=True,
    callback=lambda context, option, no_track: not no_track,
    help="Keep no run in MLflow (mlruns/ or MLFLOW_TRACKING_URI).",
)
WAIT = click.option(
    "--wait",
    "wait_seconds",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another retrain or promote in this workspace.",
)
#: Of verbs about one day.
AS_OF = click.option(
    "--as-of",
    metavar="DATE",
    help="Use only what was public before this day: 2023-09-29, 2023-09 (its first day), yesterday. Default: today.",
)
HORIZON = click.option(
    "--horizon", "--horizons", "horizon", metavar="DAYS", default="90", show_default=True,
    help="How far ahead: days, or 12w, 6m, 1y; up to 730 days.",
)  # fmt: skip
BY = click.option("--by", metavar="DATE", help="Last day of the window, instead of --horizon.")
OUTPUT = click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)


def formats(*names: str) -> Callable[..., Any]:
    """The option `--format`, of which `table` is the default."""
    return click.option(
        "--format", "form", type=click.Choice(["table", *names]), default="table", show_default=True,
        help="How to print.",
    )  # fmt: skip
