"""How long ago the record of a dyad ended, and how much wider that makes the interval of its forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from forecast.dates import Day, day_number, day_numbers
from forecast.facts.history import History
from forecast.periods import Floats

#: Days since the end of the record -> standard deviation, in log odds, of what the missing days would have changed in a
#: forecast. Measured by benchmarks/staleness.py over forecasts of 30, 90 and 180 days; straight lines between.
SPREADS: Final = ((0, 0.0), (30, 0.22), (90, 0.30), (180, 0.34), (365, 0.40), (730, 0.46))
#: Standard deviations between the middle and either end of a 90% interval.
_NINETY: Final = 1.6449
_LEAST: Final = 1e-9


def stale_days(known: History, dyads: Sequence[str], day: Day) -> npt.NDArray[np.int64]:
    """Whole days between the last one on which the outcomes of each dyad are covered and the as-of date.

    That the two did not meet is known as well as that they met: a source that covers the pair until yesterday is as
    new as can be, however long ago the two last met. A report from later, be it of a meeting, says nothing of the days
    around it, so it makes nothing fresher.
    """
    ends = [known.coverage_end(dyad) for dyad in dyads]
    # Of a pair that no source covers, what is said rests on the record of the others.
    others = max((c.ends_on for c in known.resolving), default=day)
    last = day_numbers(np.array([others if end is None else end for end in ends], dtype="datetime64[D]"))
    return np.asarray(day_number(day) - 1 - np.minimum(last, day_number(day) - 1), dtype=np.int64)


def widened(probability: Floats, low: Floats, high: Floats, days: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Bounds of the interval of each row, wider the older its facts are; those of facts of yesterday stay as they are.

    What the missing days would have changed is independent of what the model does not know, so the variances add:
    in log odds the distance of either bound becomes the root of the sum of its square and that of the spread.
    """
    known, spreads = np.array(SPREADS).T
    # Beyond what was measured the spread grows as that of a random walk.
    beyond = np.sqrt(np.maximum(days / known[-1], 1.0))
    spread = (np.interp(days, known, spreads) * beyond * _NINETY)[:, None]
    middle, below, above = (logit(np.clip(part, _LEAST, 1 - _LEAST)) for part in (probability, low, high))
    lower = expit(middle - np.hypot(middle - below, spread))
    upper = expit(middle + np.hypot(above - middle, spread))
    stale = (days > 0)[:, None]
    return np.where(stale, np.minimum(low, lower), low), np.where(stale, np.maximum(high, upper), high)
