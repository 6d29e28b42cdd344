"""Whose record a row is read from: the focal states of the sources, towards which directed signals are turned."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.facts.countries import sides
from forecast.signals.declare import ComputedSignal
from forecast.signals.view import View

FOCAL: Final = ("sides__first_focal", "sides__second_focal")


def focal_sides(view: View) -> pd.DataFrame:
    """1 where complete sources cover all dyads of a side, else 0; columns `FOCAL`."""
    focal = set(view.focal_states)
    pairs = np.array([[float(side in focal) for side in sides(dyad)] for dyad in view.dyads]).reshape(-1, 2)
    return pd.DataFrame(pairs, columns=list(FOCAL))


WORDS: Final = {"sides": "whose record it is read from"}

SIGNALS: Final = (
    ComputedSignal(
        "sides",
        "whose record the row is read from",
        focal_sides,
        {
            f"sides__{side}_focal": ("share", f"1 if complete sources cover all dyads of the {side} side, else 0")
            for side in ("first", "second")
        },
    ),
)
