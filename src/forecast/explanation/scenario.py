"""Scenarios: what a history would be with hypothetical events and summits added or removed. Nothing is written.

An added event counts as reported by the publisher that defines the meetings of its dyad: for a pair with the USA the
State Department, elsewhere the first ledger that reports on the pair. So 'the vice premier visits' counts as every
other visit does; under a ledger beside the publisher of record it would count for the families of ledgers alone.
``publisher=...`` names another one. Of a pair that no complete source covers it is a report like any other.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import ONE_DAY, Day, as_day, parse_day
from forecast.errors import DateError, InputError, StateError
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.countries import canonical_dyad, find_state
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS
from forecast.facts.history import History, make_history
from forecast.readers.ledger import read_event, read_ledger

#: Fields of a hypothetical summit; the first three are needed.
SUMMIT: Final = ("series", "host", "starts_on", "ends_on", "announced_on", "edition", "members")
_NEVER: Final = np.datetime64("9999-01-01", "D")
#: Publisher of an event of a pair that no source covers.
NOBODY: Final = "supposed"


@dataclass(frozen=True, eq=False)
class Scenario:
    """The whole history with its changes, and the events and summits that were added to it and removed from it."""

    history: History
    added: pd.DataFrame
    removed: pd.DataFrame
    summits_added: tuple[Edition, ...]
    summits_removed: tuple[Edition, ...]


def make_scenario(
    history: History,
    *,
    dyad: str,
    as_of: Day,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    summits: Sequence[str] = (),
) -> Scenario:
    """Change a copy of a history.

    An event to add is ``column=cell,column=cell,...`` in the ledger's columns (without `started_on` it began on
    `known_on`), or the name of a CSV file in ledger form. To remove are record ids of the dyad's events, or summits as
    ``series/edition``. A summit to add is ``series=...,host=...,starts_on=...`` with more of `SUMMIT`; `members` are
    joined by ``+``, and without them those of the latest edition of the series take part. Only what is known before the
    as-of date can change a forecast; anything else is refused.
    """
    added = [event for at, text in enumerate(add, start=1) for event in _events(text, at, history, as_of)]
    rows = pd.DataFrame(added, columns=list(COLUMNS))
    rows["accompanied"] = rows["accompanied"].astype(bool)
    rows["record_id"] = [f"hypothetical-{number}" for number in range(1, len(rows) + 1)]
    gone, off = _removed(history, dyad, as_of, remove)
    ahead = tuple(_summit(text, at, history, as_of) for at, text in enumerate(summits, start=1))
    kept = history.events.loc[~gone, list(COLUMNS)]
    events = pd.concat([kept, rows], ignore_index=True) if len(rows) else kept
    editions = [edition for edition in history.calendar.editions if edition not in off] + list(ahead)
    calendar = Calendar(tuple(sorted(editions, key=lambda e: (e.starts_on, e.series, e.edition))))
    changed = make_history(events, _coverages(history, events), calendar, history.leaders)
    return Scenario(
        changed,
        changed.events.loc[changed.events["record_id"].isin(rows["record_id"])],
        history.events.loc[gone],
        ahead,
        off,
    )


def read_cells(text: str, where: str) -> dict[str, str]:
    """Read ``column=cell,column=cell``; a cell with a comma is quoted with its column: ``"note=one, two"``.

    >>> read_cells('source=CHN,"persons=He Lifeng, Yellen"', "--add 1")
    {'source': 'CHN', 'persons': 'He Lifeng, Yellen'}
    """
    try:
        (parts,) = csv.reader([text], strict=True, skipinitialspace=True)
    except (csv.Error, ValueError):
        raise InputError(f"{text!r} is no list such as known_on=2023-10-20,source=CHN", path=where) from None
    cells: dict[str, str] = {}
    for part in parts:
        name, equals, cell = part.partition("=")
        if not equals:
            raise InputError(f"{part.strip()!r} is no column=cell; quote a cell that contains commas", path=where)
        if name.strip() in cells:
            raise InputError("is given twice", path=where, field=name.strip())
        cells[name.strip()] = cell.strip()
    return cells


def _events(text: str, at: int, history: History, as_of: Day) -> list[dict[str, object]]:
    where, publisher = f"--add {at}", ""
    if "=" not in text:
        events = [{str(name): cell for name, cell in row.items()} for row in read_ledger(Path(text)).to_dict("records")]
    else:
        cells = read_cells(text, where)
        publisher = cells.pop("publisher", "")
        events = [read_event({"started_on": cells.get("known_on", ""), **cells}, path=where)]
    for event in events:
        known_on = as_day(pd.Timestamp(str(event["known_on"])))
        if known_on >= as_of:
            raise DateError(
                f"{where}: known_on {known_on} is not before the as-of date {as_of}: nobody knew of it then, so it "
                "changes nothing; ask as of a later day"
            )
        event["publisher"] = _publisher(history, event, publisher, where)
    return events


def _publisher(history: History, event: dict[str, object], named: str, where: str) -> str:
    there = sorted({coverage.publisher for coverage in history.coverages})
    if named:
        if named not in there:
            raise InputError(f"{named!r} is not one of {', '.join(there)}", path=where, field="publisher")
        return named
    of_record = history.publishers_of_record(canonical_dyad(str(event["source"]), str(event["recipient"])))
    return of_record[0] if of_record else NOBODY


def _removed(
    history: History, dyad: str, as_of: Day, remove: Sequence[str]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], tuple[Edition, ...]]:
    events = history.events
    ours = (events["dyad"] == dyad).to_numpy()
    known = events["known_on"].to_numpy() < as_of
    gone, off = np.zeros(len(events), dtype=bool), []
    for name in remove:
        if "/" in name:
            off.append(_edition(history.calendar, name, as_of))
            continue
        these = ours & (events["record_id"] == name).to_numpy()
        if not these.any():
            close = difflib.get_close_matches(name, events.loc[ours & known, "record_id"], n=1)
            hint = (
                f"; did you mean {close[0]}?" if close else "; 'forecast explain' names the records behind a forecast"
            )
            raise InputError(f"{dyad} has no record {name!r}{hint}", path="--remove")
        if not (these & known).any():
            raise DateError(f"--remove: record {name} was not known before {as_of}: without it nothing changes")
        gone |= these
    return gone, tuple(off)


def _edition(calendar: Calendar, name: str, as_of: Day) -> Edition:
    series, _, edition = name.partition("/")
    for one in calendar.editions:
        if (one.series, one.edition) == (series, edition):
            if one.announced_on >= as_of:
                raise DateError(f"--remove: the summit {name} was not known before {as_of}: without it nothing changes")
            return one
    raise InputError(f"the calendar has no summit {name!r}; write series/edition, such as apec/2023", path="--remove")


def _summit(text: str, at: int, history: History, as_of: Day) -> Edition:
    where = f"--add-venue {at}"
    cells = read_cells(text, where)
    for name in cells:
        if name not in SUMMIT:
            raise InputError(f"is no field of a summit; there are {', '.join(SUMMIT)}", path=where, field=name)
    for name in SUMMIT[:3]:
        if not cells.get(name):
            raise InputError("is needed", path=where, field=name)
    days = {}
    for name, empty in (("starts_on", ""), ("ends_on", cells["starts_on"]), ("announced_on", str(as_of - ONE_DAY))):
        days[name] = parse_day(cells.get(name) or empty, what=f"{where}, {name}")
    if days["announced_on"] >= as_of:
        raise DateError(
            f"{where}: announced_on {days['announced_on']} is not before the as-of date {as_of}: nobody knew of it "
            "then, so it changes nothing"
        )
    if days["starts_on"] < as_of:
        raise DateError(f"{where}: starts_on {days['starts_on']} is before the as-of date {as_of}: no summit ahead")
    if days["ends_on"] < days["starts_on"]:
        raise InputError(f"{days['ends_on']} is before starts_on", path=where, field="ends_on")
    host = _code(cells["host"], days["starts_on"], where, "host")
    members = {_code(name, days["starts_on"], where, "members") for name in cells.get("members", "").split("+") if name}
    earlier = [
        edition for edition in history.calendar.known_before(as_of).editions if edition.series == cells["series"]
    ]
    if not members:
        if not earlier:
            raise InputError(
                f"no summit of {cells['series']!r} is known; name who takes part", path=where, field="members"
            )
        members = {code for code, _ in earlier[-1].members}
    return Edition(
        series=cells["series"],
        edition=cells.get("edition") or "hypothetical",
        host=host,
        off_on=_NEVER,
        took_place=True,
        members=tuple((code, days["announced_on"]) for code in sorted({host, *members})),
        starts_on=days["starts_on"],
        ends_on=days["ends_on"],
        announced_on=days["announced_on"],
    )


def _code(text: str, day: Day, where: str, field: str) -> str:
    try:
        return find_state(text.strip(), on=day)
    except StateError as error:
        raise InputError(str(error), path=where, field=field) from None


def _coverages(history: History, events: pd.DataFrame) -> list[Coverage]:
    """Coverage as it would be read: undeclared days run from the first to the last day known."""
    coverages = []
    for coverage in history.coverages:
        if coverage.declared:
            coverages.append(coverage)
            continue
        known = events.loc[events["publisher"] == coverage.publisher, "known_on"].to_numpy("datetime64[D]")
        if len(known):
            coverages.append(replace(coverage, starts_on=known.min(), ends_on=known.max()))
    return coverages
