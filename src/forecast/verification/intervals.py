"""Intervals of scores by the cluster bootstrap: how far a figure could be chance.

Rows are not independent. A dyad's forecasts share what is special about it, and the windows of one as-of date share the
world of those days. So whole clusters are drawn, once by dyad and once by as-of date (Field and Welsh 2007,
https://doi.org/10.1111/j.1467-9868.2007.00593.x), and `both_ways` takes the union of the two. It is still too narrow
where both dependences are strong, for then the variances nearly add (Cameron, Gelbach and Miller 2011,
https://doi.org/10.1198/jbes.2010.07136), where clusters are few, and by as-of date where the windows of neighbouring
dates overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Floats
from forecast.errors import ForecastError
from forecast.verification.scores import brier_losses, brier_skill, log_losses, log_skill, pairs

#: A score, called as ``score(probability, outcome)``, or with ``reference=`` where there is one.
Score = Callable[..., float]
#: Share of the resamples in which a score must exist for its interval to say anything.
SCORED_SHARE: Final = 0.5


@dataclass(frozen=True)
class Interval:
    """A figure with its interval."""

    value: float
    low: float
    high: float


def skill_interval(
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    reference: npt.ArrayLike,
    clusters: npt.ArrayLike,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Brier skill with a bootstrap interval over whole clusters.

    As `score_interval` of `brier_skill`, but quick: sums by cluster are enough. One cluster alone gives an interval
    without width, which says nothing; `score_interval` and `both_ways` refuse it.

    Examples
    --------
    >>> interval = skill_interval([0.8, 0.1], [1, 0], reference=[0.5, 0.5], clusters=["a", "b"])
    >>> interval.low <= interval.value <= interval.high
    True
    """
    ours, theirs = (brier_losses(one, outcome) for one in (probability, reference))
    value = brier_skill(probability, outcome, reference=reference)
    return _skill_resampled(ours, theirs, value=value, clusters=clusters, level=level, resamples=resamples, seed=seed)


