"""Any table of meetings or journeys as rows of a ledger, in one go: what is recognised is said, all problems at once.

Ruled on here:

* Nothing is guessed in silence: encoding, separator, header, columns, order of dates, languages and every rule that
  filled a cell are notes; whatever cannot be understood is a problem, the like of them together.
* Without `known_on` a stay is taken to be known on its last day (decision 001). A plan has no such day and is refused.
* Rows of one visitor in one state whose days touch or overlap are legs of one stay. Rows that say the same of the same
  days are repeats. Both are merged and counted.
* Days that could be read day first or month first are refused unless other days of the file prove the order; between
  dots the day stands first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from forecast.dates import ONE_DAY, Day, parse_day
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.events import SETTINGS
from forecast.files import file_reader
from forecast.readers import table_columns as columns
from forecast.readers.state_names import name_key
from forecast.readers.table_files import Row, read_grid
from forecast.readers.table_rows import LEDGER, Findings, TableRows, order_of


@dataclass(frozen=True, eq=False)
class TableReading:
    """What a table holds, in the columns of a ledger; rows with a problem are left out."""

    rows: pd.DataFrame
    #: What was recognised and by which rules cells were filled.
    notes: list[str] = field(default_factory=list)
    #: All that could not be understood; the table is whole if there are none.
    problems: list[str] = field(default_factory=list)


@file_reader
def read_any_table(
    path: Path, *, mapping: Mapping[str, str] | None = None, today: Day, focal: str | None = None
) -> TableReading:
    """Read a table of journeys, visits or other events into rows of a ledger.

    Parameters
    ----------
    path : Path
        Comma-, semicolon-, tab- or bar-separated values, or a workbook (.xlsx).
    mapping : mapping of str to str, optional
        From a column of the ledger to the name of the file's column, such as ``{"host": "Gastland"}``, either way
        round; ``{"visitor": "=BRA"}`` gives all rows a value. ``dates`` (``dd/mm/yyyy`` or ``mm/dd/yyyy``), ``codes``
        (``iso`` or ``cow``), ``encoding``, ``separator``, ``header`` (a line) and ``sheet`` say what is not to be
        recognised.
    today : numpy.datetime64[D]
        What occurred cannot lie after it.
    focal : str, optional
        The state of all journeys, if no column names the visitor; or of all visits, if none names the host.

    Returns
    -------
    TableReading

    Raises
    ------
    InputError
        If the file cannot be read at all; everything else is among the problems.
    """
    options, wanted = _options(mapping or {})
    named = [name for pair in wanted.items() for name in pair if not name.startswith("=")]
    grid = read_grid(path, score=lambda cells: columns.score(cells, named), options=options)
    notes, problems = list(grid.notes), list(grid.problems)
    header, body = grid.rows[0][1], grid.rows[1:]
    places, constants = _columns(header, wanted, focal, notes, problems)
    if problems:
        return TableReading(_frame([]), notes, problems)
    body = _whole_rows(body, len(header), notes, problems)
    reader = TableRows(places, constants, options, today, notes, problems)
    found = reader.read(body)
    rows = _merged(found, notes)
    return TableReading(_frame(rows), notes, problems)


def _options(mapping: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Part a mapping into what is said of the file and what of its columns."""
    options, wanted = {}, {}
    for name, value in mapping.items():
        key = name_key(name)
        # `dates` is the order of days if it looks like one, else the column of days.
        if key in columns.OPTIONS and (key != "dates" or order_of(value)):
            options[key] = value.strip() if key != "separator" else value
        else:
            wanted[name] = value
    return options, wanted


