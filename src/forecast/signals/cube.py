"""The dyad-day cube: events reduced to counts by dyad, day and class, on which all windows are computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, Ints, as_day, day_numbers
from forecast.facts.calendar import NEVER
from forecast.facts.coverage import Coverage
from forecast.facts.history import History, Once, rows_by_sources
from forecast.facts.record import KINDS, Meetings, meetings_of

_CLASS = [
    *("forward", "event", "mode", "level", "setting", "status", "access", "accompanied", "is_dialogue", "tone"),
    *("of_record", *(f"opens_{kind}" for kind in KINDS)),
]
_TEXTS = ("event", "mode", "level", "setting", "status", "access", "tone")
#: Modes of a ledger that are sessions of working groups and dialogues.
DIALOGUE_MODES = ("working-group", "dialogue")

# The standard vocabulary of readouts; what is called constructive as well as candid counts as constructive.
_CONSTRUCTIVE = r"\b(?:constructive|productive|substantive|cordial|friendly)\b"
_CANDID = r"\b(?:candid|frank)\b"

_DAYS_PER_DYAD = 1 << 22  # more days than any calendar in use: one integer orders (dyad, day)


@dataclass(frozen=True)
class Selector:
    """Which events a signal counts; an empty tuple or None means any.

    Parameters
    ----------
    event, mode, level, setting, status, access : tuple of str
    tone : tuple of str
        Of the readout: ``constructive`` or ``candid``, from the standard vocabulary in the event's note.
    accompanied, of_record, forward, is_dialogue : bool or None
        `of_record`: from a publisher whose complete coverage holds the dyad, or from a ledger while there is none.
        `forward`: the source is the dyad's first side.
    opens : {"", "meeting", "sit_down", "visit"}
        Only the report that opens a meeting of this kind: however many sources report it, it counts once.
    distinct_days : bool
        Count days of occurrence, not rows: two rows can be one stay.
    """

    event: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    status: tuple[str, ...] = ("occurred",)
    access: tuple[str, ...] = ()
    tone: tuple[str, ...] = ()
    accompanied: bool | None = None
    of_record: bool | None = None
    forward: bool | None = None
    is_dialogue: bool | None = None
    opens: str = ""
    distinct_days: bool = False

    def takes(self, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Whether each row of a table with the columns of `classified` is looked at."""
        keep = np.ones(len(table), dtype=bool)
        for name in _TEXTS:
            allowed = getattr(self, name)
            if allowed:
                keep &= table[name].isin(allowed).to_numpy()
        for name in ("accompanied", "of_record", "forward", "is_dialogue"):
            wanted = getattr(self, name)
            if wanted is not None:
                keep &= table[name].to_numpy() == wanted
        if self.opens:
            keep &= table[f"opens_{self.opens}"].to_numpy()
        return keep


@dataclass(frozen=True, eq=False)
class Slice:
    """Cells by dyad and day of entry: number of the dyad, days on which each became known and happened, events."""

    dyad: Ints
    entered: Ints
    occurred: Ints
    n: Ints

    def count(self, dyads: Ints, as_ofs: Ints, window_days: int) -> Ints:
        """Events known before each as-of date that occurred in the `window_days` days before it.

        An event counts from the day after it is known until `window_days` after it occurred, so one pair of binary
        searches answers: those that have entered minus those that have left.
        """
        entered = day_keys(self.dyad, self.entered)
        left_on = day_keys(self.dyad, np.maximum(self.entered, self.occurred + window_days))
        order = np.argsort(left_on, kind="stable")
        asked = day_keys(dyads, as_ofs)
        seen = np.concatenate([[0], np.cumsum(self.n)])
        gone = np.concatenate([[0], np.cumsum(self.n[order])])
        counts: Ints = seen[np.searchsorted(entered, asked)] - gone[np.searchsorted(left_on[order], asked)]
        return counts

    def last_occurred(self, dyads: Ints, as_ofs: Ints, default: Ints) -> Ints:
        """Latest day of occurrence among the events known before each as-of date, or `default`."""
        if not len(self.dyad):
            return default
        latest = np.maximum.accumulate(day_keys(self.dyad, self.occurred))
        position = np.searchsorted(day_keys(self.dyad, self.entered), day_keys(dyads, as_ofs)) - 1
        known = (position >= 0) & (self.dyad[position] == dyads)
        return np.where(known, latest[position] - day_keys(self.dyad[position], 0), default)

    def known_before(self, as_of: int) -> Slice:
        """The cells that were known before one as-of date."""
        return self.only(self.entered < as_of)

    def only(self, rows: Ints | npt.NDArray[np.bool_]) -> Slice:
        """Some of the cells."""
        return Slice(self.dyad[rows], self.entered[rows], self.occurred[rows], self.n[rows])


