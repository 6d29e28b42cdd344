"""The verb *ledger*: new ledgers of a workspace, ready to be filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from forecast.dates import parse_day
from forecast.errors import InputError
from forecast.facts.countries import find_state, parse_dyad
from forecast.facts.coverage import DIRECTIONS
from forecast.files import locked, read_json, write_text
from forecast.readers.coded_facts import ENGAGEMENTS
from forecast.readers.coded_source import MANIFEST
from forecast.workspace import facts_folder

#: Columns of a new ledger; the others may be added.
COLUMNS: Final = (
    "started_on", "ended_on", "known_on", "source", "recipient", "event", "mode", "level", "setting", "status", "place",
    "persons", "note", "url",
)  # fmt: skip


def new(
    dyad: str | None = None,
    *,
    root: Path | str = ".",
    focal: str | None = None,
    direction: str = "both",
    since: str | None = None,
    until: str | None = None,
) -> Path:
    """Lay out an empty ledger for a dyad, or for all dyads of a focal state, and return the new file.

    Pairs of a focal state that its ledger does not mention exist then, and have not met. With a `direction` of journeys
    or visits another source must hold the other. `since` and `until` are the first and last day over which the ledger
    is to be complete; a focal state needs both.
    """
    folder = facts_folder(root) / ENGAGEMENTS
    if (dyad is None) == (focal is None):
        raise InputError("name one dyad such as RUS-CHN, or a focal state")
    declared = _declared(focal, direction, since, until)
    name = (parse_dyad(dyad) if dyad is not None else str(declared["focal"])).lower()
    path = folder / f"{name}.csv"
    folder.mkdir(exist_ok=True)
    with locked(folder.parent):
        if path.exists():
            raise InputError("stands there already and is left as it is", path=path)
        manifest = folder / MANIFEST
        about = read_json(manifest) if manifest.exists() else {}
        write_text(path, ",".join(COLUMNS) + "\n")
        if declared:
            # After the ledger: a manifest that names a file which is not there is an error.
            write_text(manifest, json.dumps({**about, path.name: declared}, indent=1, ensure_ascii=False) + "\n")
    return path


def _declared(focal: str | None, direction: str, since: str | None, until: str | None) -> dict[str, str]:
    """What the manifest says of the ledger."""
    if (since is None) != (until is None):
        raise InputError("give both the first and the last day that the ledger covers, or none")
    if focal is not None and since is None:
        raise InputError("a ledger of a focal state needs the days over which it is complete: give since and until")
    if direction not in DIRECTIONS[:3]:
        raise InputError(f"direction {direction!r} is not one of {', '.join(DIRECTIONS[:3])}")
    if focal is None and direction != "both":
        raise InputError("a direction goes with a focal state")
    if since is None or until is None:
        return {}
    first, last = parse_day(since, what="since"), parse_day(until, what="until")
    if last < first:
        raise InputError(f"until {last} is before since {first}")
    days = {"coverage_start": str(first), "coverage_end": str(last)}
    return {**days, "focal": find_state(focal), "direction": direction} if focal is not None else days
