"""Measure whether sources, signals, probabilities and calibration are still those that the model learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import ONE_DAY, Day, Days, as_of_grid, day_numbers
from forecast.display.progress import Step
from forecast.errors import DataMissingError, DateError, InputError
from forecast.facts.coverage import Coverage
from forecast.facts.history import History
from forecast.files import reading
from forecast.models.base import PeriodModel
from forecast.monitoring.verdicts import DriftReport, DriftRow, judge_calibration, judge_column, judge_source
from forecast.panel.outcomes import met_within
from forecast.panel.panel import Panel, build_panel, rows_known
from forecast.readers.coded_source import AGAIN, read_rows
from forecast.signals.cube import effective_days
from forecast.training.splits import TRAINING_YEARS, refit_day
from forecast.training.train import Trained

#: Recent rows have their as-of dates in so many days up to the as-of date, the first of each month.
RECENT_DAYS: Final = 365
#: Window of the probabilities, and of the outcomes that they are set against.
HORIZON_DAYS: Final = 90
#: As-of dates of the outcomes: so many windows, end to end, up to the as-of date.
WINDOWS: Final = 4
#: Signals of the calendar alone: they change with the season and nothing else.
CALENDAR: Final = ("season__", "leaders__term_")

#: Returns the model that answered in a year, by its day of training.
ModelOfYear = Callable[[Day], PeriodModel]


def measure_drift(
    root: Path,
    everything: History,
    day: Day,
    *,
    trained: Trained,
    training_rows: Panel,
    model_of_year: ModelOfYear,
    rows: Panel | None = None,
    notes: tuple[str, ...] = (),
    say: Step,
) -> DriftReport:
    """Measure the drift of a trained model as of a day, against its training rows; `rows` hold the recent ones."""
    known = everything.known_before(day)
    target = trained.card.target
    say("building the recent rows")
    begins = day - np.timedelta64(RECENT_DAYS, "D") + ONE_DAY
    learned = _recorded(training_rows.signals, known)
    learned = learned.loc[learned.index.get_level_values("as_of") < pd.Timestamp(str(begins))]
    grid = as_of_grid(begins, day)
    news = build_panel(known, grid, target=target) if rows is None else rows_known(rows, known, grid)
    recent = _recorded(news.signals, known)
    weights = training_rows.outcomes["weight"].reindex(learned.index) if "weight" in training_rows.outcomes else None
    say("comparing")
    learned_p, recent_p = (_probabilities(trained, part) for part in (learned, recent))
    verdicts = [
        *judge_sources(root, everything, day),
        *_calibration(known, day, model_of_year, target=target),
        *judge_column("probability", f"{HORIZON_DAYS} days", learned_p, recent_p, weights),
        *_signals(learned, recent, weights),
    ]
    return DriftReport(
        as_of=str(day),
        model_id=trained.card.model_id,
        model_version=trained.card.model_version,
        target=target,
        learned=_span(learned),
        recent=_span(recent),
        rows=tuple(verdicts),
        notes=(*notes, *_ended(known, day), *_comparison_notes(learned_p, recent_p, verdicts, weights)),
    )


def _recorded(signals: pd.DataFrame, known: History) -> pd.DataFrame:
    """Rows whose record reaches their as-of date: beyond it signals stand still, and would drift by that alone."""
    dyads = signals.index.get_level_values("dyad").to_numpy().astype(str)
    days = signals.index.get_level_values("as_of").to_numpy().astype("datetime64[D]")
    until = effective_days(known, dyads, days)[1]
    reached = until == day_numbers(days)
    return signals.iloc[np.flatnonzero(reached)]


def judge_sources(root: Path, history: History, day: Day) -> list[DriftRow]:
    """Judge how far each source lies behind a day."""
    rows, named = [], Counter(coverage.source for coverage in history.coverages)
    for coverage in sorted(history.coverages, key=lambda one: (one.publisher, one.source)):
        days = _record_days(root, history, coverage)
        days = days[days < day]
        # A ledger that declares its days says that nothing is missing in them; a collection ends with its last record.
        declared = coverage.ends_on if coverage.declared and not coverage.focal and coverage.starts_on < day else None
        if len(days) or declared is not None:
            # Two publishers may have a collection of visits.
            name = coverage.source if named[coverage.source] == 1 else f"{coverage.publisher}/{coverage.source}"
            rows.append(judge_source(name, days, as_of=day, until=declared))
    return rows


def _record_days(root: Path, history: History, coverage: Coverage) -> Days:
    """Return the days of a source's records, among them those that were ruled to be no meeting."""
    path = root / "data" / "raw" / coverage.publisher / f"{coverage.source}.csv"
    if not path.is_file():
        known = history.events.loc[history.events["publisher"] == coverage.publisher, "known_on"]
        return known.to_numpy().astype("datetime64[D]")
    with reading(lambda reason: InputError(f"is no table of coded facts ({reason}); {AGAIN}", path=path)):
        table = read_rows(path)
        days = table["known_on"].where(table["known_on"] != "", table["ended_on"])
        return days[days != ""].to_numpy().astype("datetime64[D]")


