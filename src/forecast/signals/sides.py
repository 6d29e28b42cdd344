"""Whose record a row is read from: the focal states of the sources, towards which directed signals are turned."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.signals.declare import ComputedSignal, table_of
from forecast.signals.view import View

FOCAL: Final = ("sides__first_focal", "sides__second_focal")


def focal_sides(view: View) -> pd.DataFrame:
    """1 where complete sources cover all dyads of a side, else 0; columns `FOCAL`."""
    focal = np.isin(view.summits.codes, view.focal_states).astype(np.float64)
    return table_of({name: focal[side[view.rows]] for name, side in zip(FOCAL, view.summits.places, strict=True)})


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
