"""A researcher's own ledger of events: any CSV in the ledger schema, for any pair of states.

Ruled on here:

* `occurred_on` is `started_on`, except that an act of words (anything but a CONSULT) is done when it is public: a
  refusal on 4 September to attend a summit on 9 September occurred on 4 September.
* An encounter cannot be known to have *occurred* before its first day: such a row is an error, and its cure is the
  status ``announced``.
* What is known has become known by today, and an encounter of more than `LONGEST_DAYS` days is a slip of the pen: one
  odd year would stretch what a ledger covers by decades.
* Missing `ended_on` means one day, missing `setting` means ``bilateral``, missing `status` means ``occurred``. A
  missing `known_on` is refused: only the researcher can know when the event was public.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pandas as pd

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError, StateError
from forecast.facts.codebook import PLOVER, modes
from forecast.facts.countries import find_state
from forecast.facts.events import ACCESS, COLUMNS, LEVELS, OPTIONAL, REQUIRED, SETTINGS, STATUSES
from forecast.files import file_reader
from forecast.readers.table_columns import meaning
from forecast.readers.tables import raise_all, table_rows

_VOCABULARY: Final = {
    "event": tuple(PLOVER),
    "level": LEVELS,
    "setting": SETTINGS,
    "status": STATUSES,
    "access": ("", *ACCESS),
}
_DEFAULTS: Final = {"setting": "bilateral", "status": "occurred"}
#: Days of an encounter beyond which its row is refused.
LONGEST_DAYS: Final = 366


@file_reader
def read_ledger(path: Path, *, today: Day | None = None) -> pd.DataFrame:
    """Read a CSV file in UTF-8 with the `REQUIRED` columns into events; their publisher is ``ledger:<file name>``.

    Every problem of the file is in the one error. With `today`, nothing may have become known after it.
    """
    problems: list[InputError] = []
    events = []
    first_seen: dict[tuple[str, ...], int] = {}
    for line, row in _rows(path, problems):
        key = tuple(row.values())
        if key in first_seen:
            repeated = f"repeats line {first_seen[key]} in every column; delete one"
            problems.append(InputError(repeated, path=path, row=line))
        elif (event := _event(row, path=path, line=line, today=today, problems=problems)) is not None:
            events.append(event)
        first_seen.setdefault(key, line)
    raise_all(sorted(problems, key=lambda one: one.row or 0))
    return pd.DataFrame(events, columns=list(COLUMNS))


def read_event(
    cells: dict[str, str], *, path: Path | str, line: int | None = None, today: Day | None = None
) -> dict[str, object]:
    """Read one event from its cells by column, by the rules of a ledger; errors name path and line."""
    unknown = [name for name in cells if name not in (*REQUIRED, *OPTIONAL)]
    if unknown:
        raise InputError(
            f"is no column of a ledger; there are {', '.join((*REQUIRED, *OPTIONAL))}",
            path=path,
            row=line,
            field=unknown[0],
        )
    missing = [name for name in REQUIRED if name not in cells]
    if missing:
        raise InputError(f"lacks {', '.join(missing)}", path=path, row=line)
    known = {name: cells.get(name, "").strip() for name in (*REQUIRED, *OPTIONAL)}
    problems: list[InputError] = []
    event = _event({**known, **_filled(known)}, path=Path(path), line=line, today=today, problems=problems)
    raise_all(problems)
    assert event is not None  # or there was a problem
    return event


def _rows(path: Path, problems: list[InputError]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of the file with their line numbers, every known column present."""
    lacking = f"; a ledger has {','.join(REQUIRED)} and optionally {','.join(OPTIONAL)}"
    rows = []
    for line, row in table_rows(path, REQUIRED, problems, lacking=lacking):
        known = {name: row.get(name, "") for name in (*REQUIRED, *OPTIONAL)}
        rows.append((line, {**known, **_filled(known)}))
    return rows


def _filled(row: dict[str, str]) -> dict[str, str]:
    filled = {name: value for name, value in _DEFAULTS.items() if not row[name]}
    if not row["ended_on"]:
        filled["ended_on"] = row["started_on"]
    return filled


