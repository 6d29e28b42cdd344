"""The verb *explain*: why a forecast is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Day, Horizon
from forecast.explanation.analogues import Rows, kept_rows, training_rows
from forecast.explanation.analogues import analogues as analogues_of
from forecast.explanation.contributions import contributions, hazard_curve, signal_effects
from forecast.explanation.evidence import evidence, gaps
from forecast.explanation.result import Explanation
from forecast.explanation.summits import missed_summits, summits_ahead, view_of
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.panel.panel import build_panel
from forecast.readers.coded_facts import Addresses
from forecast.training.answering import Step
from forecast.training.train import Trained
from forecast.verbs.horizons import either_horizon
from forecast.verbs.predict import forecast_rows
from forecast.workspace import Workspace

#: Horizon if none is named.
HORIZON = 90


@either_horizon
def explain(
    dyad: str,
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    by: AnyDay | None = None,
    horizon: Horizon | Sequence[Horizon] = HORIZON,
    target: str = "meeting",
    model: str | None = None,
    analogues: int = 5,
    on_step: Step | None = None,
) -> Explanation:
    """Explain a forecast: from the dyad's climatology to the probability, family of signals by family.

    Parameters
    ----------
    dyad : str
        Such as ``"USA-CHN"``.
    as_of : str, date or numpy.datetime64, optional
        Midnight at the start of this day: a date, a month for its first day, ``"today"`` or ``"yesterday"``. Default:
        today (UTC).
    root : path-like
        The workspace.
    by : str, date or numpy.datetime64, optional
        Last day of the window instead of a horizon.
    horizon : int or str
        One of `forecast.predict`. Ignored if `by` is given.
    target : {"meeting", "bilateral"}
    model : str, optional
        A name of `forecast.models.MODELS`; which model answers is chosen as by `forecast.predict`.
    analogues : int
        How many of the nearest situations of the past to show; with 0 the training rows are not needed.
    on_step : callable, optional
        Called with a few words before each step that takes long.

    Returns
    -------
    Explanation
        Its parts are DataFrames; `str` is a text of 80 columns, `to_dict` what JSON holds. The contributions to the
        log-odds sum to the forecast (`forecast.explanation.contributions` says how they are made).

    Raises
    ------
    StateError, DateError, DataMissingError, InputError, ModelError
    """
    query = Workspace(root).query(as_of, target=target, model=model)
    days = query.horizon(horizon, by=by)
    pair = query.workspace.dyad(dyad, on=query.day)
    query.check_recorded(pair)
    answering = query.answering(on_step)
    trained_as_of = answering.trained_as_of
    past = None
    if analogues > 0:
        past = kept_rows(Path(root), query.history, trained_as_of, target=target)
        if past is None:
            if on_step is not None:
                on_step("building the rows among which analogues are looked for (once)")
            past = training_rows(Path(root), query.history, trained_as_of, target=target)
    return explained(
        query.known, answering.trained, pair, query.day, days, target, past=past, shown=analogues,
        addresses=query.workspace.addresses, warnings=answering.warnings,
    )  # fmt: skip


def explained(
    known: History,
    trained: Trained,
    dyad: str,
    day: Day,
    horizon: int,
    target: str,
    *,
    past: Rows | None = None,
    shown: int = 0,
    addresses: Addresses | None = None,
    warnings: Sequence[str] = (),
) -> Explanation:
    """Explain a forecast of a trained model for a dyad, from the facts known before a day."""
    model: PeriodModel = trained.model
    where = addresses if addresses is not None else Addresses()
    X = build_panel(known, np.array([day]), target=target, dyads=[dyad]).signals
    view = view_of(known, target, dyad, day)
    facts = evidence(
        known, dyad=dyad, as_of=day, target=target, uses=model.uses, missed=missed_summits(view), addresses=where
    )
    nothing = Rows(X.iloc[:0], pd.DataFrame({"followup_days": [], "first_meeting_in_days": []}))
    rows = past if past is not None else nothing
    return Explanation(
        forecast=forecast_rows(known, trained, [dyad], day, [horizon], target, warnings=warnings),
        contributions=contributions(model, X, horizon),
        signals=signal_effects(model, X, horizon),
        evidence=facts,
        summits=summits_ahead(model, X, view, horizon=horizon, addresses=where.summits),
        hazards=hazard_curve(model, X, as_of=day, horizon=horizon),
        analogues=analogues_of(model, X, rows.signals, rows.outcomes, horizon=horizon, shown=shown),
        missing=gaps(model, X, known, facts, dyad=dyad, as_of=day),
    )
