"""What was known before one as-of date: the view from which computed signals are made.

A function that computes signals receives a `View` and nothing else. The view holds only facts with ``known_on`` before
the as-of date, so the function compares no days of publication by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from forecast.dates import Day, Ints, as_days, day_number, day_numbers
from forecast.facts.calendar import Edition
from forecast.facts.countries import sides
from forecast.facts.history import History, Once
from forecast.facts.plans import Plan, announcing_coverages, plans
from forecast.facts.reports import Reports
from forecast.signals.cube import Cube, Selector, Slice, effective_days
from forecast.signals.summits import SLACK_DAYS, Summits, SummitTable, known_summits, summit_table


@dataclass(frozen=True, eq=False)
class View(Once):
    """The facts known before one as-of date, for the dyads of its rows.

    Parameters
    ----------
    as_of : numpy.datetime64[D]
        Only facts with ``known_on < as_of`` can be seen.
    dyads : list of str, length n_rows
        Canonical; a signal has one value for each, in this order.
    cohort : list of str
        All dyads that exist on the date, for what is pooled over them.
    """

    as_of: Day
    dyads: list[str]
    cohort: list[str]
    _cube: Cube = field(repr=False)
    _meetings: Selector = field(repr=False)
    _table: SummitTable | None = field(default=None, repr=False)
    _hidden: tuple[Edition, ...] = field(default=(), repr=False)

    @cached_property
    def today(self) -> int:
        """The as-of date as a number of days, the unit of every `Slice`."""
        return day_number(self.as_of)

    @cached_property
    def everyone(self) -> list[str]:
        """Dyads of the rows and of the cohort, sorted."""
        return sorted({*self.cohort, *self.dyads})

    @cached_property
    def rows(self) -> Ints:
        """Position in `everyone` of each row's dyad."""
        return np.searchsorted(self.everyone, self.dyads)

    @cached_property
    def everyones_numbers(self) -> Ints:
        """Numbers by which a `Slice` names `everyone`."""
        return self.numbers(self.everyone)

    @cached_property
    def pooled(self) -> npt.NDArray[np.bool_]:
        """Whether each of `everyone` belongs to the cohort."""
        return np.isin(self.everyone, self.cohort)

    @property
    def history(self) -> History:
        """The history as it was known before the as-of date."""
        return self.once("history", lambda: self._cube.history.known_before(self.as_of))

    @cached_property
    def reports(self) -> Reports:
        """Event data published before the as-of date."""
        return self._cube.history.reports.known_before(self.as_of)

    def events(self, select: Selector) -> Slice:
        """Events that a selector takes, ordered by dyad and day of publication."""
        return self.once(select, lambda: self._cube.slice(select).known_before(self.today))

    @property
    def meetings(self) -> Slice:
        """Meetings of the target: days on which the two leaders met."""
        return self.events(self._meetings)

    def numbers(self, dyads: list[str]) -> Ints:
        """Numbers by which a `Slice` names dyads."""
        return self._cube.number(dyads)

    def recorded(self) -> tuple[Ints, Ints]:
        """Days ``[first, until)`` over which the meetings of each of `everyone` are recorded, as day numbers."""
        days = np.full(len(self.everyone), self.as_of)
        return self.once("recorded", lambda: effective_days(self._cube.history, self.everyone, days))

    def recorded_over(self, first: Ints, until: Ints) -> None:
        """Take what `recorded` would compute: for many views at once it is cheaper."""
        self._made["recorded"] = (first, until)

    @cached_property
    def in_ledger(self) -> npt.NDArray[np.bool_]:
        """Whether some ledger has reported on each row's dyad."""
        return np.asarray(self._cube.history.in_ledger(self.dyads, np.full(len(self.dyads), self.as_of)))

    @cached_property
    def focal_states(self) -> tuple[str, ...]:
        """States all of whose dyads complete sources covered before the as-of date."""
        return self._cube.history.focal_states_on(self.as_of)

    @cached_property
    def in_office_since(self) -> dict[str, int]:
        """Day number on which the leader of each state took office."""
        states, begins = self._cube.once("offices", lambda: _offices(self._cube))
        known = np.flatnonzero(begins < self.today)
        return dict(zip(states[known].tolist(), begins[known].tolist(), strict=True))

    @cached_property
    def plans(self) -> list[Plan]:
        """Meetings of the rows' dyads that stand announced."""
        rows = set(self.dyads)
        return [
            plan for plan in plans(self._cube.history) if plan.dyad in rows and plan.stands(np.array([self.as_of]))[0]
        ]

    @cached_property
    def past_plans(self) -> list[tuple[Plan, bool]]:
        """Plans of any dyad whose days have passed, each with whether a meeting of the two near them is on record."""
        kept = self._cube.once(("plans kept", self._meetings), lambda: kept_plans(self._cube, self._meetings))
        over = self.as_of - np.timedelta64(SLACK_DAYS, "D")
        return [(plan, known < self.today) for plan, known in kept if plan.last < over and plan.known_on < self.as_of]

    @cached_property
    def plans_reported(self) -> npt.NDArray[np.bool_]:
        """Whether some source announces meetings of each row's dyad."""
        announcing = self._cube.once("announcing", lambda: announcing_coverages(self._cube.history))
        focal = {
            c.focal for c, since in announcing if c.focal and max(since, c.starts_on) < self.as_of <= c.ends_on + 1
        }
        by_focal = np.array([bool(focal & set(sides(dyad))) for dyad in self.dyads], dtype=bool)
        return np.asarray(self.in_ledger | by_focal)

    @cached_property
    def summits(self) -> Summits:
        """Summits announced, with who is known to take part and who was recorded to have met there."""
        table = self._table
        if table is None:
            table = summit_table(self._cube, self._meetings, self.everyone)
        first, _ = self.recorded()
        return known_summits(table, self.everyone, today=self.today, recorded_from=first, hidden=self._hidden)

    def without_summit(self, edition: Edition) -> View:
        """The same view if one summit had not been announced."""
        return replace(self, _hidden=(*self._hidden, edition))


def _offices(cube: Cube) -> tuple[npt.NDArray[np.object_], Ints]:
    """State and first day of each leader, in order."""
    leaders = cube.history.leaders
    begins = day_numbers(as_days([spell.begins_on for spell in leaders]))
    return np.array([spell.state for spell in leaders], dtype=object), begins


def kept_plans(cube: Cube, meetings: Selector) -> list[tuple[Plan, int]]:
    """Plans whose days are on record, each with the day on which a meeting near them was known, or one far away.

    What partial sources alone report of a dyad leaves open whether its plans came about.
    """
    cells = cube.slice(meetings)
    kept = []
    for plan in plans(cube.history):
        first, last = day_number(plan.first) - SLACK_DAYS, day_number(plan.last) + SLACK_DAYS
        begins, ends = cube.history.recorded(plan.dyad, np.array([last + 1]))
        if begins[0] > day_number(plan.first) or ends[0] <= day_number(plan.last):
            continue
        near = (cells.dyad == cube.number([plan.dyad])[0]) & (cells.occurred >= first) & (cells.occurred <= last)
        kept.append((plan, int(cells.entered[near].min(initial=np.iinfo(np.int64).max))))
    return kept
