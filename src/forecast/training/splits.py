"""Rolling origins: when a model is refitted, and which as-of dates it may learn from and must forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecast.dates import Day, Days, as_of_grid, year_start
from forecast.periods import EDGES

#: Rows for training begin no earlier than this long before the day of training (chosen on folds before 2015).
TRAINING_YEARS: Final = 20
#: Rows are left out until the record is this old; the same for every record, so that training rows never become fewer
#: as it grows.
BURN_IN_DAYS: Final = 365


@dataclass(frozen=True)
class Fold:
    """A model trained on what was public before a day, and the as-of dates from that day on that it forecasts."""

    trained_as_of: Day
    test: Days

    @property
    def name(self) -> str:
        """The day of training, which identifies the fold."""
        return str(self.trained_as_of)


def refit_day(as_of: Day) -> Day:
    """Day on which the model of an as-of date is trained: the first day of the year.

    It depends on the as-of date alone, never on which models happen to be stored, so that everyone gets the same
    forecast.
    """
    return year_start(as_of)


def rolling_origins(as_ofs: Days) -> Iterator[Fold]:
    """Group as-of dates by the day on which their model is trained."""
    as_ofs = np.unique(as_ofs)
    refits = np.array([refit_day(as_of) for as_of in as_ofs], dtype="datetime64[D]")
    for day in np.unique(refits):
        yield Fold(day, as_ofs[refits == day])


def training_grid(first_day: Day, trained_as_of: Day) -> Days:
    """First days of months, possibly none, that are as-of dates of the training rows of a record.

    A row trains the periods whose outcome was resolved before the day of training, and no other: between the last row
    of a period and the first forecast lies the whole horizon up to the end of that period (docs/decisions/003).
    """
    last = trained_as_of - np.timedelta64(EDGES[1], "D")
    earliest = trained_as_of - np.timedelta64(int(TRAINING_YEARS * 365.25), "D")
    start = max(first_day + np.timedelta64(BURN_IN_DAYS, "D"), earliest)
    return as_of_grid(start, last) if start <= last else np.array([], dtype="datetime64[D]")
