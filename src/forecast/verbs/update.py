"""The verb *update*: the newest records of every source with an address, each replaced whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from forecast.coding.state_department import changes as compare
from forecast.coding.state_department import code
from forecast.coding.state_department.records import COLLECTIONS, PUBLISHER, Source, copied_source, fetch_source
from forecast.dates import Day, parse_day
from forecast.display.frames import STALE_AFTER_DAYS
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Table
from forecast.errors import FetchError, ForecastError, InputError
from forecast.files import clear_remains, locked, replace_alone, replace_folder, writing
from forecast.readers.coded_facts import ENGAGEMENTS, STATE_DEPARTMENT
from forecast.readers.coded_source import MANIFEST, CodedSource, contents_of, read_manifest
from forecast.readers.download import LIMITS, fetch
from forecast.readers.event_store import CUBE, read_index
from forecast.readers.seals import SEAL
from forecast.training.provenance import now
from forecast.verbs.ingest import ingest
from forecast.workspace import facts_folder, present_day

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


#: Where China's lists stand; they are updated daily.
CHINA: Final = "https://raw.githubusercontent.com/wangmm001/visit-g2/HEAD"
_CHINA_FILES: Final = {
    "outbound": ("outbound_trips.csv", "end_date"),
    "inbound": ("inbound_cn_master.csv", "last"),
    "attendees": ("pipeline/data/summit_attendees.csv", "last"),
}
#: Share of the rows of a collection that may be gone: records are corrected now and then.
LOST_SHARE: Final = 0.01
REFRESHED: Final = ("publisher", "state", "done", "was", "ends_on", "behind_days", "problem")


@dataclass(frozen=True)
class _Request:
    """What every source is refreshed with."""

    raw: Path
    today: Day
    contact: str
    origins: Mapping[str, str]
    dry_run: bool
    allow_shrink: bool
    say: Step


def refresh(
    *,
    root: Path | str = ".",
    only: Collection[str] = (),
    contact: str = "",
    origins: Mapping[str, str] | None = None,
    dry_run: bool = False,
    allow_shrink: bool = False,
    today: str | Day | None = None,
    on_step: Step = logged,
) -> pd.DataFrame:
    """Fetch the newest records of every source of the workspace, or of `only` some, that has an address.

    A source that cannot be fetched or read stays as it is and keeps no other from being refreshed. `contact` is a mail
    address or a page, which Wikipedia wants of programs, `origins` are addresses in place of the publishers' own, and
    what ends after `today` is left out until it is over. One row a publisher, with the columns `REFRESHED`: `state` is
    ``fresh``, ``stale`` if its record ends more than 180 days before, ``unreachable``, or ``fixed`` if it has no
    address; `done` is ``updated``, ``nothing new``, ``would be updated``, ``refused`` or empty.
    """
    raw = facts_folder(root)
    request = _Request(raw, present_day(today), contact, origins or {}, dry_run, allow_shrink, on_step)
    rows = [_refreshed(path.parent, request) for path in sorted(raw.glob(f"*/{MANIFEST}"))
            if path.parent.name != ENGAGEMENTS and (not only or path.parent.name in only)]  # fmt: skip
    return pd.DataFrame(rows, columns=list(REFRESHED))


def _refreshed(folder: Path, request: _Request) -> dict[str, Any]:
    done = problem = was = end = ""
    way = _way(folder.name)
    try:
        was = end = _ends(folder)
        if way is not None:
            request.say(f"refreshing {folder.name}")
            done = way(folder, request)
            end = _ends(folder)
    except ForecastError as error:
        problem = str(error)
        done = "" if isinstance(error, FetchError) else "refused"
    behind = int((request.today - np.datetime64(end, "D")).astype(int)) if end else 0
    state = "fresh" if end and behind <= STALE_AFTER_DAYS else "stale"
    if way is None:
        state = "fixed"
    elif problem and not done:
        state = "unreachable"
    return dict(zip(REFRESHED, (folder.name, state, done, was, end, behind, problem), strict=True))


def _way(publisher: str) -> Callable[[Path, _Request], str] | None:
    if publisher == STATE_DEPARTMENT:
        return _state_department
    if publisher == "china":
        return _china
    return _wikipedia if publisher.startswith("wikipedia-trips-") else None


def _ends(folder: Path) -> str:
    """Last day that any collection of a folder covers."""
    collections = read_manifest(folder / MANIFEST).get("collections", {})
    return max((str(one.get("coverage_end", "")) for one in collections.values()), default="")


def _state_department(folder: Path, request: _Request) -> str:
    result = update(
        root=request.raw.parent.parent, origin=request.origins.get(STATE_DEPARTMENT, PUBLISHER),
        dry_run=request.dry_run, allow_shrink=request.allow_shrink, today=str(request.today), on_step=request.say,
    )  # fmt: skip
    if not result.is_new:
        return "nothing new"
    return "updated" if result.written else "would be updated"


def _china(folder: Path, request: _Request) -> str:
    from forecast.readers.china import code_china

    origin = request.origins.get("china", CHINA).rstrip("/")
    bodies = {name: fetch(f"{origin}/{path}") for name, (path, _) in _CHINA_FILES.items()}
    with tempfile.TemporaryDirectory(prefix="forecast-") as place:
        paths = {}
        for name, body in bodies.items():
            path, column = _CHINA_FILES[name]
            paths[name] = Path(place) / Path(path).name
            paths[name].write_bytes(_ended(body, column, str(request.today), f"{origin}/{path}"))
        try:
            coded = code_china(
                paths["outbound"], paths["inbound"], attendees=paths["attendees"], version=str(request.today)
            )
        except InputError as error:
            name = f"{origin}/{Path(error.path).name}" if error.path is not None else origin
            raise InputError(error.problem, path=name, row=error.row, field=error.field) from None
    return _replaced(folder, coded, request)


def _ended(body: bytes, column: str, today: str, address: str) -> bytes:
    """The lines of a list whose stay is over; those of stays to come wait, for they are no meetings yet."""
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
        at = rows[0].index(column)
    except (UnicodeDecodeError, csv.Error, ValueError, IndexError):
        raise InputError(f"is no list with the column {column}: its publisher changed it", path=address) from None
    kept = [row for row in rows[1:] if len(row) <= at or row[at][:10] <= today]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([rows[0], *kept])
    return text.getvalue().encode()


def _wikipedia(folder: Path, request: _Request) -> str:
    from forecast.readers.leaders import read_leaders
    from forecast.readers.wikipedia_trips import code_trips, fetch_trips

    if not request.contact:
        raise FetchError("Wikipedia wants a contact of programs: give --contact with a mail address or a page")
    pages = []
    for part in str(read_manifest(folder / MANIFEST).get("address", "")).split("; "):
        found = re.fullmatch(r"(https?://\S+) \((.+)\)", part)
        if found is None:
            raise InputError(f"names no page of Wikipedia ({part}); ingest it again", path=folder / MANIFEST)
        host = urlsplit(request.origins.get(folder.name, found[1]))
        request.say(f"fetching {found[2]}")
        pages.append(fetch_trips(found[2], address=f"{host.scheme}://{host.netloc}/w/api.php", contact=request.contact))
    state = folder.name.rpartition("-")[2].upper()
    coded = code_trips(pages, leader_state=state, today=request.today, leaders=read_leaders(request.raw))
    return _replaced(folder, coded, request)


def _replaced(folder: Path, coded: CodedSource, request: _Request) -> str:
    """Put coded facts in place of those of a folder, unless they are the same or have shrunk."""
    contents = contents_of(coded)
    old, new = read_manifest(folder / MANIFEST)["collections"], {one.name: one for one in coded.collections}
    same = all((folder / name).exists() and (folder / name).read_bytes() == body
               for name, body in contents.items() if name not in (MANIFEST, SEAL))  # fmt: skip
    moved = any(name not in old or one.ends_on != old[name]["coverage_end"] for name, one in new.items())
    if same and not moved:
        return "nothing new"
    shrunk = [
        f"{name} is gone" if name not in new else f"{name} ends on {new[name].ends_on}, before {one['coverage_end']}"
        for name, one in old.items() if name not in new or new[name].ends_on < one["coverage_end"]
    ]  # fmt: skip
    shrunk += [
        f"{name} has {len(new[name].rows)} rows of {one['rows']}" for name, one in old.items()
        if name in new and len(new[name].rows) < (1 - LOST_SHARE) * int(one["rows"])
    ]  # fmt: skip
    if shrunk and not request.allow_shrink:
        raise InputError(f"{'; '.join(shrunk)}; accept with --allow-shrink", path=folder.name)
    if request.dry_run:
        return "would be updated"
    replace_alone(folder, lambda: contents)
    return "updated"


def check_refreshed(rows: pd.DataFrame) -> None:
    """Raise the error of the sources that could not be refreshed: of those out of reach, else of those refused."""
    for kind, failed in ((FetchError, rows["state"] == "unreachable"), (InputError, rows["done"] == "refused")):
        problems = [f"{row['publisher']} stays as it is: {row['problem']}" for row in rows[failed].to_dict("records")]
        if problems:
            raise kind("; ".join(problems))


def refresh_table(rows: pd.DataFrame) -> Table:
    """What became of each source, with its problem below it."""
    heads = {"publisher": "source", "state": "state", "done": "done", "was": "was", "ends_on": "ends on"}
    columns = {name: Column(head) for name, head in heads.items()}
    columns["behind_days"] = Column("days behind", align="right")
    notes = [] if len(rows) else ["none has an address: ledgers are kept by hand"]
    return Table.of(rows, columns, details=[str(problem) for problem in rows["problem"]], notes=notes)


#: GDELT's lists of files: of each day (GDELT 1.0), and of each quarter of an hour (2.0, a list of 130 MB).
GDELT: Final = "https://data.gdeltproject.org"
LISTS: Final = {"day": "events/md5sums", "15min": "gdeltv2/masterfilelist.txt"}
_LIST_LIMITS: Final = replace(LIMITS, size_bytes=512 * 2**20, total_seconds=1800.0)
#: Files that are fetched before they are added: what a broken connection can cost.
_AT_ONCE: Final = 100


def update_events(
    *, since: str | Day, root: Path, every: str = "day", origin: str = GDELT, on_step: Step = logged
) -> pd.DataFrame:
    """Add the files of GDELT from a day on that the workspace lacks, and return what `forecast.ingest` does."""
    first = parse_day(since, what="--since")
    on_step("reading the list of files")
    listed = _listed(origin.rstrip("/"), every, str(first).replace("-", ""))
    held = {name for batch in read_index(root / CUBE / "gdelt").values() for name, _, _ in batch.files}
    wanted = [one for one in listed if one[0] not in held]
    parts = []
    for start in range(0, len(wanted), _AT_ONCE):
        with tempfile.TemporaryDirectory(prefix="forecast-") as place:
            for name, address, digest in wanted[start : start + _AT_ONCE]:
                on_step(f"fetching {name}")
                content = fetch(address)
                if hashlib.md5(content, usedforsecurity=False).hexdigest() != digest:
                    raise FetchError(f"{address}: its MD5 is not the listed {digest}; try again")
                with writing(Path(place) / name):
                    (Path(place) / name).write_bytes(content)
            parts.append(ingest("gdelt", place, root=root, on_step=on_step))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    rows.attrs.update(known=sorted(held), malformed=[line for part in parts for line in part.attrs["malformed"]])
    return rows


def _listed(origin: str, every: str, first: str) -> list[tuple[str, str, str]]:
    """Name, address and MD5 of each listed file of the day or a later one."""
    address = f"{origin}/{LISTS[every]}"
    found = []
    for line in fetch(address, limits=_LIST_LIMITS).decode("utf-8", errors="replace").splitlines():
        words = line.split()
        name = words[-1].rpartition("/")[2] if len(words) > 1 else ""
        if not name.lower().endswith(".export.csv.zip") or name[:8] < first or not name[:8].isdigit():
            continue
        digest = words[0] if every == "day" else words[1]
        found.append((name, f"{address.rpartition('/')[0]}/{name}", digest))
    return sorted(found)
