"""Distances between two samples of a figure, and when a distance is more than the years before have shown.

Rows of one dyad resemble one another, and those of one date share the world, so no textbook level of a test holds. A
distance is judged twice: it must be larger than what is published as harmless for so many dyads, and larger than that
of any past year from the other years. Where nothing changes, the second happens once in as many years as there are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.dates import Floats, Ints
from forecast.errors import ForecastError

#: A population stability index below the first is no change, from the second on a large one: a convention of credit
#: scoring (du Pisanie and others 2023, https://arxiv.org/abs/2303.01227).
PSI_LEVELS: Final = (0.10, 0.25)
#: Chances with which two samples of one distribution lie further apart: for `watch` and for `drift`.
CHANCES: Final = (0.05, 0.01)
#: Bins of the index, if there are enough dyads for `FEWEST_IN_BIN` in each (Cochran 1954,
#: https://doi.org/10.2307/3001616).
BINS: Final = 10
FEWEST_IN_BIN: Final = 5
#: Fewer dyads, or fewer past years, say nothing.
FEWEST_DYADS: Final = 10
FEWEST_YEARS: Final = 5


def psi_of_counts(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Population stability index of two samples counted in the same bins.

    ``sum((p - q) * log(p / q))`` over the bins, with p and q the shares of the samples. Half a case is added to every
    bin, so that an empty one has a share too. It is 0 for equal shares, the same both ways, and not bounded.
    """
    p, q = (np.asarray(counts, dtype=np.float64) + 0.5 for counts in (one, other))
    if p.shape != q.shape or p.ndim != 1 or not p.size:
        raise ForecastError(f"counts of shapes {p.shape} and {q.shape} are not of the same bins")
    p, q = p / p.sum(), q / q.sum()
    return float(((p - q) * np.log(p / q)).sum())


def psi(one: npt.ArrayLike, other: npt.ArrayLike, *, bins: int = BINS, weights: Floats | None = None) -> float:
    """Population stability index in bins of equally many cases of both samples; missing values have their own.

    `weights` say how many cases each of the first sample stands for.
    """
    counts = _of_two(_sample(one), _sample(other), partial(in_bins, bins=bins), weights)
    return psi_of_counts(*counts[:, counts.any(axis=0)])


def in_bins(values: Floats, weights: Floats | None = None, *, bins: int) -> Ints:
    """Bin of each value, of bins of equally many cases; missing values stand behind them all."""
    missing = np.isnan(values)
    # Edges are values that occur, so that any rising scale of the values gives the same bins.
    inner = np.arange(1, bins) / bins
    edges = np.zeros(0)
    if not missing.all():
        counted = None if weights is None else weights[~missing]
        edges = np.unique(np.quantile(values[~missing], inner, method="inverted_cdf", weights=counted))
    return np.where(missing, len(edges) + 1, np.searchsorted(edges, values, side="left"))


def ks(one: npt.ArrayLike, other: npt.ArrayLike, *, weights: Floats | None = None) -> float:
    """Kolmogorov-Smirnov statistic: largest difference of the two distribution functions, without missing values."""
    first = _sample(one)
    counted = None if weights is None else weights[~np.isnan(first)]
    a, b = (x[~np.isnan(x)] for x in (first, _sample(other)))
    return ks_of_counts(*_of_two(a, b, _ranks, counted))


def ks_of_counts(one: Ints, other: Ints) -> float:
    """The same of samples counted at the same rising values."""
    return float(np.abs(np.cumsum(one) / one.sum() - np.cumsum(other) / other.sum()).max())


def _of_two(a: Floats, b: Floats, places: Callable[..., Ints], weights: Floats | None = None) -> Ints:
    """How many values of each of two samples stand at each place of a scale that is made for both."""
    if not len(a) or not len(b):
        raise ForecastError("a distance needs two samples with at least one value each")
    both = None if weights is None else np.concatenate([weights, np.ones(len(b))])
    return _counted(places(np.concatenate([a, b]), both), np.repeat([0, 1], [len(a), len(b)]), both)


def _counted(places: Ints, groups: Ints, weights: Floats | None = None) -> npt.NDArray[Any]:
    """Cases by group and place, or their weights."""
    width = int(places.max(initial=0)) + 1
    counts = np.bincount(groups * width + places, weights, minlength=width * (int(groups.max(initial=0)) + 1))
    return counts.reshape(-1, width)


def _ranks(values: Floats, weights: Floats | None = None) -> Ints:
    return np.unique(values, return_inverse=True)[1]


def psi_levels(dyads: tuple[int, int], *, bins: int = BINS) -> tuple[float, float]:
    """Values of the index from which on it means something, for samples of so many independent cases.

    The larger of `PSI_LEVELS` and what samples of one distribution exceed with `CHANCES`: the index is then near
    ``(1/n + 1/m)`` times a chi-square with one degree of freedom less than bins (Yurdakul 2018,
    https://scholarworks.wmich.edu/dissertations/3208).
    """
    from scipy.stats import chi2

    by_chance = [sum(1 / n for n in dyads) * float(chi2.isf(chance, bins - 1)) for chance in CHANCES]
    return max(PSI_LEVELS[0], by_chance[0]), max(PSI_LEVELS[1], by_chance[1])


def ks_levels(dyads: tuple[int, int]) -> tuple[float, float]:
    """The same for the Kolmogorov-Smirnov statistic (Smirnov 1948, https://doi.org/10.1214/aoms/1177730256)."""
    from scipy.stats import kstwobign

    spread = float(np.sqrt(sum(1 / n for n in dyads)))
    watch, drift = (float(kstwobign.isf(chance)) * spread for chance in CHANCES)
    return watch, drift


def bins_for(dyads: int) -> int:
    """Bins for so many independent cases."""
    return int(np.clip(dyads // FEWEST_IN_BIN, 2, BINS))


def yearly_distances(
    values: npt.ArrayLike, years: npt.ArrayLike, *, bins: int, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Index and statistic of each past year's values against those of the other years, where there are both.

    A year and the others are all years together, so bins and ranks are the same for every year and made once.
    """
    figures, numbers = _sample(values), _ranks(np.asarray(years))
    seen = ~np.isnan(figures)
    binned = _counted(in_bins(figures, weights, bins=bins), numbers, weights)
    ranked = _counted(_ranks(figures[seen]), numbers[seen], None if weights is None else weights[seen])
    cases = ranked.sum(axis=1)
    some = np.flatnonzero((cases > 0) & (cases < cases.sum()))

    def against_the_others(table: Ints, of_counts: Callable[[Ints, Ints], float]) -> Floats:
        whole = table.sum(axis=0)
        return np.array([of_counts(table[year], whole - table[year]) for year in some])

    return (
        against_the_others(binned[:, binned.any(axis=0)], psi_of_counts),
        against_the_others(ranked, ks_of_counts),
    )


def judged(value: float, levels: tuple[float, float], past: Floats) -> tuple[float, str]:
    """Return threshold and verdict of a distance.

    From the threshold on it is `watch`: its level, or the largest distance of a past year if that is more.

    >>> judged(0.3, (0.1, 0.25), np.array([0.05, 0.2])), judged(0.3, (0.1, 0.25), np.array([0.05, 0.4]))
    ((0.2, 'drift'), (0.4, 'ok'))
    """
    longest = float(past.max())
    threshold = max(levels[0], longest)
    if value < levels[0] or value <= longest:
        return threshold, "ok"
    return threshold, "drift" if value >= levels[1] else "watch"


def _sample(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64).ravel()