def day_keys(dyads: Ints, days: Ints | int) -> Ints:
    """Numbers that order (dyad, day): first by dyad, then by day."""
    return dyads * _DAYS_PER_DYAD + days + _DAYS_PER_DYAD // 2


@dataclass(frozen=True, eq=False)
class Cube(Once):
    """Counts of events by dyad, day known, day occurred and class."""

    history: History
    cells: Slice
    #: Row of `classes` for each cell.
    kinds: Ints
    #: The classes that occur, with the columns of `classified`.
    classes: pd.DataFrame
    #: Of each dyad that has events.
    numbers: dict[str, int]

    def meetings(self, kind: str) -> Meetings:
        """Meetings of a kind as all reports together date them: for outcomes, not for signals."""
        return self.once(("meetings", kind), lambda: meetings_of(self.history.events, kind))

    def number(self, dyads: npt.NDArray[np.str_] | list[str]) -> Ints:
        """Numbers of dyads; those without events get numbers beyond all others, one for all."""
        numbers, none = self.numbers, len(self.numbers)
        return np.fromiter((numbers.get(dyad, none) for dyad in dyads), dtype=np.int64, count=len(dyads))

    def slice(self, selector: Selector) -> Slice:
        """The cells that a selector takes."""
        return self.once(selector, lambda: self._cut(selector))

    def _cut(self, selector: Selector) -> Slice:
        cells = self.cells.only(selector.takes(self.classes)[self.kinds])
        if not selector.distinct_days:
            return cells
        # Of the reports of one day the first counts, once.
        days = cells.only(np.lexsort((cells.entered, cells.occurred, cells.dyad)))
        days = days.only(_begins(days.dyad, days.occurred))
        days = days.only(np.lexsort((days.occurred, days.entered, days.dyad)))
        return replace(days, n=np.ones_like(days.n))


def _begins(*columns: Ints) -> Ints:
    """Rows at which runs of equal rows begin."""
    differ = [np.diff(column, prepend=column[:1] - 1) != 0 for column in columns]
    return np.flatnonzero(np.logical_or.reduce(differ))


def make_cube(history: History) -> Cube:
    """Reduce a history, behind the time gate of the latest as-of date that will be queried, to its cube."""
    return history.once("cube", lambda: _counted(history))


def _counted(history: History) -> Cube:
    events = history.events
    table = classified(history, events)[_CLASS]
    dyad, names = pd.factorize(events["dyad"], sort=True)
    keys = np.zeros(len(events), dtype=np.int64)
    for name in _CLASS:
        codes, values = pd.factorize(table[name], sort=True)
        keys = keys * max(len(values), 1) + codes
    _, first, kinds = np.unique(keys, return_index=True, return_inverse=True)
    entered, occurred = (day_numbers(events[name].to_numpy()) for name in ("known_on", "occurred_on"))
    order = np.lexsort((kinds, occurred, entered, dyad))
    rows = Slice(dyad.astype(np.int64), entered, occurred, np.ones_like(entered)).only(order)
    begins = _begins(rows.dyad, rows.entered, rows.occurred, kinds[order])
    cells = replace(rows.only(begins), n=np.diff(begins, append=len(order)))
    numbers = {str(name): number for number, name in enumerate(names)}
    return Cube(history, cells, kinds[order][begins], _quick(table.iloc[first]), numbers)


