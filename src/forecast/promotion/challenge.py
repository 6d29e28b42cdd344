"""One challenge: everything that a retraining computes before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import score
from forecast.dates import Day, parse_day
from forecast.errors import DataMissingError, DateError, ForecastError, ModelError
from forecast.facts.history import History
from forecast.leakage.audit import draw_audit_dates, run_proofs
from forecast.leakage.comparison import Subject
from forecast.models.base import PeriodModel
from forecast.monitoring import DriftReport
from forecast.monitoring.drift import measure_drift
from forecast.panel.panel import Panel, build_panel
from forecast.promotion.checks import (
    CALIBRATION_DAYS,
    Check,
    alike,
    calibrated,
    leak_free,
    not_worse,
    nothing_lost,
    opponents,
)
from forecast.promotion.configurations import Configuration, configuration_of, registered
from forecast.promotion.facts import facts_of, new_facts
from forecast.promotion.folds import (
    CHALLENGER,
    CHAMPION,
    Refits,
    days_needed,
    fold_days,
    fold_forecasts,
)
from forecast.promotion.lineage import Champion
from forecast.promotion.standing import standing_forecasts
from forecast.training.provenance import rows_fingerprint
from forecast.training.train import Trained, train, training_days, training_key, training_panel

#: As-of dates of each proof against leaks: quick, for the whole audit is `forecast audit`.
TRIALS = 2

Step = Callable[[str], None]


@dataclass(eq=False)
class Challenge:
    """What was computed.

    Parameters
    ----------
    trained : Trained
        The challenger.
    taught : Panel
        The rows that it learned from.
    drift : DriftReport
    facts : dict
    forecasts : pandas.DataFrame
        In the folds; empty if there are none.
    scores : pandas.DataFrame
    comparisons : pandas.DataFrame
    checks, changes, compared : list
    folds : str
    """

    trained: Trained
    taught: Panel
    drift: DriftReport
    facts: dict[str, Any]
    forecasts: pd.DataFrame = field(default_factory=pd.DataFrame)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    comparisons: pd.DataFrame = field(default_factory=pd.DataFrame)
    checks: list[Check] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    folds: str = ""

    def keep(self, comparison: pd.DataFrame) -> None:
        """Add a comparison to the table of them all."""
        tables = [table for table in (self.comparisons, comparison) if not table.empty]
        self.comparisons = pd.concat(tables, ignore_index=True)

    @property
    def failed(self) -> list[Check]:
        """The checks that did not pass."""
        return [check for check in self.checks if not check.passed]


def challenge(
    root: Path, everything: History, day: Day, *, model: str, target: str, champion: Champion | None, say: Step
) -> Challenge:
    """Train a challenger on everything known at a day and set it against the champion. Nothing is written.

    Parameters
    ----------
    root : Path
    everything : History
    day : numpy.datetime64[D]
    model, target : str
    champion : Champion or None
        None if there is none, or none that can be believed.
    say : callable
        Called with a few words before each step that takes long.
    """
    known = everything.known_before(day)
    configurations = {CHALLENGER: registered(model)}
    if champion is not None:
        configurations[CHAMPION] = configuration_of(champion.trained.card)
    refits = Refits(configurations)
    say("building the rows")
    rows = build_panel(known, days_needed(known, day), target=target)
    taught = training_panel(known, day, target=target, rows=rows)
    say(f"training the challenger on what was known before {day}")
    trained = train(known, day, model=model, target=target, panel=taught)
    said = _Said(known, rows, day, say)
    found = Challenge(trained, taught, _no_drift(trained, day), facts_of(known))
    found.changes += _changes(known, found.facts, champion)
    _compare(said, refits, found)
    if champion is not None:
        _stand(said, configurations[CHALLENGER], champion, found)
        then = known.known_before(_day_of(champion))
        found.checks.append(nothing_lost(found.facts, champion.decision["facts"], still_known=len(then.events)))
        _look_alike(said, champion, found)
    _audit(said, refits, found)
    say("measuring drift")
    found.drift = measure_drift(
        root, everything, day, trained=trained, taught=taught, answered=_answers(said, refits), rows=rows, say=say
    )
    return found


@dataclass(frozen=True, eq=False)
class _Said:
    """What every step of a challenge needs."""

    known: History
    rows: Panel
    day: Day
    say: Step


def _day_of(champion: Champion) -> Day:
    return parse_day(champion.trained.card.trained_as_of, what="trained_as_of")


def _no_drift(trained: Trained, day: Day) -> DriftReport:
    card = trained.card
    return DriftReport(str(day), card.model_id, card.model_version, card.target, "-", "-", ())


def _changes(known: History, facts: dict[str, Any], champion: Champion | None) -> list[str]:
    if champion is None:
        return [f"there was no champion; {facts['events']} facts and {facts['summits']} summits were known"]
    since = _day_of(champion)
    told = ", ".join(f"{n} of {name}" for name, n in new_facts(known, since).items())
    lines = [f"facts that became known since {since}, the champion's day of training: {told or 'none'}"]
    then = champion.decision["facts"]
    ends = [
        f"{source} {then['coverage'].get(source, 'unknown')} -> {end}"
        for source, end in facts["coverage"].items()
        if then["coverage"].get(source) != end
    ]
    lines.append(f"records reach further: {'; '.join(ends)}" if ends else "no record reaches further than then")
    if known.known_before(since).fingerprint() != then["fingerprint"]:
        lines.append("what the champion knew has been corrected or added to since")
    return lines


def _compare(said: _Said, refits: Refits, found: Challenge) -> None:
    """Backtest the configurations on the recent folds."""
    same = CHAMPION in refits.configurations and refits.configurations[CHAMPION].same_as(
        refits.configurations[CHALLENGER]
    )
    try:
        days = fold_days(said.known)
        found.forecasts = fold_forecasts(
            said.known,
            said.rows,
            refits,
            on_fold=lambda done, total: said.say(f"backtesting, fold {done + 1} of {total}") if done < total else None,
        )
    except (DataMissingError, ModelError) as problem:
        found.checks.append(Check("not worse in the folds", False, f"there is no fold to compare in: {problem}"))
        return
    found.folds = f"as-of dates {days[0]} to {days[-1]}, the first of each month, refitted each year"
    found.scores = score(found.forecasts)
    for other in opponents(found.forecasts):
        check, table = not_worse(found.forecasts, other=other, name=f"not worse than the {other} in the folds")
        found.checks.append(check)
        found.keep(table.assign(other=other, rows="folds"))
    found.checks.append(calibrated(found.forecasts, other=opponents(found.forecasts)[0]))
    if same:
        found.compared.append(
            "The champion has the same configuration as the challenger, so in the folds both learn the same from the "
            "same rows: their difference is exactly zero by construction, which says 'not worse' and no more. What is "
            "new is what the challenger learned from the facts since; outcomes that could score it are not known yet."
        )
    elif CHAMPION in refits.configurations:
        found.compared.append(
            "The configurations differ. In each fold both learned anew from what was known before its year."
        )
    else:
        found.compared.append("There is no champion: the configuration was compared with the dyads' climatology.")


def _stand(said: _Said, configuration: Configuration, champion: Champion, found: Challenge) -> None:
    """Compare the champion as it stands on what has resolved since it was trained."""
    since, card = _day_of(champion), champion.trained.card
    head = f"The champion as it stands, on outcomes resolved since {since}: "
    if champion.decision.get("rows_code") != rows_fingerprint():
        found.compared.append(head + "left out, for another version of the program made the rows that it learned from.")
        return
    if configuration.same_as(configuration_of(card)):
        then = said.known.known_before(since).fingerprint()
        if training_key(then, since, model=card.model_id, target=card.target) == card.key:
            found.compared.append(
                head + "a challenger of the champion's own day would be the champion itself, bit by bit; nothing to "
                "compare."
            )
            return
    try:
        rows = _taught(said, since)
        said.say(f"training a challenger of the champion's day {since}")
        rival = configuration.learn(rows)
    except ForecastError as problem:
        found.compared.append(head + f"left out, for no challenger can be trained as of that day ({problem}).")
        return
    table, few = standing_forecasts(
        said.known, said.rows, since=since, until=said.day, champion=champion.trained.model, challenger=rival
    )
    if not table.empty:
        check, compared = not_worse(table, other=CHAMPION, name="not worse than the champion since")
        found.checks.append(check)
        found.keep(compared.assign(other=CHAMPION, rows="since"))
    found.compared.append(
        head + "set against a challenger trained on that same day, for one trained later has seen those outcomes"
        + (f"; {few}." if few else ".")
    )  # fmt: skip


def _look_alike(said: _Said, champion: Champion, found: Challenge) -> None:
    """Say how far the forecasts at the as-of date move."""
    if champion.decision.get("rows_code") != rows_fingerprint():
        return
    signals = build_panel(said.known, np.array([said.day]), target=said.rows.target).signals
    if signals.empty:
        return
    new, old = (
        model.predict_cumulative_incidence(signals, [90])[:, 0]
        for model in (found.trained.model, champion.trained.model)
    )
    found.checks.append(alike(new, old))
    moved = np.abs(new - old)
    order = np.argsort(-moved, kind="stable")[:5]
    dyads = signals.index.get_level_values("dyad")
    told = ", ".join(f"{dyads[k]} {old[k]:.3f} -> {new[k]:.3f}" for k in order)
    head = f"probabilities within {CALIBRATION_DAYS} days at {said.day} move by {moved.mean():.4f} in the mean"
    found.changes.append(f"{head}; the most: {told}")


def _audit(said: _Said, refits: Refits, found: Challenge) -> None:
    """Prove on dates of the folds that the path has no leak."""
    if found.forecasts.empty:
        found.checks.append(Check("leaks", False, "not tried, for there is no fold"))
        return
    first = parse_day(str(found.forecasts["fold"].min()), what="fold")
    fitted = refits.fit(_taught(said, first), model=CHALLENGER)
    try:
        dates = draw_audit_dates(
            said.known, as_of=None, trials=TRIALS, generator=np.random.default_rng([0, 1]), earliest=first
        )
    except (DataMissingError, DateError) as problem:
        found.checks.append(Check("leaks", False, f"not tried: {problem}"))
        return
    report = run_proofs(Subject(said.known, fitted), dates, seed=0, on_step=lambda step: said.say(f"audit: {step}"))
    found.checks.append(leak_free(report))


def _answers(said: _Said, refits: Refits) -> Callable[[Day], PeriodModel]:
    def answered(refit: Day) -> PeriodModel:
        return refits.fit(_taught(said, refit), model=CHALLENGER)

    return answered


def _taught(said: _Said, trained_as_of: Day) -> Panel:
    """Rows for training, taken from those at hand if they reach back so far."""
    first = training_days(said.known.known_before(trained_as_of), trained_as_of).min()
    rows = said.rows if first >= said.rows.as_ofs.min() else None
    return training_panel(said.known, trained_as_of, target=said.rows.target, rows=rows)
