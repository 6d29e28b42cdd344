"""Rolling origins: when a model is refitted, and which as-of dates it may learn from and must forecast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, as_of_grid, year_start
from forecast.errors import ModelError
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


@dataclass(frozen=True)
class PeriodSplit:
    """Splits of rows by time for `cross_val_score`, `GridSearchCV` and the like, as a backtest makes them.

    Each test fold is a calendar year of as-of dates. A row trains the model of a year if its whole outcome, as far as
    it is resolved, lies before the first day of that year, so that between training and test lie as many days as
    outcomes reach ahead: 730, or fewer if they were cut: ``y.assign(followup_days=y["followup_days"].clip(upper=90))``.

    Parameters
    ----------
    n_splits : int
        How many years, the last ones, are test folds.

    Examples
    --------
    >>> days = pd.DatetimeIndex([f"{year}-01-01" for year in range(2000, 2010)])
    >>> X = pd.DataFrame(index=pd.MultiIndex.from_product([["USA-CHN"], days], names=["dyad", "as_of"]))
    >>> [(train.tolist(), test.tolist()) for train, test in PeriodSplit(n_splits=2).split(X)]
    [([0, 1, 2, 3, 4, 5, 6], [8]), ([0, 1, 2, 3, 4, 5, 6, 7], [9])]
    """

    n_splits: int = 5

    def split(
        self, X: pd.DataFrame, y: pd.DataFrame | None = None, groups: object = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Positions of the rows for training and for test, year by year.

        Parameters
        ----------
        X : pandas.DataFrame
            Rows with the index (dyad, as_of).
        y : pandas.DataFrame, optional
            Outcomes with the column `followup_days`; without them every outcome reaches 730 days ahead.
        groups : object
            Not looked at; scikit-learn passes it.

        Raises
        ------
        ModelError
            If the rows have no as-of dates, or fewer years than are wanted have rows to train on.
        """
        if "as_of" not in (X.index.names if isinstance(X, pd.DataFrame) else ()):
            raise ModelError("rows are split by their as-of dates: X must be a pandas DataFrame with the index as_of")
        as_ofs = X.index.get_level_values("as_of").to_numpy().astype("datetime64[D]")
        followup = np.full(len(X), EDGES[-1]) if y is None else np.maximum(y["followup_days"].to_numpy(), 1)
        known_on = as_ofs + followup.astype("timedelta64[D]")
        folds = [
            (train, np.flatnonzero(np.isin(as_ofs, fold.test)))
            for fold in rolling_origins(as_ofs)
            if len(train := np.flatnonzero(known_on <= fold.trained_as_of))
        ]
        if not 1 <= self.n_splits <= len(folds):
            raise ModelError(
                f"n_splits is {self.n_splits}, but {len(folds)} years of the rows have an outcome before them to learn "
                "from: make rows of more years, or cut the outcomes (followup_days) to the horizon that is scored"
            )
        yield from folds[-self.n_splits :]

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """The number of splits, whatever the rows."""
        return self.n_splits


def training_grid(first_day: Day, trained_as_of: Day) -> Days:
    """First days of months, possibly none, that are as-of dates of the training rows of a record.

    A row trains the periods whose outcome was resolved before the day of training, and no other: between the last row
    of a period and the first forecast lies the whole horizon up to the end of that period (docs/decisions/003).
    """
    last = trained_as_of - np.timedelta64(EDGES[1], "D")
    earliest = trained_as_of - np.timedelta64(int(TRAINING_YEARS * 365.25), "D")
    start = max(first_day + np.timedelta64(BURN_IN_DAYS, "D"), earliest)
    return as_of_grid(start, last) if start <= last else np.array([], dtype="datetime64[D]")