def _calibration(known: History, day: Day, model_of_year: ModelOfYear, *, target: str) -> list[DriftRow]:
    """Meetings against forecasts of windows that end before the as-of date, each by the model of its year."""
    as_of_dates = day - np.arange(WINDOWS, 0, -1) * np.timedelta64(HORIZON_DAYS, "D")
    p, y, dyads = [np.zeros(0)], [np.zeros(0)], [np.zeros(0, dtype=str)]
    for refit in np.unique([refit_day(one) for one in as_of_dates]):
        days = np.array([one for one in as_of_dates if refit_day(one) == refit], dtype="datetime64[D]")
        panel = build_panel(known, days, target=target)
        met = met_within(panel.outcomes, HORIZON_DAYS)
        resolved = met.notna().to_numpy()
        if not resolved.any():
            continue
        try:
            fitted = model_of_year(refit)
        except (DataMissingError, DateError):
            continue  # so early that no model answered
        signals = panel.signals.loc[resolved]
        p.append(fitted.predict_cumulative_incidence(signals, [HORIZON_DAYS])[:, 0])
        y.append(met[resolved].to_numpy(dtype=np.float64))
        dyads.append(signals.index.get_level_values("dyad").to_numpy().astype(str))
    what = f"{HORIZON_DAYS} days"
    return [judge_calibration(what, np.concatenate(p), np.concatenate(y), dyads=np.concatenate(dyads))]


def _probabilities(trained: Trained, signals: pd.DataFrame) -> pd.Series:
    p = trained.model.predict_cumulative_incidence(signals, [HORIZON_DAYS])[:, 0] if len(signals) else None
    return pd.Series(p, index=signals.index, dtype=np.float64)


def _comparison_notes(
    learned: pd.Series, recent: pd.Series, rows: list[DriftRow], weights: pd.Series | None
) -> Iterator[str]:
    """Which way the probabilities went, which a distance does not show, and how many verdicts are due to chance."""
    if len(learned) and len(recent):
        usual = learned.mean() if weights is None else np.average(learned, weights=weights)
        yield (
            f"The mean probability within {HORIZON_DAYS} days is {usual:.1%} in the rows that the model "
            f"learned from and {recent.mean():.1%} in the recent ones."
        )
    judged = sum(row.kind == "signal" and row.threshold is not None for row in rows)
    if judged:
        yield (
            f"A year passes every past year of a signal by chance about once in {TRAINING_YEARS}: of {judged} "
            f"comparisons up to {round(judged / TRAINING_YEARS)} may do so without any change."
        )


def _signals(learned: pd.DataFrame, recent: pd.DataFrame, weights: pd.Series | None) -> list[DriftRow]:
    """Signals by name; one that has a column for each period is taken as their mean."""
    names = dict.fromkeys(column.partition("@")[0] for column in learned.columns)
    rows = []
    for name in names:
        if name.startswith(CALENDAR):
            continue
        columns = [column for column in learned.columns if column.partition("@")[0] == name]
        then, now = (part[columns].mean(axis=1) for part in (learned, recent))
        rows += judge_column("signal", name, then, now, weights)
    return rows


def _span(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "none"
    days = rows.index.get_level_values("as_of")
    return f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"


def _ended(known: History, day: Day) -> tuple[str, ...]:
    ends_of: dict[str, list[Day]] = {}
    for coverage in known.resolving:
        if coverage.focal in known.focal_states:
            ends_of.setdefault(coverage.focal, []).append(coverage.ends_on)
    return tuple(
        f"The record of meetings ends on {end}, {int((day - end).astype(np.int64)) - 1} days before the as-of date. "
        "From then on signals stand still: rows after it are not compared, and forecasts for later dates rest on what "
        "was known then."
        for end in sorted({min(ends) for ends in ends_of.values()})
        if end < day - ONE_DAY
    )
