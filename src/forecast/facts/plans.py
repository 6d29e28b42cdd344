"""Meetings whose plan was public before the as-of date: such forecasts are easy, so they carry a flag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, as_day
from forecast.facts.codebook import IN_PERSON_MODES
from forecast.facts.coverage import Coverage
from forecast.facts.history import History

_EVENTS = ("CONSULT", "AGREE")


@dataclass(frozen=True)
class Plan:
    """A meeting of two leaders that was announced."""

    dyad: str
    known_on: Day
    first: Day
    last: Day
    called_off_on: tuple[Day, ...]

    def stands(self, as_ofs: Days) -> npt.NDArray[np.bool_]:
        """Whether the plan was public before each as-of date, not called off by then and not yet over."""
        standing = np.asarray((self.known_on < as_ofs) & (self.last >= as_ofs))
        for day in self.called_off_on:
            standing &= ~((day < as_ofs) & (day >= self.known_on))
        return standing


def plans(history: History) -> list[Plan]:
    """Collect the plans that a history tells of."""
    return history.once("plans", lambda: _collected(history.events))


def _collected(events: pd.DataFrame) -> list[Plan]:
    leader = events.loc[events["level"] == "leader"]
    in_person = leader["mode"].isin(IN_PERSON_MODES) | ((leader["mode"] == "announce") & (leader["place"] != ""))
    announced = leader.loc[(leader["status"] == "announced") & leader["event"].isin(_EVENTS) & in_person]
    off = leader.loc[leader["status"].isin(["cancelled", "postponed"]) & leader["dyad"].isin(set(announced["dyad"]))]
    called_off: dict[tuple[str, Any], list[Day]] = {}
    for row in off[["dyad", "started_on", "known_on"]].itertuples(index=False):
        called_off.setdefault((str(row.dyad), row.started_on), []).append(as_day(row.known_on))
    return [
        Plan(
            dyad=str(row.dyad),
            known_on=as_day(row.known_on),
            first=as_day(row.started_on),
            last=as_day(row.ended_on),
            called_off_on=tuple(called_off.get((str(row.dyad), row.started_on), ())),
        )
        for row in announced[["dyad", "known_on", "started_on", "ended_on"]].itertuples(index=False)
    ]


def announced_within(history: History, *, dyads: list[str], as_ofs: Days, horizon_days: int) -> npt.NDArray[np.bool_]:
    """Whether a meeting in the window was announced before the as-of date and not called off by then."""
    names = np.asarray(dyads, dtype=object)
    found = np.zeros(len(names), dtype=bool)
    if not len(names):
        return found
    end = as_ofs + np.timedelta64(horizon_days, "D")
    # A ledger may hold thousands of plans of other years and dyads: only those that can concern a row are looked at.
    wanted, earliest, latest = set(dyads), as_ofs.min(), end.max()
    for plan in plans(history):
        if plan.dyad in wanted and plan.last >= earliest and plan.first < latest:
            found |= (names == plan.dyad) & plan.stands(as_ofs) & (plan.first < end)
    return found


def announcing_coverages(history: History) -> list[tuple[Coverage, Day]]:
    """Sources of publishers that announce leaders' meetings, each with the day of its publisher's first one."""
    events = history.events
    announced = events.loc[(events["level"] == "leader") & (events["status"] == "announced")]
    since = {str(publisher): as_day(days.min()) for publisher, days in announced.groupby("publisher")["known_on"]}
    return [(c, since[c.publisher]) for c in history.coverages if c.publisher in since]
