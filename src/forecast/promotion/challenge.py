"""One challenge: everything that a retraining computes before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import score
from forecast.dates import Day, parse_day
from forecast.display.progress import Step
from forecast.errors import DataMissingError, DateError, ForecastError, ModelError
from forecast.facts.history import History
from forecast.leakage.audit import draw_audit_dates, run_proofs
from forecast.leakage.comparison import Subject
from forecast.models.base import PeriodModel
from forecast.monitoring.drift import measure_drift
from forecast.monitoring.verdicts import DriftReport
from forecast.panel.panel import Panel, build_panel
from forecast.promotion import checks, folds
from forecast.promotion.checks import Check
from forecast.promotion.folds import CHALLENGER, CHAMPION, Configuration, Refits
from forecast.training.champion import Champion
from forecast.training.provenance import rows_fingerprint
from forecast.training.train import Trained, rows_at_hand, train, training_days, training_key, training_panel

#: As-of dates of each proof against leaks: quick, for the whole audit is `forecast audit`.
TRIALS: Final = 2


@dataclass(eq=False)
class Challenge:
    """What was computed; `forecasts`, `scores` and `comparisons` are empty if there is no fold."""

    trained: Trained
    training_rows: Panel
    facts: dict[str, Any]
    forecasts: pd.DataFrame = field(default_factory=pd.DataFrame)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    comparisons: pd.DataFrame = field(default_factory=pd.DataFrame)
    checks: list[Check] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    folds: str = ""
    #: Empty until it is measured.
    drift: DriftReport = field(default_factory=lambda: DriftReport("-", "-", "-", "-", "-", "-", ()))

    def keep(self, comparison: pd.DataFrame) -> None:
        """Add a comparison to the table of them all."""
        tables = [table for table in (self.comparisons, comparison) if not table.empty]
        self.comparisons = pd.concat(tables, ignore_index=True)

    @property
    def failed(self) -> list[Check]:
        """The checks that did not pass."""
        return [check for check in self.checks if not check.passed]


def challenge(
    root: Path,
    everything: History,
    day: Day,
    *,
    model: str,
    target: str,
    champion: Champion | None,
    say: Step,
    allow_stale: bool = False,
) -> Challenge:
    """Train a challenger on everything known at a day and compare it with the champion. Nothing is written."""
    known = everything.known_before(day)
    configurations = {CHALLENGER: folds.registered(model)}
    if champion is not None:
        configurations[CHAMPION] = folds.configuration_of(champion.trained.card)
    refits = Refits(configurations)
    say("building the rows")
    rows = rows_at_hand(known, folds.days_needed(known, day), target=target)
    training_rows = training_panel(known, day, target=target, rows=rows)
    say(f"training the challenger on what was known before {day}")
    trained = train(known, day, model=model, target=target, panel=training_rows)
    given = _Given(known, rows, day, target, say)
    result = Challenge(trained, training_rows, facts_of(known))
    result.changes += _changes(known, result.facts, champion)
    _compare_in_folds(given, refits, result)
    if champion is not None:
        _compare_standing(given, configurations[CHALLENGER], champion, result)
        then = known.known_before(_day_of(champion))
        result.checks.append(
            checks.nothing_lost(result.facts, champion.decision["facts"], still_known=len(then.events))
        )
        _compare_now(given, champion, result)
    _audit(given, refits, result)
    if not allow_stale:
        ends = {f"{c.publisher}/{c.source}": str(c.ends_on) for c in known.resolving}
        result.checks.append(checks.alive(ends, day))
    say("measuring drift")
    result.drift = measure_drift(
        root, everything, day, trained=trained, training_rows=training_rows, rows=rows, say=say,
        model_of_year=lambda refit: _refitted(given, refits, refit),
    )  # fmt: skip
    return result


def facts_of(known: History) -> dict[str, Any]:
    """Count the facts that a model is trained on, so that the next retraining sees whether they are still there."""
    return {
        "fingerprint": known.fingerprint(),
        "events": len(known.events),
        "coverage": {f"{c.publisher}/{c.source}": str(c.ends_on) for c in known.coverages},
        "summits": len(known.calendar.editions),
    }


@dataclass(frozen=True, eq=False)
class _Given:
    """What every step of a challenge starts from."""

    known: History
    #: None where each step makes its own, of thousands of dyads.
    rows: Panel | None
    day: Day
    target: str
    say: Step


def _day_of(champion: Champion) -> Day:
    return parse_day(champion.trained.card.trained_as_of, what="trained_as_of")


def _changes(known: History, facts: dict[str, Any], champion: Champion | None) -> list[str]:
    if champion is None:
        return [f"there was no champion; {facts['events']} facts and {facts['summits']} summits were known"]
    since = _day_of(champion)
    new = known.events.loc[known.events["known_on"].to_numpy() >= since, "publisher"].value_counts().sort_index()
    counts = ", ".join(f"{n} of {publisher}" for publisher, n in new.items())
    lines = [f"facts that became known since {since}, the champion's day of training: {counts or 'none'}"]
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


def _compare_in_folds(given: _Given, refits: Refits, result: Challenge) -> None:
    """Backtest the configurations on the recent folds."""

    def on_fold(done: int, total: int) -> None:
        if done < total:
            given.say(f"backtesting, fold {done + 1} of {total}")

    try:
        days = folds.fold_days(given.known)
        result.forecasts = folds.fold_forecasts(given.known, given.rows, refits, target=given.target, on_fold=on_fold)
    except (DataMissingError, ModelError) as problem:
        result.checks.append(Check("not worse in the folds", False, f"there is no fold to compare in: {problem}"))
        return
    result.folds = f"as-of dates {days[0]} to {days[-1]}, the first of each month, refitted each year"
    result.scores = score(result.forecasts)
    for other in checks.opponents(result.forecasts):
        check, table = checks.not_worse(result.forecasts, other=other, name=f"not worse than the {other} in the folds")
        result.checks.append(check)
        result.keep(table.assign(other=other, rows="folds"))
    result.checks.append(checks.calibrated(result.forecasts, other=checks.opponents(result.forecasts)[0]))
    if refits.same:
        result.compared.append(
            "The champion has the same configuration as the challenger, so in the folds both learn the same from the "
            "same rows: their difference is exactly zero by construction, which says 'not worse' and no more. What is "
            "new is what the challenger learned from the facts since; outcomes that could score it are not known yet."
        )
    elif CHAMPION in refits.configurations:
        result.compared.append(
            "The configurations differ. In each fold both were trained anew on what was known before its year."
        )
    else:
        result.compared.append("There is no champion: the configuration was compared with the dyads' climatology.")


def _compare_standing(given: _Given, configuration: Configuration, champion: Champion, result: Challenge) -> None:
    """Compare the champion as it stands on what has resolved since it was trained."""
    since, card = _day_of(champion), champion.trained.card
    head = f"The champion as it stands, on outcomes resolved since {since}: "
    if champion.decision.get("rows_code") != rows_fingerprint():
        result.compared.append(head + "left out, for its training rows were made by another version of the program.")
        return
    if configuration.same_as(folds.configuration_of(card)):
        then = given.known.known_before(since).fingerprint()
        if training_key(then, since, model=card.model_id, target=card.target) == card.key:
            result.compared.append(
                head + "a challenger of the champion's own day would be the champion itself, bit by bit; nothing to "
                "compare."
            )
            return
    try:
        rows = _training_rows(given, since)
        given.say(f"training a challenger of the champion's day {since}")
        rival = configuration.fit(rows)
    except ForecastError as problem:
        result.compared.append(head + f"left out, for no challenger can be trained as of that day ({problem}).")
        return
    table, too_few = folds.standing_forecasts(
        given.known, given.rows, since=since, until=given.day, champion=champion.trained.model, challenger=rival,
        target=given.target,
    )  # fmt: skip
    if not table.empty:
        check, compared = checks.not_worse(table, other=CHAMPION, name="not worse than the champion since")
        result.checks.append(check)
        result.keep(compared.assign(other=CHAMPION, rows="since"))
    result.compared.append(
        head + "compared with a challenger trained on that same day, for one trained later has seen those outcomes"
        + (f"; {too_few}." if too_few else ".")
    )  # fmt: skip


def _compare_now(given: _Given, champion: Champion, result: Challenge) -> None:
    """Say how far the forecasts at the as-of date move."""
    if champion.decision.get("rows_code") != rows_fingerprint():
        return
    signals = build_panel(given.known, np.array([given.day]), target=given.target).signals
    if signals.empty:
        return
    new, old = (
        model.predict_cumulative_incidence(signals, [90])[:, 0]
        for model in (result.trained.model, champion.trained.model)
    )
    result.checks.append(checks.alike(new, old))
    moved = np.abs(new - old)
    order = np.argsort(-moved, kind="stable")[:5]
    dyads = signals.index.get_level_values("dyad")
    most = ", ".join(f"{dyads[k]} {old[k]:.3f} -> {new[k]:.3f}" for k in order)
    head = f"probabilities within {checks.CALIBRATION_DAYS} days at {given.day} move by {moved.mean():.4f} in the mean"
    result.changes.append(f"{head}; the most: {most}")


def _audit(given: _Given, refits: Refits, result: Challenge) -> None:
    """Prove on dates of the folds that the path has no leak."""
    if result.forecasts.empty:
        result.checks.append(Check("leaks", False, "not tried, for there is no fold"))
        return
    first = parse_day(str(result.forecasts["fold"].min()), what="fold")
    fitted = _refitted(given, refits, first)
    try:
        dates = draw_audit_dates(
            given.known, as_of=None, trials=TRIALS, generator=np.random.default_rng([0, 1]), earliest=first
        )
    except (DataMissingError, DateError) as problem:
        result.checks.append(Check("leaks", False, f"not tried: {problem}"))
        return
    report = run_proofs(Subject(given.known, fitted), dates, seed=0, on_step=lambda step: given.say(f"audit: {step}"))
    result.checks.append(checks.leak_free(report))


def _refitted(given: _Given, refits: Refits, day: Day) -> PeriodModel:
    """The challenger's configuration, trained on the first day of a year; of the folds it is trained already."""
    last = training_days(given.known.known_before(day), day).max()
    return refits.on(last, lambda: _training_rows(given, day), model=CHALLENGER)


def _training_rows(given: _Given, trained_as_of: Day) -> Panel:
    """Training rows, taken from those at hand if they reach back so far."""
    first = training_days(given.known.known_before(trained_as_of), trained_as_of).min()
    rows = given.rows if given.rows is not None and first >= given.rows.as_ofs.min() else None
    return training_panel(given.known, trained_as_of, target=given.target, rows=rows)
