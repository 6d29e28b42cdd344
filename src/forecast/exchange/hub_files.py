"""A folder in the hubverse layout, read back into forecasts.

`forecast.exchange.hubverse` writes such folders and says which pages of the hubverse describe them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import InputError
from forecast.exchange.cells import Place, read_day, read_horizon, read_outcome, read_probability, read_text
from forecast.readers.tables import table_rows

#: The columns that say which question a row answers: the hub's task IDs.
TASK_IDS: Final = ("reference_date", "target", "dyad", "horizon")

#: Columns of a model output file and of the oracle output.
MODEL_OUTPUT: Final = (*TASK_IDS, "output_type", "output_type_id", "value")
ORACLE_OUTPUT: Final = (*TASK_IDS, "output_type", "output_type_id", "oracle_value")

#: The two categories of the outcome, in this order.
CATEGORIES: Final = ("no", "yes")

#: Columns of the forecasts that `read_hub` gives.
COLUMNS: Final = ("model_id", "dyad", "as_of", "horizon_days", "target", "probability", "outcome")

_FILE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)-(?P<team>\w+)-(?P<model>\w+)\.csv")

Task = tuple[str, str, str, int]


def read_hub(folder: Path) -> pd.DataFrame:
    """Read the forecasts of all models of a hub.

    Parameters
    ----------
    folder : Path
        With `model-output/`, and `target-data/oracle-output.csv` where outcomes are known.

    Returns
    -------
    pandas.DataFrame
        One row a forecast, with the columns `COLUMNS`, ordered by them; `outcome` is NaN where it is not told.

    Raises
    ------
    InputError
        If a file is not named or written as the layout wants it.
    """
    output = folder / "model-output"
    if not output.is_dir():
        raise InputError("is no folder of model output", path=output)
    oracle = folder / "target-data" / "oracle-output.csv"
    outcomes = dict(_pairs(oracle, "oracle_value")) if oracle.exists() else {}
    found = []
    for path in sorted(output.glob("*/*.csv")):
        name = _FILE.fullmatch(path.name)
        if name is None or path.parent.name != f"{name['team']}-{name['model']}":
            raise InputError("must be named <team>-<model>/<reference date>-<team>-<model>.csv", path=path)
        model = _model_name(folder / "model-metadata" / f"{path.parent.name}.yml", name["model"])
        for task, value in _pairs(path, "value"):
            if task[0] != name["day"]:
                raise InputError(f"holds a forecast of another reference date, {task[0]}", path=path)
            as_of, target, dyad, horizon = task
            found.append((model, dyad, as_of, horizon, target, value, outcomes.get(task, float("nan"))))
    table = pd.DataFrame(found, columns=list(COLUMNS))
    return table.sort_values(list(COLUMNS[:5]), kind="stable", ignore_index=True)


def _pairs(path: Path, column: str) -> Iterator[tuple[Task, float]]:
    """Each task with what is given to the category *yes*."""
    given: dict[Task, dict[str, float]] = {}
    lines: dict[Task, int] = {}
    for line, cells in table_rows(path, (*TASK_IDS, "output_type", "output_type_id", column)):

        def at(name: str, line: int = line) -> Place:
            return {"path": path, "row": line, "field": name}

        task = (
            read_day(cells["reference_date"], at("reference_date")),
            read_text(cells["target"], at("target")),
            read_text(cells["dyad"], at("dyad")),
            read_horizon(cells["horizon"], at("horizon")),
        )
        if cells["output_type"] != "pmf":
            raise InputError(f"{cells['output_type']!r} is not read; only pmf is", **at("output_type"))
        category = cells["output_type_id"]
        if category not in CATEGORIES:
            raise InputError(f"{category!r} is not one of {', '.join(CATEGORIES)}", **at("output_type_id"))
        read = read_probability if column == "value" else read_outcome
        lines.setdefault(task, line)
        values = given.setdefault(task, {})
        if category in values:
            raise InputError(f"repeats the category {category!r} of line {lines[task]}", **at("output_type_id"))
        values[category] = read(cells[column], at(column))
    for task, values in given.items():
        if set(values) != set(CATEGORIES) or abs(sum(values.values()) - 1.0) > 1e-9:
            raise InputError("the categories no and yes must sum to 1", path=path, row=lines[task], field=column)
        yield task, values["yes"]


def _model_name(path: Path, abbreviation: str) -> str:
    """The model's own name: abbreviations hold letters, digits and underscores only."""
    if not path.exists():
        return abbreviation
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key == "model_name":
            return _plain(value.strip())
    return abbreviation


def _plain(value: str) -> str:
    try:
        read: Any = json.loads(value)
    except ValueError:
        return value
    return str(read)
