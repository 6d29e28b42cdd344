"""The rows of several files of forecasts as one table, each with its place, ready to be set side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import as_days
from forecast.errors import InputError
from forecast.exchange.crowd import NEEDED as CROWD_NEEDED
from forecast.exchange.crowd import read_crowd
from forecast.exchange.forecast_files import NEEDED as FORECASTS_NEEDED
from forecast.exchange.forecast_files import is_json, read_forecasts
from forecast.readers.tables import table_header

#: What two forecasts must share to be set side by side.
QUESTION: Final = ["dyad", "as_of", "by"]

#: Columns of the entries; `others` tells other people's rows from the program's own.
COLUMNS: Final = (
    "file", "line", "who", "question", "dyad", "as_of", "by", "horizon_days", "probability", "climatology", "outcome",
    "others",
)  # fmt: skip

#: Columns of the rows left out.
LEFT_OUT: Final = ("file", "line", "question", "reason", "detail")

OTHER_TARGET: Final = "another target"


@dataclass(frozen=True, eq=False)
class Entries:
    """Rows of all files.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns `COLUMNS`; `climatology` and `outcome` are NaN where a file does not tell.
    left_out : pandas.DataFrame
        Columns `LEFT_OUT`.
    """

    rows: pd.DataFrame
    left_out: pd.DataFrame


def read_entries(files: list[Path], *, target: str) -> Entries:
    """Read files of forecasts: the program's own tables and other people's probabilities.

    Parameters
    ----------
    files : list of Path
    target : str
        Own forecasts of another target are left out.

    Raises
    ------
    InputError
        If a file cannot be read, one forecaster answers a question twice, or two rows state different outcomes of one
        question.
    """
    rows, left_out = [], []
    for path in files:
        found, aside = _own(path, target) if _is_own(path) else _others(path)
        rows.append(found.assign(file=str(path)))
        left_out.append(aside.assign(file=str(path)))
    table = pd.concat(rows, ignore_index=True)[list(COLUMNS)]
    _refuse_twice(table)
    _refuse_contradiction(table)
    return Entries(table, pd.concat(left_out, ignore_index=True)[list(LEFT_OUT)])


def _is_own(path: Path) -> bool:
    """Whether the file is one of the program's own; what it lacks is said by the reader of its kind."""
    if is_json(path):
        return True
    header = table_header(path)
    if "question" in header or "model_id" in header:
        return "model_id" in header
    own, others = ", ".join(FORECASTS_NEEDED), ", ".join(CROWD_NEEDED)
    raise InputError(
        f"the header is neither that of forecasts ({own}) nor that of a crowd ({others})", path=path, row=1
    )


def _own(path: Path, target: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = read_forecasts(path)
    ends = as_days(table["as_of"].to_numpy()) + (table["horizon_days"].to_numpy() - 1).astype("timedelta64[D]")
    table = table.assign(by=ends.astype(str), who=table["model_id"], others=False)
    table["question"] = table["dyad"] + " by " + table["by"]
    other = table["target"] != target
    aside = table.loc[other, ["line", "question"]].assign(reason=OTHER_TARGET, detail=table.loc[other, "target"])
    return table.loc[~other], aside


def _others(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    crowd = read_crowd(path)
    return crowd.rows.assign(who=crowd.rows["forecaster"], climatology=np.nan, others=True), crowd.aside


def _refuse_twice(rows: pd.DataFrame) -> None:
    twice = rows.duplicated(["who", *QUESTION])
    if twice.any():
        late = rows.loc[twice].iloc[0]
        same = (rows[["who", *QUESTION]] == late[["who", *QUESTION]]).all(axis=1)
        raise _error(late, f"{late['who']!r} has answered this already: {_place(rows.loc[same].iloc[0])}; keep one")


def _refuse_contradiction(rows: pd.DataFrame) -> None:
    told = rows.dropna(subset="outcome")
    first = told.groupby(QUESTION, sort=False)["outcome"].transform("first")
    wrong = told.loc[told["outcome"] != first]
    if len(wrong):
        late = wrong.iloc[0]
        same = (told[QUESTION] == late[QUESTION]).all(axis=1)
        earlier = told.loc[same].iloc[0]
        raise _error(late, f"outcome {late['outcome']:.0f} contradicts {earlier['outcome']:.0f} in {_place(earlier)}")


def _place(row: pd.Series) -> str:
    return f"{row['file']}, {_at(row)}"


def _at(row: pd.Series) -> str:
    return f"{'entry' if is_json(Path(row['file'])) else 'line'} {row['line']}"


def _error(row: pd.Series, problem: str) -> InputError:
    if is_json(Path(row["file"])):
        return InputError(problem, path=row["file"], field=_at(row))
    return InputError(problem, path=row["file"], row=int(row["line"]))
