"""Ablations: what a family of signals gains, by forecasting the same questions with it and without it.

A *change* of the default model is written as a sign and a family:

``default``
    the default model as it is;
``- meetings``
    without this family;
``+ leaders``
    with a family that the default leaves out, or with one of the user's own;
``climatology alone``, ``climatology + venues``
    no other family than the named one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from forecast.countries import sides
from forecast.dates import Day, Days
from forecast.errors import InputError
from forecast.history import History
from forecast.models.baselines import climatology_of
from forecast.models.hazard import HazardModel
from forecast.outcomes import met_within
from forecast.panel import Panel, build_panel, rows_known
from forecast.signals import CATALOGUE, COMPUTED
from forecast.signals.declare import ComputedSignal, Signal
from forecast.splits import rolling_origins
from forecast.training import training_days
from forecast.verification import both_ways, brier_score, skill_interval

DEFAULT_MODEL: Final = "default"
ALONE: Final = "climatology alone"

#: Columns of `gains`.
COLUMNS: Final = (
    "change", "horizon_days", "n", "n_met", "base_rate", "brier", "skill", "low", "high", "gain", "gain_low",
    "gain_high",
)  # fmt: skip

_LEFT_OUT: Final = tuple(HazardModel().without.split())
_FEWEST_SEEN: Final = 0.5  # the model learns no signal that more rows lack
_QUARTERS: Final = 3

Step = Callable[[str], None]


def families(extra: Sequence[Signal | ComputedSignal] = ()) -> tuple[str, ...]:
    """Families of the catalogue and of a user's own signals; the climatology, the reference of all, is none.

    Examples
    --------
    >>> families()[:2]
    ('meetings', 'visits')
    """
    own = [signal.name.split("__")[0] for signal in extra]
    names = [name.split("__")[0] for name in (*CATALOGUE, *COMPUTED) if "climatology" not in name]
    return tuple(dict.fromkeys([*names, *own]))


def usual_changes(signals: pd.DataFrame, extra: Sequence[Signal | ComputedSignal] = ()) -> list[str]:
    """All changes that can change something: families that most rows lack are not learned, with or without.

    Parameters
    ----------
    signals : pandas.DataFrame
        Rows for training.
    extra : sequence of Signal or ComputedSignal
    """
    share = signals.notna().mean()
    own = {signal.name.split("__")[0] for signal in extra}
    told = [
        family
        for family in families(extra)
        if share[[name for name in share.index if name.split("__")[0] == family]].max() >= _FEWEST_SEEN
    ]
    added = [family for family in told if family in _LEFT_OUT or family in own]
    return [
        DEFAULT_MODEL,
        *(f"- {family}" for family in told if family not in added),
        *(f"+ {family}" for family in added),
        ALONE,
        *(f"climatology + {family}" for family in told),
    ]


def removals(history: History, as_of: Day, *, target: str = "meeting") -> list[str]:
    """The changes that leave out one family that the default model learns from what is known before a day."""
    rows = build_panel(history.known_before(as_of), np.array([as_of]), target=target)
    return [change for change in usual_changes(rows.signals) if change.startswith("- ")]


def check_changes(changes: Sequence[str], extra: Sequence[Signal | ComputedSignal] = ()) -> list[str]:
    """Give the changes as a list that begins with the default model.

    Raises
    ------
    InputError
        If one names no family, or cannot be read.
    """
    known = families(extra)
    for change in changes:
        sign, _, family = change.rpartition(" ")
        if change not in (DEFAULT_MODEL, ALONE) and (sign not in ("-", "+", "climatology +") or family not in known):
            raise InputError(
                f"{change!r} is no change such as '- meetings' or '+ leaders'; families are {', '.join(known)}",
                field="changes",
            )
    return list(dict.fromkeys([DEFAULT_MODEL, *changes]))


def changed(panel: Panel, change: str, extra: Sequence[Signal | ComputedSignal] = ()) -> tuple[Panel, HazardModel]:
    """Give the rows and the model, not yet fitted, under a change."""
    own = {signal.name.split("__")[0] for signal in extra} - {name.split("__")[0] for name in (*CATALOGUE, *COMPUTED)}
    sign, _, family = change.rpartition(" ")
    if sign.startswith("climatology"):
        without = [name for name in families(extra) if name != family]
    else:
        without = [name for name in (*_LEFT_OUT, *sorted(own)) if not (sign == "+" and name == family)]
        without += [family] if sign == "-" else []
    if "venues" in without:
        # The model takes the summits apart itself, so an empty calendar stands for their absence.
        signals = panel.signals.copy()
        signals.loc[:, [name for name in signals.columns if name.startswith("venues__")]] = 0.0
        panel = replace(panel, signals=signals)
    return panel, HazardModel(without=" ".join(without))


def forecasts_under(
    history: History,
    as_ofs: Days,
    *,
    changes: Sequence[str] | None = None,
    horizons: Sequence[int] = (30, 90, 180),
    target: str = "meeting",
    focal: str | None = None,
    extra: Sequence[Signal | ComputedSignal] = (),
    teach: str = "month",
    on_step: Step | None = None,
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Forecast every dyad of the cohort on every as-of date, once under each change.

    Parameters
    ----------
    history : History
        Outcomes are taken from it; models learn from what was known before the first day of each year.
    as_ofs : numpy.ndarray of datetime64[D]
    changes : sequence of str, optional
        Default all of `usual_changes`.
    horizons : sequence of int
    target, focal : str
    extra : sequence of Signal or ComputedSignal
        The user's own signals. A family of theirs counts only under a change that adds it.
    teach : {"month", "quarter"}
        Whether all rows for training teach or, for a quick look, those of every third month.
    on_step : callable, optional
        Called with a few words before each fit.
    on_fold : callable, optional
        Called as ``on_fold(done, total)`` before each fold and at the end.

    Returns
    -------
    pandas.DataFrame
        Columns change, dyad, as_of, horizon_days, probability, climatology, outcome; only resolved rows.
    """
    if teach not in ("month", "quarter"):
        raise InputError(f"{teach!r} is not one of month, quarter", field="teach")
    wanted = None if changes is None else check_changes(changes, extra)
    folds = list(rolling_origins(as_ofs))
    taught_on = {fold.name: _thinned(training_days(history.known_before(fold.trained_as_of), fold.trained_as_of), teach)
                 for fold in folds}  # fmt: skip
    rows = build_panel(history, np.unique(np.concatenate([as_ofs, *taught_on.values()])), target=target, extra=extra)
    tell = on_fold if on_fold is not None else lambda done, total: None
    tables = []
    for done, fold in enumerate(folds):
        tell(done, len(folds))
        taught = rows_known(rows, history.known_before(fold.trained_as_of), taught_on[fold.name])
        asked = _rows_of(rows, fold.test, focal)
        for change in wanted if wanted is not None else usual_changes(taught.signals, extra):
            if on_step is not None:
                on_step(f"{fold.name[:4]}: {change}")
            learned, model = changed(taught, change, extra)
            put, _ = changed(asked, change, extra)
            model.fit(learned.signals, learned.outcomes)
            probability = model.predict_cumulative_incidence(put.signals, list(horizons))
            reference = climatology_of(put.signals, list(horizons))
            tables += [
                pd.DataFrame(
                    {
                        "change": change,
                        "dyad": put.signals.index.get_level_values("dyad"),
                        "as_of": put.signals.index.get_level_values("as_of"),
                        "horizon_days": horizon,
                        "probability": probability[:, k],
                        "climatology": reference[:, k],
                        "outcome": met_within(put.outcomes, horizon).to_numpy(),
                    }
                )
                for k, horizon in enumerate(horizons)
            ]
    tell(len(folds), len(folds))
    return pd.concat(tables, ignore_index=True).dropna(subset="outcome", ignore_index=True)


