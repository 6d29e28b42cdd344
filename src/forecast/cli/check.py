"""The command *check*: its flags, and what it prints."""

from __future__ import annotations

from pathlib import Path

import click

from forecast.cli.options import ROOT
from forecast.cli.output import as_csv, deliver, put


@click.command()
@ROOT
@click.option("--uncoded", "listed", flag_value="uncoded", help="List the records that could not be coded, as CSV.")
@click.option("--contradictions", "listed", flag_value="contradictions", help="List what sources contradict, as CSV.")
@click.option("--undecided", "listed", flag_value="undecided", help="List the rows that can decide nothing, as CSV.")
@click.option("--seal", "listed", flag_value="seal", help="Seal facts that you edited on purpose as they are.")
def check(root: Path, listed: str | None) -> None:
    """Report coverage, counts, contradictions, and records that could not be coded or decide nothing."""
    if listed is None:
        print_check(root)
        return
    from forecast.verbs import check as verb

    if listed == "seal":
        put("\n".join(f"sealed anew: {name}" for name in verb.seal(root=root)) or "every file is what its seal says")
        return
    lists = {"uncoded": verb.uncoded, "contradictions": verb.contradictions, "undecided": verb.undecided}
    put(as_csv(lists[listed](root=root)))


def print_check(root: Path) -> None:
    """Print coverage, counts and what is to be looked at of a workspace."""
    from forecast.display.table import Document
    from forecast.verbs import check as verb

    known = verb.table(verb.check(root=root), verb.calendar_check(root=root))
    problems = verb.problems_table(verb.contradictions(root=root), verb.undecided(root=root))
    deliver(Document(known, *problems.blocks))
