"""The command `forecast`: flags and help.

Each verb is one function of `forecast.verbs`; heavy imports happen inside the verbs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from forecast.cli.drift import drift
from forecast.cli.explain import explain
from forecast.cli.options import (
    ANSWERING,
    HORIZONS,
    MODEL,
    NO_TRACK,
    ROOT,
    TARGET,
    check_output,
    deliver,
    progress,
    today,
)
from forecast.cli.rank import rank
from forecast.cli.report import report
from forecast.cli.retraining import promote, retrain, rollback, status
from forecast.cli.update import update
from forecast.cli.whatif import whatif
from forecast.errors import ForecastError, TrackingError
from forecast.models import MODELS


class Command(click.Group):
    """A group that answers a user's error with one line and its exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command."""
        try:
            return super().main(*args, **kwargs)
        except ForecastError as error:
            click.echo(f"forecast: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="forecast")
def main() -> None:
    """How likely is it that the leaders of two states meet in person by a date?

    Every forecast uses only what was public before its as-of date.
    """


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
def init(directory: Path) -> None:
    """Lay out a workspace in DIRECTORY with the shipped facts."""
    from forecast.verbs.workspace import init as run

    root = run(directory)
    click.echo(f"{root} is ready: try 'forecast predict USA-CHN --root {root}'", err=True)


@main.command()
@click.argument("publisher", type=click.Choice(["state-department"]))
@click.argument("directory", type=click.Path(path_type=Path))
@ROOT
def ingest(publisher: str, directory: Path, root: Path) -> None:
    """Code a publisher's records in DIRECTORY and replace its facts in the workspace."""
    from forecast.verbs.workspace import ingest as run

    run(publisher, directory, root=root)
    _print_check(root)


@main.command()
@ROOT
@click.option("--uncoded", is_flag=True, help="List the records that could not be coded, as CSV.")
def check(root: Path, uncoded: bool) -> None:
    """Report coverage, counts and records that could not be coded."""
    if uncoded:
        from forecast.verbs.workspace import uncoded as listed

        click.echo(listed(root=root).to_csv(index=False, lineterminator="\n"), nl=False)
        return
    _print_check(root)


def _print_check(root: Path) -> None:
    from forecast.cli.tables import calendar_line, check_table
    from forecast.verbs.workspace import calendar_check
    from forecast.verbs.workspace import check as run

    click.echo(check_table(run(root=root)))
    found = calendar_check(root=root)
    if found is not None:
        click.echo(calendar_line(found))


@main.command()
def signals() -> None:
    """List the signals."""
    from forecast.cli.tables import catalogue_table
    from forecast.verbs.catalogue import catalogue

    click.echo(catalogue_table(catalogue()))


@main.command()
@click.option(
    "--as-of", "as_of", metavar="DATE", required=True, help="Day of training: only what was known before it is used."
)
@MODEL
@TARGET
@NO_TRACK
@ROOT
def train(as_of: str, model: str, target: str, no_track: bool, root: Path) -> None:
    """Train a model and keep it in the workspace."""
    from forecast.verbs.backtest import train as run

    with progress() as step:
        step(f"training the model {model!r}")
        card = run(as_of=as_of, root=root, model=model, target=target, track=not no_track)
    click.echo(
        f"{card['model_id']} {card['model_version']}: {card['n_rows']} rows of {card['n_dyads']} dyads", err=True
    )
    click.echo(card["path"])
    if card["problem"]:
        raise TrackingError(f"the model is kept, but {card['problem']}")


@main.command()
@click.argument("dyads", nargs=-1, metavar="[DYAD]...")
@click.option("--as-of", "as_of", metavar="DATE", help="Midnight at the start of this day. Default: today (UTC).")
@HORIZONS
@click.option("--by", metavar="DATE", help="Last day of the window, instead of --horizon.")
@click.option("--all", "all_dyads", is_flag=True, help="All dyads that exist on the date.")
@click.option("--focal", metavar="STATE", help="With --all: only the dyads of this state.")
@TARGET
@ANSWERING
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to print.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all."
)
@click.option("--record", is_flag=True, help="Append the forecasts to the workspace's log, where they cannot change.")
@ROOT
def predict(
    dyads: tuple[str, ...],
    as_of: str | None,
    horizons: list[int],
    by: str | None,
    all_dyads: bool,
    focal: str | None,
    target: str,
    model: str | None,
    form: str,
    output: Path | None,
    record: bool,
    root: Path,
) -> None:
    """Forecast whether the leaders of each DYAD, such as USA-CHN, meet in person."""
    if bool(dyads) == all_dyads:
        raise click.UsageError("name at least one dyad such as USA-CHN, or ask for --all")
    if focal is not None and not all_dyads:
        raise click.UsageError("--focal goes with --all")
    check_output(output)
    from forecast.verbs.predict import predict as run

    with progress() as step:
        rows = run(
            list(dyads) or None,
            as_of=as_of if as_of is not None else today(),
            root=root,
            horizons=horizons,
            by=by,
            target=target,
            model=model,
            focal=focal,
            record=record,
            on_step=step,
        )
    from forecast.cli.tables import FORMS

    text = FORMS[form](rows)
    for warning in sorted({part for cell in rows["warnings"] for part in str(cell).split("; ") if part}):
        click.echo(f"forecast: warning: {warning}", err=True)
    if record:
        click.echo("forecast: recorded; head of the log: {head}, {n_lines} lines".format(**rows.attrs["log"]), err=True)
    deliver(text, output, table=form == "table")


