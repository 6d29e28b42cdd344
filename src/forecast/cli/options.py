"""Options that several verbs share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from forecast.models import DEFAULT, MODELS, model_names

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
PATH = click.Path(path_type=Path)
#: It may stand before the verb too, where the environment variable is read.
ROOT = click.option(
    "--root", type=FOLDER, show_default=False,
    default=lambda: click.get_current_context().find_root().params.get("root", Path()),
    help="Workspace: a folder with data/raw. Default: FORECAST_ROOT, or the current folder.",
)  # fmt: skip
TARGET = click.option(
    "--target", type=click.Choice(["meeting", "bilateral"]), default="meeting",
    help="meeting: in any setting; bilateral: alone or on the margins of a larger event.",
)  # fmt: skip


def models_like(context: click.Context, option: click.Parameter, incomplete: str) -> list[str]:
    """Models whose name begins so, for a shell; of several joined by commas the last."""
    before, comma, begun = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in model_names() if name.startswith(begun)]


def states_like(context: click.Context, option: click.Parameter, incomplete: str) -> list[str]:
    """Codes of states that begin so, for a shell."""
    from forecast.facts.countries import states

    return [code for code in states() if code.startswith(incomplete.upper())]


def dyads_like(context: click.Context, option: click.Parameter, incomplete: str) -> list[str]:
    """Dyads that begin so, for a shell: the first state, then the second."""
    first, dash, second = incomplete.upper().partition("-")
    if not dash:
        return [f"{code}-" for code in states_like(context, option, first)]
    return [f"{first}-{code}" for code in states_like(context, option, second) if code != first]


def _words(context: click.Context, argument: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
    """Dyads as they are typed: words of which none holds two states, `usa south korea`, are one dyad."""
    return (" ".join(words),) if words and not any(re.search(r"[-–_/,& ]", word) for word in words) else words


def _one_dyad(context: click.Context, argument: click.Parameter, words: tuple[str, ...]) -> str | None:
    dyads = _words(context, argument, words)
    if len(dyads) > 1:
        raise click.UsageError(f"one dyad is taken at a time, not {len(dyads)}: {', '.join(dyads)}")
    return dyads[0] if dyads else None


def one_dyad(*, required: bool = True) -> Callable[..., Any]:
    """The argument of a verb about one dyad."""
    return click.argument(
        "dyad", nargs=-1, required=required, metavar="DYAD" if required else "[DYAD]", shell_complete=dyads_like,
        callback=_one_dyad,
    )  # fmt: skip


DYADS = click.argument("dyads", nargs=-1, metavar="[DYAD]...", shell_complete=dyads_like, callback=_words)


def focal(text: str) -> Callable[..., Any]:
    """The option `--focal` of a verb that takes a state."""
    return click.option("--focal", metavar="STATE", shell_complete=states_like, help=text)


def horizons(default: str | None, described: str = "") -> Callable[..., Any]:
    """The option `--horizon` of a verb that answers several."""
    return click.option(
        "--horizon", "--horizons", "horizons", metavar="DAYS,...", default=default,
        help="How far ahead: days, or 12w, 6m, 1y." + (f" Default: {described}." if described else ""),
    )  # fmt: skip


#: Models that are not in the registry, by name.
OWN_MODELS = "or one of your own: a registered name, or file.py:NAME"
#: Of verbs that take signals of the user's own.
SIGNALS = click.option(
    "--signals", multiple=True, metavar="NAME",
    help="Your own signals too: file.py:NAME, package.module:NAME or a registered name. Can be repeated.",
)  # fmt: skip
MODEL = click.option(
    "--model", default=DEFAULT, metavar="NAME", shell_complete=models_like,
    help=f"One of {', '.join(MODELS)}, {OWN_MODELS}.",
)  # fmt: skip
#: Of verbs that use the model which answers at a date.
ANSWERING = click.option(
    "--model", default=None, metavar="NAME", shell_complete=models_like,
    help=f"One of {', '.join(MODELS)}, {OWN_MODELS}. Default: the champion's, or {DEFAULT} where none may answer.",
)  # fmt: skip

NO_TRACK = click.option(
    "--no-track", "track", is_flag=True, callback=lambda context, option, no_track: not no_track,
    help="Keep no run in MLflow (mlruns/ or MLFLOW_TRACKING_URI).",
)  # fmt: skip
WAIT = click.option(
    "--wait", "wait_seconds", type=click.FloatRange(min=0), default=600.0, metavar="SECONDS",
    help="How long to wait for another retrain or promote in this workspace.",
)  # fmt: skip
FAIL_ON = click.option(
    "--fail-on", type=click.Choice(["watch", "drift"]), help="Leave with code 12 if the verdict is this or worse."
)
#: Of verbs about one day.
AS_OF = click.option(
    "--as-of", metavar="DATE",
    help="Use only what was public before this day: 2023-09-29, 2023-09 (its first day), yesterday. Default: today.",
)  # fmt: skip
HORIZON = click.option(
    "--horizon", "--horizons", "horizon", metavar="DAYS", default="90", help="How far ahead: days, or 12w, 6m, 1y."
)
BY = click.option("--by", metavar="DATE", help="Last day of the window, instead of --horizon.")
OUTPUT = click.option("--output", type=FILE, help="Write to this file, whole or not at all.")


def formats(*names: str) -> Callable[..., Any]:
    """The option `--format`, of which `table` is the default."""
    return click.option("--format", "form", type=click.Choice(["table", *names]), default="table", help="How to print.")
