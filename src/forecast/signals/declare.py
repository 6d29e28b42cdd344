"""What a signal is: a declaration. One engine evaluates all of them behind the time gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
import pandas as pd

from forecast.dates import Floats
from forecast.signals.cube import Selector
from forecast.signals.view import View

#: What can be measured on the events that a selector takes, with its unit.
MEASURES: Final = {
    "count": "events",
    "days_since_last": "days",
    "never": "share",
    "decayed": "events",
    "log_ratio": "log ratio",
    "balance": "share",
}


@dataclass(frozen=True)
class Signal:
    """One declared feature of a dyad at an as-of date.

    Parameters
    ----------
    name : str
        ``family__measure__window``.
    description : str
        One sentence for the catalogue.
    select : Selector
        The events that are looked at.
    measure : str
        A key of `MEASURES`:

        ``count``
            events in the window;
        ``days_since_last``
            days from the last event to the as-of date, missing if none is on record;
        ``never``
            1 if no such event is on record, else 0;
        ``decayed``
            events of all time, each weighted by one half for every `window_days` of its age;
        ``log_ratio``
            log of the rate in the window over the rate in `against_days`, half an event added to both;
        ``balance``
            events of `select` minus events of `against`, over their sum plus one.
    window_days : int
        Length of the window before the as-of date; the half-life for ``decayed``; unused by ``days_since_last``.
    against_days : int
        The longer window of ``log_ratio``.
    against : Selector, optional
        The other events of ``balance``.
    ledger : bool
        Only ledgers and releases of governments report such events: the signal is missing, not zero, for a dyad of
        which no ledger, and of whose states no releases, have reported any yet.
    """

    name: str
    description: str
    select: Selector
    measure: str = "count"
    window_days: int = 0
    against_days: int = 0
    against: Selector | None = None
    ledger: bool = False

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"{self.name}: measure {self.measure!r} is not one of {', '.join(MEASURES)}")
        if self.measure not in ("days_since_last", "never") and self.window_days < 1:
            raise ValueError(f"{self.name}: a {self.measure} needs window_days >= 1")
        if self.measure == "log_ratio" and self.against_days <= self.window_days:
            raise ValueError(f"{self.name}: against_days must be longer than window_days")
        if self.measure == "balance" and self.against is None:
            raise ValueError(f"{self.name}: a balance needs the events to set against")
        if len(self.name.split("__")) < 2:
            raise ValueError(f"{self.name!r}: a signal is named family__measure__window")

    @property
    def family(self) -> str:
        """First part of the name."""
        return self.name.split("__")[0]

    @property
    def about(self) -> str:
        """What the events are about, which says what sources can report them (`forecast.signals.cube.SPANS`)."""
        if self.ledger:
            return "ledgers"
        below = self.select.is_dialogue or (self.select.level and "leader" not in self.select.level)
        return "ministers" if below else "meetings"

    @property
    def unit(self) -> str:
        """Unit of the measure."""
        return MEASURES[self.measure]


def windows(
    name: str, said: str, select: Selector, *days: int, measure: str = "count", ledger: bool = False
) -> tuple[Signal, ...]:
    """A signal for each window, whose days end its name and stand for the braces in its words."""
    return tuple(Signal(f"{name}__{one}d", said.format(one), select, measure, one, ledger=ledger) for one in days)


def tempo(name: str, said: str, select: Selector, days: int, against: int, *, ledger: bool = False) -> Signal:
    """The rate of events in a window against that in a longer one."""
    return Signal(f"{name}__{days}d", said, select, "log_ratio", days, against, ledger=ledger)


class Compute(Protocol):
    """A function that computes signals from what was known before one as-of date."""

    def __call__(self, view: View) -> pd.DataFrame:
        """Give one row a dyad of the view, in its order."""


@dataclass(frozen=True)
class ComputedSignal:
    """A family of signals that a function computes, for what no declaration can say.

    The function is called once for each as-of date and sees only what was known before it.

    Parameters
    ----------
    name : str
        The family: every column is named ``family__...``; those by period end in ``@start-end`` and come for every
        period of `forecast.periods.PERIODS`.
    description : str
        One sentence.
    compute : Compute
        Called as ``compute(view)`` with a `forecast.signals.view.View`; returns a table of numbers with a row a dyad
        of the view.
    columns : dict, optional
        Unit and description of each column; those by period are named without ``@start-end``.

    Examples
    --------
    >>> def in_winter(view):
    ...     month = view.as_of.astype("datetime64[M]").astype(int) % 12 + 1
    ...     return pd.DataFrame({"winter__now": [float(month in (12, 1, 2))] * len(view.dyads)})
    >>> ComputedSignal("winter", "whether it is winter in the north", in_winter).name
    'winter'
    """

    name: str
    description: str
    compute: Compute
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or "__" in self.name:
            raise ValueError(f"{self.name!r}: a computed signal is named for its family, one word")

    @property
    def family(self) -> str:
        """The name, which is that of the family."""
        return self.name


def table_of(columns: Mapping[str, Floats]) -> pd.DataFrame:
    """Columns of numbers as one block: laid out one by one, dozens of them on every date cost more than their values.

    Examples
    --------
    >>> table_of({"winter__now": np.array([0.0, 1.0]), "winter__soon": np.array([1.0, 1.0])})
       winter__now  winter__soon
    0          0.0           1.0
    1          1.0           1.0
    """
    return pd.DataFrame(np.column_stack(list(columns.values())), columns=_names(tuple(columns)), copy=False)


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> pd.Index:
    return pd.Index(names)
