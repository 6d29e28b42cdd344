"""The verb *ablate*: what families of signals gain, the user's own among them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from forecast.backtesting.ablation import check_changes, forecasts_under, gains
from forecast.dates import AnyDay, Horizon, check_horizons
from forecast.display.frames import SCORE_COLUMNS, SKILL_INTERVAL
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Table
from forecast.models import DEFAULT, Model, make_model
from forecast.panel.outcomes import check_target
from forecast.signals.user_signals import OwnSignal, own_signals
from forecast.workspace import Workspace, as_of_dates


def ablate(
    changes: Sequence[str] | None = None,
    *,
    start: AnyDay,
    end: AnyDay,
    root: Path | str = ".",
    every: str = "month",
    horizons: Horizon | Sequence[Horizon] = (30, 90, 180),
    target: str = "meeting",
    focal: str | None = None,
    model: Model = DEFAULT,
    signals: Sequence[OwnSignal] = (),
    teach: str = "month",
    on_step: Step = logged,
) -> pd.DataFrame:
    """Measure what a family of signals gains: a model with it and without it, on the same questions.

    Parameters
    ----------
    changes : sequence of str, optional
        Such as ``"- meetings"``, ``"+ leaders"``, ``"climatology + venues"`` or ``"climatology alone"``; ``"+ mine"``
        for the family of your own signals. Default: all that can change something.
    start, end, every, signals
        The as-of dates and your own signals, as in `forecast.build_panel`. Each year is forecast by models that learned
        from what was known before it.
    root, horizons, target, on_step
        As in `forecast.predict`.
    focal : str, optional
        Only dyads of this state are forecast; the models learn from all dyads.
    model : str or estimator
        Any model of `forecast.backtest`.
    teach : {"month", "quarter"}
        Train on all rows or, for a quick look, on those of every third month.

    Returns
    -------
    pandas.DataFrame
        One row a change and horizon with the columns `forecast.backtesting.ablation.COLUMNS`: `skill` against
        climatology and `gain` against the whole model on the same rows, with 90% intervals over dyads.
    """
    grid = as_of_dates(start, end, every)
    make_model(model)
    extra = own_signals(signals)
    forecasts = forecasts_under(
        Workspace(root).history, grid, changes=None if changes is None else check_changes(changes, extra),
        horizons=check_horizons(horizons, what="horizons"), target=check_target(target),
        focal=Workspace(root).focal(focal), extra=extra, teach=teach, model=model,
        on_step=on_step,
    )  # fmt: skip
    return gains(forecasts)


def table(gains: pd.DataFrame) -> Table:
    """What each family of signals gains: skill of the model without it, and its gain over the whole model."""
    columns = [Column("model"), *SCORE_COLUMNS, Column("gain", align="right", form="+.4f"), SKILL_INTERVAL]
    rows = [
        (row["change"], row["horizon_days"], row["n"], row["base_rate"], row["brier"], row["skill"], row["gain"],
         f"{row['gain_low']:+.4f} to {row['gain_high']:+.4f}")
        for _, row in gains.iterrows()
    ]  # fmt: skip
    return Table(columns, rows)
