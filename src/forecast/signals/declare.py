"""What a signal is: a declaration. One engine evaluates all of them behind the time gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import pandas as pd

from forecast.dates import Days
from forecast.signals.cube import Cube, Selector

#: What can be measured on the events that a selector takes, with its unit.
MEASURES: Final = {
    "count": "events",
    "days_since_last": "days",
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
            days from the last event to the as-of date, or since the record begins if there was none;
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
        Only ledgers tell of such events: the signal is missing, not zero, for a dyad of which no ledger has told yet.
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
        if self.measure != "days_since_last" and self.window_days < 1:
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
    def unit(self) -> str:
        """Unit of the measure."""
        return MEASURES[self.measure]


class Compute(Protocol):
    """A function that computes signals from a cube for pairs of dyad and as-of date."""

    def __call__(self, cube: Cube, *, dyads: list[str], as_ofs: Days) -> pd.DataFrame:
        """Give one row a pair, in the order asked."""


@dataclass(frozen=True)
class ComputedSignal:
    """A family of signals that a function computes, for what no declaration can say.

    The cube that the function is given may reach beyond the as-of dates, as it does in training and backtests. Unlike
    the engine of declared signals, nothing keeps the function from looking: ``forecast audit`` proves that it does not.

    Parameters
    ----------
    name : str
        The family: every column is named ``family__...``; those by period end in ``@start-end`` and come for every
        period of `forecast.periods.PERIODS`.
    description : str
        One sentence.
    compute : Compute
        Called as ``compute(cube, dyads=dyads, as_ofs=as_ofs)``; gives a table of numbers with a row a pair.
    """

    name: str
    description: str
    compute: Compute

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or "__" in self.name:
            raise ValueError(f"{self.name!r}: a computed signal is named for its family, one word")
