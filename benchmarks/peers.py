"""All models of the registry and their peers on the same rows and folds, for docs/benchmarks.md.

Run ``make bench``, or ``make peers`` for this part alone (it installs scikit-survival, which nothing else needs).
Monthly as-of dates 2010-01 to 2024-05, all dyads of the USA, yearly refits. A peer sees the same signals as the
default model and learns, for each horizon, from the rows whose window was resolved before the day of training.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from forecast.backtesting.backtest import backtest, score
from forecast.dates import as_of_grid
from forecast.models import DEFAULT, MODELS
from forecast.models.baselines import climatology_of
from forecast.models.hazard import FEWEST_SEEN, HazardModel
from forecast.panel.outcomes import met_within
from forecast.panel.panel import build_panel
from forecast.signals.venues import ONSETS
from forecast.training.splits import rolling_origins, training_grid
from forecast.training.train import training_panel
from forecast.verification import compare
from forecast.workspace import load_history

HORIZONS = (30, 90, 180)
RESERVED = set(HazardModel().without.split())
SURVIVAL_ROWS = 6000


def shown(signals: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Signals of a peer: those by date, and those by period summed or averaged up to the horizon."""
    # When a summit begins adds nothing to its chance where a horizon ends with a period, as all here do.
    other = {f"venues__{name}" for name in ONSETS}
    kept = [name for name in signals if name.split("__")[0] not in RESERVED and name.partition("@")[0] not in other]
    by_date = signals[[name for name in kept if "@" not in name]]
    # Counts and days are felt by ratio, as in the default model.
    columns = {name: np.sign(by_date[name]) * np.log1p(by_date[name].abs()) for name in by_date}
    stems = dict.fromkeys(name.partition("@")[0] for name in kept if "@" in name)
    for stem in stems:
        inside = [
            name
            for name in kept
            if name.startswith(f"{stem}@") and int(name.partition("@")[2].partition("-")[0]) < horizon
        ]
        table = signals[inside]
        columns[stem] = table.mean(axis=1) if stem.startswith("season") else table.sum(axis=1)
    columns["climatology__log_odds"] = _log_odds(climatology_of(signals, [horizon])[:, 0])
    return pd.DataFrame(columns)


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


class PerHorizon:
    """A classifier of its own for each horizon."""

    def __init__(self, make: Any) -> None:
        self.make = make

    def fit(self, signals: pd.DataFrame, outcomes: pd.DataFrame) -> PerHorizon:
        """Learn from the rows whose window is resolved."""
        self.fitted = {}
        for horizon in HORIZONS:
            met = met_within(outcomes, horizon).to_numpy()
            rows = ~np.isnan(met)
            table = shown(signals[rows], horizon)
            # As in the default model: what most rows lack cannot be learned from the few that have it.
            kept = list(table.columns[table.notna().mean() >= FEWEST_SEEN])
            self.fitted[horizon] = kept, self.make().fit(table[kept], met[rows])
        return self

    def predict(self, signals: pd.DataFrame) -> np.ndarray:
        """Probability of each horizon."""
        fitted = self.fitted.items()
        return np.column_stack([m.predict_proba(shown(signals, h)[kept])[:, 1] for h, (kept, m) in fitted])


class SurvivalForest:
    """Random survival forest on days to the first meeting, censored where the record ends."""

    def fit(self, signals: pd.DataFrame, outcomes: pd.DataFrame) -> SurvivalForest:
        """Learn from a sample of the rows: the forest takes hours on all of them."""
        from sksurv.ensemble import RandomSurvivalForest
        from sksurv.util import Surv

        seen = outcomes["followup_days"].to_numpy() > 0
        rows = np.flatnonzero(seen)
        rows = np.sort(np.random.default_rng(0).choice(rows, min(SURVIVAL_ROWS, len(rows)), replace=False))
        first, followup = (outcomes[c].to_numpy()[rows] for c in ("first_meeting_in_days", "followup_days"))
        met = first >= 0
        # Days beyond the longest horizon add nothing; coarse days keep the forest quick.
        days = np.minimum(np.where(met, first + 1, followup), max(HORIZONS))
        met &= first < max(HORIZONS)
        days = np.ceil(days / 15) * 15
        self.imputer = SimpleImputer(keep_empty_features=True)
        table = self.imputer.fit_transform(shown(signals.iloc[rows], max(HORIZONS)))
        self.forest = RandomSurvivalForest(
            n_estimators=100, min_samples_leaf=20, max_features="sqrt", n_jobs=2, random_state=0
        ).fit(table, Surv.from_arrays(met, days))
        return self

    def predict(self, signals: pd.DataFrame) -> np.ndarray:
        """Probability of each horizon."""
        table = self.imputer.transform(shown(signals, max(HORIZONS)))
        curves = self.forest.predict_survival_function(table, return_array=True)
        at = np.searchsorted(self.forest.unique_times_, HORIZONS, side="right") - 1
        return 1.0 - curves[:, np.maximum(at, 0)]


