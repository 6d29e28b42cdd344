"""Historical analogues: training rows that the model takes for the nearest to a forecast, and what followed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
import pandas as pd

from forecast.dates import Day, as_days
from forecast.display.numbers import log_odds
from forecast.facts.history import History
from forecast.files import written_whole
from forecast.models.base import PeriodModel
from forecast.models.baselines import climatology_of
from forecast.models.ridge import RidgeModel
from forecast.periods import PERIODS, Floats
from forecast.training.train import training_key, training_panel

if TYPE_CHECKING:
    from forecast.models.hazard import HazardModel

#: Columns of `analogues`.
ANALOGUES: Final = ("dyad", "as_of", "distance", "probability", "climatology", "met", "met_on")

#: Rows of one dyad within so many days of one another are one situation; the nearest stands for it.
APART_DAYS: Final = 365

_FILE: Final = "rows.npz"


def analogues(
    model: PeriodModel,
    X: pd.DataFrame,
    signals: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    horizon: int,
    shown: int = 5,
) -> pd.DataFrame:
    """Training rows nearest to the one row of X, of situations that lie apart (`APART_DAYS`, or a longer horizon).

    Only rows whose whole window is resolved are looked at. Columns `ANALOGUES`, the nearest first. `distance` is on the
    log-odds scale: the root of the summed squared differences of the standardised signals, each times its weight,
    averaged over the days of the horizon; for a model without weights, the difference of the log-odds of its hazards.
    `probability` is what this model forecasts for that row (it was trained on it); `met` whether the two met within the
    horizon then, and `met_on` when (empty if they did not).
    """
    resolved = (outcomes["followup_days"] >= horizon).to_numpy()
    rows, resolved_outcomes = signals.loc[resolved], outcomes.loc[resolved]
    if rows.empty or shown < 1:
        return pd.DataFrame(columns=list(ANALOGUES))
    distance = _distances(model, X, rows, horizon)
    dyads = rows.index.get_level_values("dyad").to_numpy()
    days = as_days(rows.index.get_level_values("as_of").to_numpy())
    chosen: list[int] = []
    free = np.ones(len(rows), dtype=bool)
    for place in np.argsort(distance, kind="stable"):
        if len(chosen) == shown:
            break
        if free[place]:
            chosen.append(int(place))
            near = np.abs((days - days[place]).astype(np.int64)) < max(horizon, APART_DAYS)
            free &= ~((dyads == dyads[place]) & near)
    near_rows, first = rows.iloc[chosen], resolved_outcomes["first_meeting_in_days"].to_numpy()[chosen]
    met = (first >= 0) & (first < horizon)
    return pd.DataFrame(
        {
            "dyad": [str(dyad) for dyad in dyads[chosen]],
            "as_of": [str(day) for day in days[chosen]],
            "distance": distance[chosen],
            "probability": model.predict_cumulative_incidence(near_rows, [horizon])[:, 0],
            "climatology": climatology_of(near_rows, [horizon])[:, 0],
            "met": met,
            "met_on": [
                str(days[at] + np.timedelta64(int(ahead), "D")) if yes else ""
                for at, ahead, yes in zip(chosen, first, met, strict=True)
            ],
        }
    )


def _weights_of(model: PeriodModel) -> RidgeModel | HazardModel | None:
    """The model itself, if each of its columns has a weight."""
    if isinstance(model, RidgeModel):
        return model
    from sklearn.linear_model import LogisticRegression

    from forecast.models.hazard import HazardModel

    linear = isinstance(model, HazardModel) and type(model.classifier_) is LogisticRegression
    return cast("HazardModel", model) if linear else None


def _distances(model: PeriodModel, X: pd.DataFrame, rows: pd.DataFrame, horizon: int) -> Floats:
    weights = _weights_of(model)
    lengths = [min(end, horizon) - start for start, end in PERIODS if start < horizon]
    if weights is None:
        pulls = (iter(log_odds(model.predict_hazards(of)).T[: len(lengths), :, None]) for of in (X, rows))
    else:
        pulls = (weights.pulls(of, range(len(lengths))) for of in (X, rows))
    total = np.zeros(len(rows))
    for days, ours, theirs in zip(lengths, *pulls, strict=True):
        total += ((theirs - ours) ** 2).sum(axis=1) * days / horizon
    return np.asarray(np.sqrt(total))


class Rows(NamedTuple):
    """Signals and outcomes of the training rows, both with the index (dyad, as_of)."""

    signals: pd.DataFrame
    outcomes: pd.DataFrame


def kept_rows(root: Path, history: History, trained_as_of: Day, *, target: str) -> Rows | None:
    """The stored training rows of a day, or None if these facts and this code did not make them."""
    try:
        path = _folder(root, history, trained_as_of, target) / _FILE
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            index = pd.MultiIndex.from_arrays(
                [arrays["dyad"], arrays["as_of"].astype("datetime64[s]")], names=["dyad", "as_of"]
            )
            signals, outcomes = (
                pd.DataFrame(arrays[name], index=index, columns=arrays[names], copy=False)
                for name, names in (("signals", "signal_names"), ("outcomes", "outcome_names"))
            )
            return Rows(signals, outcomes)
    except Exception:  # whatever is wrong with a file that can be made anew
        return None


def training_rows(root: Path, history: History, trained_as_of: Day, *, target: str) -> Rows:
    """Build the training rows of a day, from what was known before it, and keep them."""
    panel = training_panel(history, trained_as_of, target=target)
    index = panel.signals.index
    folder = _folder(root, history, trained_as_of, target)
    shutil.rmtree(folder, ignore_errors=True)
    with written_whole(folder) as draft:
        np.savez_compressed(
            draft / _FILE,
            allow_pickle=False,
            dyad=index.get_level_values("dyad").to_numpy(dtype=str),
            as_of=index.get_level_values("as_of").to_numpy().astype("datetime64[D]"),
            signals=panel.signals.to_numpy(dtype=np.float64),
            signal_names=panel.signals.columns.to_numpy(dtype=str),
            outcomes=panel.outcomes.to_numpy(dtype=np.int64),
            outcome_names=panel.outcomes.columns.to_numpy(dtype=str),
        )
    return Rows(panel.signals, panel.outcomes)


def _folder(root: Path, history: History, trained_as_of: Day, target: str) -> Path:
    facts = history.fingerprint_before(trained_as_of)
    key = training_key(facts, trained_as_of, model="rows", target=target)
    return root / "data" / "features" / f"rows-{target}-{trained_as_of}-{key[:12]}"
