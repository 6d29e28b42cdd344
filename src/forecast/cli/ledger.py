"""The command *ledger*: its own verbs, their flags, what they print, and the conversation of a review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from forecast.cli.options import FILE, ROOT, one_dyad
from forecast.cli.output import as_csv, put, say

if TYPE_CHECKING:
    import pandas as pd

_FILE = click.argument("candidates", type=FILE)


@click.group()
def ledger() -> None:
    """Lay out and fill your own ledgers of events."""


@ledger.command()
@one_dyad(required=False)
@click.option("--focal", metavar="STATE", help="Instead of a DYAD: the state whose journeys or visits it holds.")
@click.option(
    "--direction", type=click.Choice(["both", "journeys", "visits"]), default="both",
    help="With --focal: journeys of its leader, visits to it, or both.",
)  # fmt: skip
@click.option("--since", metavar="DATE", help="First day over which the ledger will be complete.")
@click.option("--until", metavar="DATE", help="Last day over which the ledger will be complete.")
@ROOT
def new(dyad: str | None, **options: Any) -> None:
    """Lay out an empty ledger for a DYAD such as RUS-CHN, or for all dyads of a state."""
    if (dyad is None) == (options["focal"] is None):
        raise click.UsageError("name one dyad such as RUS-CHN, or give --focal")
    from forecast.verbs import ledger as verb

    path = verb.new(dyad, **options)
    say(f"{path} is ready: add a row an event, then try 'forecast check'")


@ledger.command()
@_FILE
@click.option("--again", is_flag=True, help="Also show the rows that were decided before.")
def review(candidates: Path, again: bool) -> None:
    """Walk through candidate events: accept, change or drop each; stop at any time and go on later.

    Each decision is written into the file at once, in its column `decision`.
    """
    from forecast.files import write_text
    from forecast.verbs import ledger as verb

    rows = verb.review(candidates)
    texts = verb.texts_of(rows)
    open_ = [number for number in rows.index if again or not rows.loc[number, "decision"]]
    for place, number in enumerate(open_, start=1):
        put(f"\n{place} of {len(open_)}\n{verb.candidate_words(rows.loc[number], texts)}")
        answer = click.prompt(
            "[a]ccept, [c]hange, [d]rop, [s]kip, [q]uit", type=click.Choice(list("acdsq")), show_choices=False
        )
        if answer == "q":
            break
        if answer != "s":
            rows = _decided(rows, number, answer)
            write_text(candidates, as_csv(rows) + "\n")
    counts = rows["decision"].value_counts()
    say(f"{counts.get('accept', 0)} accepted, {counts.get('drop', 0)} dropped, {counts.get('', 0)} left")


@ledger.command()
@_FILE
@click.option("--to", "name", default="coded", metavar="NAME", help="The ledger, without .csv.")
@ROOT
def add(candidates: Path, name: str, root: Path) -> None:
    """Add the accepted candidates to a ledger of the workspace."""
    from forecast.verbs.ledger import add_to_ledger

    added = add_to_ledger(candidates, root=root, name=name)
    say(f"{len(added)} rows added to {root / 'data' / 'raw' / 'engagements' / name}.csv")


def _decided(rows: pd.DataFrame, number: int, answer: str) -> pd.DataFrame:
    """Take a decision, asking until a ledger would take the row; a row that nobody can mend may be dropped."""
    from forecast.errors import InputError
    from forecast.verbs.ledger import review as decide

    if answer == "d":
        return decide(rows, drop=[number])
    cells = _cells() if answer == "c" else {}
    while True:
        try:
            return decide(rows, change={number: cells})
        except InputError as error:
            say(str(error))
            cells = {**cells, **_cells()}
            if not cells:
                return rows


def _cells() -> dict[str, str]:
    cells = {}
    while said := click.prompt("column=value (empty line: done)", default="", show_default=False):
        name, equals, value = said.partition("=")
        if not equals:
            say(f"{said!r} is no column=value")
            continue
        cells[name.strip()] = value.strip()
    return cells
