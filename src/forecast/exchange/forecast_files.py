"""Forecasts that this program wrote: `forecasts.csv` of a backtest, CSV and JSON of a prediction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import InputError, StateError
from forecast.exchange.cells import Place, read_day, read_horizon, read_outcome, read_probability, read_text
from forecast.facts.countries import parse_dyad
from forecast.readers.tables import table_rows

#: Columns that a table of forecasts must have.
NEEDED: Final = ("model_id", "dyad", "as_of", "horizon_days", "target", "probability")

#: Columns that it may have.
OPTIONAL: Final = ("model_version", "climatology", "outcome")

#: Columns of the result; `line` is the line of a CSV, or the number of the entry of a JSON list.
COLUMNS: Final = ("line", *NEEDED, *OPTIONAL)

#: What makes two rows the same forecast.
KEY: Final = ("model_id", "dyad", "as_of", "horizon_days", "target")


def read_forecasts(path: Path) -> pd.DataFrame:
    """Read a table of forecasts.

    Parameters
    ----------
    path : Path
        CSV, or a JSON list of objects if the name ends in ``.json``.

    Returns
    -------
    pandas.DataFrame
        One row a forecast, with the columns `COLUMNS`. Days are ISO texts; `climatology` and `outcome` are NaN and
        `model_version` is empty where the file does not tell.

    Raises
    ------
    InputError
        With file, line and column of the first cell that cannot be understood; also if a forecast is repeated or
        there is none.
    """
    found = []
    first: dict[tuple[Any, ...], int] = {}
    dyads: dict[str, str] = {}
    for line, cells, is_line in _rows(path):

        def at(name: str, line: int = line, is_line: bool = is_line) -> Place:
            field = name if is_line else f"entry {line}, {name}"
            return {"path": path, "row": line if is_line else None, "field": field}

        row = {
            "line": line,
            "model_id": read_text(cells["model_id"], at("model_id")),
            "dyad": _dyad(cells["dyad"], at("dyad"), dyads),
            "as_of": read_day(cells["as_of"], at("as_of")),
            "horizon_days": read_horizon(cells["horizon_days"], at("horizon_days")),
            "target": read_text(cells["target"], at("target")),
            "probability": read_probability(cells["probability"], at("probability")),
            "model_version": cells.get("model_version", "").strip(),
            "climatology": float("nan"),
            "outcome": read_outcome(cells.get("outcome", ""), at("outcome")),
        }
        if cells.get("climatology", "").strip():
            row["climatology"] = read_probability(cells["climatology"], at("climatology"))
        key = tuple(row[name] for name in KEY)
        if key in first:
            raise InputError(f"repeats the forecast of {'line' if is_line else 'entry'} {first[key]}", **at("model_id"))
        first[key] = line
        found.append(row)
    if not found:
        raise InputError("holds no forecasts", path=path)
    return pd.DataFrame(found, columns=list(COLUMNS))


def is_json(path: Path) -> bool:
    """Whether a file is read as JSON.

    Examples
    --------
    >>> is_json(Path("september.json"))
    True
    """
    return path.suffix.lower() == ".json"


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], bool]]:
    if not is_json(path):
        for line, row in table_rows(path, NEEDED):
            yield line, row, True
        return
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except ValueError as error:
        raise InputError(f"is no JSON in UTF-8: {error}", path=path) from None
    if not isinstance(entries, list):
        raise InputError("must hold one JSON list of forecasts", path=path)
    for number, entry in enumerate(entries, start=1):
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
