"""The verb *update* without a publisher: every source that has an address, each refreshed whole or not at all."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from forecast.coding.state_department.records import PUBLISHER
from forecast.dates import Day
from forecast.display.frames import STALE_AFTER_DAYS
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Table
from forecast.errors import FetchError, ForecastError, InputError
from forecast.files import replace_alone
from forecast.readers.coded_facts import ENGAGEMENTS, STATE_DEPARTMENT
from forecast.readers.coded_source import MANIFEST, CodedSource, contents_of, read_manifest
from forecast.readers.download import fetch
from forecast.readers.seals import SEAL
from forecast.verbs.update import update
from forecast.workspace import facts_folder, present_day

#: Where China's lists stand; they are updated daily.
CHINA: Final = "https://raw.githubusercontent.com/wangmm001/visit-g2/HEAD"
_CHINA_FILES: Final = {
    "outbound": ("outbound_trips.csv", "end_date"),
    "inbound": ("inbound_cn_master.csv", "last"),
    "attendees": ("pipeline/data/summit_attendees.csv", "last"),
}
#: Share of the rows of a collection that may be gone: records are corrected now and then.
LOST_SHARE: Final = 0.01
COLUMNS: Final = ("publisher", "state", "done", "was", "ends_on", "behind_days", "problem")


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
    what ends after `today` is left out until it is over. One row a publisher, with the columns `COLUMNS`: `state` is
    ``fresh``, ``stale`` if its record ends more than 180 days before, ``unreachable``, or ``fixed`` if it has no
    address; `done` is ``updated``, ``nothing new``, ``would be updated``, ``refused`` or empty.
    """
    raw = facts_folder(root)
    request = _Request(raw, present_day(today), contact, origins or {}, dry_run, allow_shrink, on_step)
    rows = [_refreshed(path.parent, request) for path in sorted(raw.glob(f"*/{MANIFEST}"))
            if path.parent.name != ENGAGEMENTS and (not only or path.parent.name in only)]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
    return dict(zip(COLUMNS, (folder.name, state, done, was, end, behind, problem), strict=True))


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


def table(rows: pd.DataFrame) -> Table:
    """What became of each source, with its problem below it."""
    columns = [
        Column("source"), Column("state"), Column("done"), Column("was"), Column("ends on"),
        Column("days behind", align="right"),
    ]  # fmt: skip
    cells = list(
        rows[["publisher", "state", "done", "was", "ends_on", "behind_days"]].itertuples(index=False, name=None)
    )
    notes = [] if len(rows) else ["none has an address: ledgers are kept by hand"]
    return Table(columns, cells, details=[str(problem) for problem in rows["problem"]], notes=notes)