def _event(
    row: dict[str, str], *, path: Path, line: int | None, today: Day | None, problems: list[InputError]
) -> dict[str, object] | None:
    """Check one row and write it as an event; None if it adds to the problems."""
    before = len(problems)

    def note(field: str, problem: str) -> None:
        problems.append(InputError(problem, path=path, row=line, field=field))

    days = _days(row, note)
    _check_words(row, note)
    codes = _states(row, days.get("started_on"), note)
    if {"started_on", "ended_on", "known_on"} <= set(days):
        _check_days(row, days, today, note)
    if len(problems) > before:
        return None
    occurred_on = days["started_on"]
    if row["event"] != "CONSULT":
        occurred_on = min(occurred_on, days["known_on"])
    digest = hashlib.sha256("\x1f".join(row.values()).encode()).hexdigest()[:10]
    return {
        **{name: row.get(name, "") for name in COLUMNS},
        **{name: day.astype("datetime64[s]") for name, day in days.items()},
        **codes,
        "occurred_on": occurred_on.astype("datetime64[s]"),
        "accompanied": False,
        "publisher": f"ledger:{path.stem}",
        "record_id": f"{path.stem}-{digest}",
    }


def _days(row: dict[str, str], note: Callable[[str, str], None]) -> dict[str, Day]:
    days = {}
    for field in ("started_on", "ended_on", "known_on"):
        if field == "ended_on" and row[field] == row["started_on"] and "started_on" not in days:
            continue  # it was left empty, and the first day's problem is its own
        if not row[field]:
            note(field, "is empty; a day YYYY-MM-DD is needed")
            continue
        try:
            days[field] = parse_day(row[field])
        except DateError:
            note(field, f"{row[field]!r} is no day of the calendar; write YYYY-MM-DD")
    return days


def _check_words(row: dict[str, str], note: Callable[[str, str], None]) -> None:
    for field, allowed in _VOCABULARY.items():
        if row[field] not in allowed:
            note(field, f"{row[field]!r} is not one of {', '.join(filter(None, allowed))}")
    if not row["mode"]:
        note("mode", "is empty; write how, such as visit, phone or cancel")
    elif row["event"] in PLOVER and row["mode"] not in modes(row["event"]):
        note("mode", _no_mode(row["mode"], row["event"]))
    elif (row["event"], row["mode"], row["level"], row["status"]) == ("CONSULT", "announce", "leader", "occurred"):
        note("mode", "'announce' is no way to meet: a plan has the status 'announced', a meeting its own mode")


def _no_mode(mode: str, event: str) -> str:
    """Say which modes there are, and which one may be meant."""
    allowed = modes(event)
    near = [meaning("mode", mode), *difflib.get_close_matches(mode.lower(), allowed, n=1)]
    meant = next((one for one in near if one in allowed), "")
    hint = f"; did you mean {meant}?" if meant else ""
    return f"{mode!r} is not one of {', '.join(allowed)}, the modes of {event}{hint}"


def _states(row: dict[str, str], on: Day | None, note: Callable[[str, str], None]) -> dict[str, str]:
    codes = {}
    for field in ("source", "recipient", "place"):
        if field == "place" and not row[field]:
            continue
        try:
            codes[field] = find_state(row[field], on=on)
        except StateError as error:
            note(field, str(error))
    if codes.get("source", "") == codes.get("recipient"):
        note("recipient", f"{codes['source']} is the source too; an event needs two states")
    return codes


def _check_days(row: dict[str, str], days: dict[str, Day], today: Day | None, note: Callable[[str, str], None]) -> None:
    """The days of an event, against one another and against the present one."""
    first, last, known = (days[name] for name in ("started_on", "ended_on", "known_on"))
    if last < first:
        note("ended_on", f"{last} is before started_on {first}")
    if today is not None and known > today:
        note("known_on", f"{known} is after today, {today}; write the day on which it became public")
    if row["event"] != "CONSULT":
        return
    if row["status"] == "occurred" and known < first:
        note("known_on", f"{known} is before started_on {first}: what is planned has the status 'announced'")
    length = int((last - first).astype(int)) + 1
    if length > LONGEST_DAYS:
        note("ended_on", f"{first} to {last} are {length} days; an encounter lasts no more than {LONGEST_DAYS}")
