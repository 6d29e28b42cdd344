"""A figure of many dyads, in the rows that a model learned from and in the recent ones."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from forecast.monitoring.drift_report import DriftRow, not_enough
from forecast.monitoring.samples import (
    FEWEST_DYADS,
    FEWEST_YEARS,
    Distance,
    bins_for,
    judged,
    ks,
    ks_levels,
    psi,
    psi_levels,
    yearly_distances,
)


def judge_column(kind: str, name: str, learned: pd.Series, recent: pd.Series) -> list[DriftRow]:
    """Judge whether a figure is distributed as in the rows that taught.

    Parameters
    ----------
    kind : {"signal", "probability"}
    name : str
    learned, recent : pandas.Series of float
        Index (dyad, as_of); the recent rows come after the others.

    Returns
    -------
    list of DriftRow
        Its index of population stability and its Kolmogorov-Smirnov statistic. There is no verdict if fewer than
        `FEWEST_DYADS` dyads have the figure in either sample, or it is known in fewer than `FEWEST_YEARS` past years.
    """
    dyads = _dyads(learned), _dyads(recent)
    few = min(dyads)
    years = _years(learned)
    ranks = _ranks(learned, recent)
    old, new = ranks[: len(learned)], ranks[len(learned) :]
    rows = []
    bins = bins_for(few)
    distances: dict[str, tuple[Distance, tuple[float, float]]] = {}
    if few >= FEWEST_DYADS:
        distances = {"PSI": (partial(psi, bins=bins), psi_levels(dyads, bins=bins)), "KS": (ks, ks_levels(dyads))}
    for statistic in ("PSI", "KS"):
        if statistic not in distances:
            rows.append(DriftRow(kind, name, name, statistic, None, None, few, not_enough(few)))
            continue
        distance, levels = distances[statistic]
        past = yearly_distances(old, years, distance=distance)
        value = distance(old, new)
        if len(past) < FEWEST_YEARS:
            rows.append(DriftRow(kind, name, name, statistic, value, None, few, not_enough(len(past))))
            continue
        threshold, verdict = judged(value, levels, past)
        rows.append(DriftRow(kind, name, name, statistic, value, threshold, few, verdict))
    return rows


def _dyads(values: pd.Series) -> int:
    return int(values.dropna().index.get_level_values("dyad").nunique())


def _years(values: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Years counted back from the last row, so that each is whole and none depends on the calendar."""
    days = values.index.get_level_values("as_of").to_numpy().astype("datetime64[D]").astype(np.int64)
    if not len(days):
        return days
    back: np.ndarray[tuple[int], np.dtype[np.int64]] = ((days.max() - days) // 365.25).astype(np.int64)
    return back


def _ranks(learned: pd.Series, recent: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Ranks of the values, equal for equal ones: both statistics look at nothing else, and ranks sort quickly."""
    values = np.concatenate([learned.to_numpy(dtype=np.float64), recent.to_numpy(dtype=np.float64)])
    missing = np.isnan(values)
    ranks = np.full(len(values), np.nan)
    ranks[~missing] = np.unique(values[~missing], return_inverse=True)[1]
    return ranks
