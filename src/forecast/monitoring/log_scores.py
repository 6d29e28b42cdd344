"""What recorded forecasts turned out to be worth, by the version of the model that gave them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import day_numbers
from forecast.errors import ForecastError
from forecast.verification import Interval, brier_score, brier_skill, skill_interval, widest
from forecast.verification.cuts import FEWEST_CASES
from forecast.verification.forecasts import days_of

#: What is one forecast, however often it was recorded: the first time counts, for later nobody may say it better.
KEY: Final = ("model_id", "model_version", "target", "dyad", "as_of", "horizon_days")

#: Columns of the scores.
SCORES: Final = (
    "model_id", "model_version", "target", "hindcast", "forecasts", "repeated", "unresolved", "n", "n_met", "base_rate",
    "brier", "skill", "skill_low", "skill_high", "reason",
)  # fmt: skip

#: Fewer clusters than this say nothing about the spread between clusters.
MIN_CLUSTERS: Final = 5

_ONE_DAY: Final = np.timedelta64(1, "D")


def is_hindcast(entries: pd.DataFrame) -> pd.Series:
    """Whether each forecast was issued more than a day after its as-of date.

    Parameters
    ----------
    entries : pandas.DataFrame
        Columns `as_of` (midnight UTC at the start of that day) and `issued_at`.

    Examples
    --------
    >>> told = pd.DataFrame({"as_of": "2024-06-01", "issued_at": ["2024-06-01T23:00:00+00:00", "2024-06-02T00:00:01Z"]})
    >>> is_hindcast(told).tolist()
    [False, True]
    """
    issued = pd.to_datetime(entries["issued_at"], format="ISO8601", utc=True)
    midnight = pd.to_datetime(entries["as_of"], format="ISO8601", utc=True)
    return (issued - midnight) > _ONE_DAY


def first_told(entries: pd.DataFrame) -> pd.DataFrame:
    """Each forecast once, as it was first recorded, with the number of its later repeats in `repeated`."""
    count = entries.groupby(list(KEY), sort=False)["dyad"].transform("size")
    return entries.assign(repeated=count - 1).drop_duplicates(list(KEY), ignore_index=True)


def score_log(entries: pd.DataFrame, *, resamples: int = 1000) -> pd.DataFrame:
    """Scores by model version and target, hindcasts apart.

    Parameters
    ----------
    entries : pandas.DataFrame
        The log in its order: columns `KEY`, `issued_at`, `probability`, `climatology` (as recorded) and `outcome` (1,
        0, or NaN while the window is not resolved).
    resamples : int
        Bootstrap resamples of each interval.

    Returns
    -------
    pandas.DataFrame
        Columns `SCORES`: `forecasts` counts each forecast once, `repeated` the times that one was recorded again, `n`
        the resolved ones and `n_met` those with a meeting. With fewer than ten forecasts with or without a meeting,
        Brier score and skill are None and the reason is ``not enough cases (n = 3)``, n being the smaller count.

        The 90% interval of the skill is the union of two: over dyads, and over spans of time as long as the longest
        window, because windows that overlap share their meetings. Fewer than five of a kind give none; without either
        there is no skill, and the reason is ``not enough cases for an interval (n = 4)``.
    """
    told = first_told(entries)
    told = told.assign(hindcast=is_hindcast(told)) if len(told) else told.assign(hindcast=False)
    found = []
    groups = told.groupby(["hindcast", "model_id", "model_version", "target"], sort=True)
    for (hindcast, model, version, target), rows in groups:
        resolved = rows.dropna(subset="outcome")
        head = {"model_id": model, "model_version": version, "target": target, "hindcast": bool(hindcast)}
        counts = {
            "forecasts": len(rows),
            "repeated": int(rows["repeated"].sum()),
            "unresolved": len(rows) - len(resolved),
            "n": len(resolved),
            "n_met": int(resolved["outcome"].sum()),
        }
        found.append(dict.fromkeys(SCORES) | head | counts | _figures(resolved, resamples=resamples))
    return pd.DataFrame(found, columns=list(SCORES), dtype=object)


def _figures(rows: pd.DataFrame, *, resamples: int) -> dict[str, Any]:
    p, y, reference = (rows[name].to_numpy(dtype=np.float64) for name in ("probability", "outcome", "climatology"))
    fewest = int(min(y.sum(), len(y) - y.sum()))
    if fewest < FEWEST_CASES:
        return {"reason": f"not enough cases (n = {fewest})"}
    figures: dict[str, Any] = {"base_rate": float(y.mean()), "brier": brier_score(p, y), "reason": ""}
    try:
        skill = brier_skill(p, y, reference=reference)
    except ForecastError:
        return figures | {"reason": "climatology was perfect: there is no skill to measure"}
    spans = day_numbers(days_of(rows["as_of"])) // int(rows["horizon_days"].max())
    ways = [rows["dyad"].to_numpy(), spans]
    spread = partial(skill_interval, p, y, reference=reference, resamples=resamples)
    intervals: list[Interval] = [spread(clusters=way) for way in ways if len(np.unique(way)) >= MIN_CLUSTERS]
    if not intervals:
        most = max(len(np.unique(way)) for way in ways)
        return figures | {"reason": f"not enough cases for an interval (n = {most})"}
    union = widest(*intervals)
    return figures | {"skill": skill, "skill_low": union.low, "skill_high": union.high}
