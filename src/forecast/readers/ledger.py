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
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, parse_day
from forecast.errors import DateError, InputError, StateError
from forecast.facts.codebook import PLOVER, modes
from forecast.facts.countries import find_state, states
from forecast.facts.events import ACCESS, COLUMNS, LEVELS, OPTIONAL, REQUIRED, SETTINGS, STATUSES
from forecast.files import file_reader
from forecast.readers.table_columns import meaning
from forecast.readers.tables import raise_all, table_columns

_VOCABULARY: Final = {
    "event": tuple(PLOVER),
    "level": LEVELS,
    "setting": SETTINGS,
    "status": STATUSES,
    "access": ("", *ACCESS),
}
_DAYS: Final = ("started_on", "ended_on", "known_on")
_DEFAULTS: Final = {"setting": "bilateral", "status": "occurred"}
#: Days of an encounter beyond which its row is refused.
LONGEST_DAYS: Final = 366


@file_reader
def read_ledger(path: Path, *, today: Day | None = None) -> pd.DataFrame:
    """Read a CSV file in UTF-8 with the `REQUIRED` columns into events; their publisher is ``ledger:<file name>``.

    Every problem of the file is in the one error. With `today`, nothing may have become known after it.
    """
    problems: list[InputError] = []
    lacking = f"; a ledger has {','.join(REQUIRED)} and optionally {','.join(OPTIONAL)}"
    lines, given = table_columns(path, REQUIRED, problems, lacking=lacking)
    return _events(given, lines, path=path, today=today, problems=problems)


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
    given = {name: [cell.strip()] for name, cell in cells.items()}
    (event,) = _events(given, [line], path=Path(path), today=today, problems=[]).to_dict("records")
    return {str(name): cell for name, cell in event.items()}


