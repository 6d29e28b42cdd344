"""The verb *update*: the publisher's newest records in place of those of the workspace, or nothing."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.coding.state_department import changes as compare
from forecast.coding.state_department import code
from forecast.coding.state_department.records import COLLECTIONS, PUBLISHER, Source, copied_source, fetch_source
from forecast.dates import parse_day
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Table
from forecast.errors import InputError
from forecast.files import clear_remains, locked, replace_folder, writing
from forecast.readers.coded_facts import STATE_DEPARTMENT
from forecast.readers.coded_source import read_manifest
from forecast.training.provenance import now
from forecast.workspace import facts_folder

#: Records shown of each kind of change unless all are wanted.
SHOWN: Final = 5


@dataclass(frozen=True)
class Update:
    """What an update compared and did.

    Attributes
    ----------
    counts : pandas.DataFrame
        One row a collection: records and coverage, before and after, and how many were added, removed and recoded.
    changes : pandas.DataFrame
        One row a record that changed: change, collection, record_id, started_on, what.
    refused : str
        Why such an update is not made without `allow_shrink`; empty if nothing shrinks.
    is_new, written : bool
        Whether there is anything to write, and whether it was written.
    """

    counts: pd.DataFrame
    changes: pd.DataFrame
    refused: str
    is_new: bool
    written: bool


def update(
    *,
    root: Path | str = ".",
    origin: Path | str = PUBLISHER,
    dry_run: bool = False,
    allow_shrink: bool = False,
    today: str | None = None,
    on_step: Step = logged,
) -> Update:
    """Fetch the publisher's records, code them, and replace the facts of the workspace, whole or not at all.

    Parameters
    ----------
    root, on_step
        As in `forecast.predict`.
    origin : str or path-like
        An address under which the repositories ``visits`` and ``travels`` stand, or a folder with a copy of them.
    dry_run : bool
        Write nothing.
    allow_shrink : bool
        Replace the facts even if a collection ends earlier than now or lost more than 1% of its coded records.
    today : str, optional
        The day of fetching, for the manifest; a record that begins later is refused. Default: the present day (UTC).

    Returns
    -------
    Update
    """
    raw = facts_folder(root)
    day = str(parse_day(today, what="today") if today is not None else now()[:10])
    on_step("reading the publisher's files")
    source = _source(origin, on_step)
    on_step("coding the records")
    manifest, contents = _coded(source, day)
    folder = raw / STATE_DEPARTMENT
    if dry_run:
        return _compared(folder, manifest, contents)
    with locked(raw), writing(folder):
        clear_remains(folder)
        result = _compared(folder, manifest, contents)
        if not result.is_new:
            return result
        if result.refused and not allow_shrink:
            advice = "look with --dry-run --list, accept with --allow-shrink"
            raise InputError(f"{result.refused}; {advice}", path=source.name)
        on_step("writing the facts")
        replace_folder(folder, contents)
    return replace(result, written=True)


def _source(origin: Path | str, say: Step) -> Source:
    if isinstance(origin, str) and "://" in origin:
        return fetch_source(origin, on_step=say)
    folder = Path(origin)
    if not folder.is_dir():
        raise InputError("is no folder and no address; name one that holds the publisher's files", path=folder)
    return copied_source(folder)


def _coded(source: Source, today: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Code the files in a folder of their own; an error names them as they stand at their origin."""
    origins = {name: origin | {"fetched_on": today} for name, origin in source.origins.items()}
    with writing("the folder for temporary files"), tempfile.TemporaryDirectory(prefix="forecast-") as place:
        draft = Path(place)
        source.write(draft)
        try:
            manifest, contents = code(draft, origins=origins)
        except InputError as error:
            if error.path is None:
                raise
            place_of_origin = f"{source.name}: {Path(error.path).relative_to(draft)}"
            raise InputError(error.problem, path=place_of_origin, row=error.row, field=error.field) from None
    for collection in COLLECTIONS:
        end = compare.coverage_end(manifest, collection)
        if end > today:
            # The latest record is the end of coverage, up to which a day without a record is a day without a meeting.
            raise InputError(f"{collection} has a record that begins on {end}, after {today}", path=source.name)
    return manifest, contents


def _compared(folder: Path, manifest: dict[str, Any], contents: dict[str, bytes]) -> Update:
    listing = folder / "manifest.json"
    before = read_manifest(listing) if listing.exists() else {}
    old = compare.read_contents(folder)
    new = {name: content for name, content in contents.items() if name.endswith(".csv")}
    changes = compare.changes_between(old, new)
    counts = compare.count_changes(old, new, changes, before, manifest)
    is_new = old != new or bool((counts["ends_on"] != counts["ended_on"]).any())
    return Update(counts, changes, "; ".join(compare.shrinkage(old, new, counts)), is_new=is_new, written=False)


def table(result: Update, *, whole: bool = False) -> Document:
    """Counts by collection and the records that changed, of each kind the first few or all."""
    columns = [
        Column("collection"),
        *(Column(head, align="right") for head in ("records", "was", "added", "removed", "recoded")),
        Column("ends on"),
        Column("was", form=lambda day: day or "-"),
    ]
    counts = Table(columns, list(result.counts[list(compare.COUNTS)].itertuples(index=False, name=None)))
    rows: list[tuple[str, ...]] = []
    notes = []
    for change in ("added", "removed", "recoded"):
        of_kind = result.changes.loc[result.changes["change"] == change, list(compare.COLUMNS)]
        shown = of_kind if whole else of_kind.iloc[:SHOWN]
        rows += shown.itertuples(index=False, name=None)
        if len(of_kind) > len(shown):
            notes.append(f"... and {len(of_kind) - len(shown)} more {change}: --list shows all")
    heads = [Column(head) for head in ("change", "collection", "record", "began on")]
    return Document(counts, Table([*heads, Column("what", wraps=True)], rows, notes=notes) if rows else None)
