"""Forecasts that this program wrote: `forecasts.csv` of a backtest, CSV and JSON of a prediction.

Each cell is read, or refused with its place; all problems of a file are raised at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.dates import MAX_HORIZON_DAYS, parse_day
from forecast.errors import DateError, ForecastError, InputError
from forecast.facts.countries import parse_dyad
from forecast.files import file_reader, read_json
from forecast.readers.tables import raise_all, table_rows

#: Columns that a table of forecasts must have.
NEEDED: Final = ("model_id", "dyad", "as_of", "horizon_days", "target", "probability")
#: Columns of the result; `line` is the line of a CSV, or the number of the entry of a JSON list.
COLUMNS: Final = ("line", *NEEDED, "model_version", "climatology", "outcome")
#: What makes two rows the same forecast.
KEY: Final = ("model_id", "dyad", "as_of", "horizon_days", "target")


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ForecastError(f"{text!r} is no number; write a probability such as 0.25") from None
    if not 0.0 <= value <= 1.0:
        raise ForecastError(f"{text.strip()} is outside [0, 1]; write 0.25 for 25%")
    return value


def _outcome(text: str) -> float:
    # Tables with gaps are often written with "1.0" and "0.0".
    outcome = {"": float("nan"), "0": 0.0, "0.0": 0.0, "1": 1.0, "1.0": 1.0}.get(text.strip())
    if outcome is None:
        raise ForecastError(f"{text!r} is no outcome; write 1 if they met, 0 if not, nothing if it is open")
    return outcome


@lru_cache(maxsize=65536)
def _day(text: str) -> str:
    try:
        return str(parse_day(text))
    except DateError:
        raise ForecastError(f"{text!r} is no day of the calendar; write YYYY-MM-DD") from None


def _horizon(text: str) -> int:
    try:
        days = int(text)
    except ValueError:
        raise ForecastError(f"{text!r} is no whole number of days") from None
    if not 1 <= days <= MAX_HORIZON_DAYS:
        raise ForecastError(f"a horizon of {days} days is outside 1..{MAX_HORIZON_DAYS}")
    return days


def _text(text: str) -> str:
    if not text.strip():
        raise ForecastError("is empty")
    return text.strip()


#: Column -> how a cell of it is read: days as ISO texts, an empty outcome or climatology as NaN.
READERS: Final[dict[str, Callable[[str], Any]]] = {
    "model_id": _text, "dyad": lru_cache(maxsize=65536)(parse_dyad), "as_of": _day, "by": _day,
    "horizon_days": _horizon, "target": _text, "question": _text, "probability": _probability,
    "model_version": str.strip, "climatology": lambda text: _probability(text) if text.strip() else float("nan"),
    "outcome": _outcome,
}  # fmt: skip


def read_cells(
    cells: Mapping[str, str], names: tuple[str, ...], refuse: Callable[[str, str], None]
) -> dict[str, Any] | None:
    """The named cells of a row; None if one cannot be read, of which `refuse` gets the problem and the name of each."""
    row = {}
    for name in names:
        try:
            row[name] = READERS[name](cells.get(name, ""))
        except ForecastError as error:
            refuse(str(error), name)
    return row if len(row) == len(names) else None


@file_reader
def read_forecasts(path: Path) -> pd.DataFrame:
    """Read a table of forecasts: CSV, or a JSON list of objects if the name ends in ``.json``."""
    forecasts: list[dict[str, Any]] = []
    problems: list[InputError] = []
    first: dict[tuple[Any, ...], int] = {}
    for line, cells, is_line in _rows(path, problems):

        def refuse(problem: str, name: str, line: int = line, is_line: bool = is_line) -> None:
            field = name if is_line else f"entry {line}, {name}"
            problems.append(InputError(problem, path=path, row=line if is_line else None, field=field))

        row = read_cells(cells, COLUMNS[1:], refuse)
        if row is None:
            continue
        key = tuple(row[name] for name in KEY)
        if key in first:
            refuse(f"repeats the forecast of {'line' if is_line else 'entry'} {first[key]}", "model_id")
        first.setdefault(key, line)
        forecasts.append({"line": line, **row})
    raise_all(sorted(problems, key=lambda one: one.row or 0))
    if not forecasts:
        raise InputError("holds no forecasts", path=path)
    return pd.DataFrame(forecasts, columns=list(COLUMNS))


def is_json(path: Path) -> bool:
    """Whether a file is read as JSON."""
    return path.suffix.lower() == ".json"


def _rows(path: Path, problems: list[InputError]) -> Iterator[tuple[int, dict[str, str], bool]]:
    if not is_json(path):
        for line, row in table_rows(path, NEEDED, problems):
            yield line, row, True
        return
    for number, entry in enumerate(read_json(path, kind=list), start=1):
        if not isinstance(entry, dict):
            problems.append(InputError("is no JSON object", path=path, field=f"entry {number}"))
        elif missing := [name for name in NEEDED if name not in entry]:
            problems.append(InputError(f"lacks {', '.join(missing)}", path=path, field=f"entry {number}"))
        else:
            yield number, {name: "" if value is None else str(value) for name, value in entry.items()}, False
