"""Text tables for specifications: cells between bars, a blank cell is missing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.history import History, make_history
from forecast.panel.outcomes import TARGETS
from forecast.signals.cube import make_cube
from forecast.signals.view import View

#: What a cell of a specification means where its column is left out or the cell is blank.
DEFAULTS = {
    "publisher": "gazette",
    "source": "USA",
    "recipient": "CHN",
    "event": "CONSULT",
    "mode": "visit",
    "level": "leader",
    "setting": "bilateral",
    "status": "occurred",
}


def table(text: str) -> list[dict[str, str]]:
    """Read a table whose first line is the header."""
    lines = [line.split("|") for line in text.strip().splitlines() if line.strip()]
    header, *rows = [[cell.strip() for cell in line] for line in lines]
    assert all(len(row) == len(header) for row in rows), text
    return [dict(zip(header, row, strict=True)) for row in rows]


def as_frame(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Make an events table of rows; days follow from `started_on` where they are blank."""
    events = []
    for number, row in enumerate(rows):
        said = {name: value for name, value in row.items() if value != ""}
        event = dict.fromkeys(COLUMNS, "") | {"record_id": f"r{number}"} | DEFAULTS | said
        if "recipient" not in said and event["source"] == event["recipient"]:
            event["recipient"] = "USA"
        event["started_on"] = event["started_on"] or event["occurred_on"] or event["known_on"]
        event["occurred_on"] = event["occurred_on"] or event["started_on"]
        event["ended_on"] = event["ended_on"] or event["started_on"]
        event["known_on"] = event["known_on"] or event["occurred_on"]
        event["accompanied"] = event["accompanied"] in {True, "true", "yes"}
        for name in DAY_COLUMNS:
            event[name] = np.datetime64(event[name], "s")
        events.append(event)
    frame = pd.DataFrame(events, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(DAY_COLUMNS, "datetime64[s]"))


def first_facts(coverages: Iterable[Coverage]) -> list[dict[str, str]]:
    """A fact of each publisher of a focal state on its first day, that no family counts, of a dyad that no test uses.

    A source of which nothing is known does not exist, and with it no coverage.
    """
    return [
        {"publisher": coverage.publisher, "record_id": f"first-{coverage.source}", "known_on": str(coverage.starts_on)}
        | {"source": coverage.focal, "recipient": "TUV", "event": "AID", "mode": "assist", "level": "working"}
        for coverage in coverages
        if coverage.focal
    ]


def covered(
    publisher: str = "gazette", starts_on: str = "2000-01-01", ends_on: str = "2029-12-31", *, focal: str = "USA",
    source: str = "all", defines_meetings: bool = True, declared: bool = True, direction: str = "both",
    complete: bool = True, level: str = "",
) -> Coverage:  # fmt: skip
    """Coverage of one source."""
    return Coverage(
        publisher=publisher,
        source=source,
        starts_on=np.datetime64(starts_on, "D"),
        ends_on=np.datetime64(ends_on, "D"),
        focal=focal,
        defines_meetings=defines_meetings,
        declared=declared,
        direction=direction,
        complete=complete,
        level=level,
    )


def history_of(text: str, *coverages: Coverage) -> History:
    """Make a history of an events table; without coverages, of a gazette that covers the USA.

    Publishers of a focal state exist from the first day of their coverage.
    """
    coverages = coverages or (covered(),)
    return make_history(as_frame([*table(text), *first_facts(coverages)]), list(coverages))


def view(
    history: History,
    *,
    dyads: list[str],
    as_of: np.datetime64,
    cohort: list[str] | None = None,
    target: str = "meeting",
) -> View:
    """What was known of dyads before one as-of date; the cohort is that of the rows if nothing else is said."""
    return View(as_of, list(dyads), list(cohort or dyads), make_cube(history), TARGETS[target])


def day(text: str) -> np.datetime64:
    """Give a day."""
    return np.datetime64(text, "D")


def days(*texts: str) -> np.ndarray:
    """Give an array of days."""
    return np.array(texts, dtype="datetime64[D]")


def write_ledger(path: Path, text: str) -> Path:
    """Write a text table as a ledger in CSV."""
    rows = table(text)
    pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")
    return path
