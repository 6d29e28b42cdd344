"""Computed signals for tests of the audit: honest ones, and such as look at what they should not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecast.dates import day_numbers
from forecast.signals.cube import Cube, Selector
from forecast.signals.declare import ComputedSignal, Signal
from forecast.signals.meetings import MEETING
from forecast.signals.view import View

FAR = 1 << 40
Values = Callable[[Cube, list[str], np.ndarray], np.ndarray]


def computed(family: str, values: Values) -> ComputedSignal:
    """Make a signal of one column."""

    def compute(view: View) -> pd.DataFrame:
        # A function that uses its view alone cannot look ahead: these reach around it.
        return pd.DataFrame({f"{family}__value": values(view._cube, view.dyads, np.full(len(view.dyads), view.today))})

    return ComputedSignal(family, f"{family}, for tests", compute)


def _each(cube: Cube, dyads: list[str], asked: np.ndarray, counts: Callable) -> np.ndarray:
    """Count a dyad's meetings for which a condition on (known, occurred, as-of date) holds."""
    found = cube.slice(MEETING)
    numbers = cube.number(dyads)
    return np.array(
        [
            float(((found.dyad == number) & counts(found.entered, found.occurred, as_of)).sum())
            for number, as_of in zip(numbers, asked, strict=True)
        ]
    )


def _outcome(cube: Cube, dyads: list[str], asked: np.ndarray) -> np.ndarray:
    ahead = _each(cube, dyads, asked, lambda known, occurred, as_of: (occurred >= as_of) & (occurred < as_of + 90))
    return (ahead > 0).astype(float)


def _editions(cube: Cube, dyads: list[str], asked: np.ndarray) -> np.ndarray:
    starts = day_numbers(np.array([e.starts_on for e in cube.history.calendar.editions], dtype="datetime64[D]"))
    return np.array([float(((starts >= as_of) & (starts < as_of + 730)).sum()) for as_of in asked])


def _leaders(cube: Cube, dyads: list[str], asked: np.ndarray) -> np.ndarray:
    return np.full(len(dyads), float(len(cube.history.leaders)))


#: Reads the outcome itself.
OUTCOME = computed("outcome", _outcome)
#: Counts what is known on the as-of date itself.
BOUNDARY = computed("boundary", lambda *a: _each(*a, lambda known, occurred, as_of: known <= as_of))
#: Looks at the day on which a meeting occurred and not at the day on which it was known.
EARLY = computed("early", lambda *a: _each(*a, lambda known, occurred, as_of: occurred < as_of))
#: Looks at the whole record.
WHOLE = computed("whole", lambda *a: _each(*a, lambda known, occurred, as_of: known < FAR))
#: Counts summits that nobody has announced yet, and leaders who are still to come.
EDITIONS = computed("editions", _editions)
LEADERS = computed("succession", _leaders)
#: Counts what was public before the as-of date.
HONEST = computed("honest", lambda *a: _each(*a, lambda known, occurred, as_of: known < as_of))
DECLARED = Signal(
    "honest__visits__730d", "visits of ministers in two years", Selector(level=("minister",)), window_days=730
)
