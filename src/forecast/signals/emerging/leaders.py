"""Signals of who leads: tenure of each leader, whether the same two have met before, and the president's term."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Ints, day_number
from forecast.facts.countries import sides
from forecast.periods import PERIODS, column
from forecast.signals.cube import day_keys
from forecast.signals.declare import ComputedSignal, table_of
from forecast.signals.view import View

#: Inaugurations of presidents of the United States lie this many days apart; one was on 2001-01-20.
_TERM_DAYS: Final = 1461
_INAUGURATION: Final = day_number(np.datetime64("2001-01-20"))
_PRESIDENCY: Final = "USA"


def leader_signals(view: View) -> pd.DataFrame:
    """Tenure, novelty and acquaintance of the two leaders; missing where a leader is not known."""
    nobody = float("nan")
    pairs = [sides(dyad) for dyad in view.dyads]
    first, second = (
        view.today - np.array([view.in_office_since.get(pair[side], nobody) for pair in pairs]) for side in (0, 1)
    )
    newest = np.fmin(first, second)
    together = np.nan_to_num(newest, nan=0.0).astype(np.int64)
    return pd.DataFrame(
        {
            "leaders__first_tenure": first,
            "leaders__second_tenure": second,
            "leaders__newest": newest,
            "leaders__met_before": np.where(np.isnan(first + second), np.nan, _met_since(view, together)),
        },
        dtype=np.float64,
    )


def _met_since(view: View, days: Ints) -> Ints:
    """Meetings in the days before the as-of date, a window for each row."""
    keys = np.sort(day_keys(view.meetings.dyad, view.meetings.occurred))
    numbers = view.numbers(view.dyads)
    begins, ends = (np.searchsorted(keys, day_keys(numbers, day)) for day in (view.today - days, view.today))
    return np.asarray(ends - begins)


def term_signals(view: View) -> pd.DataFrame:
    """Where each period lies in the four-year term of the president of the United States; zero for other dyads.

    Columns ``leaders__term_sin1@start-end`` and so on, between -1 and 1.
    """
    in_term = view.today - _INAUGURATION
    concerned = np.array([_PRESIDENCY in sides(dyad) for dyad in view.dyads], dtype=np.float64)
    columns = {}
    for start, end in PERIODS:
        for harmonic in (1, 2):
            phase = 2 * np.pi * harmonic * (in_term + (start + end) / 2) / _TERM_DAYS
            columns[column(f"leaders__term_sin{harmonic}", start, end)] = concerned * np.sin(phase)
            columns[column(f"leaders__term_cos{harmonic}", start, end)] = concerned * np.cos(phase)
    return table_of(columns)


WORDS: Final = {"leaders": "terms of office"}

SIGNALS: Final = (
    ComputedSignal(
        "leaders",
        "who leads, since when, and whether the two have met",
        leader_signals,
        {
            "leaders__first_tenure": ("days", "days since the first side's leader came into office"),
            "leaders__second_tenure": ("days", "days since the second side's leader came into office"),
            "leaders__newest": ("days", "days since either side last changed its leader"),
            "leaders__met_before": ("events", "days on which these two leaders have met"),
        },
    ),
    ComputedSignal(
        "leaders",
        "the term of the president of the USA",
        term_signals,
        {
            f"leaders__term_{wave}{harmonic}": ("wave", "where the period lies in the term of the president of the USA")
            for harmonic in (1, 2)
            for wave in ("sin", "cos")
        },
    ),
)
