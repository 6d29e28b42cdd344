"""The verb *update* for event data: the publisher's newest files, fetched by its lists and added to the cube."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from forecast.dates import Day, parse_day
from forecast.display.progress import Step, logged
from forecast.errors import FetchError
from forecast.files import writing
from forecast.readers.download import LIMITS, fetch
from forecast.readers.event_store import CUBE, read_index
from forecast.verbs.ingest import ingest

#: GDELT's lists of files: of each day (GDELT 1.0), and of each quarter of an hour (2.0, a list of 130 MB).
PUBLISHER: Final = "https://data.gdeltproject.org"
LISTS: Final = {"day": "events/md5sums", "15min": "gdeltv2/masterfilelist.txt"}
_LIST_LIMITS: Final = replace(LIMITS, size_bytes=512 * 2**20, total_seconds=1800.0)
#: Files that are fetched before they are added: what a broken connection can cost.
_AT_ONCE: Final = 100


def update_events(
    *, since: str | Day, root: Path, every: str = "day", origin: str = PUBLISHER, on_step: Step = logged
) -> pd.DataFrame:
    """Add the files of GDELT from a day on that are not in the workspace yet, and return what `forecast.ingest` does.

    They are the daily files of GDELT 1.0, or those of each quarter of an hour (``15min``) of 2.0; `origin` is the
    address under which ``events/`` and ``gdeltv2/`` stand.
    """
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
                _fetched(Path(place) / name, address, digest)
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


def _fetched(path: Path, address: str, digest: str) -> None:
    content = fetch(address)
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != digest:
        raise FetchError(f"{address}: its MD5 is not the listed {digest}; try again")
    with writing(path):
        path.write_bytes(content)