@main.command()
@click.option(
    "--model", "models", default=",".join(MODELS), show_default=True, metavar="NAME,...", help="Models of the registry."
)
@click.option(
    "--start", default="2010-01", show_default=True, metavar="DATE", help="First as-of date; YYYY-MM is its first day."
)
@click.option(
    "--end", default="2024-05", show_default=True, metavar="DATE", help="Last as-of date; YYYY-MM is its first day."
)
@click.option(
    "--every",
    type=click.Choice(["month", "quarter", "week"]),
    default="month",
    show_default=True,
    help="Step of the dates.",
)
@HORIZONS
@click.option("--focal", metavar="STATE", help="Only the dyads of this state are forecast.")
@TARGET
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="New folder for forecasts.csv and scores.json; an unfinished one goes on after its last finished fold.",
)
@click.option("--ablation", is_flag=True, help="Score the default model also without each family of signals.")
@NO_TRACK
@ROOT
def backtest(
    models: str,
    start: str,
    end: str,
    every: str,
    horizons: list[int],
    focal: str | None,
    target: str,
    output: Path | None,
    ablation: bool,
    no_track: bool,
    root: Path,
) -> None:
    """Score models on rolling origins, against the dyads' climatology."""
    from forecast.display.progress import fold_words
    from forecast.verbs.backtest import backtest as run

    words = fold_words()
    with progress() as step:
        step("building the rows")
        scores = run(
            root=root,
            models=[name.strip() for name in models.split(",")],
            start=start,
            end=end,
            every=every,
            horizons=horizons,
            target=target,
            focal=focal,
            output=output,
            track=not no_track,
            ablation=ablation,
            on_fold=lambda done, total: step(words(done, total)),
        )
    from forecast.cli.tables import score_table

    deliver(score_table(scores), None, table=True)
    if ablation:
        from forecast.cli.tables import ablation_table

        click.echo("\n" + ablation_table(scores.attrs["ablation"]))
    if "problem" in scores.attrs:
        raise TrackingError(f"the backtest is done, but {scores.attrs['problem']}")


@main.command()
@click.argument("forecasts", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), required=True, help="New folder, whole or not at all.")
@click.option("--team", default="forecast", show_default=True, metavar="NAME", help="Whose models these are.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["hubverse"]),
    default="hubverse",
    show_default=True,
    help="hubverse: model output, outcomes and configuration of a hub.",
)
def export(forecasts: Path, output: Path, team: str, file_format: str) -> None:
    """Write FORECASTS, a table of forecasts, as files that others can score."""
    from forecast.verbs.export import export as run

    folder = run(forecasts, output=output, team=team, file_format=file_format)
    click.echo(f"forecast: written to {folder}", err=True)


@main.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--log", is_flag=True, help="Check the log of recorded forecasts and score what has resolved since.")
@click.option("--head", metavar="HASH", help="With --log: a head of the log that was kept, to be found in it.")
@TARGET
@MODEL
@ROOT
def verify(files: tuple[Path, ...], log: bool, head: str | None, target: str, model: str, root: Path) -> None:
    """Score the forecasts of each FILE, the model's and climatology's on the same questions."""
    if not files and not log:
        raise click.UsageError("name at least one FILE, or ask for --log")
    if head is not None and not log:
        raise click.UsageError("--head goes with --log")
    if files:
        _verify_files(files, target=target, model=model, root=root)
    if log:
        _verify_log(head, root=root)


def _verify_files(files: tuple[Path, ...], *, target: str, model: str, root: Path) -> None:
    from forecast.verbs.verify import verify as run

    with progress() as step:
        found = run(list(files), root=root, target=target, model=model, on_step=step)
    from forecast.cli.tables import contradictions, verification_table

    for told in contradictions(found.contradicted):
        click.echo(f"forecast: warning: {told}", err=True)
    click.echo(verification_table(found.scores, found.answers, found.left_out))


def _verify_log(head: str | None, *, root: Path) -> None:
    from forecast.display.log_table import log_table
    from forecast.verbs.verify_log import verify_log

    found = verify_log(root=root, head=head)
    for told in found.warnings:
        click.echo(f"forecast: warning: {told}", err=True)
    click.echo(log_table(found.scores, head=found.head, n_lines=found.n_lines, kept_line=found.kept_line))


@main.command()
@click.option("--as-of", "as_of", metavar="DATE", help="Try this as-of date alone. Default: dates drawn at random.")
@MODEL
@click.option("--trials", type=click.IntRange(min=1), default=5, show_default=True, help="As-of dates of each test.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of dates and invented facts.")
@click.option(
    "--signals",
    multiple=True,
    metavar="MODULE:NAME",
    help="Your own signals too, from package.module:NAME or file.py:NAME. Can be repeated.",
)
@ROOT
def audit(as_of: str | None, model: str, trials: int, seed: int, signals: tuple[str, ...], root: Path) -> None:
    """Prove that no forecast of the workspace sees what was not public."""
    from forecast.cli.tables import audit_table
    from forecast.leakage.audit import check_passed
    from forecast.verbs.audit import audit as run

    with progress() as step:
        report = run(root=root, as_of=as_of, model=model, trials=trials, seed=seed, signals=signals, on_step=step)
    click.echo(audit_table(report))
    check_passed(report)


main.add_command(drift)
main.add_command(update)
main.add_command(explain)
main.add_command(whatif)
main.add_command(rank)
main.add_command(report)
for verb in (retrain, promote, rollback, status):
    main.add_command(verb)
