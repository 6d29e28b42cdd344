"""The verb *explain*: why a forecast is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Day, Horizon
from forecast.display.numbers import log_odds
from forecast.display.progress import Step, logged
from forecast.errors import ForecastError
from forecast.explanation.analogues import ANALOGUES, Rows, kept_rows, training_rows
from forecast.explanation.analogues import analogues as analogues_of
from forecast.explanation.contributions import (
    CONTRIBUTIONS,
    contributions,
    curve,
    hazard_curve,
    signal_effects,
)
from forecast.explanation.evidence import GAPS, evidence, gaps
from forecast.explanation.result import Explanation
from forecast.explanation.summits import AHEAD, missed_summits, summits_ahead, view_of
from forecast.facts.history import History
from forecast.models.base import PeriodModel
from forecast.panel.panel import build_panel
from forecast.periods import PERIODS
from forecast.readers.coded_facts import Addresses
from forecast.training.train import Trained
from forecast.verbs.fallback import Account, fallback
from forecast.verbs.predict import fallback_rows, forecast_rows
from forecast.workspace import Workspace

#: Horizon if none is named.
HORIZON = 90


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
    on_step: Step = logged,
) -> Explanation:
    """Explain a forecast: from the dyad's climatology to the probability, family of signals by family.

    Parameters
    ----------
    dyad : str
        Such as ``"USA-CHN"``.
    as_of, root, by, target, model, on_step
        As in `forecast.predict`.
    horizon : int or str
        One of `forecast.predict`. Ignored if `by` is given.
    analogues : int
        How many of the nearest situations of the past to show; with 0 the training rows are not needed.

    Returns
    -------
    Explanation
        Its parts are DataFrames; `str` is a text of 80 columns, `to_dict` what JSON holds. The contributions to the
        log-odds sum to the forecast (`forecast.explanation.contributions` says how they are made). Of a pair that no
        complete source covers the fallback is explained: from the rate of all pairs to that of its kind, what is
        reported of the two, and the summits ahead.

    Raises
    ------
    StateError, DateError, DataMissingError, InputError, ModelError
    """
    if analogues < 0:
        raise ForecastError(f"{analogues} situations cannot be shown; the least is 0", argument="analogues")
    query = Workspace(root).query(as_of, target=target, model=model)
    days = query.horizon(horizon, by=by)
    pair = query.workspace.dyad(dyad, on=query.day)
    if query.known.coverage_end(pair) is None:
        return explained_fallback(query.known, pair, query.day, days, target, addresses=query.workspace.addresses)
    answering = query.answering(on_step)
    trained_as_of = answering.trained_as_of
    past = None
    if analogues > 0:
        past = kept_rows(Path(root), query.history, trained_as_of, target=target)
        if past is None:
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
    panel = build_panel(known, np.array([day]), target=target, dyads=[dyad])
    X = panel.signals
    view = view_of(known, target, dyad, day)
    facts = evidence(
        known, dyad=dyad, as_of=day, target=target, uses=model.uses, missed=missed_summits(view), addresses=where
    )
    nothing = Rows(X.iloc[:0], pd.DataFrame({"followup_days": [], "first_meeting_in_days": []}))
    rows = past if past is not None else nothing
    return Explanation(
        forecast=forecast_rows(known, trained, [dyad], day, [horizon], target, rows=panel, warnings=warnings),
        contributions=contributions(model, X, horizon),
        signals=signal_effects(model, X, horizon),
        evidence=facts,
        summits=summits_ahead(model, X, view, horizon=horizon, addresses=where.summits),
        hazards=hazard_curve(model, X, as_of=day, horizon=horizon),
        analogues=analogues_of(model, X, rows.signals, rows.outcomes, horizon=horizon, shown=shown),
        missing=gaps(model, X, known, facts, dyad=dyad, as_of=day),
    )


def explained_fallback(
    known: History, dyad: str, day: Day, horizon: int, target: str, *, addresses: Addresses
) -> Explanation:
    """Explain the fallback of a pair that no complete source covers."""
    spans = fallback(known, [dyad], day, _ends(horizon), target=target)
    forecast, account = fallback_rows(known, [dyad], day, [horizon], target), spans.accounts[0]
    uses = account.n_reported > 0
    facts = evidence(known, dyad=dyad, as_of=day, target=target, uses=lambda _: uses, addresses=addresses)
    return Explanation(
        forecast=forecast,
        contributions=_parts(account, horizon),
        signals=pd.DataFrame(columns=["family", "signal", "value", "effect"]),
        evidence=facts.loc[facts["family"] == "meetings"].reset_index(drop=True),
        summits=_summits(account, day, horizon, addresses),
        hazards=curve(spans.probability[0], spans.pooled[0], as_of=day, horizon=horizon),
        analogues=pd.DataFrame(columns=list(ANALOGUES)),
        missing=pd.DataFrame([("sources", spans.reasons[0], 0)], columns=list(GAPS)),
    )


def fallback_parts(known: History, dyad: str, day: Day, horizon: int, target: str) -> pd.DataFrame:
    """From the rate of all pairs to the fallback of one, as contributions to its log-odds."""
    return _parts(fallback(known, [dyad], day, [horizon], target=target).accounts[0], horizon)


def _parts(account: Account, horizon: int) -> pd.DataFrame:
    """From the rate of all pairs to the forecast, part by part, with the columns `CONTRIBUTIONS`."""
    days = np.array([horizon], dtype=np.float64)

    def at(rate: float, *, summits: bool) -> float:
        return float(account.probability(days, rate, summits=summits)[0])

    steps = [
        (at(account.overall, summits=False), at(account.overall, summits=False)),
        (at(account.kind, summits=False), at(account.overall, summits=True)),
        (at(account.reported, summits=False), at(account.kind, summits=True)),
        (at(account.reported, summits=True), at(account.reported, summits=False)),
    ]
    odds = log_odds(np.array(steps))
    rows = [("pooled", 0.0, 1.0, steps[0][0], 0.0, 1)]
    for n, family in enumerate(("pairs", "meetings", "venues"), 1):
        if family == "meetings" and not account.n_reported:
            continue
        share = float(odds[n, 0] - odds[n - 1, 0])
        rows.append((family, share, float(np.exp(share)), steps[n][1], float(odds[-1, 0] - odds[n, 1]), 1))
    return pd.DataFrame(rows, columns=list(CONTRIBUTIONS))


def _summits(account: Account, day: Day, horizon: int, addresses: Addresses) -> pd.DataFrame:
    """Summits of the window at which the two can meet, with the columns of `forecast.explanation.summits.AHEAD`."""
    days, rows = np.array([horizon], dtype=np.float64), []
    for at in np.flatnonzero(account.calendar.begins(horizon) & (account.shares > 0)).tolist():
        one = account.calendar.editions[at]
        without = float(account.probability(days, account.reported, but=at)[0])
        dates = (str(part) for part in (one.starts_on, one.ends_on, one.announced_on))
        address = addresses.summits.get((one.series, one.edition), "")
        rows.append((one.series, one.edition, one.host, *dates, float(account.shares[at]), without, address))
    return pd.DataFrame(rows, columns=list(AHEAD)).sort_values("starts_on", kind="stable", ignore_index=True)


def _ends(horizon: int) -> list[int]:
    """Ends of the periods of a horizon."""
    return [min(end, horizon) for start, end in PERIODS if start < horizon]
