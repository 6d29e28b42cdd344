"""Whose record the row is read from: the focal state of the sources, which directed signals are turned towards."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.facts.countries import sides
from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View

FOCAL: Final = "sides__focal"


def focal_side(view: View) -> pd.DataFrame:
    """1 where the first side alone is a focal state, -1 where the second alone is, 0 where both or neither are."""
    focal = set(view.focal_states)
    pairs = [sides(dyad) for dyad in view.dyads]
    return pd.DataFrame({FOCAL: np.array([float(a in focal) - float(b in focal) for a, b in pairs])})


SIGNALS: Final = (
    ComputedSignal(
        "sides",
        "whose record the row is read from",
        focal_side,
        {FOCAL: ("share", "1 if sources cover the first side alone, -1 the second alone, 0 both or neither")},
    ),
)
