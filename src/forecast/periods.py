"""The periods into which a horizon is cut, and how hazards by period compose to a probability for any horizon."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from forecast.dates import Floats as Floats

#: Edges of the periods in days after the as-of date; period k is ``[EDGES[k], EDGES[k + 1])``.
EDGES: Final = (0, 15, 30, 60, 90, 120, 150, 180, 270, 365, 545, 730)
#: (start, end) of each period.
PERIODS: Final = tuple(pairwise(EDGES))


def column(measure: str, start: int, end: int) -> str:
    """Name of the panel's column that holds a measure of one period, such as ``climatology__hazard@30-60``."""
    return f"{measure}@{start}-{end}"


class Summits(NamedTuple):
    """What the hazards of periods owe to summits, and when meetings at them begin.

    Parameters
    ----------
    habits : numpy.ndarray of float, shape (n_rows, n_periods)
        Hazards without summits.
    onsets : numpy.ndarray of float, shape (n_rows, n_parts, n_periods)
        Days on which equal parts of the chance at the summits of a period fall due.
    """

    habits: Floats
    onsets: Floats

    def begun(self, k: int, horizon: int) -> Floats:
        """Share of the chance at the summits of period k that falls due within a horizon."""
        return np.asarray((self.onsets[:, :, k] < horizon).mean(axis=1))


def end_inside(horizons: npt.ArrayLike) -> bool:
    """Whether some horizon ends inside a period rather than where one does."""
    return not np.isin(horizons, EDGES).all()


def cumulative_incidence(hazards: Floats, horizons: npt.ArrayLike, summits: Summits | None = None) -> Floats:
    """Probability of a meeting within each horizon, ``1 - prod(1 - hazard)``, from hazards (n_rows, n_periods).

    Where a horizon ends inside a period, the habit of meeting, which is the hazard without summits, is shared out over
    the days of the period on the scale of ``log(1 - hazard)``. What summits add to it counts as far as meetings at them
    begin within the horizon. If summits make a meeting less likely, or there are none, the whole hazard is shared out
    over the days. The result never decreases in the horizon.

    Examples
    --------
    >>> cumulative_incidence(np.full((1, 11), 0.5), [0, 15, 30]).round(3)
    array([[0.  , 0.5 , 0.75]])

    A summit at which meetings begin on the third or the fourth day, and no habit of meeting:

    >>> none, days = np.zeros((1, 11)), np.array([[[2.0] * 11, [3.0] * 11]])
    >>> cumulative_incidence(np.full((1, 11), 0.5), [2, 3, 4, 15], Summits(none, days)).round(3)
    array([[0.   , 0.293, 0.5  , 0.5  ]])
    """
    log_survival = _log_survival(hazards)
    total = np.zeros((len(hazards), np.size(horizons)))
    for position, horizon in enumerate(np.atleast_1d(horizons)):
        for k, (start, end) in enumerate(PERIODS):
            if horizon >= end:
                total[:, position] += log_survival[:, k]
            elif horizon > start:
                days = (horizon - start) / (end - start)
                if summits is None:
                    total[:, position] += log_survival[:, k] * days
                else:
                    habit = _log_survival(summits.habits[:, k])
                    total[:, position] += _cut(log_survival[:, k], habit, days, summits.begun(k, int(horizon)))
    return 0.0 - np.expm1(total)  # and not minus zero


def _cut(whole: Floats, habit: Floats, days: float, begun: Floats) -> Floats:
    """Log survival of a period that is cut after a share of its days, when a share of its summits has begun."""
    habit = np.maximum(habit, whole)
    added = np.subtract(whole, habit, out=np.zeros_like(whole), where=whole < habit)
    # A summit that is certain, at minus infinity, must not touch the days before it. The rounding of the difference
    # must not take the sum past the whole period.
    part = habit * days + np.multiply(begun, added, out=np.zeros_like(whole), where=begun > 0.0)
    return np.asarray(np.maximum(part, whole))


def _log_survival(hazards: Floats) -> Floats:
    with np.errstate(divide="ignore"):  # a hazard of one is a certain meeting: log survival is -inf
        return np.asarray(np.log1p(-hazards))
