"""One ridge logistic regression per edge of the horizon, around the dyad's own climatology.

For each edge h the chance that the two meet within h days is a logistic regression whose offset is the log-odds of the
dyad's climatology for h: without evidence the forecast is the climatology. A running maximum over the edges turns the
chances into hazards of the periods, so that any window stays possible.

Each focal state has weights of its own, learned from its own dyads with directed signals turned towards it, around
those of the other focal states: what holds for the journeys of one leader is believed of another's as far as his own
record does not deny it, and a young record need not learn everything anew. A dyad of two focal states is read from both
sides, and the log-odds are averaged; dyads of none are one group more, in which a row is the mean of both ways of
reading it. So exchanging the sides of a dyad changes nothing. Few dyads and few years are held nearer to what was
believed before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, ndtri, polygamma
from threadpoolctl import threadpool_limits

from forecast.errors import ModelError
from forecast.facts.countries import sides
from forecast.models.base import PeriodModel, numbers_of, row_blocks
from forecast.models.clusters import clusters_of, robust_middle
from forecast.models.summits import CHANCES, MISSES, PLANS, summits_of, without_summits
from forecast.periods import EDGES, PERIODS, Floats, column, cumulative_incidence, end_inside
from forecast.signals.catalogue import EMERGING
from forecast.signals.climatology import HAZARD, SHRINKAGE_DAYS, WINDOW_DAYS
from forecast.signals.plans import OCCASION
from forecast.signals.sides import FOCAL
from forecast.signals.summits import RELATIONS
from forecast.signals.venues import MISSED, ONSETS

_FLOOR: Final = 1e-4  # chances nearer to zero or one are not told apart on the log-odds scale
FEWEST_SEEN: Final = 0.5  # a signal that most training rows lack cannot be learned from the few that have it
_UNSEEN: Final = 0.5  # how far a state without training rows believes the others (left out one by one before 2015)
# Chosen so that the 90% intervals cover about 90% of the groups of a year before 2015 (benchmarks/intervals.py).
_LEVEL: Final = 0.1  # variance of the level of a year, believed as firmly as if so many years had been seen
_LEVEL_YEARS: Final = 5
_FEWEST_YEARS: Final = 3
_AHEAD: Final = 6.0  # how many times wider a year to come is than one that was fitted
_STEPS: Final = 50
_STILL: Final = 1e-14

#: Families that tell the state of the world rather than of the dyad: they have years, not rows, as cases.
WORLD: Final = ("tempo", "season")


class RidgeModel(PeriodModel):
    """Ridge logistic regression per edge around climatology.

    Parameters
    ----------
    ridge : float
        Penalty of the squared weights of standardised columns, the intercept among them. It grows with the root of the
        edge beyond 30 days, since the windows of monthly rows overlap and tell less than their number.
    full_dyads, full_years : int
        With fewer calendar years of a group's rows the penalty is so many times larger as years are lacking; with
        fewer dyads even more, to the power of 1.5.
    world_factor : float
        How many times larger it is for the families of `WORLD`.
    climatology_factor : float
        How many times larger, here smaller, it is for the weights of the climatology once a group lacks neither dyads
        nor years: a long record says by itself how far its climatology is to be believed.
    borrowed_ridge : float
        Penalty of the squared distance from 1 of how far a group believes the weights of the others.
    without : str
        Families of signals that are left out, separated by spaces.

    Attributes
    ----------
    signals_ : numpy.ndarray of str
        Signals of the as-of date that are learned: those of the other families that most training rows have.
    groups_ : numpy.ndarray of str, shape (n_groups,)
        An empty text for the dyads without a focal state and those of states that were not among the training rows,
        and the focal states.
    coef_ : numpy.ndarray of float, shape (n_groups, n_edges, 1 + n_columns)
        Intercept and weights of standardised columns.
    mean_, scale_, low_, high_ : numpy.ndarray of float, shape (n_groups, n_edges, n_columns)
        Mean, spread and, for the columns of `WORLD`, range of the training rows.
    covariance_ : numpy.ndarray of float, shape (n_groups, n_edges, 1 + n_columns, 1 + n_columns)
        Robust to clusters by dyad and by calendar year (Cameron, Gelbach and Miller 2011,
        https://doi.org/10.1198/jbes.2010.07136).
    year_variance_ : numpy.ndarray of float, shape (n_groups, n_edges)
        Variance of the level of a year to come around the model, in squared log-odds.
    held_ : numpy.ndarray of float, shape (n_groups, n_edges)
        How far the forecast is held to the climatology for want of dyads and years, from 0 (not at all) to 1 (no rows).
    """

    interval_method = (
        "uncertainty of the weights, with a covariance robust to clusters by dyad and by calendar year, of the level "
        "of the year and, as far as dyads are few, of the climatology, on the scale of log-odds"
    )
    sees_summits = True
    weighs = True

    # Learned together, an edge after the other.
    coef_: npt.NDArray[np.float64]
    mean_: npt.NDArray[np.float64]
    scale_: npt.NDArray[np.float64]
    low_: npt.NDArray[np.float64]
    high_: npt.NDArray[np.float64]
    covariance_: npt.NDArray[np.float64]
    year_variance_: npt.NDArray[np.float64]
    held_: npt.NDArray[np.float64]

    def __init__(
        self,
        *,
        ridge: float = 100.0,
        full_dyads: int = 100,
        full_years: int = 10,
        world_factor: float = 3.0,
        climatology_factor: float = 0.03,
        borrowed_ridge: float = 50.0,
        without: str = " ".join(EMERGING),
    ) -> None:
        self.ridge = ridge
        self.full_dyads = full_dyads
        self.full_years = full_years
        self.world_factor = world_factor
        self.climatology_factor = climatology_factor
        self.borrowed_ridge = borrowed_ridge
        self.without = without

    def _learn(self, X: pd.DataFrame, y: pd.DataFrame) -> None:
        readings = _readings(X)
        self.groups_ = np.unique(np.concatenate([[""], *(group[rows] for rows, group, _ in readings)]))
        groups = [rows[group[rows] == name] for rows, group, _ in readings for name in self.groups_]
        groups = [rows for rows in groups if len(rows)]
        first, followup = y["first_meeting_in_days"].to_numpy(), y["followup_days"].to_numpy()
        weight = y["weight"].to_numpy(dtype=np.float64) if "weight" in y else None
        self.signals_ = np.array([name for name in X.columns if self._learnable(X, name, groups, weight)])
        clusters = clusters_of(X)
        blocks = self._blocks(X)
        learned, start = [], [np.zeros(1 + len(blocks.world))] * len(self.groups_)
        # One thread: the same bits on any number of cores, and no threads that wait for one another on a busy machine.
        with threadpool_limits(limits=1, user_api="blas"):
            for k, edge in enumerate(EDGES[1:]):
                cases = []
                for name in self.groups_:
                    parts = [
                        (rows[(followup[rows] >= edge) & (group[rows] == name)], way) for rows, group, way in readings
                    ]
                    parts = [part for part in parts if len(part[0])] or parts[:1]
                    rows = np.concatenate([part for part, _ in parts])
                    met = ((first[rows] >= 0) & (first[rows] < edge)).astype(np.float64)
                    own = [c[rows] for c in clusters], None if weight is None else weight[rows]
                    cases.append(_standardised_cases(blocks, k, parts, met, *own))
                start, values = self._learn_edge(cases, blocks.world, edge, start)
                learned.append(values)
        names = ("coef_", "mean_", "scale_", "low_", "high_", "covariance_", "year_variance_", "held_")
        for name, values in zip(names, zip(*learned, strict=True), strict=True):
            setattr(self, name, np.array(values).swapaxes(0, 1))

    def _learnable(
        self, X: pd.DataFrame, name: str, groups: list[npt.NDArray[np.int64]], weight: Floats | None
    ) -> bool:
        """Whether most training rows of some group have a signal of the as-of date, from one side or the other."""
        if "@" in name or name in FOCAL or not self._wanted(name):
            return False
        seen = np.any(X[[one for one in (name, exchanged(name)) if one in X]].notna().to_numpy(), axis=1).astype(float)
        weights = [None if weight is None else weight[rows] for rows in groups]
        shares = [np.average(seen[rows], weights=own) for rows, own in zip(groups, weights, strict=True)]
        return max(shares, default=0.0) >= FEWEST_SEEN

    def _learn_edge(
        self, cases: list[_Cases], world: npt.NDArray[np.bool_], edge: int, start: list[Floats]
    ) -> tuple[list[Floats], tuple[Any, ...]]:
        """What is learned at one edge, group by group: around the climatology, then around what the others learned."""
        penalties = [self._penalty(one, world, edge) for one in cases]
        alone = [
            _fitted(one.columns, one.met, one.offset, each, weights, one.counted)
            for one, each, weights in zip(cases, penalties, start, strict=True)
        ]
        # Per unit of a column rather than per spread in a group, so that groups can be compared.
        slopes = np.array([weights[1:] / one.scale for one, weights in zip(cases, alone, strict=True)])
        met = np.array([one.met.sum() for one in cases])
        learned = []
        for g, (one, penalty) in enumerate(zip(cases, penalties, strict=True)):
            others = np.where(np.arange(len(cases)) == g, 0.0, met)
            shares = others / max(others.sum(), 1.0)
            if not len(one.met):
                mean, scale = (shares @ np.array([getattr(c, name) for c in cases]) for name in ("mean", "scale"))
                one = one._replace(mean=mean, scale=np.where(scale > 0.0, scale, 1.0))
            believed = 1.0 if len(one.met) else _UNSEEN
            borrowed = np.concatenate([[0.0], believed * (shares @ slopes) * one.scale])
            learned.append(self._learn_group(one, penalty, borrowed, alone[g]))
        return alone, tuple(zip(*learned, strict=True))

    def _penalty(self, cases: _Cases, world: npt.NDArray[np.bool_], edge: int) -> Floats:
        learned = 1.0 - self._held(cases)
        factors = np.where(world, self.world_factor, 1.0)
        factors[:_CLIMATOLOGY] = self.climatology_factor**learned
        ridge = self.ridge * max(1.0, edge / 30.0) ** 0.5 / learned
        return np.asarray(ridge * np.concatenate([[1.0], factors]))

    def _learn_group(self, cases: _Cases, penalty: Floats, borrowed: Floats, alone: Floats) -> tuple[Any, ...]:
        """Weights of one group at one edge, with their covariance and what is needed to use them."""
        n = len(borrowed)
        if not len(cases.met):
            return borrowed, cases.mean, cases.scale, cases.low, cases.high, np.zeros((n, n)), _AHEAD * _LEVEL, 1.0
        columns, offset, turn, weights = cases.columns, cases.offset, np.eye(n), alone
        if borrowed.any():
            # One column more, what the others' weights say: believed as far as the rows of the group do not deny it.
            columns = np.column_stack([columns, columns @ borrowed])
            penalty = np.append(penalty, self.borrowed_ridge)
            offset = offset + columns[:, -1]
            turn = np.column_stack([turn, borrowed])
            weights = _fitted(columns, cases.met, offset, penalty, np.append(alone - borrowed, 0.0), cases.counted)
        probability = expit(offset + columns @ weights)
        bread = np.linalg.inv(_curve(columns, probability, penalty, cases.counted))
        middle = robust_middle(columns * (cases.counted * (cases.met - probability))[:, None], cases.clusters)
        # The penalty stands for what was believed before: without its share, weights that the data cannot tell would
        # look certain.
        covariance = turn @ bread @ (middle + np.diag(penalty)) @ bread @ turn.T
        level = _level_variance(cases.met, probability, cases.clusters, cases.counted)
        return (
            turn @ weights + borrowed, cases.mean, cases.scale, cases.low, cases.high,
            (covariance + covariance.T) / 2.0, level, self._held(cases),
        )  # fmt: skip

    def _held(self, cases: _Cases) -> float:
        """How far a group is held to what was believed before for want of dyads and years, which are its cases."""
        _, first = np.unique(cases.clusters[0], return_index=True)
        dyads = max(len(first) if isinstance(cases.counted, float) else float(cases.counted[first].sum()), 1)
        years = max(len(np.unique(cases.clusters[1])), 1)
        return 1.0 - float(min(1.0, dyads / self.full_dyads) ** 1.5) * min(1.0, years / self.full_years)

    def uses(self, signal: str) -> bool:
        """Whether a forecast may depend on a column: learned, or of a period and of no family that is left out."""
        if signal.startswith((HAZARD, "venues__")):
            return signal.startswith((HAZARD, *(f"venues__{name}@" for name in (*RELATIONS, MISSED, *ONSETS))))
        if "@" in signal:
            return self._wanted(signal)
        return signal in FOCAL or signal in set(self.signals_)

    def pulls(self, X: pd.DataFrame, edges: Iterable[int]) -> Iterator[Floats]:
        """What each column adds to the log-odds at one edge after the other, against the mean of the training rows.

        The first is the climatology, with the offset that it is whatever the weights are.
        """
        X = self._same_columns(X)
        blocks, placed, n = self._blocks(X), self._placed(X), len(X)
        for k in edges:
            total, readings = np.zeros((n, len(blocks.world))), np.zeros(n)
            for rows, group, way in placed:
                standardised, offset = self._standardised(blocks, k, rows, group, way)
                total[rows] += standardised * self.coef_[group, k, 1:]
                total[rows, 0] += offset
                readings[rows] += 1.0
            yield total / readings[:, None]

    def _placed(self, X: pd.DataFrame) -> list[tuple[npt.NDArray[np.int64], int, str]]:
        """Rows of a group and a way of reading; the group is the first if theirs had no training rows."""
        placed: list[tuple[npt.NDArray[np.int64], int, str]] = []
        for rows, group, way in _readings(X):
            if way != "both" and len(rows) and not _named(X) and len(self.groups_) > 1:
                raise ModelError(
                    "the model has weights for single states: rows of their dyads need the index (dyad, as_of)"
                )
            if not len(rows):
                continue
            at = np.minimum(np.searchsorted(self.groups_, group[rows]), len(self.groups_) - 1)
            at = np.where(self.groups_[at] == group[rows], at, 0)
            placed += [(rows[at == one], int(one), way) for one in np.unique(at)]
        return placed

    def _hazards(self, X: pd.DataFrame) -> Floats:
        return self._hazards_by_width(X, spread=False)(0.0)

    def _hazards_by_width(self, X: pd.DataFrame, *, spread: bool = True) -> Callable[[float], Floats]:
        """Hazards of rows as a function of how many standard deviations from the middle they are taken.

        As far as leaders stay away from summits, the forecast is that without the summits. What is announced comes
        beside it.
        """
        usual = self._log_odds(X, spread=spread)
        missed, whole = (np.nan_to_num(X[names].to_numpy(dtype=np.float64), nan=0.0) for names in (MISSES, CHANCES))
        lost, promised = np.cumsum(missed, axis=1), np.cumsum(whole, axis=1)[:, len(RELATIONS) - 1 :: len(RELATIONS)]
        away = np.clip(np.divide(lost, promised, out=np.zeros_like(lost), where=promised > 0.0), 0.0, 1.0)
        rows = np.flatnonzero(away.any(axis=1))
        quiet = self._log_odds(without_summits(X.iloc[rows]), spread=spread) if len(rows) else None
        plans = None
        if PLANS[0] in X and self._wanted(OCCASION):
            plans = np.cumsum(np.nan_to_num(X[PLANS].to_numpy(dtype=np.float64), nan=0.0), axis=1)

        def hazards(widths: float) -> Floats:
            chance = _chance_at(*usual, widths)
            if quiet is not None:
                mixed = away[rows] * _chance_at(*quiet, widths) + (1.0 - away[rows]) * chance[rows]
                chance[rows] = np.maximum.accumulate(mixed, axis=1)
            if plans is not None:
                # An announced meeting is an occasion beside all others; a dyad without a source of plans has none.
                chance = 1.0 - (1.0 - chance) * np.exp(-plans)
            return _hazards_of(chance)

        return hazards

    def _log_odds(self, X: pd.DataFrame, *, spread: bool = True) -> tuple[Floats, Floats]:
        """Log-odds of a meeting within each edge and, with `spread`, their variance, shapes (n_rows, n_edges)."""
        blocks, placed = self._blocks(X), self._placed(X)
        log_odds, variance = np.zeros((len(X), len(PERIODS))), np.zeros((len(X), len(PERIODS)))
        readings = np.bincount(np.concatenate([rows for rows, _, _ in placed]), minlength=len(X))[:, None]
        unsure = _climatology_variance(blocks.chance)
        for k in range(len(PERIODS)):
            for rows, group, way in placed:
                standardised, offset = self._standardised(blocks, k, rows, group, way)
                weights = self.coef_[group, k]
                # Summed row by row: a matrix product may round a row differently among many rows than alone.
                log_odds[rows, k] += offset + weights[0] + (standardised * weights[1:]).sum(axis=1)
                if not spread:
                    continue
                columns = np.column_stack([np.ones(len(rows)), standardised])
                own = np.einsum("ij,jk,ik->i", columns, self.covariance_[group, k], columns)
                variance[rows, k] += own + self.year_variance_[group, k] + self.held_[group, k] * unsure[rows, k]
        return log_odds / readings, variance / readings

    def _with_interval(
        self, X: pd.DataFrame, horizons: npt.NDArray[Any], level: float
    ) -> tuple[Floats, Floats, Floats]:
        width, hazards = ndtri(0.5 + level / 2.0), self._hazards_by_width(X)
        quiet = self._hazards_by_width(without_summits(X)) if end_inside(horizons) else None
        low, centre, high = (
            cumulative_incidence(hazards(at), horizons, None if quiet is None else summits_of(X, quiet(at)))
            for at in (-width, 0.0, width)
        )
        return centre, np.minimum(low, centre), np.maximum(high, centre)

    def _wanted(self, name: str) -> bool:
        return name.split("__")[0] not in self.without.split()

    def _standardised(
        self, blocks: _Blocks, k: int, rows: npt.NDArray[np.int64], group: int, way: str
    ) -> tuple[Floats, Floats]:
        design, offset = _design(blocks, k, rows, way)
        np.clip(design, self.low_[group, k], self.high_[group, k], out=design)
        design -= self.mean_[group, k]
        design /= self.scale_[group, k]
        # What is missing stands at the mean: neither punished nor rewarded.
        np.copyto(design, 0.0, where=np.isnan(design))
        return design, offset

    def _blocks(self, X: pd.DataFrame) -> _Blocks:
        """The columns of rows as arrays, from which the design of every edge is made."""
        first = f"@{PERIODS[0][0]}-{PERIODS[0][1]}"
        stems = [name.removesuffix(first) for name in X.columns if name.endswith(first) and self._wanted(name)]
        stems = [name for name in stems if name not in (HAZARD, OCCASION) and not name.startswith("venues__")]
        place, values = {name: at for at, name in enumerate(X.columns)}, numbers_of(X)
        turned = [exchanged(name) if exchanged(name) in place else name for name in self.signals_]
        ways = [_by_ratio(values[:, [place[name] for name in names]]) for names in (self.signals_, turned)]
        names = [name.split("__")[0] for name in (*stems, *self.signals_)]

        def by_period(stem: str) -> Floats:
            return np.asarray(values[:, [place[column(stem, *period)] for period in PERIODS]])

        def up_to_edges(stems: Sequence[str], lengths: Floats) -> Floats:
            sums = np.zeros((len(X), len(stems), len(PERIODS)))
            for at, stem in enumerate(stems):
                np.cumsum(by_period(stem) * lengths, axis=1, out=sums[:, at])
            return sums

        return _Blocks(
            chance=cumulative_incidence(by_period(HAZARD), EDGES[1:]),
            summits=up_to_edges([f"venues__{name}" for name in RELATIONS], np.ones(len(PERIODS))),
            by_period=up_to_edges(stems, np.diff(EDGES).astype(np.float64)) / EDGES[1:],
            signals=ways[0],
            turned=ways[1],
            world=np.concatenate([np.zeros(_FIXED, dtype=bool), np.isin(names, WORLD)]),
        )


#: Rows that are read in one way, the group of every row, and the way: from the first side, the second, or both.
_Reading = tuple[npt.NDArray[np.int64], npt.NDArray[np.str_], str]


def _readings(X: pd.DataFrame) -> list[_Reading]:
    """From which sides rows are read, and with whose weights."""
    n = len(X)
    if not set(FOCAL) <= set(X.columns):
        return [(np.arange(n), np.full(n, "", dtype="<U3"), "first")]
    first, second = (X[name].to_numpy(dtype=np.float64) > 0.0 for name in FOCAL)
    pairs = np.full((n, 2), "", dtype="<U3")
    if _named(X):
        dyads, inverse = np.unique(X.index.get_level_values("dyad").to_numpy().astype(str), return_inverse=True)
        pairs = np.array([sides(dyad) for dyad in dyads], dtype="<U3")[inverse]
    return [
        (np.flatnonzero(first), pairs[:, 0], "first"),
        (np.flatnonzero(second), pairs[:, 1], "second"),
        (np.flatnonzero(~first & ~second), np.full(n, "", dtype="<U3"), "both"),
    ]


def _named(X: pd.DataFrame) -> bool:
    """Whether rows say which dyads they are of."""
    return list(X.index.names) == ["dyad", "as_of"]


class _Blocks(NamedTuple):
    """Columns of n rows as arrays: those by period up to each edge, those by date read from either side."""

    chance: Floats
    summits: Floats
    by_period: Floats
    signals: Floats
    turned: Floats
    world: npt.NDArray[np.bool_]


class _Cases(NamedTuple):
    """Training rows of one group at one edge."""

    columns: Floats
    offset: Floats
    met: Floats
    clusters: list[npt.NDArray[np.int64]]
    mean: Floats
    scale: Floats
    low: Floats
    high: Floats
    #: How many rows each row stands for.
    counted: Floats | float = 1.0


def _standardised_cases(
    blocks: _Blocks,
    k: int,
    parts: list[tuple[npt.NDArray[np.int64], str]],
    met: Floats,
    clusters: list[npt.NDArray[np.int64]],
    weight: Floats | None,
) -> _Cases:
    n, world = len(blocks.world), blocks.world
    columns, offset, end = np.ones((len(met), n + 1)), np.zeros(len(met)), 0
    if not len(met):
        nothing = np.zeros(n)
        return _Cases(columns, offset, met, clusters, nothing, nothing + 1.0, nothing, nothing)
    own = columns[:, 1:]
    for rows, way in parts:
        for block in row_blocks(len(rows)):
            here = slice(end, end + len(rows[block]))
            own[here], offset[here] = _design(blocks, k, rows[block], way)
            end = here.stop
    low, high = np.full(n, -np.inf), np.full(n, np.inf)
    low[world], high[world] = (np.nan_to_num(of.reduce(own[:, world], axis=0)) for of in (np.fmin, np.fmax))
    missing = np.isnan(own)
    all_rows = len(met) if weight is None else weight.sum()
    lacking = _summed(missing, weight)
    rows_seen = np.maximum(all_rows - lacking, 1)
    np.copyto(own, 0.0, where=missing)
    mean = _summed(own, weight) / rows_seen
    own -= mean
    np.copyto(own, 0.0, where=missing)
    squares = (_summed(own[block] ** 2, None if weight is None else weight[block]) for block in row_blocks(len(met)))
    spread = np.sqrt(sum(squares, start=np.zeros(n)) / rows_seen)
    scale = np.where(spread > 1e-9, spread, 1.0)
    own /= scale
    own[:, lacking / all_rows > FEWEST_SEEN] = 0.0
    return _Cases(columns, offset, met, clusters, mean, scale, low, high, 1.0 if weight is None else weight)


def _summed(table: npt.NDArray[Any], weight: Floats | None) -> Floats:
    """Sums of the columns, of rows that stand for so many."""
    return np.asarray(table.sum(axis=0) if weight is None else weight @ table)


def _design(blocks: _Blocks, k: int, rows: npt.NDArray[np.int64], way: str) -> tuple[Floats, Floats]:
    """Columns and offset of edge k for rows read from the first side, the second, or both."""
    if way == "both":
        (one, offset), (other, _) = (_design(blocks, k, rows, side) for side in ("first", "second"))
        return (one + other) / 2.0, offset
    chance, summits, signals = blocks.chance[rows, k], blocks.summits[rows, :, k], blocks.signals
    if way == "second":
        summits, signals = summits[:, _OTHER_WAY], blocks.turned
    # Either way of meeting may come about: by the dyad's habit or at one of the summits.
    either = -np.expm1(np.log1p(-np.minimum(chance, 1.0 - _FLOOR)) - summits.sum(axis=1))
    held, offset = summits > 0.0, _log_odds(chance)
    met_there = _log_odds(-np.expm1(-summits)) * held
    parts = [offset, _log_odds(either), held, met_there, summits, blocks.by_period[rows, :, k], signals[rows]]
    return np.column_stack(parts), offset


#: Columns of the design that hold the climatology, which stand first, and all before those of seasons and signals.
_CLIMATOLOGY: Final = 2
_FIXED: Final = _CLIMATOLOGY + 3 * len(RELATIONS)

#: Relations of the summits as the other side sees them.
_OTHER_WAY: Final = (1, 0, 2)


def exchanged(name: str) -> str:
    """Name of the signal that says of the other side what a signal says of one.

    Examples
    --------
    >>> exchanged("visits__leader_to_first_count__1096d"), exchanged("meetings__never")
    ('visits__leader_to_second_count__1096d', 'meetings__never')
    """
    return name.replace("first", "\0").replace("second", "first").replace("\0", "second")


def _chance_at(log_odds: Floats, variance: Floats, widths: float) -> Floats:
    """Chances of a meeting within each edge, by so many standard deviations, in order by a running maximum."""
    chance = expit(np.clip(log_odds + widths * np.sqrt(np.maximum(variance, 0.0)), -_LIMIT, _LIMIT))
    return np.asarray(np.maximum.accumulate(chance, axis=1))


def _by_ratio(signals: Floats) -> Floats:
    """Counts and days are felt by ratio, not by difference; shares and balances are hardly changed by this."""
    return np.asarray(np.sign(signals) * np.log1p(np.abs(signals)))


def _hazards_of(chance: Floats) -> Floats:
    """Hazards of the periods from the chances of a meeting within each edge."""
    before = np.hstack([np.zeros((len(chance), 1)), chance[:, :-1]])
    return np.asarray((chance - before) / (1.0 - before))


_LIMIT: Final = float(logit(1.0 - _FLOOR))


def _log_odds(probability: Floats) -> Floats:
    return np.asarray(logit(np.clip(probability, _FLOOR, 1.0 - _FLOOR)))


def _climatology_variance(chance: Floats) -> Floats:
    """Variance of the log-odds of the climatology, if one window for each horizon's length is independent."""
    windows = (WINDOW_DAYS + SHRINKAGE_DAYS) / np.array(EDGES[1:], dtype=np.float64)
    return np.asarray(polygamma(1, chance * windows + 0.5) + polygamma(1, (1.0 - chance) * windows + 0.5))


def _fitted(
    columns: Floats, met: Floats, offset: Floats, penalty: Floats, weights: Floats, counted: Floats | float = 1.0
) -> Floats:
    """Weights of a ridge logistic regression with an offset, by Newton steps that are halved if they overshoot.

    Each step is about the square of the one before it, so that the last leaves no trace of the weights to begin with,
    nor of the single precision of the curves of one block of rows, which take half the time and a copy of the rows.
    """
    rough: npt.NDArray[Any] = columns if row_blocks(len(columns))[1:] else columns.astype(np.float32)

    def at(w: Floats) -> tuple[Floats, float]:
        eta = offset + columns @ w
        surprise = np.maximum(eta, 0.0) + np.log(1.0 + np.exp(-np.abs(eta)))
        return eta, float((counted * surprise).sum() - (counted * met) @ eta + 0.5 * (penalty * w) @ w)

    eta, now = at(weights)
    for _ in range(_STEPS):
        probability = expit(eta)
        slope = columns.T @ (counted * (probability - met)) + penalty * weights
        step = np.linalg.solve(_curve(rough, probability, penalty, counted), slope)
        if slope @ step < 0.0:  # A weak penalty on columns nearly alike is less than what single precision rounds.
            rough, step = columns, np.linalg.solve(_curve(columns, probability, penalty, counted), slope)
        if slope @ step <= _STILL * (1.0 + abs(now)):
            return np.asarray(weights - step)
        size, (eta, after) = 1.0, at(weights - step)
        while after > now and size > 1e-6:
            size /= 2.0
            eta, after = at(weights - size * step)
        weights, now = weights - size * step, after
    return weights


def _curve(columns: npt.NDArray[Any], probability: Floats, penalty: Floats, counted: Floats | float = 1.0) -> Floats:
    """Second derivative of the loss, block by block; a matrix by its own transpose takes half the work."""
    roots = np.sqrt(counted * (probability * (1 - probability)))[:, None].astype(columns.dtype)
    curve = np.zeros((columns.shape[1], columns.shape[1]))
    for block in row_blocks(len(columns)):
        rooted = columns[block] * roots[block]
        curve += rooted.T @ rooted
    return np.asarray(curve + np.diag(penalty))


def _level_variance(
    met: Floats, probability: Floats, clusters: list[npt.NDArray[np.int64]], counted: Floats | float = 1.0
) -> float:
    """Variance of the level of a year to come around the model, in squared log-odds.

    What the years of the rows vary beyond their dyads is learned around what is believed before. It is multiplied since
    the model was fitted to these years and not to those that follow, in which it grows stale.
    """
    dyad, year, _ = clusters
    information, surprise = counted * (probability * (1 - probability)), counted * (met - probability)
    levels, noise = [], []
    for one in np.unique(year):
        rows = year == one
        total = information[rows].sum()
        if total <= 0.0:
            continue
        scores = np.bincount(dyad[rows], weights=surprise[rows])
        levels.append(scores.sum() / total)
        noise.append((scores**2).sum() / total**2)
    years = len(levels) if len(levels) >= _FEWEST_YEARS else 0
    seen = max(float(np.var(levels) - np.mean(noise)), 0.0) if years else 0.0
    return _AHEAD * (years * seen + _LEVEL_YEARS * _LEVEL) / (years + _LEVEL_YEARS)
