"""Probabilities: written for readers, and on the scale of log-odds."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.periods import Floats

_FLOOR: Final = 1e-12  # log-odds are bounded: a certain meeting has no finite ones


def percent(value: float) -> str:
    """Write a probability so that a possible event is never shown as 0% or 100%.

    >>> percent(0.7331), percent(0.0002), percent(0.9999), percent(1.0)
    ('73.3%', '<0.1%', '>99.9%', '100.0%')
    """
    if 0.0 < value < 0.001:
        return "<0.1%"
    if 0.999 < value < 1.0:
        return ">99.9%"
    return f"{value:.1%}"


def log_odds(probability: npt.ArrayLike) -> Floats:
    """Log-odds of a probability, bounded at those of 1e-12.

    >>> log_odds(0.5)
    array(0.)
    """
    inside = np.clip(np.asarray(probability, dtype=np.float64), _FLOOR, 1.0 - _FLOOR)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def surprise(probability: npt.ArrayLike, climatology: npt.ArrayLike) -> Floats:
    """Log-odds of a forecast above those of climatology: above 0 if a meeting is likelier than usual.

    >>> surprise([0.5, 0.1], [0.5, 0.5]).round(2).tolist()
    [0.0, -2.2]
    """
    return np.asarray(log_odds(probability) - log_odds(climatology))
