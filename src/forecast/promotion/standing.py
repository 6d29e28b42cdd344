"""The champion as it stands, on the outcomes that have resolved since it was trained."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.dates import Day, as_of_grid
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.panel.outcomes import met_within
from forecast.panel.panel import Panel, rows_known
from forecast.promotion.folds import CHALLENGER, CHAMPION, HORIZONS
from forecast.verification.cuts import FEWEST_CASES

#: As-of dates that a comparison needs: windows of one or two dates share one world.
FEWEST_DATES = 6


def standing_forecasts(
    known: History, rows: Panel, *, since: Day, until: Day, champion: PeriodModel, challenger: PeriodModel
) -> tuple[pd.DataFrame, str]:
    """Forecasts of two models trained on the same day for the dates since, where the outcome is resolved.

    Parameters
    ----------
    known : History
        Behind the gate of the day of retraining.
    rows : Panel
        Of `known`, with the first days of months from `since` to `until`.
    since : numpy.datetime64[D]
        Day of training of both.
    until : numpy.datetime64[D]
        The day of retraining.
    champion, challenger : PeriodModel

    Returns
    -------
    forecasts : pandas.DataFrame
        Of the horizons with enough cases; possibly empty.
    told : str
        Which horizons have too few.
    """
    grid = as_of_grid(since, until)
    few = []
    parts: list[pd.DataFrame] = []
    panel = rows_known(rows, known, grid) if len(grid) else None
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
        shared = pd.DataFrame(
            {
                "dyad": signals.index.get_level_values("dyad"),
                "as_of": days,
                "horizon_days": horizon,
                "target": rows.target,
                "outcome": y.astype(int),
            }
        )
        for name, model in ((CHALLENGER, challenger), (CHAMPION, champion)):
            probability = model.predict_cumulative_incidence(signals, [horizon])[:, 0]
            parts.append(shared.assign(model_id=name, probability=probability, climatology=np.nan))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return table, f"not enough cases ({'; '.join(few)})" if few else ""
