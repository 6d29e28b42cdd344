"""Training: from a history and a day to a fitted model. Backtests, retraining and predictions all pass through here."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forecast.dates import Day, Days
from forecast.errors import DataMissingError, ModelError
from forecast.facts.history import History
from forecast.models import make_model
from forecast.models.base import PeriodModel
from forecast.panel.panel import Panel, build_panel, rows_known
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.bundle import Card, bundle_path, load_bundle, pack_state, save_bundle, state_hash, version_of
from forecast.training.provenance import code_fingerprint, library_versions, now
from forecast.training.splits import training_grid


@dataclass(frozen=True, eq=False)
class Trained:
    """A model and where it comes from."""

    model: PeriodModel
    card: Card


def training_panel(
    history: History,
    trained_as_of: Day,
    *,
    target: str,
    extra: Sequence[Signal | ComputedSignal] = (),
    rows: Panel | None = None,
) -> Panel:
    """Training rows on what was known before a day, with the user's own signals if there are any.

    `rows` of the whole history, with the cohorts of all `training_days` but without `extra`, spare building them.
    """
    known = history.known_before(trained_as_of)
    grid = training_days(known, trained_as_of)
    return build_panel(known, grid, target=target, extra=extra) if rows is None else rows_known(rows, known, grid)


def training_days(known: History, trained_as_of: Day) -> Days:
    """As-of dates of the training rows of a history that ends at the day of training."""
    if known.events.empty or not known.resolving:
        raise DataMissingError(
            f"nothing was known before {trained_as_of}, the day of training: there is nothing to learn from"
        )
    grid = training_grid(known.first_day, trained_as_of)
    if not len(grid):
        raise DataMissingError(
            f"the record begins on {known.first_day}: too short before {trained_as_of}, the day of training"
        )
    return grid


def fitted(rows: Panel, *, model: str) -> PeriodModel:
    """A model of the registry, trained on rows."""
    return make_model(model).fit(rows.signals, rows.outcomes)


def train(history: History, trained_as_of: Day, *, model: str, target: str, panel: Panel | None = None) -> Trained:
    """Train a model of the registry on what was known before a day, on training rows that exist already if named."""
    rows = panel if panel is not None else training_panel(history, trained_as_of, target=target)
    learned = fitted(rows, model=model)
    state = state_hash(pack_state(learned), str(trained_as_of))
    dyads = rows.signals.index.get_level_values("dyad")
    card = Card(
        model_id=model, model_version=version_of(str(trained_as_of), state), target=target,
        trained_as_of=str(trained_as_of),
        key=training_key(history.fingerprint_before(trained_as_of), trained_as_of, model=model, target=target),
        panel=rows.fingerprint, n_rows=len(rows.signals), n_dyads=dyads.nunique(), first_as_of=str(rows.as_ofs.min()),
        last_as_of=str(rows.as_ofs.max()), parameters=learned.get_params(deep=False), libraries=library_versions(),
        state_sha256=state, created_at=now(),
    )  # fmt: skip
    return Trained(learned, card)


def training_key(facts: str, trained_as_of: Day, *, model: str, target: str) -> str:
    """Identity of a trained model: the facts known at its training, the request, and the program's code."""
    identity = [facts, str(trained_as_of), model, target, code_fingerprint(), library_versions()]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def kept_model(root: Path, history: History, trained_as_of: Day, *, model: str, target: str) -> Trained | None:
    """The stored model for this question, or None if it has not been trained on these facts by this code."""
    key = training_key(history.fingerprint_before(trained_as_of), trained_as_of, model=model, target=target)
    path = bundle_path(root, model=model, target=target, trained_as_of=str(trained_as_of), key=key)
    if not path.is_dir():
        return None
    kept = Trained(*load_bundle(path))
    if kept.card.key != key:
        raise ModelError(f"{path} holds the model of another question; delete the folder and it is trained again")
    return kept


def keep_model(root: Path, trained: Trained) -> Path:
    """Store a trained model in the workspace and return its folder."""
    card = trained.card
    path = bundle_path(root, model=card.model_id, target=card.target, trained_as_of=card.trained_as_of, key=card.key)
    try:
        if path.is_dir() and load_bundle(path)[1].key == card.key:
            return path
    except ModelError:
        pass  # what cannot be trusted is replaced
    shutil.rmtree(path, ignore_errors=True)
    save_bundle(path, pack_state(trained.model), card)
    return path
