"""Forecasts of several people and models side by side, scored on the questions that all of them answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.errors import ForecastError
from forecast.exchange.entries import QUESTION
from forecast.verification import Interval, brier_score, brier_skill, log_score, skill_interval

#: The reference of every skill.
REFERENCE: Final = "climatology"

#: Fewer clusters than this say nothing about the spread between clusters.
MIN_CLUSTERS: Final = 5

#: From so many dyads on they are enough: questions lie within dyads, and to draw tens of thousands takes a gigabyte.
ENOUGH_DYADS: Final = 30

#: Columns of the scores.
SCORES: Final = ("who", "n", "base_rate", "brier", "skill", "skill_low", "skill_high", "log_score")


def answered_by_all(answers: pd.DataFrame, everybody: Collection[str]) -> npt.NDArray[np.bool_]:
    """Which answers are to questions that everybody answers.

    Parameters
    ----------
    answers : pandas.DataFrame
        Columns `who` and those of `QUESTION`; nobody answers a question twice.
    everybody : collection of str
        Answers of anyone else do not count.

    Returns
    -------
    numpy.ndarray of bool, shape (n_answers,)

    Examples
    --------
    >>> rows = [("ann", "USA-CHN", "2020-01-01", "2020-02-01"), ("bob", "USA-CHN", "2020-01-01", "2020-02-01")]
    >>> more = [("ann", "IND-PAK", "2020-01-01", "2020-02-01")]
    >>> answers = pd.DataFrame([*rows, *more], columns=["who", "dyad", "as_of", "by"])
    >>> answered_by_all(answers, {"ann", "bob"}).tolist()
    [True, True, False]
    """
    counted = answers["who"].isin(list(everybody))
    if not counted.any():
        return np.zeros(len(answers), dtype=bool)
    count = answers.assign(counted=counted).groupby(QUESTION)["counted"].transform("sum")
    return np.asarray(counted & (count == len(set(everybody))), dtype=bool)


def side_by_side(answers: pd.DataFrame, *, resamples: int = 1000) -> pd.DataFrame:
    """Score everybody on the same questions.

    Parameters
    ----------
    answers : pandas.DataFrame
        Columns `who`, those of `QUESTION`, `probability`, `climatology` (the reference) and `outcome` (0 or 1). All
        answer the same questions.
    resamples : int
        Bootstrap resamples of each interval.

    Returns
    -------
    pandas.DataFrame
        One row a forecaster in the order of their first rows, with the columns `SCORES`. The interval is the wider of
        two 90% bootstrap intervals, over questions (a dyad and a last day) and over dyads. One with fewer than
        `MIN_CLUSTERS` does not count, and with `ENOUGH_DYADS` questions are not drawn. A figure that the cases cannot
        give is None, and so is a skill without an interval.

    Examples
    --------
    >>> asked = {"dyad": "USA-CHN", "as_of": "2020-01-01", "by": ["2020-02-01", "2020-03-01"]}
    >>> given = {"probability": [0.8, 0.1], "climatology": 0.5, "outcome": [1, 0]}
    >>> scores = side_by_side(pd.DataFrame({"who": "ann", **asked, **given}))
    >>> scores[["who", "n", "brier", "skill"]].to_dict("records")
    [{'who': 'ann', 'n': 2, 'brier': 0.025, 'skill': None}]
    """
    found = []
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
        found.append(row)
    figures = dict.fromkeys(("base_rate", "brier", "log_score"), float)
    return pd.DataFrame(found, columns=list(SCORES), dtype=object).astype({"n": int, **figures})


def _clusters(answers: pd.DataFrame) -> list[pd.Series]:
    """Names under which answers are drawn together: the dyads, and the questions as long as dyads are few.

    A question asked again as of later days keeps its dyad and its last day.
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