def logistic() -> Any:
    """Plain logistic regression."""
    return make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler(), LogisticRegression(max_iter=2000))


def boosting() -> Any:
    """Gradient boosting with settings of common use."""
    return HistGradientBoostingClassifier(learning_rate=0.05, max_iter=150, max_leaf_nodes=15, min_samples_leaf=50)


def peers() -> dict[str, Any]:
    """Unfitted peers by name; the survival forest if its package is there."""
    table: dict[str, Any] = {"logistic": PerHorizon(logistic), "boosting": PerHorizon(boosting)}
    try:
        import sksurv  # noqa: F401
    except ImportError:
        print("scikit-survival is not installed: run this by 'make peers'", file=sys.stderr)
    else:
        table["survival-forest"] = SurvivalForest()
    return table


def forecasts_of_peers(template: pd.DataFrame, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Forecasts of the peers for the questions of a backtest's table."""
    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2010-01-01"), np.datetime64("2024-05-01"))
    folds = list(rolling_origins(grid))
    learned_from = np.unique(
        np.concatenate(
            [training_grid(history.known_before(fold.trained_as_of).first_day, fold.trained_as_of) for fold in folds]
        )
    )
    rows = build_panel(history, learned_from)
    questions = build_panel(history, grid, focal="USA")
    parts = []
    for fold in folds:
        panel = training_panel(history, fold.trained_as_of, target="meeting", rows=rows)
        signals = questions.signals[np.isin(questions.as_ofs, fold.test)]
        for name, peer in peers().items():
            with threadpool_limits(limits=1, user_api="blas"):
                chances = peer.fit(panel.signals, panel.outcomes).predict(signals)
            table = pd.DataFrame(chances, index=signals.index, columns=list(HORIZONS)).reset_index()
            table = table.melt(["dyad", "as_of"], var_name="horizon_days", value_name="probability")
            parts.append(table.astype({"horizon_days": int}).assign(model_id=name))
        print(f"fold {fold.name} done", file=sys.stderr)
    answers = pd.concat(parts, ignore_index=True)
    one = template[template["model_id"] == DEFAULT].drop(columns=["model_id", "probability"])
    return answers.merge(one, on=["dyad", "as_of", "horizon_days"], how="inner")[list(template.columns)]


def main() -> None:
    """Print the scores of all and the differences from the default model."""
    history = load_history(Path(__file__).resolve().parent.parent)
    grid = as_of_grid(np.datetime64("2010-01-01"), np.datetime64("2024-05-01"))
    ours = backtest(history, grid, models=list(MODELS), horizons=list(HORIZONS), focal="USA")
    everyone = pd.concat([ours, forecasts_of_peers(ours)], ignore_index=True)
    for title, since in (("2010-01 to 2024-05", "2010-01-01"), ("2015-01 to 2024-05", "2015-01-01")):
        part = everyone[everyone["as_of"] >= since]
        scores = score(part)
        scores["low"] = scores[["skill_low_by_dyad", "skill_low_by_as_of"]].min(axis=1)
        scores["high"] = scores[["skill_high_by_dyad", "skill_high_by_as_of"]].max(axis=1)
        columns = ["horizon_days", "model_id", "n", "base_rate", "brier", "skill", "low", "high", "auc"]
        print(f"\n{title}")
        print(
            scores.sort_values(["horizon_days", "brier"])[[*columns, "calibration_error"]]
            .round(4)
            .to_string(index=False)
        )
        first = scores.loc[scores.groupby("horizon_days")["brier"].idxmin()]
        places = ", ".join(f"{row.horizon_days} days {row.model_id}" for row in first.itertuples())
        print(f"\nfirst by Brier score: {places}")
        others = [other for other in dict.fromkeys(part["model_id"]) if other != DEFAULT]
        paired = {other: compare(part, model=DEFAULT, other=other) for other in others}
        shown = ["horizon_days", "difference", "low", "high", "dm_statistic", "dm_p_value"]
        table = pd.concat(paired, names=["other"]).reset_index(level=0)[["other", *shown]]
        print(f"\nBrier score of {DEFAULT} less that of each, {title}\n{table.round(4).to_string(index=False)}")


if __name__ == "__main__":
    main()
