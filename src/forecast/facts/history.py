"""The history of a workspace behind its time gate.

Everything that computes a forecast receives a `History` that has passed `History.known_before`: facts with
``known_on >= as_of`` are not in it, and no source is covered beyond the day before `as_of`. What cannot see the
future need not promise not to look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, as_day
from forecast.facts.calendar import Calendar
from forecast.facts.countries import canonical_dyad, sides, states
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.leaders import Spell

_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, eq=False)
class History:
    """Events and the coverage of their sources.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns of `forecast.facts.events.COLUMNS` plus `dyad` and `forward` (the source is the dyad's first side),
        in an order that depends on the facts alone.
    coverages : tuple of Coverage
        One a source.
    calendar : Calendar
        Scheduled summits.
    leaders : tuple of Spell
        Who leads which state since when.
    """

    events: pd.DataFrame
    coverages: tuple[Coverage, ...]
    calendar: Calendar = field(default_factory=Calendar)
    leaders: tuple[Spell, ...] = ()
    spans: dict[str, tuple[int, int, int]] = field(default_factory=dict, repr=False)
    _days_known: dict[Coverage, Days] = field(default_factory=dict, repr=False)

    def known_before(self, as_of: Day) -> History:
        """Give the history as it was public before `as_of`.

        Parameters
        ----------
        as_of : numpy.datetime64[D]
            Midnight at the start of the day: a fact stays only if ``known_on < as_of``.

        Returns
        -------
        History
            Declared coverage is cut at the day before `as_of`; undeclared coverage is taken again from the facts
            that stay, so that a fact of the future cannot resolve an outcome of the past.
        """
        events = self.events.loc[self.events["known_on"].to_numpy() < as_of]
        coverages = []
        for coverage in self.coverages:
            known = self.days_known(coverage)
            if known is None:
                last = min(coverage.ends_on, as_of - _ONE_DAY)
            elif known[0] < as_of:
                last = known[np.searchsorted(known, as_of) - 1]
            else:
                continue
            coverages.append(replace(coverage, ends_on=last))
        leaders = tuple(spell for spell in self.leaders if spell.begins_on < as_of)
        return History(events, tuple(coverages), self.calendar.known_before(as_of), leaders)

    def days_known(self, coverage: Coverage) -> Days | None:
        """Sorted days on which facts of an undeclared coverage became known; None if its days are declared."""
        if coverage.declared:
            return None
        if coverage not in self._days_known:
            rows = self.events["publisher"] == coverage.publisher
            self._days_known[coverage] = np.unique(self.events.loc[rows, "known_on"].to_numpy("datetime64[D]"))
        return self._days_known[coverage]

    @cached_property
    def focal_states(self) -> tuple[str, ...]:
        """States all of whose dyads some source covers."""
        return tuple(sorted({c.focal for c in self.coverages if c.focal}))

    @cached_property
    def _told(self) -> dict[str, dict[str, Day]]:
        """Day on which each ledger first told of each dyad."""
        rows = self.events.loc[self.events["publisher"].str.startswith("ledger:")]
        first = rows.groupby(["dyad", "publisher"], as_index=False)["known_on"].min()
        found: dict[str, dict[str, Day]] = {}
        for dyad, publisher, known_on in first[["dyad", "publisher", "known_on"]].itertuples(index=False):
            found.setdefault(dyad, {})[publisher] = as_day(known_on)
        return found

    def first_told(self, dyad: str, publisher: str) -> Day:
        """Day on which a ledger first told of the dyad; far in the future if it never does."""
        return self._told.get(dyad, {}).get(publisher, np.datetime64("9999-01-01", "D"))

    def publishers_of_record(self, dyad: str) -> tuple[str, ...]:
        """Publishers whose facts define the dyad's meetings.

        A publisher that covers all dyads of one side comes before the ledgers, so that a dyad is neither punished nor
        rewarded for having a ledger.
        """
        focal = {c.publisher for c in self.coverages if c.focal and c.focal in sides(dyad)}
        return tuple(sorted(focal)) or tuple(sorted(self._told.get(dyad, {})))

    def coverages_of_record(self, dyad: str) -> list[Coverage]:
        """Coverage of the sources that define the dyad's meetings."""
        publishers = self.publishers_of_record(dyad)
        return [c for c in self.coverages if c.publisher in publishers and c.defines_meetings]

    def meeting_coverage(self, dyad: str) -> tuple[Day, Day] | None:
        """First and last day on which the dyad's meetings are recorded, or None if no source defines them.

        All collections of a publisher are needed; several ledgers of one dyad complete one another.
        """
        found = self.coverages_of_record(dyad)
        if not found:
            return None
        starts, ends = [c.starts_on for c in found], [c.ends_on for c in found]
        if any(c.focal for c in found):
            return max(starts), min(ends)
        return min(starts), max(ends)

    def cohort(self, as_of: Day, *, focal: str | None = None) -> list[str]:
        """Dyads that exist on the date: both states exist and some source covers the two.

        Parameters
        ----------
        as_of : numpy.datetime64[D]
        focal : str, optional
            Only the dyads of this state.

        Returns
        -------
        list of str
            Canonical dyads, sorted.
        """
        alive = {code for code, state in states().items() if state.exists_on(as_of)}
        found = {
            canonical_dyad(centre, other)
            for centre in self.focal_states
            for other in alive
            if centre in alive and other != centre
        }
        found.update(
            dyad for dyad, known_on in self._first_in_ledger.items() if known_on < as_of and set(sides(dyad)) <= alive
        )
        return sorted(dyad for dyad in found if focal is None or focal in sides(dyad))

    @cached_property
    def _first_in_ledger(self) -> dict[str, Day]:
        """Day on which any ledger first told of each dyad."""
        return {dyad: min(days.values()) for dyad, days in self._told.items()}

    def told_by_ledger(self, dyads: Sequence[str], as_ofs: Days) -> npt.NDArray[np.bool_]:
        """Whether a ledger had told of each dyad before its as-of date."""
        never = np.datetime64("9999-01-01", "D")
        first = np.array([self._first_in_ledger.get(str(dyad), never) for dyad in dyads], dtype="datetime64[D]")
        return np.asarray(first < as_ofs)

    @cached_property
    def first_day(self) -> Day:
        """First day that any source of meetings covers."""
        return min(c.starts_on for c in self.coverages if c.defines_meetings)

    def fingerprint(self) -> str:
        """SHA-256 of the facts and the coverage, as hexadecimal text.

        The address of an event is left out: it touches no forecast. Its note tells the tone of a readout.
        """
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        columns = [name for name in self.events.columns if name != "url"]
        digest.update(self.events[columns].to_csv(index=False, lineterminator="\n").encode())
        digest.update(repr((self.calendar, self.leaders)).encode())
        for c in self.coverages:
            digest.update(f"{c.publisher}|{c.source}|{c.starts_on}|{c.ends_on}|{c.declared}\n".encode())
        return digest.hexdigest()


def make_history(
    events: pd.DataFrame,
    coverages: list[Coverage],
    calendar: Calendar | None = None,
    leaders: tuple[Spell, ...] = (),
) -> History:
    """Order events and give each its dyad.

    Parameters
    ----------
    events : pandas.DataFrame
        With the columns of `forecast.facts.events.COLUMNS`.
    coverages : list of Coverage
    calendar : Calendar, optional
    leaders : tuple of Spell

    Returns
    -------
    History
        The order of its rows does not depend on the order of `events`.
    """
    events = events.loc[:, list(COLUMNS)].copy()
    pairs = events[["source", "recipient"]].drop_duplicates()
    names = {(s, r): canonical_dyad(s, r) for s, r in pairs.itertuples(index=False)}
    keys = list(zip(events["source"], events["recipient"], strict=True))
    events["dyad"] = pd.Series([names[key] for key in keys], index=events.index, dtype=str)
    events["forward"] = [names[key].startswith(f"{key[0]}-") for key in keys]
    for column in DAY_COLUMNS:
        events[column] = events[column].astype("datetime64[s]")
    order = ["known_on", "publisher", "record_id", "dyad", *(c for c in COLUMNS if c != "url")]
    events = events.sort_values(list(dict.fromkeys(order)), kind="stable", ignore_index=True)
    return History(events, tuple(coverages), calendar if calendar is not None else Calendar(), leaders)