def log_skill_interval(
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    reference: npt.ArrayLike,
    clusters: npt.ArrayLike,
    floor: float = 0.0,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Log skill with a bootstrap interval over whole clusters; everything else as in `skill_interval`.

    Examples
    --------
    >>> interval = log_skill_interval([0.8, 0.1], [1, 0], reference=[0.5, 0.5], clusters=["a", "b"])
    >>> round(interval.value, 3), round(interval.low, 3), round(interval.high, 3)
    (0.763, 0.678, 0.848)
    """
    ours, theirs = (log_losses(one, outcome, floor=floor) for one in (probability, reference))
    value = log_skill(probability, outcome, reference=reference, floor=floor)
    if not np.isfinite(value):
        raise ForecastError("the forecast ruled out what happened, so its log score is infinite: set a floor")
    return _skill_resampled(ours, theirs, value=value, clusters=clusters, level=level, resamples=resamples, seed=seed)


def score_interval(
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    score: Score,
    clusters: npt.ArrayLike,
    reference: npt.ArrayLike | None = None,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Any score with a percentile interval over resampled clusters.

    It always holds its value: a score that resampling shifts to one side (a calibration error grows) would otherwise
    lie outside its own interval. Refused are rows of one cluster alone, an infinite score, and one that fewer than
    `SCORED_SHARE` of the resamples have.

    Parameters
    ----------
    score : callable
        ``score(probability, outcome)``, or ``score(probability, outcome, reference=reference)`` if there is one.
    probability, outcome, clusters, reference, level, resamples, seed
        As `forecast.verification` says.

    Examples
    --------
    >>> from forecast.verification import roc_auc
    >>> p, y = [0.8, 0.1, 0.4, 0.3], [1, 0, 0, 1]
    >>> interval = score_interval(p, y, score=roc_auc, clusters=["a", "a", "b", "b"])
    >>> interval.value, interval.low, interval.high
    (0.75, 0.0, 1.0)
    """
    p, y = pairs(probability, outcome)
    beside = {} if reference is None else {"reference": pairs(reference, outcome)[0]}
    number = _cluster_numbers(clusters, rows=len(p))
    groups = int(number.max()) + 1
    if groups < 2:
        raise ForecastError("an interval needs at least 2 clusters: all rows are of one dyad, or of one date")
    value = score(p, y, **beside)
    if not np.isfinite(value):
        raise ForecastError(f"a score of {value} has no interval: a floor makes a log score finite")
    drawn = []
    for counts in _draws(groups, resamples=resamples, seed=seed):
        rows = np.repeat(np.arange(len(p)), counts[number])
        try:
            drawn.append(score(p[rows], y[rows], **{name: array[rows] for name, array in beside.items()}))
        except ForecastError:
            # A resample may lack meetings, or have a perfect reference; then this score does not exist in it.
            continue
    if len(drawn) < SCORED_SHARE * resamples:
        raise ForecastError(f"only {len(drawn)} of {resamples} resamples have a score: there are too few cases")
    return _percentiles(value, np.array(drawn), level=level)


def mean_interval(
    values: npt.ArrayLike, *, clusters: npt.ArrayLike, level: float = 0.9, resamples: int = 1000, seed: int = 0
) -> Interval:
    """Mean of a figure of each row, for instance a difference of losses, with a bootstrap interval over clusters.

    Examples
    --------
    >>> mean_interval([1.0, 3.0], clusters=["a", "b"])
    Interval(value=2.0, low=1.0, high=3.0)
    """
    figures = np.asarray(values, dtype=np.float64)
    if figures.ndim != 1 or not len(figures) or not np.isfinite(figures).all():
        raise ForecastError("a mean needs rows, and a finite figure in each: a floor makes a log loss finite")
    number = _cluster_numbers(clusters, rows=len(figures))
    sums, counts = np.bincount(number, weights=figures), np.bincount(number)
    weights = _draws(len(sums), resamples=resamples, seed=seed)
    return _percentiles(float(figures.mean()), (weights @ sums) / (weights @ counts), level=level)


def both_ways(interval: Callable[..., Interval], *, dyads: npt.ArrayLike, as_ofs: npt.ArrayLike) -> Interval:
    """Union of an interval, a function ``interval(clusters=...)``, over dyads and the same over as-of dates.

    Where all rows are of one dyad, or of one date, the interval over the other alone is taken.

    Examples
    --------
    >>> from functools import partial
    >>> both_ways(partial(mean_interval, [1.0, 2.0, 3.0, 4.0]), dyads=list("aabb"), as_ofs=[1, 2, 1, 2])
    Interval(value=2.5, low=1.5, high=3.5)
    """
    ways = [np.asarray(way) for way in (dyads, as_ofs)]
    intervals = [interval(clusters=way) for way in ways if len(np.unique(way)) > 1]
    if not intervals:
        raise ForecastError("an interval needs at least 2 dyads or 2 as-of dates")
    return widest(*intervals)


def widest(one: Interval, *others: Interval) -> Interval:
    """Union of the intervals of one figure, for instance by dyad and by as-of date."""
    every = (one, *others)
    values = {interval.value for interval in every}
    if len(values) > 1:
        raise ForecastError(f"intervals of different figures ({sorted(values)}) have no union")
    return Interval(one.value, min(each.low for each in every), max(each.high for each in every))


def _skill_resampled(
    ours: Floats, theirs: Floats, *, value: float, clusters: npt.ArrayLike, level: float, resamples: int, seed: int
) -> Interval:
    """Share of the other's loss that is saved, with its interval; sums by cluster are enough to draw."""
    number = _cluster_numbers(clusters, rows=len(ours))
    one, other = (np.bincount(number, weights=losses) for losses in (ours, theirs))
    weights = _draws(len(one), resamples=resamples, seed=seed)
    base = weights @ other
    drawn = 1.0 - (weights @ one)[base > 0] / base[base > 0]
    return _percentiles(value, drawn, level=level)


def _cluster_numbers(clusters: npt.ArrayLike, *, rows: int) -> npt.NDArray[np.intp]:
    names = np.asarray(clusters)
    if names.shape != (rows,):
        raise ForecastError(f"clusters of shape {names.shape} do not pair with {rows} forecasts")
    number: npt.NDArray[np.intp] = np.unique(names, return_inverse=True)[1]
    return number


@lru_cache(maxsize=4)
def _draws(groups: int, *, resamples: int, seed: int) -> npt.NDArray[np.int64]:
    """How often each cluster is drawn, a row a resample: the same for all figures of the same clusters."""
    generator = np.random.default_rng(seed)
    share = np.full(groups, 1.0 / groups)
    drawn = np.empty((resamples, groups), dtype=np.min_scalar_type(groups))
    for row in drawn:
        row[:] = generator.multinomial(groups, share)
    drawn.flags.writeable = False
    return drawn


def _percentiles(value: float, drawn: Floats, *, level: float) -> Interval:
    if not 0.0 < level < 1.0:
        raise ForecastError(f"a level of {level!r} is not between 0 and 1")
    if not len(drawn):
        return Interval(value, np.nan, np.nan)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, min(float(low), value), max(float(high), value))