def _quick(table: pd.DataFrame) -> pd.DataFrame:
    """A table of few rows at which many selectors look: texts as objects, which are compared in half the time."""
    return table.astype({name: object for name in _TEXTS if name in table})


def classified(history: History, events: pd.DataFrame) -> pd.DataFrame:
    """Class of some events of the history: what a `Selector` looks for."""
    opens = {f"opens_{kind}": (events[f"{kind}_of"] == events.index).to_numpy() for kind in KINDS}
    return events[[name for name in _CLASS if name in events]].assign(
        **_said(events), of_record=history.of_record(events), **opens
    )


def _said(events: pd.DataFrame) -> dict[str, Any]:
    """Whether each event is a session of a dialogue, and the tone of its note."""
    codes, notes = pd.factorize(events["note"], use_na_sentinel=False)  # a missing note is one of its own
    texts = pd.Series(notes, dtype=str).str.lower()
    constructive, candid = (texts.str.contains(words).to_numpy(dtype=bool) for words in (_CONSTRUCTIVE, _CANDID))
    return {
        "is_dialogue": (events["dialogue"] != "") | events["mode"].isin(DIALOGUE_MODES),
        "tone": np.select([constructive, candid], ["constructive", "candid"], "")[codes],
    }


def releases_reporting(history: History, select: Selector) -> list[tuple[Coverage, Day]]:
    """Partial sources of a state, as releases of its government are, that have reported such events: since which day.

    They report them of all dyads of that state, so that from then on nothing reported is zero.
    """
    kind = _alike(select)
    return history.once(("reported by releases", kind), lambda: _releases(history, kind))


def _releases(history: History, kind: Selector) -> list[tuple[Coverage, Day]]:
    coverages, reported = history.once("released", lambda: _released(history))
    since: dict[str, Day] = {}
    for publisher, known_on in zip(*(reported.loc[kind.takes(reported), name] for name in _FIRST), strict=True):
        since[publisher] = min(since.get(publisher, NEVER), as_day(known_on))
    return [(c, max(since[c.publisher], c.starts_on)) for c in coverages if c.publisher in since]


_FIRST: Final = ("publisher", "known_on")


def _alike(select: Selector) -> Selector:
    """Events of the same kind, whichever side acts and however it counts them."""
    return replace(select, forward=None, setting=(), access=(), accompanied=None, of_record=None, opens="")


def _released(history: History) -> tuple[list[Coverage], pd.DataFrame]:
    """Partial sources of states, and the kinds of their events, each with its publisher and first day."""
    coverages = [c for c in history.coverages if c.focal and c.declared and not c.complete]
    events = history.events.loc[history.events["publisher"].isin({c.publisher for c in coverages})]
    kinds = ["publisher", "event", "mode", "level", "status", "note", "dialogue"]
    first = events[[*kinds, "known_on"]].sort_values("known_on", kind="stable").drop_duplicates(kinds)
    return coverages, _quick(first.assign(**_said(first)))


#: What reports are about -> the method of a history that says over which days sources report it.
SPANS: Final = {
    "meetings": History.recorded,
    "ministers": History.ministers_recorded,
    "ledgers": History.ledgers_recorded,
}


def effective_days(
    history: History, dyads: list[str] | npt.NDArray[np.str_], as_ofs: Days, *, about: str = "meetings"
) -> tuple[Ints, Ints]:
    """Days between which each dyad's record can be looked at before its as-of date.

    Beyond the end of coverage nothing is recorded, and nothing recorded is not nothing happened: windows then end
    with the coverage. Undeclared coverage ends with the last fact known before the as-of date, whatever becomes known
    later. Half-open, ``[first, until)``; both are the as-of date where no source could have reported anything.
    """
    days = day_numbers(as_ofs)
    first, until = days.copy(), days.copy()
    for name, rows in rows_by_sources(history, dyads, about):
        first[rows], until[rows] = SPANS[about](history, name, days[rows])
    return first, until
