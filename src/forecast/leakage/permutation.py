"""Permuted outcomes: skill that survives when the future is permuted among dyads was read from the future.

To shuffle the outcomes of existing rows detects no leaking signal: the signal keeps the true outcome, and the shuffled
one has no relation to it. So facts are permuted, not labels: at an as-of date the events of a dyad that occur and
become known from then on go to another dyad that the same publishers record over the same days, rotated by a number of
days of its own. The past is untouched, rows and outcomes are made by the usual path, and the model was trained before.

An honest forecast is the same in every permutation, while the outcome of its row is that of any dyad of the group on
any day of the future: the two cannot be related but by chance. A signal that looks ahead sees the exchanged future, the
model has learned from earlier rows to believe it, and the forecast follows the outcome in every permutation.

Skill is measured against the base rate of the group on the date, and as *potential* skill, the squared correlation of
forecast and outcome within group and date (Murphy and Epstein 1989,
https://doi.org/10.1175/1520-0493(1989)117<0572:SSACCI>2.0.CO;2), with the sign of the correlation. The plain Brier
skill would hide a small leak: it punishes an honest forecast for its spread, which the permuted outcomes do not have.
The limit is what chance exceeds in a share `EXCESS` of permutations, computed by permuting the outcomes again just as
the futures were. To shuffle the rows of all permutations together would be wrong where dyads are few and unlike: of
two, of which one meets all the time, each permutation holds exactly one meeting, and chance reaches further than such a
shuffle shows.

Many audits are run, and one that accuses an honest signal costs its owner days. So skill beyond the limit is a
suspicion, and all dates are permuted a second time: a leak is in every permutation and shows again; an honest audit
fails in a share ``EXCESS ** 2`` at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Floats, as_days, day_number, day_numbers
from forecast.facts.countries import sides
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.history import History, make_history
from forecast.leakage.comparison import FORECAST, OUTCOME_DAYS, Comparison, Counterexample, Subject
from forecast.leakage.perturbation import PerturbedHistory
from forecast.panel.outcomes import met_within
from forecast.panel.panel import build_panel

#: Share of permutations in which chance alone goes beyond the limit. Twice in a row is a failure.
EXCESS: Final = 0.01
#: With the permutation at hand one more than these: of 4000, the 40 that reach furthest are `EXCESS`.
_SHUFFLES: Final = 3999
#: What sums of the same numbers in another order may differ by, as a correlation: no excess.
_ROUNDING: Final = 1e-9
#: Permutations of one as-of date: enough for so many rows, within bounds.
_ROWS: Final = 200
_FEWEST, _MOST = 2, 20


@dataclass(frozen=True)
class Group:
    """Dyads whose futures can be exchanged: the same publishers record them over the same days."""

    publishers: tuple[str, ...]
    starts_on: Day
    ends_on: Day

    def __str__(self) -> str:
        return " ".join([*self.publishers, str(self.starts_on), str(self.ends_on)])


@dataclass(frozen=True, eq=False)
class PermutedRows:
    """Rows (dyad, as_of) of one as-of date in all its permutations."""

    #: Signals and the forecast, with the columns `group`, `permutation` (its number) and `outcome` (0 or 1).
    rows: pd.DataFrame
    #: Facts that were moved, summed over the permutations.
    touched: int


def exchange_groups(history: History, as_of: Day) -> dict[str, Group]:
    """Dyads of the cohort whose meetings are recorded on the as-of date, each with its group."""
    groups = {}
    for dyad in history.cohort(as_of):
        # The span that holds the date: beyond a gap of the record no outcome follows from it.
        ahead = int(history.resolved_until(dyad, np.array([day_number(as_of)]))[0]) - day_number(as_of)
        if ahead:
            groups[dyad] = Group(history.publishers_of_record(dyad), as_of, as_of + (ahead - 1))
    return groups


def permute_future(history: History, as_of: Day, generator: np.random.Generator) -> PerturbedHistory:
    """Permute the future of an as-of date among the dyads of each group; the past and all coverage stay as they are."""
    groups = exchange_groups(history, as_of)
    recipients: dict[str, str] = {}
    for group in sorted(set(groups.values()), key=str):
        members = [dyad for dyad, own in groups.items() if own == group]
        recipients.update(zip(members, generator.permutation(members).tolist(), strict=True))
    days = {dyad: int((group.ends_on - as_of).astype(np.int64)) + 1 for dyad, group in groups.items()}
    rotations = {dyad: int(generator.integers(0, days[dyad])) for dyad in groups}
    events = history.events
    known, occurred = (as_days(events[name].to_numpy()) for name in ("known_on", "occurred_on"))
    moved = (known >= as_of) & (occurred >= as_of) & events["dyad"].isin(groups).to_numpy()
    future = events.loc[moved].copy()
    ahead = day_numbers(occurred[moved]) - day_number(as_of)
    length = future["dyad"].map(days).to_numpy(dtype=np.int64)
    rotation = future["dyad"].map(rotations).to_numpy(dtype=np.int64)
    rotated = np.where(ahead < length, (ahead + rotation) % length, ahead)
    for name in DAY_COLUMNS:
        future[name] = as_days(future[name].to_numpy()) + (rotated - ahead)
    # A plan is known before it occurs: rotated back, it must not come to be known in the past.
    future["known_on"] = np.maximum(as_days(future["known_on"].to_numpy()), as_of)
    pairs = [sides(recipients[dyad]) for dyad in future["dyad"]]
    forward = future["forward"].tolist()
    future["source"] = [pair[0 if way else 1] for pair, way in zip(pairs, forward, strict=True)]
    future["recipient"] = [pair[1 if way else 0] for pair, way in zip(pairs, forward, strict=True)]
    future = future.astype(dict.fromkeys(DAY_COLUMNS, "datetime64[s]"))
    permuted = pd.concat([events.loc[~moved, list(COLUMNS)], future[list(COLUMNS)]], ignore_index=True)
    result = make_history(permuted, list(history.coverages), history.calendar, history.leaders)
    return PerturbedHistory(replace(result, reports=history.reports), int(moved.sum()))


def forecast_permuted_futures(subject: Subject, as_of: Day, generator: np.random.Generator) -> PermutedRows:
    """Forecast every dyad of the groups in a number of permutations of one as-of date."""
    groups = exchange_groups(subject.history, as_of)
    permutations = int(np.clip(-(-_ROWS // max(len(groups), 1)), _FEWEST, _MOST))
    parts, touched = [], 0
    for number in range(permutations if groups else 0):
        permuted = permute_future(subject.history, as_of, generator)
        panel = build_panel(permuted.history, np.array([as_of]), dyads=sorted(groups), extra=subject.extra)
        forecast = subject.model.predict_cumulative_incidence(panel.signals, [OUTCOME_DAYS])[:, 0]
        names = panel.signals.index.get_level_values("dyad")
        columns = {
            "group": [f"{groups[dyad]} {as_of}" for dyad in names],
            "permutation": number,
            FORECAST.format(OUTCOME_DAYS): forecast,
            "outcome": met_within(panel.outcomes, OUTCOME_DAYS).to_numpy(),
        }
        parts.append(pd.concat([panel.signals, pd.DataFrame(columns, index=panel.signals.index)], axis=1))
        touched += permuted.touched
    rows = pd.concat(parts) if parts else pd.DataFrame({"outcome": []})
    # A dyad that one permutation leaves inside a stay of unknown day is left out of all, so that they stay alike.
    return PermutedRows(rows.drop(index=rows.index[rows["outcome"].isna()].unique()), touched)


def permutation_test(dates: list[PermutedRows], generator: np.random.Generator) -> Comparison:
    """Test the forecasts of all dates together: one failure if the skill (`worst`) is beyond what chance reaches."""
    # A date that was requested is permuted once a trial, each time into permutations of its own.
    parts = [
        date.rows.assign(permutation=date.rows["permutation"] + k * _MOST)
        for k, date in enumerate(dates)
        if len(date.rows) and date.touched
    ]
    rows = pd.concat(parts) if parts else pd.DataFrame({"group": [], "outcome": []})
    varied = rows.groupby("group")["outcome"].transform("nunique") > 1
    rows = rows.loc[varied.to_numpy(dtype=bool)]
    touched = sum(date.touched for date in dates)
    if rows.empty:
        return Comparison(touched, 0, 0, 0.0)
    group, permutation = rows["group"].to_numpy(), rows["permutation"].to_numpy(dtype=np.int64)
    name = FORECAST.format(OUTCOME_DAYS)
    forecast, outcome = (rows[column].to_numpy(dtype=np.float64) for column in (name, "outcome"))
    skill, limit = potential_skill(forecast, outcome, group, permutation, generator=generator)
    if skill <= limit:
        return Comparison(touched, len(rows), 0, skill, limit)
    suspects = (
        rows.drop(columns=["group", "permutation", "outcome"]).groupby(level=["dyad", "as_of"]).nunique(dropna=False)
    )
    changed = tuple(str(column) for column in suspects.columns[(suspects > 1).any()])
    # The meeting that the forecast knew of most, against the base rate that would have been honest.
    rates = rows.groupby("group")["outcome"].transform("mean").to_numpy()
    known = int(np.argmax(np.where(outcome == 1.0, forecast - rates, -1.0)))
    dyad, as_of = rows.index[known]
    values = f"base rate {rates[known]:.3f}", f"{forecast[known]:.3f}"
    first = Counterexample(dyad, f"{as_of:%Y-%m-%d}", name, *values)
    return Comparison(touched, len(rows), 1, skill, limit, changed, first)


def confirm_excess(
    first: Comparison, again: Callable[[], list[PermutedRows]], generator: np.random.Generator
) -> Comparison:
    """The first test if it raised no suspicion, else one of new permutations, which was not chosen for its skill."""
    if not first.failures:
        return first
    second = permutation_test(again(), generator)
    return replace(second, touched=first.touched + second.touched, rows=first.rows + second.rows)


def potential_skill(
    forecast: Floats,
    outcome: Floats,
    group: npt.NDArray[np.str_],
    permutation: npt.NDArray[np.int64],
    *,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Signed squared correlation of forecast and outcome within groups, and the limit of what chance reaches.

    Each permutation of a group holds equally many rows, one a dyad. Under an honest forecast the permutation at hand
    and the `_SHUFFLES` others are alike in law, whatever the groups and the rates of their dyads, so that the skill is
    beyond the limit with a probability of at most `EXCESS`, exactly (Phipson and Smyth 2010,
    https://doi.org/10.2202/1544-6115.1585). Both are zero if the forecast does not vary within any group.

    >>> one, permutation = np.array(["a"] * 40), np.repeat([0, 1], 20)
    >>> outcome = np.tile([0.0, 1.0], 20)
    >>> skill, limit = potential_skill(outcome, outcome, one, permutation, generator=np.random.default_rng(0))
    >>> round(skill, 6), limit < 0.5
    (1.0, True)
    """
    ours, theirs = (_centred(values, group) for values in (forecast, outcome))
    size = float(np.sqrt((ours**2).sum() * (theirs**2).sum()))
    if size < 1e-12:
        return 0.0, 0.0
    sums = np.zeros(_SHUFFLES)
    for name in np.unique(group):
        rows = np.flatnonzero(group == name)
        rows = rows[np.argsort(permutation[rows], kind="stable")]
        if np.any(ours[rows]):
            permutations = len(np.unique(permutation[rows]))
            sums += _reshuffled(theirs[rows].reshape(permutations, -1), generator) @ ours[rows]
    furthest = round(EXCESS * (_SHUFFLES + 1))
    correlation, limit = float(ours @ theirs) / size, float(np.sort(sums)[-furthest]) / size + _ROUNDING
    return correlation * abs(correlation), limit * abs(limit)


def _reshuffled(outcomes: Floats, generator: np.random.Generator) -> Floats:
    """Permute outcomes (a row a permutation, a column a dyad) `_SHUFFLES` times, each result flattened into one row."""
    permutations, dyads = outcomes.shape
    order = generator.permuted(np.tile(np.arange(permutations), (_SHUFFLES, 1)), axis=1)
    return generator.permuted(outcomes[order], axis=2).reshape(_SHUFFLES, permutations * dyads)


def _centred(values: Floats, group: npt.NDArray[np.str_]) -> Floats:
    """Deviations from the mean of each group."""
    _, number = np.unique(group, return_inverse=True)
    means = np.bincount(number, weights=values) / np.bincount(number)
    gap = values - means[number]
    # The mean of equal values may miss them by a rounding error, which is no variation.
    return np.where(np.abs(gap) < 1e-12, 0.0, gap)