def _columns(
    header: list[str], wanted: Mapping[str, str], focal: str | None, notes: list[str], problems: list[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Place of each field in the header, and the values that all rows have."""
    keys = [name_key(name) for name in header]
    places, constants = _mapped(header, keys, wanted, problems)
    _recognised(header, keys, places, constants, problems)
    _sides(places, constants, focal, notes)
    if "days" in places and "started_on" not in places:
        places["started_on"] = places.pop("days")
    for need, said in (("started_on", "first day"), ("source", "visitor"), ("recipient", "host")):
        if need not in places and need not in constants:
            hint = "; give the focal state" if need != "started_on" else ""
            shown = ", ".join(filter(None, header))
            problems.append(f"header: no column of the {said} is recognised among {shown}; map {need} to one{hint}")
    read_as = [f"{header[place]} = {name}" for name, place in sorted(places.items(), key=lambda pair: pair[1])]
    notes.append(f"columns: {', '.join(read_as)}")
    unused = [name for place, name in enumerate(header) if name and place not in places.values()]
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    return places, constants


def _mapped(
    header: list[str], keys: list[str], wanted: Mapping[str, str], problems: list[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Places of the columns and values that a mapping names, either way round."""
    places: dict[str, int] = {}
    constants: dict[str, str] = {}
    for one, other in wanted.items():
        field_name, column = columns.full_name(one), other
        turned = field_name not in columns.FIELDS or (name_key(one) in keys and name_key(other) not in keys)
        if turned and not other.startswith("=") and columns.full_name(other) in columns.FIELDS:
            field_name, column = columns.full_name(other), one
        if field_name not in columns.FIELDS:
            problems.append(f"mapping {one}={other}: there is no field {one!r}; there are {', '.join(columns.FIELDS)}")
        elif column.startswith("="):
            constants[field_name] = column[1:].strip()
        elif keys.count(name_key(column)) != 1:
            times = "has no column" if name_key(column) not in keys else "has more than one column"
            problems.append(f"mapping {one}={other}: the header {times} {column!r}; it has {', '.join(header)}")
        else:
            places[field_name] = keys.index(name_key(column))
    return places, constants


def _recognised(
    header: list[str], keys: list[str], places: dict[str, int], constants: dict[str, str], problems: list[str]
) -> None:
    """Add the places of the columns whose names say what they are, where no mapping does."""
    taken = set(places.values())
    # A column whose whole name says what it is goes before one that says it with other words around.
    for place in sorted(range(len(header)), key=lambda place: columns.match_of(header[place])[1]):
        name, (guessed, cuts) = header[place], columns.match_of(header[place])
        if keys[place] == "source" and not {"recipient", "target", "destination"} & set(keys):
            # Beside a host or a country it is where the row was found.
            guessed = "url"
        if place in taken or not guessed or guessed in constants:
            continue
        if guessed in places:
            alike = places[guessed] not in taken and columns.match_of(header[places[guessed]])[1] == cuts
            if alike and columns.full_name(name) != guessed:
                other = header[places[guessed]]
                problems.append(f"header: {other!r} and {name!r} may both be {guessed}; map {guessed} to one of them")
            continue
        places[guessed] = place


def _sides(places: dict[str, int], constants: dict[str, str], focal: str | None, notes: list[str]) -> None:
    """Who travels and who receives, from a column that only says *country* and from the focal state."""
    known = set(places) | set(constants)
    if "country" in places:
        if "recipient" not in known:
            places["recipient"] = places.pop("country")
        elif "source" not in known:
            places["source"] = places.pop("country")
        else:
            places.pop("country")
    known = set(places) | set(constants)
    if focal:
        for side, said in (("source", "journeys of"), ("recipient", "visits to")):
            if side not in known:
                constants[side] = focal
                notes.append(f"all rows are {said} {focal}")
                break


def _whole_rows(body: list[Row], width: int, notes: list[str], problems: list[str]) -> list[Row]:
    """Rows of the header's width; a line with one cell, such as a sum, is no row."""
    bad, single, whole = Findings(), Findings(), []
    for line, cells in body:
        filled = [place for place, cell in enumerate(cells) if cell]
        if len(filled) == 1 and width > 2:
            single.add(f"left out, since it has one cell: {cells[filled[0]]!r}", line)
        elif filled and filled[-1] >= width:
            bad.add(f"has more cells than the header, which has {width}; quote cells that hold the separator", line)
        else:
            whole.append((line, (cells + [""] * width)[:width]))
    notes += single.lines()
    problems += bad.lines()
    return whole


def _merged(rows: list[dict[str, str]], notes: list[str]) -> list[dict[str, str]]:
    """Merge repeats and the legs of one stay, and count both."""
    fresh: list[dict[str, str]] = []
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        key = tuple(row[name] for name in LEDGER)
        if key not in seen:
            fresh.append(row)
        seen.add(key)
    if len(fresh) < len(rows):
        notes.append(f"repeats: {len(rows) - len(fresh)} rows say what another says and are left out")
    stays: list[dict[str, str]] = []
    open_stay: dict[tuple[str, ...], dict[str, str]] = {}
    for row in sorted(fresh, key=lambda one: (one["started_on"], one["ended_on"])):
        key = tuple(row[name] for name in ("source", "recipient", "event", "mode", "level", "status", "place"))
        before = open_stay.get(key)
        in_person = row["event"] == "CONSULT" and row["mode"] in IN_PERSON_MODES
        if not in_person or before is None or parse_day(row["started_on"]) > parse_day(before["ended_on"]) + ONE_DAY:
            row = dict(row)
            open_stay[key] = row
            stays.append(row)
            continue
        before["ended_on"] = max(before["ended_on"], row["ended_on"])
        before["known_on"] = max(before["known_on"], row["known_on"])
        before["setting"] = min(before["setting"], row["setting"], key=SETTINGS.index)
        for name in ("persons", "note", "url", "context", "venue", "dialogue", "access", "offices"):
            parts = [*before[name].split("; "), *row[name].split("; ")]
            before[name] = "; ".join(dict.fromkeys(filter(None, parts)))
    if len(stays) < len(fresh):
        notes.append(f"legs: {len(fresh) - len(stays)} rows go on with a stay in the same state and are merged with it")
    return stays


def _frame(rows: list[dict[str, str]]) -> pd.DataFrame:
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in LEDGER))
    return pd.DataFrame(ordered, columns=list(LEDGER), dtype=str)
