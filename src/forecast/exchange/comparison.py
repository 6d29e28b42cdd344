"""Forecasts of several people and models side by side: their files as one table, scored on the questions of all."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
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
from forecast.verification import brier_score, log_score, skill_interval, widest

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
    """Read the program's own tables and other people's probabilities; own forecasts of another target are left out."""
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
        raise _error(late, f"{late['who']!r} has answered this already: {_earlier(rows, late, 'who')[1]}; keep one")


def _refuse_contradiction(rows: pd.DataFrame) -> None:
    resolved = rows.dropna(subset="outcome")
    first = resolved.groupby(QUESTION, sort=False)["outcome"].transform("first")
    wrong = resolved.loc[resolved["outcome"] != first]
    if len(wrong):
        late = wrong.iloc[0]
        earlier, place = _earlier(resolved, late)
        raise _error(late, f"outcome {late['outcome']:.0f} contradicts {earlier['outcome']:.0f} in {place}")


def _earlier(rows: pd.DataFrame, late: pd.Series, *names: str) -> tuple[pd.Series, str]:
    """The first row of the same question, and its place."""
    same = (rows[[*names, *QUESTION]] == late[[*names, *QUESTION]]).all(axis=1)
    row = rows.loc[same].iloc[0]
    return row, f"{row['file']}, {_at(row)}"


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
        figures = (part[name].to_numpy(dtype=np.float64) for name in ("probability", "outcome", "climatology"))
        p, y, reference = figures
        row: dict[str, Any] = dict.fromkeys(SCORES) | {
            "who": who,
            "n": len(part),
            "base_rate": float(y.mean()),
            "brier": brier_score(p, y),
            "log_score": log_score(p, y),
        }
        spread = partial(skill_interval, p, y, reference=reference, resamples=resamples)
        with contextlib.suppress(ForecastError):  # a perfect reference leaves no skill to measure
            if who != REFERENCE and (ways := _clusters(part)):
                union = widest(*(spread(clusters=names) for names in ways))
                row |= {"skill": union.value, "skill_low": union.low, "skill_high": union.high}
        rows.append(row)
    types = {"n": int, **dict.fromkeys(("base_rate", "brier", "log_score"), float)}
    return pd.DataFrame(rows, columns=list(SCORES), dtype=object).astype(types)


def _clusters(answers: pd.DataFrame) -> list[pd.Series]:
    """Names under which answers are drawn together: the dyads, and the questions as long as dyads are few."""
    named = [answers["dyad"]]
    if answers["dyad"].nunique() < ENOUGH_DYADS:
        named.append(answers["dyad"] + " " + answers["by"])
    return [names for names in named if names.nunique() >= MIN_CLUSTERS]
