"""What each family of signals gains: the default model with one family after another left out, on the same folds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.backtests import backtest, score
from forecast.dates import Days
from forecast.history import History
from forecast.models.hazard import HazardModel
from forecast.panel import Panel, build_panel
from forecast.verification import compare

#: Families that the default model leaves out anyway, and the reference that it is built around.
_NEVER: Final = frozenset({*HazardModel().without.split(), "climatology"})

#: A family that most rows lack is not learned (`forecast.models.hazard`).
_FEWEST_SEEN: Final = 0.5

#: What is left out of the whole model.
WHOLE: Final = "nothing"

COLUMNS: Final = (
    "left_out", "horizon_days", "n", "base_rate", "brier", "skill", "skill_low", "skill_high", "difference", "low",
    "high",
)  # fmt: skip


def ablate(
    history: History,
    as_ofs: Days,
    *,
    horizons: Sequence[int],
    target: str = "meeting",
    focal: str | None = None,
    refit: str = "year",
    on_fold: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Backtest the default model whole and with each family of signals left out.

    Parameters
    ----------
    history, as_ofs, horizons, target, focal, refit, on_fold
        As in `forecast.backtests.backtest`.

    Returns
    -------
    pandas.DataFrame
        One row a family and horizon, with the columns `COLUMNS`; `left_out` is `WHOLE` for the whole model.
        `difference` is the Brier score without the family less that of the whole model, with the paired 90% interval
        from `low` to `high`: above zero the family helps.
    """
    families = learned_families(history, as_ofs.max(), target=target)
    forecasts = backtest(
        history,
        as_ofs,
        models=[WHOLE, *families],
        horizons=horizons,
        target=target,
        focal=focal,
        refit=refit,
        fit=fitted_without,
        on_fold=on_fold,
    )
    scores = score(forecasts)
    scores["skill_low"] = scores[["skill_low_by_dyad", "skill_low_by_as_of"]].min(axis=1)
    scores["skill_high"] = scores[["skill_high_by_dyad", "skill_high_by_as_of"]].max(axis=1)
    paired = [
        compare(forecasts, model=family, other=WHOLE).assign(model_id=family)[
            ["model_id", "horizon_days", "difference", "low", "high"]
        ]
        for family in families
    ]
    if paired:
        scores = scores.merge(pd.concat(paired), on=["model_id", "horizon_days"], how="left")
    return scores.rename(columns={"model_id": "left_out"}).reindex(columns=list(COLUMNS))


def learned_families(history: History, as_of: Any, *, target: str) -> list[str]:
    """Families of signals that the default model learns from these facts."""
    rows = build_panel(history.known_before(as_of), np.array([as_of]), target=target)
    seen = rows.signals.notna().mean()
    told = [str(name).split("__")[0] for name in seen.index[seen.to_numpy() >= _FEWEST_SEEN]]
    return [family for family in dict.fromkeys(told) if family not in _NEVER]


class Without:
    """The default model without a family of signals.

    Parameters
    ----------
    family : str
        `WHOLE` for the whole model.
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self.model = HazardModel(without=" ".join([HazardModel().without, *([] if family == WHOLE else [family])]))

    def fit(self, rows: Panel) -> Without:
        """Learn from rows for training."""
        self.model.fit(self._blank(rows.signals), rows.outcomes)
        return self

    def predict_cumulative_incidence(self, signals: pd.DataFrame, horizons: Sequence[int]) -> Any:
        """Probabilities as `forecast.models.base.PeriodModel` gives them."""
        return self.model.predict_cumulative_incidence(self._blank(signals), list(horizons))

    def _blank(self, signals: pd.DataFrame) -> pd.DataFrame:
        if self.family != "venues":
            return signals
        # The model takes the summits apart itself, so an empty calendar stands for their absence.
        names = [name for name in signals.columns if name.startswith("venues__")]
        return signals.assign(**dict.fromkeys(names, 0.0))


def fitted_without(rows: Panel, *, model: str) -> Without:
    """The default model without the family `model`, fitted."""
    return Without(model).fit(rows)
