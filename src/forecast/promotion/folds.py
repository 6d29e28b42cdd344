"""The forecasts that are compared: of both configurations in the recent folds, and of the champion as it stands."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest
from forecast.dates import Day, Days, as_of_grid, year_start
from forecast.errors import DataMissingError, DateError, ModelError
from forecast.facts.history import History
from forecast.models import make_model
from forecast.models.base import PeriodModel
from forecast.monitoring.drift import RECENT_DAYS
from forecast.panel.outcomes import met_within
from forecast.panel.panel import Panel, build_panel, rows_known
from forecast.training.bundle import Card, plain_parameters
from forecast.training.train import fitted, training_days
from forecast.verification.cuts import FEWEST_CASES

#: The last years of the record, a fold each.
FOLD_YEARS: Final = 5
HORIZONS: Final = (30, 90, 180)

CHALLENGER: Final = "challenger"
CHAMPION: Final = "champion"
CLIMATOLOGY: Final = "climatology"
#: As-of dates that a comparison needs: windows of one or two dates share one world.
FEWEST_DATES: Final = 6


# --- configurations ---


@dataclass(frozen=True, eq=False)
class Configuration:
    """What a model is before it is trained: a name of the registry with parameters."""

    model_id: str
    parameters: dict[str, Any]

    def same_as(self, other: Configuration) -> bool:
        """Whether both become the same model on the same rows."""
        ours, theirs = (json.dumps([c.model_id, c.parameters], sort_keys=True, default=str) for c in (self, other))
        return ours == theirs

    def fit(self, rows: Panel) -> PeriodModel:
        """A model fitted to training rows; a `ModelError` if this program's model of that name has other parameters."""
        try:
            model = make_model(self.model_id)
            model.set_params(**self.parameters)
        except (TypeError, ValueError) as error:
            raise ModelError(f"{self.model_id} cannot be made with {self.parameters}: {error}") from None
        return fitted(rows, model=model)


def registered(model: str) -> Configuration:
    """The configuration that the registry holds under a name."""
    return Configuration(model, plain_parameters(make_model(model)))


def configuration_of(card: Card) -> Configuration:
    """The configuration of a trained model."""
    return Configuration(card.model_id, card.parameters)


class Refits:
    """Models of labelled configurations, trained on the first day of a year and kept for the next caller."""

    def __init__(self, configurations: dict[str, Configuration]) -> None:
        self.configurations = configurations
        self._kept: dict[tuple[str, str], PeriodModel] = {}
        champion = configurations.get(CHAMPION)
        self.same = champion is not None and champion.same_as(configurations[CHALLENGER])

    def fit(self, rows: Panel, *, model: str) -> PeriodModel:
        """The model of a label on the training rows of a year's first day."""
        return self.on(rows.as_ofs.max(), lambda: rows, model=model)

    def on(self, last: Day, rows: Callable[[], Panel], *, model: str) -> PeriodModel:
        """The same by the last as-of date of the rows, which of first days of years shows which one it is."""
        key = (model, str(last))
        if key not in self._kept:
            self._kept[key] = self.configurations[model].fit(rows())
        return self._kept[key]


# --- the recent folds ---


def record_end(known: History) -> Day:
    """Last day on which any source records meetings."""
    ends = [coverage.ends_on for coverage in known.resolving]
    if not ends:
        raise DataMissingError("no source records meetings: there is nothing to compare models on")
    return max(ends)


def fold_days(known: History) -> Days:
    """As-of dates of the folds: first days of months of the last years of the record that a model can forecast."""
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
    """First days of months that cover everything: training, the folds, the last year, the time since the champion."""
    trained_on = [day]
    # Without folds there is nothing to compare, and the report says so.
    with contextlib.suppress(DataMissingError):
        trained_on += sorted({year_start(one) for one in fold_days(known)})
    starts = [training_days(known.known_before(first), first).min() for first in trained_on]
    return as_of_grid(min([*starts, day - np.timedelta64(RECENT_DAYS - 1, "D")]), day)


def fold_forecasts(
    known: History,
    rows: Panel | None,
    refits: Refits,
    *,
    target: str,
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Resolved forecasts of challenger, champion (if there is one) and climatology in the folds."""
    names = [name for name in (CHALLENGER, CHAMPION) if name in refits.configurations]
    table = backtest(
        known, fold_days(known), models=names[:1] if refits.same else names, horizons=HORIZONS, target=target,
        fit=refits.fit, on_fold=on_fold, rows=rows,
    )  # fmt: skip
    ours = table.loc[table["model_id"] == CHALLENGER]
    beside = [ours.assign(model_id=CLIMATOLOGY, probability=ours["climatology"])]
    if refits.same:
        beside.append(ours.assign(model_id=CHAMPION))
    return pd.concat([table, *beside], ignore_index=True)


def separate_windows(forecasts: pd.DataFrame, *, horizon_days: int) -> pd.DataFrame:
    """Rows whose windows do not overlap: with 90 days, those of the quarters' first days."""
    step = max(1, int(np.ceil(horizon_days / 31)))
    months = pd.to_datetime(forecasts["as_of"]).dt.month
    return forecasts.loc[(forecasts["horizon_days"] == horizon_days) & ((months - 1) % step == 0)]


# --- the champion as it stands ---


def standing_forecasts(
    known: History,
    rows: Panel | None,
    *,
    since: Day,
    until: Day,
    champion: PeriodModel,
    challenger: PeriodModel,
    target: str,
) -> tuple[pd.DataFrame, str]:
    """Forecasts of two models trained on the day `since`, up to `until`, and which horizons have too few cases."""
    grid = as_of_grid(since, until)
    few = []
    parts: list[pd.DataFrame] = []
    panel = None
    if len(grid):
        panel = build_panel(known, grid, target=target) if rows is None else rows_known(rows, known, grid)
    for horizon in HORIZONS:
        if panel is None or panel.signals.empty:
            few.append(f"{horizon} days: no as-of date since")
            continue
        met = met_within(panel.outcomes, horizon)
        resolved = met.notna().to_numpy()
        y = met[resolved].to_numpy(dtype=np.float64)
        signals = panel.signals.loc[resolved]
        days = signals.index.get_level_values("as_of")
        fewest = int(min(y.sum(), len(y) - y.sum())) if len(y) else 0
        if fewest < FEWEST_CASES or days.nunique() < FEWEST_DATES:
            few.append(f"{horizon} days: n = {fewest} on {days.nunique()} dates")
            continue
        shared = signals.index.to_frame(index=False)[["dyad", "as_of"]]
        shared = shared.assign(horizon_days=horizon, target=target, outcome=y.astype(int))
        for name, model in ((CHALLENGER, challenger), (CHAMPION, champion)):
            probability = model.predict_cumulative_incidence(signals, [horizon])[:, 0]
            parts.append(shared.assign(model_id=name, probability=probability, climatology=np.nan))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return table, f"not enough cases ({'; '.join(few)})" if few else ""
