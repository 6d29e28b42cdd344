"""Training: from a history and a day to a fitted model. Backtests, retraining and predictions all pass through here."""

from __future__ import annotations

import hashlib
import inspect
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from forecast.dates import Day, Days
from forecast.errors import DataMissingError, ModelError
from forecast.facts.history import History
from forecast.models import MODELS, Model, make_model, model_name, model_names
from forecast.models.base import PeriodModel
from forecast.panel.panel import Panel, build_panel, joined_rows, panel_blocks, rows_known
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.bundle import (
    Card,
    bundle_path,
    load_bundle,
    pack_state,
    plain_parameters,
    save_bundle,
    state_hash,
    version_of,
)
from forecast.training.provenance import code_fingerprint, library_versions, now, own_code
from forecast.training.sampling import is_large, sample_of
from forecast.training.splits import training_grid

#: Signals of the user's own.
Extra: TypeAlias = Sequence[Signal | ComputedSignal]


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
    emerging: Sequence[str] = (),
    extra: Extra = (),
    rows: Panel | None = None,
) -> Panel:
    """Training rows on what was known before a day, with the user's own signals if there are any.

    `rows` of the whole history, with the cohorts of all `training_days` but without `extra`, spare building them.
    Of thousands of dyads the rows are a sample, with a column `weight` among the outcomes, in single precision.
    """
    known = history.known_before(trained_as_of)
    grid = training_days(known, trained_as_of)
    sample = sample_of(known, grid, target=target)
    request: dict[str, Any] = {"target": target, "emerging": emerging, "extra": extra}
    if sample is None:
        return build_panel(known, grid, **request) if rows is None else rows_known(rows, known, grid)
    blocks = (
        panel_blocks(known, grid, **request, among=sample.weight)
        if rows is None
        else iter([rows_known(rows, known, grid, among=sample.weight)])
    )
    drawn = joined_rows(blocks)
    weights = [sample.weight(dyad) for dyad in drawn.outcomes.index.get_level_values("dyad")]
    return replace(drawn, outcomes=drawn.outcomes.assign(weight=weights))


def rows_at_hand(
    history: History, as_ofs: Days, *, target: str, emerging: Sequence[str] = (), extra: Extra = ()
) -> Panel | None:
    """All rows of many dates, which spare `training_panel` building them for each day of training.

    Of thousands of dyads there are none: they would not fit into memory, and the rows of each day are made in turn.
    """
    if is_large(history, as_ofs.max()):
        return None
    return build_panel(history, as_ofs, target=target, emerging=emerging, extra=extra)


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


def fitted(rows: Panel, *, model: Model) -> PeriodModel:
    """A model, trained on rows; of a search, the best estimator that it refitted."""
    made: Any = make_model(model)
    if "weight" in rows.outcomes and not getattr(made, "weighs", False):
        raise ModelError(
            f"there are so many dyads that a model learns from a sample of them, and {type(made).__name__} cannot "
            "weigh its rows; the default model can"
        )
    learned: Any = made.fit(rows.signals, rows.outcomes)
    best: PeriodModel = getattr(learned, "best_estimator_", learned)
    return best


def kept_kind(model: Model) -> PeriodModel:
    """The unfitted estimator that is trained and kept: the model itself, or what a search tries."""
    made: object = make_model(model)
    kept = made if isinstance(made, PeriodModel) else getattr(made, "estimator", None)
    if not isinstance(kept, PeriodModel):
        raise ModelError(
            f"{type(made).__name__} can be backtested, but not trained and kept; derive it from "
            "forecast.models.base.PeriodModel"
        )
    return kept


def name_with(model: Model, extra: Extra) -> str:
    """What a model is called that learned from the user's own signals too."""
    return "+".join([model_name(model), *dict.fromkeys(signal.family for signal in extra)])


def train(
    history: History,
    trained_as_of: Day,
    *,
    model: Model,
    target: str,
    panel: Panel | None = None,
    extra: Extra = (),
) -> Trained:
    """Train a model on what was known before a day, on training rows (with `extra`) that exist already if named."""
    kept_kind(model)
    rows = panel if panel is not None else training_panel(history, trained_as_of, target=target, extra=extra)
    learned = fitted(rows, model=model)
    state = state_hash(pack_state(learned), str(trained_as_of))
    dyads = rows.signals.index.get_level_values("dyad")
    facts = history.fingerprint_before(trained_as_of)
    card = Card(
        model_id=name_with(model, extra), model_version=version_of(str(trained_as_of), state), target=target,
        trained_as_of=str(trained_as_of),
        key=training_key(facts, trained_as_of, model=model, target=target, extra=extra),
        panel=rows.fingerprint, n_rows=len(rows.signals), n_dyads=dyads.nunique(), first_as_of=str(rows.as_ofs.min()),
        last_as_of=str(rows.as_ofs.max()), parameters=plain_parameters(learned), libraries=library_versions(),
        state_sha256=state, created_at=now(), drawn_from=rows.n_all if "weight" in rows.outcomes else 0,
    )  # fmt: skip
    return Trained(learned, card)


def training_key(facts: str, trained_as_of: Day, *, model: Model, target: str, extra: Extra = ()) -> str:
    """Identity of a trained model: the facts known at its training, the request, and the program's and own code."""
    request = [*own_parts([model], extra), str(trained_as_of), target]
    return hashlib.sha256(json.dumps([facts, *request, code_fingerprint(), library_versions()]).encode()).hexdigest()


def own_parts(models: Sequence[Model], extra: Extra) -> list[str]:
    """What identifies models and signals: names, parameters to the last figure, and code of the user's own."""
    parts = []
    for model in models:
        parts.append(model_name(model))
        if isinstance(model, str) and (model in MODELS or (":" not in model and model not in model_names())):
            continue
        made = make_model(model)
        parameters = made.get_params()
        with np.printoptions(threshold=sys.maxsize):
            parts.append(repr(sorted(parameters.items())))
        parts += [own_code(one if inspect.isroutine(one) else type(one)) for one in (made, *parameters.values())]
    for signal in extra:
        if isinstance(signal, ComputedSignal):
            parts += [signal.name, own_code(signal.compute)]
        else:
            parts.append(repr(signal))
    return parts


def kept_model(
    root: Path, history: History, trained_as_of: Day, *, model: Model, target: str, extra: Extra = ()
) -> Trained | None:
    """The stored model for this question, or None if it has not been trained on these facts by this code."""
    facts = history.fingerprint_before(trained_as_of)
    key = training_key(facts, trained_as_of, model=model, target=target, extra=extra)
    name = name_with(model, extra)
    path = bundle_path(root, model=name, target=target, trained_as_of=str(trained_as_of), key=key)
    if not path.is_dir():
        return None
    kept = Trained(*load_bundle(path, model=None if name in MODELS else kept_kind(model)))
    if kept.card.key != key:
        raise ModelError(f"{path} holds the model of another question; delete the folder and it is trained again")
    return kept


def keep_model(root: Path, trained: Trained) -> Path:
    """Store a trained model in the workspace and return its folder."""
    card = trained.card
    path = bundle_path(root, model=card.model_id, target=card.target, trained_as_of=card.trained_as_of, key=card.key)
    try:
        unfitted = type(trained.model)(**trained.model.get_params(deep=False))
        if path.is_dir() and load_bundle(path, model=unfitted)[1].key == card.key:
            return path
    except ModelError:
        pass  # what cannot be trusted is replaced
    shutil.rmtree(path, ignore_errors=True)
    save_bundle(path, pack_state(trained.model), card)
    return path
