"""Permuted outcomes: skill that survives when the future is dealt out anew was read from the future.

To shuffle the outcomes of rows that are already made finds no leaking signal: the signal keeps the true outcome, and
the shuffled one has no relation to it. So not labels are shuffled here but the world. At an as-of date, what is to come
is exchanged among dyads that the same publishers record over the same days: the events of one dyad that
occur and become known from the as-of date on go to another dyad of the group, and every dyad's future is turned like a
wheel by a number of days of its own. The past is untouched, rows and outcomes are made by the usual path, and the model
was trained before the date.

An honest forecast is the same in every such world, while the outcome of its row is that of any dyad of the group on
any day of the future: the two cannot be related but by chance. A signal that looks ahead sees the exchanged future,
the model has learned from earlier rows to believe it, and the forecast follows the outcome from world to world.

Skill is measured against the base rate of the group on the date, and as *potential* skill, the squared correlation of
forecast and outcome within group and date (Murphy and Epstein 1989,
https://doi.org/10.1175/1520-0493(1989)117<0572:SSACCI>2.0.CO;2), with the sign of the correlation. The plain Brier
skill would hide a small leak: it punishes an honest forecast for its spread, which the permuted outcomes do not have.
The limit is what chance exceeds in a share `EXCESS` of dealings. It is found by dealing the outcomes out again just as
the worlds dealt out the futures: among the dyads of a group within each world, and the worlds of a date among
themselves. To shuffle the rows of all worlds together would be wrong where dyads are few and unlike: of two, of which
one meets all the time, each world holds exactly one meeting, and chance reaches further than such a shuffle shows.

Many audits are made, and one that accuses an honest signal costs its owner days. So skill beyond the limit is a
suspicion, and all dates are dealt out anew: only skill that is beyond the limit again is a leak. A leak is in every
world and shows again; an honest audit fails in a share ``EXCESS ** 2`` at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, as_days, day_number, day_numbers
from forecast.facts.countries import sides
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.history import History, make_history
from forecast.leakage.occasions import OUTCOME_DAYS
from forecast.leakage.trials import FORECAST, Counterexample, Subject, Trial
from forecast.leakage.worlds import World
from forecast.panel.outcomes import met_within
from forecast.panel.panel import build_panel

Floats = npt.NDArray[np.float64]

#: Share of dealings in which chance alone goes beyond the limit. Twice in a row is a failure.
EXCESS: Final = 0.01
#: With the dealing itself one more than these: of 4000, the 40 that reach furthest are `EXCESS`.
_SHUFFLES: Final = 3999
#: What sums of the same numbers in another order may differ by, as a correlation: no excess.
_ROUNDING: Final = 1e-9
#: Worlds of one as-of date: enough for so many rows, within bounds.
_ROWS: Final = 200
_FEWEST, _MOST = 2, 20


@dataclass(frozen=True)
class Group:
    """Dyads whose futures can be exchanged: the same publishers record them over the same days.

    Parameters
    ----------
    publishers : tuple of str
    starts_on, ends_on : numpy.datetime64[D]
    """

    publishers: tuple[str, ...]
    starts_on: Day
    ends_on: Day

    def __str__(self) -> str:
        return " ".join([*self.publishers, str(self.starts_on), str(self.ends_on)])


@dataclass(frozen=True, eq=False)
class Dealing:
    """Rows of one as-of date in its permuted worlds.

    Parameters
    ----------
    answers : pandas.DataFrame
        Signals and the forecast, with the columns `group`, `world` (its number) and `outcome` (0 or 1). Index:
        (dyad, as_of).
    touched : int
        Facts that were moved, summed over the worlds.
    """

    answers: pd.DataFrame
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


def exchanged(history: History, as_of: Day, generator: np.random.Generator) -> World:
    """Deal out the future of an as-of date anew among the dyads of each group.

    Parameters
    ----------
    history : History
    as_of : numpy.datetime64[D]
    generator : numpy.random.Generator

    Returns
    -------
    World
        What occurred or was known before the as-of date is as it was; coverage stays.
    """
    groups = exchange_groups(history, as_of)
    dealt: dict[str, str] = {}
    for group in sorted(set(groups.values()), key=str):
        members = [dyad for dyad, own in groups.items() if own == group]
        dealt.update(zip(members, generator.permutation(members).tolist(), strict=True))
    days = {dyad: int((group.ends_on - as_of).astype(np.int64)) + 1 for dyad, group in groups.items()}
    turns = {dyad: int(generator.integers(0, days[dyad])) for dyad in groups}
    events = history.events
    known, occurred = (as_days(events[name].to_numpy()) for name in ("known_on", "occurred_on"))
    moved = (known >= as_of) & (occurred >= as_of) & events["dyad"].isin(groups).to_numpy()
    future = events.loc[moved].copy()
    ahead = day_numbers(occurred[moved]) - day_number(as_of)
    length = future["dyad"].map(days).to_numpy(dtype=np.int64)
    turned = np.where(ahead < length, (ahead + future["dyad"].map(turns).to_numpy(dtype=np.int64)) % length, ahead)
    for name in DAY_COLUMNS:
        future[name] = as_days(future[name].to_numpy()) + (turned - ahead)
    # A plan is known before it occurs: turned back, it must not come to be known in the past.
    future["known_on"] = np.maximum(as_days(future["known_on"].to_numpy()), as_of)
    pairs = [sides(dealt[dyad]) for dyad in future["dyad"]]
    straight = future["forward"].tolist()
    future["source"] = [pair[0 if way else 1] for pair, way in zip(pairs, straight, strict=True)]
    future["recipient"] = [pair[1 if way else 0] for pair, way in zip(pairs, straight, strict=True)]
    future = future.astype(dict.fromkeys(DAY_COLUMNS, "datetime64[s]"))
    told = pd.concat([events.loc[~moved, list(COLUMNS)], future[list(COLUMNS)]], ignore_index=True)
    made = make_history(told, list(history.coverages), history.calendar, history.leaders)
    return World(made, int(moved.sum()))


def deal(subject: Subject, as_of: Day, generator: np.random.Generator) -> Dealing:
    """Forecast every dyad of the groups in a number of permuted worlds of one as-of date."""
    groups = exchange_groups(subject.history, as_of)
    worlds = int(np.clip(-(-_ROWS // max(len(groups), 1)), _FEWEST, _MOST))
    parts, touched = [], 0
    for number in range(worlds if groups else 0):
        world = exchanged(subject.history, as_of, generator)
        panel = build_panel(world.history, np.array([as_of]), dyads=sorted(groups), extra=subject.extra)
        forecast = subject.model.predict_cumulative_incidence(panel.signals, [OUTCOME_DAYS])[:, 0]
        names = panel.signals.index.get_level_values("dyad")
        told = {
            "group": [f"{groups[dyad]} {as_of}" for dyad in names],
            "world": number,
            FORECAST.format(OUTCOME_DAYS): forecast,
            "outcome": met_within(panel.outcomes, OUTCOME_DAYS).to_numpy(),
        }
        parts.append(pd.concat([panel.signals, pd.DataFrame(told, index=panel.signals.index)], axis=1))
        touched += world.touched
    answers = pd.concat(parts).dropna(subset="outcome") if parts else pd.DataFrame()
    return Dealing(answers, touched)


def judged(dealings: list[Dealing], generator: np.random.Generator) -> Trial:
    """Judge the forecasts of all dealings together.

    Returns
    -------
    Trial
        `worst` is the potential skill. Rows of groups and dates in which all outcomes are alike say nothing and are not
        counted. It has one failure if the skill is beyond what chance reaches.
    """
    # A date that was asked for by name is dealt out once a trial, each time into worlds of its own.
    told = [
        dealing.answers.assign(world=dealing.answers["world"] + k * _MOST)
        for k, dealing in enumerate(dealings)
        if len(dealing.answers) and dealing.touched
    ]
    answers = pd.concat(told) if told else pd.DataFrame({"group": [], "outcome": []})
    varied = answers.groupby("group")["outcome"].transform("nunique") > 1
    answers = answers.loc[varied.to_numpy(dtype=bool)]
    touched = sum(dealing.touched for dealing in dealings)
    if answers.empty:
        return Trial(touched, 0, 0, 0.0)
    group, world = answers["group"].to_numpy(), answers["world"].to_numpy(dtype=np.int64)
    forecast, outcome = (
        answers[name].to_numpy(dtype=np.float64) for name in (FORECAST.format(OUTCOME_DAYS), "outcome")
    )
    skill, limit = potential_skill(forecast, outcome, group, world, generator=generator)
    if skill <= limit:
        return Trial(touched, len(answers), 0, skill, limit)
    suspects = (
        answers.drop(columns=["group", "world", "outcome"]).groupby(level=["dyad", "as_of"]).nunique(dropna=False)
    )
    changed = tuple(str(name) for name in suspects.columns[(suspects > 1).any()])
    # The meeting that the forecast knew of most, against the base rate that it should have been given.
    rates = answers.groupby("group")["outcome"].transform("mean").to_numpy()
    known = int(np.argmax(np.where(outcome == 1.0, forecast - rates, -1.0)))
    dyad, as_of = answers.index[known]
    values = f"base rate {rates[known]:.3f}", f"{forecast[known]:.3f}"
    found = Counterexample(dyad, f"{as_of:%Y-%m-%d}", FORECAST.format(OUTCOME_DAYS), *values)
    return Trial(touched, len(answers), 1, skill, limit, changed, found)


def tried_again(first: Trial, again: Callable[[], list[Dealing]], generator: np.random.Generator) -> Trial:
    """Judge dealings made anew if the first ones raised a suspicion.

    Parameters
    ----------
    first : Trial
        As `judged` gives it.
    again : callable
        Deals out all dates anew.
    generator : numpy.random.Generator

    Returns
    -------
    Trial
        The first if it raised none. Else the second, which was not chosen for its skill, with the facts and rows of
        both.
    """
    if not first.failures:
        return first
    second = judged(again(), generator)
    return replace(second, touched=first.touched + second.touched, rows=first.rows + second.rows)


def potential_skill(
    forecast: Floats,
    outcome: Floats,
    group: npt.NDArray[np.str_],
    world: npt.NDArray[np.int64],
    *,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Signed squared correlation of forecast and outcome within groups, and the limit of what chance reaches.

    Parameters
    ----------
    forecast, outcome : numpy.ndarray of float, shape (n_rows,)
    group : numpy.ndarray of str, shape (n_rows,)
    world : numpy.ndarray of int, shape (n_rows,)
        Each world of a group holds equally many rows, one a dyad.
    generator : numpy.random.Generator

    Returns
    -------
    skill, limit : float
        Both zero if the forecast does not vary within any group.

    Notes
    -----
    Under an honest forecast the dealing at hand and the `_SHUFFLES` others are alike in law, whatever the groups and
    the rates of their dyads, so that the skill is beyond the limit with a probability of at most `EXCESS`, exactly
    (Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585).

    Examples
    --------
    >>> one, world = np.array(["a"] * 40), np.repeat([0, 1], 20)
    >>> outcome = np.tile([0.0, 1.0], 20)
    >>> skill, limit = potential_skill(outcome, outcome, one, world, generator=np.random.default_rng(0))
    >>> round(skill, 6), limit < 0.5
    (1.0, True)
    """
    ours, theirs = (_centred(values, group) for values in (forecast, outcome))
    size = float(np.sqrt((ours**2).sum() * (theirs**2).sum()))
    if size < 1e-12:
        return 0.0, 0.0
    drawn = np.zeros(_SHUFFLES)
    for name in np.unique(group):
        rows = np.flatnonzero(group == name)
        rows = rows[np.argsort(world[rows], kind="stable")]
        if np.any(ours[rows]):
            worlds = len(np.unique(world[rows]))
            drawn += _dealt_again(theirs[rows].reshape(worlds, -1), generator) @ ours[rows]
    furthest = round(EXCESS * (_SHUFFLES + 1))
    correlation, limit = float(ours @ theirs) / size, float(np.sort(drawn)[-furthest]) / size + _ROUNDING
    return correlation * abs(correlation), limit * abs(limit)


def _dealt_again(outcomes: Floats, generator: np.random.Generator) -> Floats:
    """Deal out the outcomes (a row a world, a column a dyad) `_SHUFFLES` times: one row each, world after world."""
    worlds, dyads = outcomes.shape
    order = generator.permuted(np.tile(np.arange(worlds), (_SHUFFLES, 1)), axis=1)
    return generator.permuted(outcomes[order], axis=2).reshape(_SHUFFLES, worlds * dyads)


def _centred(values: Floats, group: npt.NDArray[np.str_]) -> Floats:
    """Deviations from the mean of each group."""
    _, number = np.unique(group, return_inverse=True)
    means = np.bincount(number, weights=values) / np.bincount(number)
    gap = values - means[number]
    # The mean of equal values may miss them by a rounding error, which is no variation.
    return np.where(np.abs(gap) < 1e-12, 0.0, gap)
