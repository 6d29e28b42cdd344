"""Ablations: what a family of signals gains, by forecasting the same questions with it and without it.

A *change* of a model, by default the default one, is written as a sign and a family:

``default``
    the model as it is;
``- meetings``
    without this family;
``+ leaders``
    with a family that it leaves out, or with one of the user's own;
``climatology alone``, ``climatology + venues``
    no other family than the named one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest
from forecast.dates import Day, Days, Floats
from forecast.errors import InputError
from forecast.facts.history import History
from forecast.models import DEFAULT, Model, make_model
from forecast.models.base import incidence_of
from forecast.models.ridge import FEWEST_SEEN
from forecast.panel.panel import Panel, build_panel
from forecast.signals.catalogue import CATALOGUE, COMPUTED, EMERGING
from forecast.signals.declare import ComputedSignal, Signal
from forecast.verification import both_ways, brier_score, skill_interval

DEFAULT_MODEL: Final = "default"
ALONE: Final = "climatology alone"
#: Columns of `gains`.
COLUMNS: Final = (
    "change", "horizon_days", "n", "n_met", "base_rate", "brier", "skill", "low", "high", "gain", "gain_low",
    "gain_high",
)  # fmt: skip

_QUARTERS: Final = 3


def families(extra: Sequence[Signal | ComputedSignal] = ()) -> tuple[str, ...]:
    """Families of the catalogue and of a user's own signals; the climatology, the reference of all, is none."""
    own = [signal.family for signal in extra]
    names = [name.split("__")[0] for name in (*CATALOGUE, *COMPUTED) if "climatology" not in name]
    return tuple(dict.fromkeys([*names, *own]))


def usual_changes(signals: pd.DataFrame, extra: Sequence[Signal | ComputedSignal] = ()) -> list[str]:
    """All changes that can change something: the model leaves out families that most training rows lack anyway."""
    share = signals.notna().mean()
    own = {signal.family for signal in extra}
    learned = [
        family
        for family in families(extra)
        if share[[name for name in share.index if name.split("__")[0] == family]].max() >= FEWEST_SEEN
    ]
    added = [family for family in learned if family in EMERGING or family in own]
    return [
        DEFAULT_MODEL,
        *(f"- {family}" for family in learned if family not in added),
        *(f"+ {family}" for family in added),
        ALONE,
        *(f"climatology + {family}" for family in learned),
    ]


def possible_changes(
    history: History, as_of: Day, *, target: str = "meeting", extra: Sequence[Signal | ComputedSignal] = ()
) -> list[str]:
    """The usual changes, for the families that most dyads have on a day."""
    rows = build_panel(history.known_before(as_of), np.array([as_of]), target=target, emerging=EMERGING, extra=extra)
    return usual_changes(rows.signals, extra)


def check_changes(changes: Sequence[str], extra: Sequence[Signal | ComputedSignal] = ()) -> list[str]:
    """Return the changes as a list that begins with the default model, or refuse one that cannot be read."""
    known = families(extra)
    for change in changes:
        sign, _, family = change.rpartition(" ")
        if change not in (DEFAULT_MODEL, ALONE) and (sign not in ("-", "+", "climatology +") or family not in known):
            raise InputError(
                f"{change!r} is no change such as '- meetings' or '+ leaders'; families are {', '.join(known)}",
                field="changes",
            )
    return list(dict.fromkeys([DEFAULT_MODEL, *changes]))


class Altered:
    """A model under a change, trained on all training rows or on those of every third month (`quarter`).

    A model with a parameter `without` leaves the families out itself; from any other their columns are kept.
    """

    def __init__(
        self,
        change: str,
        extra: Sequence[Signal | ComputedSignal] = (),
        *,
        teach: str = "month",
        model: Model = DEFAULT,
    ) -> None:
        shipped = {name.split("__")[0] for name in (*CATALOGUE, *COMPUTED)}
        own = {signal.family for signal in extra} - shipped
        sign, _, family = change.rpartition(" ")
        if sign.startswith("climatology"):
            without = [name for name in families(extra) if name != family]
        else:
            without = [name for name in (*EMERGING, *sorted(own)) if not (sign == "+" and name == family)]
            without += [family] if sign == "-" else []
        self.model: Any = make_model(model)
        self.without, self.teach = without, teach
        self.drops = "without" not in self.model.get_params()
        if not self.drops:
            self.model.set_params(without=" ".join(without))

    def fit(self, rows: Panel) -> Altered:
        """Train on the rows that the change leaves."""
        keep = np.ones(len(rows.signals), dtype=bool)
        if self.teach == "quarter":
            keep = rows.as_ofs.astype("datetime64[M]").astype(np.int64) % _QUARTERS == 0
        self.model.fit(self.seen(rows.signals[keep]), rows.outcomes[keep])
        return self

    def predict_cumulative_incidence(self, signals: pd.DataFrame, horizons: Sequence[int]) -> Floats:
        """Probabilities as of any `forecast.models.base.PeriodModel`."""
        return incidence_of(self.model, self.seen(signals), horizons)

    def seen(self, signals: pd.DataFrame) -> pd.DataFrame:
        """The signals as the model may see them."""
        if self.drops:
            left_out = [name for name in self.without if name != "venues"]
            signals = signals[[name for name in signals.columns if name.split("__")[0] not in left_out]]
        if "venues" not in self.without:
            return signals
        # Models take the summits apart themselves, so an empty calendar stands for their absence.
        names = [name for name in signals.columns if name.startswith("venues__")]
        return signals.assign(**dict.fromkeys(names, 0.0))


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
    model: Model = DEFAULT,
    on_step: Callable[[str], None] = lambda step: None,
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Backtest a model once under each `change`, by default all of `possible_changes` on the last as-of date."""
    if teach not in ("month", "quarter"):
        raise InputError(f"{teach!r} is not one of month, quarter", field="teach")
    if changes is None:
        changes = possible_changes(history, np.max(as_ofs), target=target, extra=extra)

    whole = model

    def fit(rows: Panel, *, model: str) -> Altered:
        on_step(f"training on rows up to {rows.as_ofs.max()}: {model}")
        return Altered(model, extra, teach=teach, model=whole).fit(rows)

    forecasts = backtest(
        history, as_ofs, models=check_changes(changes, extra), horizons=horizons, target=target, focal=focal, fit=fit,
        on_fold=on_fold, emerging=EMERGING, extra=extra,
    )  # fmt: skip
    return forecasts.rename(columns={"model_id": "change"})


def gains(forecasts: pd.DataFrame, *, level: float = 0.9) -> pd.DataFrame:
    """Score each change and horizon with the columns `COLUMNS`; `gain` is the skill against the default model."""
    key = ["dyad", "as_of", "horizon_days"]
    default = forecasts.loc[forecasts["change"] == DEFAULT_MODEL].set_index(key)["probability"]
    rows = []
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
        rows.append(dict(zip(COLUMNS, cells, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
