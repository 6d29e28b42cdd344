"""Forecasts that this program wrote: `forecasts.csv` of a backtest, CSV and JSON of a prediction.

Each cell is read, or refused with its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypedDict

import pandas as pd

from forecast.dates import MAX_HORIZON_DAYS, parse_day
from forecast.errors import DateError, InputError, StateError
from forecast.facts.countries import parse_dyad
from forecast.files import file_reader, read_json
from forecast.readers.tables import table_rows


class Place(TypedDict, total=False):
    """Where a cell stands; the keywords of `InputError`."""

    path: Path
    row: int | None
    field: str


def read_probability(text: str, place: Place) -> float:
    """Read a probability in [0, 1]."""
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{text!r} is no number; write a probability such as 0.25", **place) from None
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{text.strip()} is outside [0, 1]; write 0.25 for 25%", **place)
    return value


def read_outcome(text: str, place: Place) -> float:
    """Read an outcome: 1, 0, or NaN for an empty cell."""
    # Tables with gaps are often written with "1.0" and "0.0".
    outcome = {"": float("nan"), "0": 0.0, "0.0": 0.0, "1": 1.0, "1.0": 1.0}.get(text.strip())
    if outcome is None:
        raise InputError(f"{text!r} is no outcome; write 1 if they met, 0 if not, nothing if it is open", **place)
    return outcome


@lru_cache(maxsize=65536)
def _day(text: str) -> str:
    return str(parse_day(text))


def read_day(text: str, place: Place) -> str:
    """Read an ISO day and return it as text."""
    try:
        return _day(text)
    except DateError:
        raise InputError(f"{text!r} is no day of the calendar; write YYYY-MM-DD", **place) from None


def read_horizon(text: str, place: Place) -> int:
    """Read a horizon in whole days."""
    try:
        days = int(text)
    except ValueError:
        raise InputError(f"{text!r} is no whole number of days", **place) from None
    if not 1 <= days <= MAX_HORIZON_DAYS:
        raise InputError(f"a horizon of {days} days is outside 1..{MAX_HORIZON_DAYS}", **place)
    return days


def read_text(text: str, place: Place) -> str:
    """Read a text that must not be empty."""
    if not text.strip():
        raise InputError("is empty", **place)
    return text.strip()


#: Columns that a table of forecasts must have.
NEEDED: Final = ("model_id", "dyad", "as_of", "horizon_days", "target", "probability")
#: Columns that it may have.
OPTIONAL: Final = ("model_version", "climatology", "outcome")
#: Columns of the result; `line` is the line of a CSV, or the number of the entry of a JSON list.
COLUMNS: Final = ("line", *NEEDED, *OPTIONAL)
#: What makes two rows the same forecast.
KEY: Final = ("model_id", "dyad", "as_of", "horizon_days", "target")


@file_reader
def read_forecasts(path: Path) -> pd.DataFrame:
    """Read a table of forecasts: CSV, or a JSON list of objects if the name ends in ``.json``.

    Days are ISO texts; `climatology` and `outcome` are NaN and `model_version` is empty where the file does not say.
    """
    forecasts = []
    first: dict[tuple[Any, ...], int] = {}
    dyads: dict[str, str] = {}
    for line, cells, is_line in _rows(path):

        def at(name: str, line: int = line, is_line: bool = is_line) -> Place:
            field = name if is_line else f"entry {line}, {name}"
            return {"path": path, "row": line if is_line else None, "field": field}

        row = {
            "line": line, "model_id": read_text(cells["model_id"], at("model_id")),
            "dyad": _dyad(cells["dyad"], at("dyad"), dyads), "as_of": read_day(cells["as_of"], at("as_of")),
            "horizon_days": read_horizon(cells["horizon_days"], at("horizon_days")),
            "target": read_text(cells["target"], at("target")),
            "probability": read_probability(cells["probability"], at("probability")),
            "model_version": cells.get("model_version", "").strip(), "climatology": float("nan"),
            "outcome": read_outcome(cells.get("outcome", ""), at("outcome")),
        }  # fmt: skip
        if cells.get("climatology", "").strip():
            row["climatology"] = read_probability(cells["climatology"], at("climatology"))
        key = tuple(row[name] for name in KEY)
        if key in first:
            raise InputError(f"repeats the forecast of {'line' if is_line else 'entry'} {first[key]}", **at("model_id"))
        first[key] = line
        forecasts.append(row)
    if not forecasts:
        raise InputError("holds no forecasts", path=path)
    return pd.DataFrame(forecasts, columns=list(COLUMNS))


def is_json(path: Path) -> bool:
    """Whether a file is read as JSON."""
    return path.suffix.lower() == ".json"


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], bool]]:
    if not is_json(path):
        for line, row in table_rows(path, NEEDED):
            yield line, row, True
        return
    for number, entry in enumerate(read_json(path, kind=list), start=1):
        if not isinstance(entry, dict):
            raise InputError("is no JSON object", path=path, field=f"entry {number}")
        missing = [name for name in NEEDED if name not in entry]
        if missing:
            raise InputError(f"lacks {', '.join(missing)}", path=path, field=f"entry {number}")
        yield number, {name: "" if value is None else str(value) for name, value in entry.items()}, False


def _dyad(text: str, place: Place, known: dict[str, str]) -> str:
    if text not in known:
        try:
            known[text] = parse_dyad(text)
        except StateError as error:
            raise InputError(str(error), **place) from None
    return known[text]
