"""Forecasts of several people and models side by side: their files as one table, scored on the questions of all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import as_days
from forecast.errors import ForecastError, InputError
from forecast.exchange.crowd import NEEDED as CROWD_NEEDED
from forecast.exchange.crowd import read_crowd
from forecast.exchange.forecast_files import NEEDED as FORECASTS_NEEDED
from forecast.exchange.forecast_files import is_json, read_forecasts
from forecast.readers.tables import table_header
from forecast.verification import Interval, brier_score, brier_skill, log_score, skill_interval

#: What two forecasts must share to be set side by side.
QUESTION: Final = ["dyad", "as_of", "by"]

#: Columns of the entries; `others` marks other people's rows.
COLUMNS: Final = (
    "file", "line", "who", "question", "dyad", "as_of", "by", "horizon_days", "probability", "climatology", "outcome",
    "others",
)  # fmt: skip

#: Columns of the rows left out.
LEFT_OUT: Final = ("file", "line", "question", "reason", "detail")

OTHER_TARGET: Final = "another target"


@dataclass(frozen=True, eq=False)
class Entries:
    """Rows of all files."""

    #: Columns `COLUMNS`; `climatology` and `outcome` are NaN where a file does not say.
    rows: pd.DataFrame
    #: Columns `LEFT_OUT`.
    left_out: pd.DataFrame


def read_entries(files: list[Path], *, target: str) -> Entries:
    """Read files of forecasts: the program's own tables and other people's probabilities.

    Own forecasts of another target are left out. No forecaster may answer a question twice, and no two rows may state
    different outcomes of one question.
    """
    rows, left_out = [], []
    for path in files:
        table, aside = _own(path, target) if _is_own(path) else _others(path)
        rows.append(table.assign(file=str(path)))
        left_out.append(aside.assign(file=str(path)))
    entries = pd.concat(rows, ignore_index=True)[list(COLUMNS)]
    _refuse_twice(entries)
    _refuse_contradiction(entries)
    return Entries(entries, pd.concat(left_out, ignore_index=True)[list(LEFT_OUT)])


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
    resolved = rows.dropna(subset="outcome")
    first = resolved.groupby(QUESTION, sort=False)["outcome"].transform("first")
    wrong = resolved.loc[resolved["outcome"] != first]
    if len(wrong):
        late = wrong.iloc[0]
        same = (resolved[QUESTION] == late[QUESTION]).all(axis=1)
        earlier = resolved.loc[same].iloc[0]
        raise _error(late, f"outcome {late['outcome']:.0f} contradicts {earlier['outcome']:.0f} in {_place(earlier)}")


def _place(row: pd.Series) -> str:
    return f"{row['file']}, {_at(row)}"


def _at(row: pd.Series) -> str:
    return f"{'entry' if is_json(Path(row['file'])) else 'line'} {row['line']}"


def _error(row: pd.Series, problem: str) -> InputError:
    if is_json(Path(row["file"])):
        return InputError(problem, path=row["file"], field=_at(row))
    return InputError(problem, path=row["file"], row=int(row["line"]))


#: The reference of every skill.
REFERENCE: Final = "climatology"

#: Fewer clusters than this say nothing about the spread between clusters.
MIN_CLUSTERS: Final = 5

#: From so many dyads on they are enough: questions lie within dyads, and to draw tens of thousands takes a gigabyte.
ENOUGH_DYADS: Final = 30

#: Columns of the scores.
SCORES: Final = ("who", "n", "base_rate", "brier", "skill", "skill_low", "skill_high", "log_score")


def answered_by_all(answers: pd.DataFrame, everybody: Collection[str]) -> npt.NDArray[np.bool_]:
    """Which answers are to questions that everybody answers."""
    counted = answers["who"].isin(list(everybody))
    if not counted.any():
        return np.zeros(len(answers), dtype=bool)
    count = answers.assign(counted=counted).groupby(QUESTION)["counted"].transform("sum")
    return np.asarray(counted & (count == len(set(everybody))), dtype=bool)


def side_by_side(answers: pd.DataFrame, *, resamples: int = 1000) -> pd.DataFrame:
    """Score everybody on the same questions, which all of them answer; one row a forecaster, with the columns `SCORES`.

    The reference of the skill is the column `climatology`. The interval is the wider of two 90% bootstrap intervals,
    over questions (a dyad and a last day) and over dyads. One with fewer than `MIN_CLUSTERS` does not count, and with
    `ENOUGH_DYADS` questions are not drawn. A figure with too few cases is None, and so is a skill without an interval.
    """
    rows = []
    for who, part in answers.groupby("who", sort=False):
        p, y = part["probability"].to_numpy(dtype=np.float64), part["outcome"].to_numpy(dtype=np.float64)
        reference = part["climatology"].to_numpy(dtype=np.float64)
        row: dict[str, Any] = dict.fromkeys(SCORES) | {
            "who": who,
            "n": len(part),
            "base_rate": float(y.mean()),
            "brier": brier_score(p, y),
            "log_score": log_score(p, y),
        }
        if who != REFERENCE:
            try:
                skill = brier_skill(p, y, reference=reference)
            except ForecastError:
                pass  # a perfect reference leaves no skill to measure
            else:
                low, high = _spread(p, y, reference, part, resamples)
                if low is not None:
                    row |= {"skill": skill, "skill_low": low, "skill_high": high}
        rows.append(row)
    figures = dict.fromkeys(("base_rate", "brier", "log_score"), float)
    return pd.DataFrame(rows, columns=list(SCORES), dtype=object).astype({"n": int, **figures})


def _clusters(answers: pd.DataFrame) -> list[pd.Series]:
    """Names under which answers are drawn together: the dyads, and the questions as long as dyads are few.

    A question answered again as of later days keeps its dyad and its last day.
    """
    named = [answers["dyad"]]
    if answers["dyad"].nunique() < ENOUGH_DYADS:
        named.append(answers["dyad"] + " " + answers["by"])
    return [names for names in named if names.nunique() >= MIN_CLUSTERS]


def _spread(
    p: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    reference: npt.NDArray[np.float64],
    part: pd.DataFrame,
    resamples: int,
) -> tuple[float | None, float | None]:
    intervals: list[Interval] = [
        skill_interval(p, y, reference=reference, clusters=names, resamples=resamples) for names in _clusters(part)
    ]
    if not intervals:
        return None, None
    return min(one.low for one in intervals), max(one.high for one in intervals)