class _Rows:
    """Rows of a ledger: the cells of a column are numbers of its words, so that each word is looked at once."""

    def __init__(
        self, columns: Mapping[str, Sequence[str]], lines: Sequence[int | None], path: Path, problems: list[InputError]
    ) -> None:
        self.lines, self.path, self.problems = lines, path, problems
        self.codes, self.words = {}, {}
        for name, cells in columns.items():
            self.codes[name], self.words[name] = pd.factorize(np.array(cells, dtype=object))

    def refuse(self, rows: npt.NDArray[Any], field: str, problem: Callable[[int], str]) -> None:
        """Note a problem of some rows, given by number or by a mask."""
        for row in (np.flatnonzero(rows) if rows.dtype == bool else rows).tolist():
            self.problems.append(InputError(problem(row), path=self.path, row=self.lines[row], field=field))

    def __call__(self, name: str, row: int) -> str:
        """The cell of a column in a row."""
        return str(self.words[name][self.codes[name][row]])

    def are(self, name: str, word: str) -> npt.NDArray[np.bool_]:
        """The rows that hold a word."""
        return np.asarray(self.words[name] == word, dtype=bool)[self.codes[name]]

    def of_each(self, name: str, read: Callable[[str], Any], dtype: str) -> npt.NDArray[Any]:
        """What is read of each cell."""
        return np.array([read(word) for word in self.words[name]], dtype=dtype)[self.codes[name]]

    def alike(self, *codes: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """The first row of each combination of numbers, and the number of its combination for each row."""
        keys = np.zeros(len(self.lines), dtype=np.int64)
        for one in codes:
            keys = keys * (int(one.max(initial=0)) + 2) + one + 1
        _, first, combined = np.unique(keys, return_index=True, return_inverse=True)
        return first, combined


def _events(
    given: Mapping[str, Sequence[str]],
    lines: Sequence[int | None],
    *,
    path: Path,
    today: Day | None,
    problems: list[InputError],
) -> pd.DataFrame:
    """Check the rows of a ledger, all of one column at once, and write them as events; all problems are raised."""
    columns = {name: given.get(name) or ("",) * len(lines) for name in (*REQUIRED, *OPTIONAL)}
    for name, default in _DEFAULTS.items():
        columns[name] = [cell or default for cell in columns[name]]
    columns["ended_on"] = [end or start for end, start in zip(columns["ended_on"], columns["started_on"], strict=True)]
    keys = list(map("\x1f".join, zip(*columns.values(), strict=True)))
    if len(set(keys)) < len(keys):
        once = _once(keys, lines, path, problems)
        columns = {name: [cells[row] for row in once] for name, cells in columns.items()}
        keys, lines = [keys[row] for row in once], [lines[row] for row in once]
    rows = _Rows(columns, lines, path, problems)
    days = _days(rows)
    _check_words(rows)
    codes = _states(rows, days["started_on"])
    _check_days(rows, days, today)
    raise_all(sorted(problems, key=lambda one: one.row or 0))
    said = ~rows.are("event", "CONSULT")
    occurred = np.where(said, np.minimum(days["started_on"], days["known_on"]), days["started_on"])
    name = path.stem
    made = {
        **{column: pd.array(words, dtype="str").take(rows.codes[column]) for column, words in rows.words.items()},
        **{column: pd.array(cells, dtype="str") for column, cells in codes.items()},
        **{column: cells.astype("datetime64[s]") for column, cells in {**days, "occurred_on": occurred}.items()},
        "accompanied": np.zeros(len(keys), dtype=bool),
        "publisher": pd.array([f"ledger:{name}"] * len(keys), dtype="str"),
        "record_id": pd.array([f"{name}-{_digest(key)}" for key in keys], dtype="str"),
    }
    return pd.DataFrame(made, columns=list(COLUMNS))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def _once(keys: Sequence[str], lines: Sequence[int | None], path: Path, problems: list[InputError]) -> list[int]:
    """The rows that repeat no other; those that do are noted."""
    first: dict[str, int] = {}
    once = []
    for row, key in enumerate(keys):
        if (seen := first.setdefault(key, row)) == row:
            once.append(row)
        else:
            said = f"repeats line {lines[seen]} in every column; delete one"
            problems.append(InputError(said, path=path, row=lines[row]))
    return once


def _days(rows: _Rows) -> dict[str, Days]:
    """The days of the rows; a cell that holds none is noted."""
    days = {name: rows.of_each(name, _day, "datetime64[D]") for name in _DAYS}

    def problem(name: str, row: int) -> str:
        cell = rows(name, row)
        return (
            f"{cell!r} is no day of the calendar; write YYYY-MM-DD" if cell else "is empty; a day YYYY-MM-DD is needed"
        )

    for name in _DAYS:
        lacking = np.flatnonzero(np.isnat(days[name]))
        if name == "ended_on":
            # If it was left empty, the first day's problem is its own.
            lacking = lacking[[rows(name, row) != rows("started_on", row) for row in lacking.tolist()]]
        rows.refuse(lacking, name, partial(problem, name))
    return days


def _day(text: str) -> Day:
    try:
        return parse_day(text)
    except DateError:
        return np.datetime64("NaT", "D")


def _check_words(rows: _Rows) -> None:
    for field, allowed in _VOCABULARY.items():
        said = f"is not one of {', '.join(filter(None, allowed))}"
        rows.refuse(
            ~rows.of_each(field, allowed.__contains__, "bool"), field,
            lambda row, field=field, said=said: f"{rows(field, row)!r} {said}",  # type: ignore[misc]
        )  # fmt: skip
    names = ("event", "mode", "level", "status")
    first, combined = rows.alike(*(rows.codes[name] for name in names))
    found = [_of_mode(*(rows(name, row) for name in names)) for row in first]
    rows.refuse(np.array([bool(one) for one in found], dtype=bool)[combined], "mode", lambda row: found[combined[row]])


def _of_mode(event: str, mode: str, level: str, status: str) -> str:
    """What is wrong with a mode, if anything is."""
    if not mode:
        return "is empty; write how, such as visit, phone or cancel"
    if event in PLOVER and mode not in modes(event):
        return _no_mode(mode, event)
    if (event, mode, level, status) == ("CONSULT", "announce", "leader", "occurred"):
        return "'announce' is no way to meet: a plan has the status 'announced', a meeting its own mode"
    return ""


def _no_mode(mode: str, event: str) -> str:
    """Say which modes there are, and which one may be meant."""
    allowed = modes(event)
    near = [meaning("mode", mode), *difflib.get_close_matches(mode.lower(), allowed, n=1)]
    meant = next((one for one in near if one in allowed), "")
    hint = f"; did you mean {meant}?" if meant else ""
    return f"{mode!r} is not one of {', '.join(allowed)}, the modes of {event}{hint}"


def _states(rows: _Rows, on: Days) -> dict[str, npt.NDArray[Any]]:
    """The codes of the states, which are looked up once for all days between which no state begins or ends."""
    turns = np.unique([day for one in states().values() for day in (one.exists_from, one.exists_to)])
    period = np.where(np.isnat(on), -1, np.searchsorted(turns, on, side="right"))

    @cache
    def resolved(text: str, day: Day | None) -> tuple[str, str]:
        try:
            return find_state(text, on=day), ""
        except StateError as error:
            return "", str(error)

    def of(name: str, row: int) -> tuple[str, str]:
        if name == "place" and not rows(name, row):
            return "", ""
        return resolved(rows(name, row), None if np.isnat(on[row]) else on[row])

    codes = {}
    for name in ("source", "recipient", "place"):
        first, combined = rows.alike(rows.codes[name], period)
        found = [of(name, row) for row in first]
        codes[name] = np.array([code for code, _ in found], dtype=object)[combined]
        unknown = np.array([bool(problem) for _, problem in found], dtype=bool)[combined]
        rows.refuse(unknown, name, lambda row, name=name: of(name, row)[1])  # type: ignore[misc]
    same = (codes["source"] == codes["recipient"]) & (codes["source"] != "")
    rows.refuse(same, "recipient", lambda row: f"{codes['source'][row]} is the source too; an event needs two states")
    return codes


def _check_days(rows: _Rows, days: Mapping[str, Days], today: Day | None) -> None:
    """The days of an event, against one another and against the present one."""
    first, last, known = (days[name] for name in _DAYS)
    every = ~(np.isnat(first) | np.isnat(last) | np.isnat(known))
    met = every & rows.are("event", "CONSULT")
    length = (last - first).astype(int) + 1
    rows.refuse(every & (last < first), "ended_on", lambda row: f"{last[row]} is before started_on {first[row]}")
    if today is not None:
        said = f"is after today, {today}; write the day on which it became public"
        rows.refuse(every & (known > today), "known_on", lambda row: f"{known[row]} {said}")
    rows.refuse(
        met & rows.are("status", "occurred") & (known < first), "known_on",
        lambda row: f"{known[row]} is before started_on {first[row]}: what is planned has the status 'announced'",
    )  # fmt: skip
    rows.refuse(
        met & (length > LONGEST_DAYS), "ended_on",
        lambda row: f"{first[row]} to {last[row]} are {length[row]} days; an encounter lasts no more than "
        f"{LONGEST_DAYS}",
    )  # fmt: skip