def gains(forecasts: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Score each change against climatology and against the default model.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        As `forecasts_under` gives them.
    level : float
        Of the intervals, the wider of those over dyads and over as-of dates.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, one row a change and horizon. `skill` is the Brier skill against climatology. `gain` is the
        Brier skill against the default model on the same rows: above 0 the change is better.
    """
    key = ["dyad", "as_of", "horizon_days"]
    default = forecasts.loc[forecasts["change"] == DEFAULT_MODEL].set_index(key)["probability"]
    found = []
    for (change, horizon), part in forecasts.groupby(["change", "horizon_days"], sort=False):
        p, y = part["probability"], part["outcome"]
        beside = default.loc[pd.MultiIndex.from_frame(part[key])].to_numpy()
        skill, gain = (
            both_ways(
                partial(skill_interval, p, y, reference=reference, level=level),
                dyads=part["dyad"],
                as_ofs=part["as_of"],
            )
            for reference in (part["climatology"], beside)
        )
        cells = (change, horizon, len(part), int(y.sum()), float(y.mean()), brier_score(p, y), skill.value, skill.low,
                 skill.high, gain.value, gain.low, gain.high)  # fmt: skip
        found.append(dict(zip(COLUMNS, cells, strict=True)))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _thinned(days: Days, teach: str) -> Days:
    return days if teach == "month" else days[days.astype("datetime64[M]").astype(np.int64) % _QUARTERS == 0]


def _rows_of(rows: Panel, days: Days, focal: str | None) -> Panel:
    keep = np.isin(rows.as_ofs, days)
    if focal is not None:
        keep &= [focal in sides(dyad) for dyad in rows.signals.index.get_level_values("dyad")]
    return replace(rows, signals=rows.signals[keep], outcomes=rows.outcomes[keep])
