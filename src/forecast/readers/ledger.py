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
from pathlib import Path
from typing import Final

import pandas as pd

from forecast.dates import Day
from forecast.errors import InputError, StateError
from forecast.facts.codebook import PLOVER, modes
from forecast.facts.countries import find_state
from forecast.facts.events import ACCESS, COLUMNS, LEVELS, OPTIONAL, REQUIRED, SETTINGS, STATUSES
from forecast.files import file_reader
from forecast.readers.table_columns import meaning
from forecast.readers.tables import NO_DAY, Cells, Problems, raise_all, table_rows

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
    problems, events = Problems(path), []
    first_seen: dict[tuple[str, ...], int] = {}
    lacking = f"; a ledger has {','.join(REQUIRED)} and optionally {','.join(OPTIONAL)}"
    for line, row in table_rows(path, REQUIRED, problems.found, lacking=lacking):
        cells = Cells(_filled(row), line, problems)
        key = tuple(cells.row.values())
        if key in first_seen:
            cells.refuse(f"repeats line {first_seen[key]} in every column; delete one")
        elif (event := _event(cells, today)) is not None:
            events.append(event)
        first_seen.setdefault(key, line)
    raise_all(sorted(problems.found, key=lambda one: one.row or 0))
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
    problems = Problems(Path(path))
    event = _event(Cells(_filled({name: cell.strip() for name, cell in cells.items()}), line, problems), today)
    problems.check()
    assert event is not None  # or there was a problem
    return event


def _filled(row: dict[str, str]) -> dict[str, str]:
    """The cells of every known column, with what a blank one means."""
    known = {name: row.get(name, "") for name in (*REQUIRED, *OPTIONAL)}
    usual = {**_DEFAULTS, "ended_on": known["started_on"]}
    return {name: cell or usual.get(name, "") for name, cell in known.items()}


def _event(row: Cells, today: Day | None) -> dict[str, object] | None:
    """Check one row and write it as an event; None if it adds to the problems."""
    before, path = len(row.problems.found), row.problems.path
    days = _days(row)
    _check_words(row)
    codes = _states(row, days.get("started_on"))
    if {"started_on", "ended_on", "known_on"} <= set(days):
        _check_days(row, days, today)
    if len(row.problems.found) > before:
        return None
    occurred_on = days["started_on"]
    if row["event"] != "CONSULT":
        occurred_on = min(occurred_on, days["known_on"])
    digest = hashlib.sha256("\x1f".join(row.row.values()).encode()).hexdigest()[:10]
    return {
        **{name: row.get(name) for name in COLUMNS},
        **{name: day.astype("datetime64[s]") for name, day in days.items()},
        **codes,
        "occurred_on": occurred_on.astype("datetime64[s]"),
        "accompanied": False,
        "publisher": f"ledger:{path.stem}",
        "record_id": f"{path.stem}-{digest}",
    }


def _days(row: Cells) -> dict[str, Day]:
    days = {}
    for field in ("started_on", "ended_on", "known_on"):
        if field == "ended_on" and row[field] == row["started_on"] and "started_on" not in days:
            continue  # it was left empty, and the first day's problem is its own
        before = len(row.problems.found)
        if not row[field]:
            row.refuse("is empty; a day YYYY-MM-DD is needed", field)
        day = row.day(field, empty=NO_DAY)
        if len(row.problems.found) == before:
            days[field] = day
    return days


def _check_words(row: Cells) -> None:
    for field, allowed in _VOCABULARY.items():
        row.one_of(field, allowed)
    if not row["mode"]:
        row.refuse("is empty; write how, such as visit, phone or cancel", "mode")
    elif row["event"] in PLOVER and row["mode"] not in modes(row["event"]):
        row.refuse(_no_mode(row["mode"], row["event"]), "mode")
    elif (row["event"], row["mode"], row["level"], row["status"]) == ("CONSULT", "announce", "leader", "occurred"):
        row.refuse("'announce' is no way to meet: a plan has the status 'announced', a meeting its own mode", "mode")


def _no_mode(mode: str, event: str) -> str:
    """Say which modes there are, and which one may be meant."""
    allowed = modes(event)
    near = [meaning("mode", mode), *difflib.get_close_matches(mode.lower(), allowed, n=1)]
    meant = next((one for one in near if one in allowed), "")
    hint = f"; did you mean {meant}?" if meant else ""
    return f"{mode!r} is not one of {', '.join(allowed)}, the modes of {event}{hint}"


def _states(row: Cells, on: Day | None) -> dict[str, str]:
    codes = {}
    for field in ("source", "recipient", "place"):
        if field == "place" and not row[field]:
            continue
        try:
            codes[field] = find_state(row[field], on=on)
        except StateError as error:
            row.refuse(str(error), field)
    if codes.get("source", "") == codes.get("recipient"):
        row.refuse(f"{codes['source']} is the source too; an event needs two states", "recipient")
    return codes


def _check_days(row: Cells, days: dict[str, Day], today: Day | None) -> None:
    """The days of an event, against one another and against the present one."""
    first, last, known = (days[name] for name in ("started_on", "ended_on", "known_on"))
    if last < first:
        row.refuse(f"{last} is before started_on {first}", "ended_on")
    if today is not None and known > today:
        row.refuse(f"{known} is after today, {today}; write the day on which it became public", "known_on")
    if row["event"] != "CONSULT":
        return
    if row["status"] == "occurred" and known < first:
        row.refuse(f"{known} is before started_on {first}: what is planned has the status 'announced'", "known_on")
    length = int((last - first).astype(int)) + 1
    if length > LONGEST_DAYS:
        row.refuse(f"{first} to {last} are {length} days; an encounter lasts no more than {LONGEST_DAYS}", "ended_on")
