"""Clusters of rows, and scores summed by them, for covariances that hold where rows are alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.periods import Floats

Codes = npt.NDArray[np.int64]


def clusters_of(X: pd.DataFrame) -> list[Codes]:
    """Cluster numbers of each row: by dyad, by calendar year, by both."""
    if list(X.index.names) != ["dyad", "as_of"]:
        alone = np.arange(len(X))
        return [alone, alone, alone]
    dyad = pd.factorize(X.index.get_level_values("dyad"))[0].astype(np.int64)
    year = pd.DatetimeIndex(X.index.get_level_values("as_of")).year.to_numpy(dtype=np.int64)
    return [dyad, year, dyad * 10_000 + year]


def robust_middle(scores: Floats, clusters: list[Codes]) -> Floats:
    """Two-way cluster sum of the outer products of scores, ``M_dyad + M_year - M_both``.

    One-way if there is one dyad or one year only.
    """
    _, first, both = np.unique(clusters[2], return_index=True, return_inverse=True)
    alone, scores = scores, _summed(scores, both)
    dyad, year = (np.unique(cluster[first], return_inverse=True)[1] for cluster in clusters[:2])
    if dyad.max() and year.max():
        return _spread(_summed(scores, dyad)) + _spread(_summed(scores, year)) - _spread(scores)
    if dyad.max() or year.max():
        return _spread(_summed(scores, dyad if dyad.max() else year))
    return _spread(alone)


def times_drawn(clusters: list[Codes], generator: np.random.Generator) -> Codes:
    """How often each row is drawn if dyads and years are drawn with replacement, each by itself.

    What there is but one of is not drawn; rows are, if there is one dyad and one year.
    """
    rows = np.arange(len(clusters[0]))
    ways = [np.unique(cluster, return_inverse=True)[1] for cluster in clusters[:2]]
    ways = [ways[0]] if np.array_equal(ways[0], ways[1]) else [way for way in ways if way.max()]
    times = np.ones(len(rows), dtype=np.int64)
    for way in ways or [rows]:
        groups = int(way.max()) + 1
        times *= np.bincount(generator.integers(groups, size=groups), minlength=groups)[way]
    return times


def _summed(scores: Floats, cluster: Codes) -> Floats:
    """Scores summed by cluster; clusters are numbered without a gap."""
    from scipy.sparse import csr_array

    rows = np.arange(len(cluster))
    return np.asarray(csr_array((np.ones(len(rows)), (cluster, rows))) @ scores)


def _spread(sums: Floats) -> Floats:
    """Outer products of the sums of clusters, with the usual factor for few clusters."""
    return np.asarray(len(sums) / max(len(sums) - 1, 1) * sums.T @ sums)
