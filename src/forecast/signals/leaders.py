"""Signals of who leads: tenure of each leader, whether the same two have met before, and the president's term."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Days, day_number, day_numbers
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.periods import PERIODS, column
from forecast.signals.cube import Cube, Floats, Ints, Selector

#: Inaugurations of presidents of the United States lie this many days apart; one was on 2001-01-20.
_TERM_DAYS: Final = 1461
_INAUGURATION: Final = day_number(np.datetime64("2001-01-20"))
_PRESIDENCY: Final = "USA"


def leader_signals(cube: Cube, meetings: Selector, *, dyads: list[str], as_ofs: Days) -> pd.DataFrame:
    """Tenure, novelty and acquaintance of the two leaders at each as-of date.

    Parameters
    ----------
    cube : Cube
    meetings : Selector
    dyads : list of str, length n_rows
    as_ofs : numpy.ndarray of datetime64[D], shape (n_rows,)

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 4)
        `leaders__first_tenure`, `leaders__second_tenure`: days in office. `leaders__newest`: days since either side
        changed its leader. `leaders__met_before`: days on which these two have met.
        Missing where a leader is not known.
    """
    asked = day_numbers(as_ofs)
    began = _beginnings(cube.history)
    pairs = [sides(dyad) for dyad in dyads]
    first = _tenures(began, [a for a, _ in pairs], asked)
    second = _tenures(began, [b for _, b in pairs], asked)
    newest = np.fmin(first, second)
    together = np.nan_to_num(newest, nan=0.0).astype(np.int64)
    return pd.DataFrame(
        {
            "leaders__first_tenure": first,
            "leaders__second_tenure": second,
            "leaders__newest": newest,
            "leaders__met_before": np.where(
                np.isnan(first + second), np.nan, _met_since(cube, meetings, dyads, asked, together)
            ),
        }
    )


def _met_since(cube: Cube, meetings: Selector, dyads: list[str], asked: Ints, days: Ints) -> Ints:
    """Meetings in the days before each as-of date, a window for each row."""
    found, numbers = cube.slice(meetings), cube.number(dyads)
    met = np.zeros(len(asked), dtype=np.int64)
    for window in np.unique(days):
        rows = days == window
        met[rows] = found.count(numbers[rows], asked[rows], int(window))
    return met


def _beginnings(history: History) -> dict[str, Ints]:
    found: dict[str, list[int]] = {}
    for spell in history.leaders:
        found.setdefault(spell.state, []).append(day_number(spell.begins_on))
    return {state: np.array(days, dtype=np.int64) for state, days in found.items()}


def _tenures(began: dict[str, Ints], codes: list[str], asked: Ints) -> Floats:
    """Days since the leader in office began; a change is known from the day after it."""
    tenure = np.full(len(asked), np.nan)
    names = np.asarray(codes)
    for code in np.unique(names):
        days = began.get(str(code))
        if days is None:
            continue
        rows = np.flatnonzero(names == code)
        position = np.searchsorted(days, asked[rows]) - 1
        tenure[rows] = np.where(position >= 0, asked[rows] - days[np.maximum(position, 0)], np.nan)
    return tenure


def term_signals(*, dyads: list[str], as_ofs: Days) -> pd.DataFrame:
    """Where each period lies in the four-year term of the president of the United States; zero for other dyads.

    Returns
    -------
    pandas.DataFrame of float, shape (n_rows, 4 * n_periods)
        Columns ``leaders__term_sin1@start-end`` and so on, between -1 and 1.
    """
    asked = day_numbers(as_ofs) - _INAUGURATION
    concerned = np.array([_PRESIDENCY in sides(dyad) for dyad in dyads], dtype=np.float64)
    columns = {}
    for start, end in PERIODS:
        for harmonic in (1, 2):
            phase = 2 * np.pi * harmonic * (asked + (start + end) / 2) / _TERM_DAYS
            columns[column(f"leaders__term_sin{harmonic}", start, end)] = concerned * np.sin(phase)
            columns[column(f"leaders__term_cos{harmonic}", start, end)] = concerned * np.cos(phase)
    return pd.DataFrame(columns)
