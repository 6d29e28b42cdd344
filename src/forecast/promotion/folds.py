"""The recent folds on which a challenger's configuration meets the champion's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest
from forecast.dates import Day, Days, as_of_grid, year_start
from forecast.errors import DataMissingError, DateError
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.panel.panel import Panel
from forecast.promotion.configurations import Configuration
from forecast.training.train import training_days

#: The last years of the record, a fold each.
FOLD_YEARS: Final = 5
HORIZONS: Final = (30, 90, 180)

CHALLENGER: Final = "challenger"
CHAMPION: Final = "champion"
CLIMATOLOGY: Final = "climatology"


class Refits:
    """Models that learned on the first day of a year, kept for whoever asks again.

    Parameters
    ----------
    configurations : dict of Configuration
        By label.
    """

    def __init__(self, configurations: dict[str, Configuration]) -> None:
        self.configurations = configurations
        self._kept: dict[tuple[str, str], PeriodModel] = {}

    def fit(self, rows: Panel, *, model: str) -> PeriodModel:
        """The model of a label that has learned from the rows of a year's first day."""
        # Of first days of years the last row for training tells which one it is.
        key = (model, str(rows.as_ofs.max()))
        if key not in self._kept:
            self._kept[key] = self.configurations[model].learn(rows)
        return self._kept[key]


def record_end(known: History) -> Day:
    """Last day on which any source records meetings.

    Raises
    ------
    DataMissingError
        If no source does.
    """
    ends = [coverage.ends_on for coverage in known.resolving]
    if not ends:
        raise DataMissingError("no source records meetings: there is nothing to compare models on")
    return max(ends)


def fold_days(known: History) -> Days:
    """As-of dates of the folds: first days of months of the last years of the record that a model can forecast.

    Raises
    ------
    DataMissingError
        If the record is too short for a single fold.
    """
    end = record_end(known)
    last = year_start(end)
    for back in range(FOLD_YEARS - 1, -1, -1):
        first = (last.astype("datetime64[Y]") - back).astype("datetime64[D]")
        try:
            training_days(known.known_before(first), first)
        except (DataMissingError, DateError):
            continue
        return as_of_grid(first, end)
    raise DataMissingError(f"the record begins on {known.first_day}: too short to forecast any part of it")


def days_needed(known: History, day: Day) -> Days:
    """First days of months that cover everything: training on the day, the folds, and the time since the champion."""
    taught = [day]
    # Without folds there is nothing to compare, and the report says so.
    with contextlib.suppress(DataMissingError):
        taught += sorted({year_start(one) for one in fold_days(known)})
    starts = [training_days(known.known_before(first), first).min() for first in taught]
    return as_of_grid(min(starts), day)


def fold_forecasts(
    known: History,
    rows: Panel,
    refits: Refits,
    *,
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Forecasts of challenger, champion and climatology in the folds, where the outcome is resolved.

    Parameters
    ----------
    known : History
        Behind the gate of the day of retraining.
    rows : Panel
        Of `known`, with the dates of `days_needed`.
    refits : Refits
        With the configurations of `CHALLENGER` and, if there is a champion, `CHAMPION`; the same configuration is
        fitted once.
    on_fold : callable, optional

    Raises
    ------
    DataMissingError, ModelError
        If there is no fold, or it cannot teach a model.
    """
    configurations = refits.configurations
    same = CHAMPION in configurations and configurations[CHAMPION].same_as(configurations[CHALLENGER])
    names = [name for name in (CHALLENGER, CHAMPION) if name in configurations and not (name == CHAMPION and same)]
    table = backtest(
        known,
        fold_days(known),
        models=names,
        horizons=HORIZONS,
        target=rows.target,
        fit=refits.fit,
        on_fold=on_fold,
        rows=rows,
    )
    ours = table.loc[table["model_id"] == CHALLENGER]
    beside = [ours.assign(model_id=CLIMATOLOGY, probability=ours["climatology"])]
    if same:
        beside.append(ours.assign(model_id=CHAMPION))
    return pd.concat([table, *beside], ignore_index=True)


def separate_windows(forecasts: pd.DataFrame, *, horizon_days: int) -> pd.DataFrame:
    """Rows whose windows do not overlap: with 90 days, those of the quarters' first days."""
    step = max(1, int(np.ceil(horizon_days / 31)))
    months = pd.to_datetime(forecasts["as_of"]).dt.month
    return forecasts.loc[(forecasts["horizon_days"] == horizon_days) & ((months - 1) % step == 0)]
