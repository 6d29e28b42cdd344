"""Occasions: the as-of dates on which the proofs are tried, drawn from the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from forecast.dates import Day, Days, as_days
from forecast.errors import DataMissingError, DateError
from forecast.facts.history import History
from forecast.leakage.worlds import meetings_of_record

#: The window whose outcome is read where an outcome is needed.
OUTCOME_DAYS: Final = 90


@dataclass(frozen=True, eq=False)
class Occasions:
    """As-of dates of the proofs.

    Parameters
    ----------
    drawn : numpy.ndarray of datetime64[D]
        One a trial; a date can come twice if it was asked for by name.
    meeting_days : numpy.ndarray of datetime64[D]
        Distinct days on which some leaders meet, at most one a trial.
    """

    drawn: Days
    meeting_days: Days

    @property
    def first(self) -> Day:
        """The earliest of all."""
        return min([*self.drawn, *self.meeting_days])


def draw_occasions(
    history: History,
    *,
    as_of: Day | None,
    trials: int,
    generator: np.random.Generator,
    earliest: Day | None = None,
) -> Occasions:
    """Draw as-of dates from the part of the record that has both a past to learn from and a future to hide.

    Parameters
    ----------
    history : History
    as_of : numpy.datetime64[D], optional
        Try this date alone, and the first days from it on on which some leaders meet. Without it, dates are drawn
        after the middle one of all recorded meetings.
    trials : int
    generator : numpy.random.Generator
    earliest : numpy.datetime64[D], optional
        No date is drawn before it.

    Raises
    ------
    DataMissingError
        If the record is too short.
    DateError
        If no outcome is resolved at the date.
    """
    rows = meetings_of_record(history)
    if rows.sum() < 2:
        raise DataMissingError(f"the workspace records {rows.sum()} meetings of leaders: too few for an audit")
    known_on, occurred_on = (as_days(history.events.loc[rows, name].to_numpy()) for name in ("known_on", "occurred_on"))
    begins = np.sort(known_on)[len(known_on) // 2]
    if earliest is not None:
        begins = max(begins, earliest)
    last = _recorded_to(history, set(history.events.loc[rows, "publisher"])) - OUTCOME_DAYS
    if as_of is not None:
        if as_of > last:
            raise DateError(
                f"as_of {as_of}: outcomes of {OUTCOME_DAYS} days are resolved for as-of dates up to {last}; choose one"
            )
        drawn = np.full(trials, as_of)
    elif last <= begins:
        raise DataMissingError(
            f"the record is too short for an audit: half of its meetings were known on {begins}, and outcomes of "
            f"{OUTCOME_DAYS} days are resolved for as-of dates up to {last}"
        )
    else:
        days = np.arange(begins, last + 1)
        drawn = np.sort(generator.choice(days, size=min(trials, len(days)), replace=False))
    held = np.unique(occurred_on[known_on >= occurred_on])
    held = held[(held >= (begins if as_of is None else as_of)) & (held <= last)]
    chosen = held[:trials] if as_of is not None else generator.permutation(held)[:trials]
    return Occasions(drawn, np.sort(chosen))


def _recorded_to(history: History, publishers: set[str]) -> Day:
    """Last day to which the publisher that reaches furthest has recorded meetings with all its collections."""
    ends: dict[str, Day] = {}
    for coverage in history.coverages:
        if coverage.defines_meetings and coverage.complete and coverage.publisher in publishers:
            ends[coverage.publisher] = min(ends.get(coverage.publisher, coverage.ends_on), coverage.ends_on)
    return max(ends.values(), default=np.datetime64("0001-01-01", "D"))
