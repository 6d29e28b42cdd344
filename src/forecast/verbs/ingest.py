"""The verb *ingest*: files of a publisher, coded in place of its facts, or any table, laid out as a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.display.progress import Step, logged
from forecast.errors import InputError
from forecast.facts.reports import EVENT_SOURCES
from forecast.files import replace_alone, write_text
from forecast.readers.coded_facts import ENGAGEMENTS, STATE_DEPARTMENT
from forecast.readers.coded_source import CodedSource, contents_of
from forecast.readers.event_store import COUNTS, MOST_MALFORMED
from forecast.readers.leaders import LEADERS, read_leaders
from forecast.training.provenance import now
from forecast.verbs.check import check
from forecast.workspace import facts_folder

#: Publishers whose releases are coded by a template (`forecast.coding.publishers`).
_RELEASES: Final = ("white-house", "russia")
#: What can be read, and what to name.
SOURCES: Final = {
    STATE_DEPARTMENT: "the folder that holds visits/ and president-travels/",
    "china": "the folder that holds china-outbound*.csv and china-inbound*.csv",
    "colt": "a file in COLT's layout (csv or xlsx), and one of cancelled journeys if there is one",
    "white-house": "a file or folder of documents, lines of JSON (.jsonl or .jsonl.gz)",
    "russia": "a file or folder of messages and headlines, tables (.csv) or lines of JSON (.jsonl or .jsonl.gz)",
    "wikipedia-trips": "saved pages of a list of a leader's trips, with the state whose leader travels",
    "table": "a table of your own (csv, tsv or xlsx), which becomes a ledger of its name",
    **{name: f"files, folders or patterns of {name.upper()}'s events" for name in EVENT_SOURCES},
}

#: How many paths a publisher may have, where it is more than one.
_MOST_PATHS: Final = {"colt": 2, "wikipedia-trips": 10_000}


def ingest(
    publisher: str,
    source: Path | str | Sequence[Path | str],
    *,
    root: Path | str = ".",
    state: str | None = None,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    contact: str = "",
    engine: str = "duckdb",
    most_malformed: int = MOST_MALFORMED,
    on_step: Step = logged,
) -> pd.DataFrame:
    """Code a publisher's files and replace its facts in the workspace `root`, or make a ledger of a table.

    Parameters
    ----------
    publisher : str
        A key of `forecast.verbs.ingest.SOURCES`.
    source, root : path-like
        The publisher's files, and the workspace.
    state : str, optional
        ISO code of the state whose leader travels: needed for ``wikipedia-trips``, possible for ``table``.
    mapping : dict, optional
        For ``table``: from a ledger's column to the file's (`forecast.readers.any_table.read_any_table`).
    dry_run : bool
        For ``table``: read it and write nothing.
    contact : str
        For ``wikipedia-trips``: a mail address or a page of yours. With it a path that is no file is the title of a
        page, which is fetched from Wikipedia.
    engine : str
        For event data: ``duckdb``, ``spark`` or ``spark:MASTER``.
    most_malformed : int
        For event data: malformed rows of one batch of files beyond which the run stops.
    on_step : callable, optional
        For event data and documents: called with a few words before each batch.

    Returns
    -------
    pandas.DataFrame
        One row a collection, as `check` returns them; for ``table`` the rows of the ledger, with what was recognised in
        ``attrs["notes"]``. For event data one row a batch of files that were new, with malformed rows in
        ``attrs["malformed"]`` and the files that were there already in ``attrs["known"]``.
    """
    if publisher not in SOURCES:
        raise InputError(f"unknown publisher {publisher!r}; there are {', '.join(SOURCES)}")
    paths = [Path(source)] if isinstance(source, str | Path) else [Path(one) for one in source]
    if publisher in EVENT_SOURCES:
        if mapping or dry_run or state:
            raise InputError("a state, a mapping and a dry run go with lists and tables", field=publisher)
        return _events(publisher, paths, Path(root), engine, most_malformed, on_step)
    most = _MOST_PATHS.get(publisher, 1)
    if not 1 <= len(paths) <= most:
        raise InputError(f"{len(paths)} paths are named; name {SOURCES[publisher]}", field=publisher)
    for path in paths:
        titled = publisher == "wikipedia-trips" and contact
        if not path.exists() and publisher != STATE_DEPARTMENT and not titled:
            raise InputError(f"does not exist; name {SOURCES[publisher]}", path=path)
    raw = Path(root) / "data" / "raw"
    if publisher == "table":
        return _table(paths[0], raw, state=state, mapping=mapping, dry_run=dry_run)
    if mapping or dry_run:
        raise InputError("a mapping and a dry run go with a table", field=publisher)
    if publisher == STATE_DEPARTMENT:
        replace_alone(raw / publisher, lambda: _state_department(paths[0]))
    else:
        coded = _coded(publisher, paths, raw, state, contact, on_step)
        replace_alone(raw / coded.publisher, lambda: contents_of(coded))
    return check(root=root)


def _events(
    source: str, paths: list[Path], root: Path, engine: str, most_malformed: int, on_step: Step
) -> pd.DataFrame:
    from forecast.readers.event_engines import engine_named
    from forecast.readers.event_store import ingest_events

    facts_folder(root)
    with engine_named(engine) as running:
        done = ingest_events(source, paths, root=root, engine=running, most_malformed=most_malformed, on_step=on_step)
    columns = ("first", "last", *COUNTS)
    rows = [(len(batch.files), *(getattr(batch, name) for name in columns)) for batch in done.batches]
    table = pd.DataFrame(rows, columns=["files", *columns])
    table.attrs.update(malformed=done.malformed, known=done.known)
    return table


def said_of_events(rows: pd.DataFrame) -> list[str]:
    """What an ingestion of event data added and left out, a line each."""
    known = rows.attrs["known"]
    lines = [f"{len(known)} file{'s are' if len(known) > 1 else ' is'} held already"] if known else []
    if len(rows):
        sums = {name: int(rows[name].sum()) for name in ("files", *COUNTS)}
        lines.append(
            f"{sums['files']} new file{'s' if sums['files'] > 1 else ''}, {sums['rows']} rows: {sums['reports']} "
            f"reports of two states, {sums['mirrored']} mirrored or repeated, {sums['no_dyad']} of no two states, "
            f"{sums['no_class']} of no PLOVER event, {sums['malformed']} malformed"
        )
    lines = lines or ["nothing new"]
    return [*lines, *(f"malformed: {line}" for line in rows.attrs["malformed"])]


def _state_department(folder: Path) -> dict[str, bytes]:
    from forecast.coding.state_department import code

    if not folder.is_dir():
        raise InputError(f"is no folder; name {SOURCES[STATE_DEPARTMENT]}", path=folder)
    return code(folder)[1]


def _coded(publisher: str, paths: list[Path], raw: Path, state: str | None, contact: str, on_step: Step) -> CodedSource:
    day = now()[:10]
    if publisher in _RELEASES:
        from forecast.coding.publishers import publisher_of
        from forecast.coding.releases import code_releases

        return code_releases(publisher_of(publisher), paths[0], raw, version=day, on_step=on_step)
    if publisher == "china":
        from forecast.readers.china import code_china

        found = {part: sorted(paths[0].glob(f"china-{part}*.csv")) for part in ("outbound", "inbound", "hosted")}
        if not found["outbound"] or not found["inbound"]:
            raise InputError(f"is not {SOURCES['china']}", path=paths[0])
        attendees = found["hosted"][-1] if found["hosted"] else None
        return code_china(found["outbound"][-1], found["inbound"][-1], attendees=attendees, version=day)
    if publisher == "colt":
        from forecast.readers.colt import code_colt

        register = raw / LEADERS
        cancelled = paths[1] if len(paths) > 1 else None
        return code_colt(paths[0], cancelled=cancelled, leaders=register if register.exists() else None, version=day)
    from forecast.readers.wikipedia_trips import code_trips, fetch_trips

    if state is None:
        raise InputError("name the state whose leader travels, such as FRA", field="state")
    pages = [path if path.exists() else fetch_trips(str(path), contact=contact) for path in paths]
    return code_trips(pages, leader_state=state, today=_today(day), leaders=read_leaders(raw))


def _table(
    path: Path, raw: Path, *, state: str | None, mapping: Mapping[str, str] | None, dry_run: bool
) -> pd.DataFrame:
    from forecast.readers.any_table import read_any_table

    reading = read_any_table(path, mapping=mapping, today=_today(now()[:10]), focal=state)
    if reading.problems:
        raise InputError("\n  ".join(["cannot be read as a ledger:", *reading.problems]), path=path)
    ledger = raw / ENGAGEMENTS / f"{path.stem}.csv"
    if not dry_run:
        if ledger.exists():
            raise InputError("exists already and is left as it is; rename your file", path=ledger)
        ledger.parent.mkdir(parents=True, exist_ok=True)
        write_text(ledger, reading.rows.to_csv(index=False, lineterminator="\n"))
    rows = reading.rows.copy()
    rows.attrs["notes"] = list(reading.notes)
    return rows


def _today(day: str) -> Day:
    return np.datetime64(day, "D")
