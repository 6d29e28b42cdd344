"""Other people's probabilities: a crowd's, a market's or an expert's, several rows a question over time.

Ruled on here:

* `as_of` means the same as everywhere: the probability is the one that stood at midnight at the start of that day. A
  series of closing prices belongs to the day after each close.
* `by` is the last day on which a meeting counts, included.
* A row about a state that is unknown, or did not exist on the as-of date, or about a window longer than the program
  answers, is set aside with its reason. A cell that cannot be read at all is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.dates import MAX_HORIZON_DAYS, horizon_until, parse_day
from forecast.errors import DateError, InputError, StateError
from forecast.exchange.forecast_files import read_cells
from forecast.facts.countries import parse_dyad
from forecast.files import file_reader
from forecast.readers.tables import raise_all, table_rows

#: Columns that the file must have; `outcome` may be empty.
NEEDED: Final = ("question", "dyad", "as_of", "by", "probability", "outcome")
#: A column that it may have: who forecasts. Without it the name of the file is the forecaster.
FORECASTER: Final = "forecaster"
#: Columns of the rows that were read.
COLUMNS: Final = ("line", "forecaster", "question", "dyad", "as_of", "by", "horizon_days", "probability", "outcome")
#: Columns of the rows set aside.
ASIDE: Final = ("line", "question", "reason", "detail")

UNKNOWN_STATE: Final = "unknown state"
NO_STATE_THEN: Final = "a state did not exist on the as-of date"
TOO_LONG: Final = f"the window is longer than {MAX_HORIZON_DAYS} days"


@dataclass(frozen=True, eq=False)
class Crowd:
    """What a file of other people's probabilities holds."""

    #: Columns `COLUMNS`; days are ISO texts, `outcome` is 1, 0 or NaN.
    rows: pd.DataFrame
    #: Columns `ASIDE`: rows that can be read but cannot be queries.
    aside: pd.DataFrame


@file_reader
def read_crowd(path: Path) -> Crowd:
    """Read a CSV file of other people's probabilities with the columns `NEEDED`, one answer a forecaster and day."""
    rows: list[dict[str, Any]] = []
    aside: list[tuple[int, str, str, str]] = []
    problems: list[InputError] = []
    first: dict[tuple[str, str, str], int] = {}
    for line, cells in table_rows(path, NEEDED, problems):

        def refuse(problem: str, name: str, line: int = line) -> None:
            problems.append(InputError(problem, path=path, row=line, field=name))

        row = read_cells(cells, ("question", "as_of", "by", "probability", "outcome"), refuse)
        unknown = _unknown(cells["dyad"], refuse)
        if row is None:
            continue
        row |= {"line": line, FORECASTER: cells.get(FORECASTER, "").strip() or path.stem}
        who, question, as_of, by = (row[name] for name in (FORECASTER, "question", "as_of", "by"))
        if by < as_of:
            refuse(f"{by} is before the as-of date {as_of}", "by")
        if (who, question, as_of) in first:
            place = f"line {first[who, question, as_of]}"
            refuse(f"{who!r} answers {question!r} as of {as_of} in {place} too; keep one", "question")
        first.setdefault((who, question, as_of), line)
        query = (UNKNOWN_STATE, unknown) if unknown else _query(cells["dyad"], as_of, by)
        if isinstance(query, tuple):
            aside.append((line, question, *query))
        else:
            rows.append(row | query)
    raise_all(sorted(problems, key=lambda one: one.row or 0))
    if not first:
        raise InputError("holds no rows", path=path)
    return Crowd(pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(aside, columns=list(ASIDE)))


def _unknown(text: str, refuse: Callable[[str, str], None]) -> str:
    """Which of two names is no state; what is no dyad at all is refused."""
    try:
        parse_dyad(text)
    except StateError as error:
        # Two names of which one is not known may well be a dyad; one name, or one name twice, is none.
        if str(error).startswith(UNKNOWN_STATE):
            return str(error)
        refuse(str(error), "dyad")
    return ""


def _query(text: str, as_of: str, by: str) -> dict[str, str | int] | tuple[str, str]:
    """Return the dyad and the horizon, or the reason why the row cannot be a query, with its detail."""
    day = parse_day(as_of)
    try:
        dyad = parse_dyad(text, on=day)
    except StateError as error:
        return NO_STATE_THEN, str(error)
    try:
        return {"dyad": dyad, "horizon_days": horizon_until(day, parse_day(by))}
    except DateError as error:
        return TOO_LONG, str(error)
