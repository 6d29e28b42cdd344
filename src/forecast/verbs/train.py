"""The verb *train*: a model on what was known before a day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forecast.dates import AnyDay
from forecast.models import DEFAULT, Model
from forecast.signals.user_signals import OwnSignal, own_signals
from forecast.training.train import keep_model, kept_kind, name_with, training_days, training_panel
from forecast.training.train import train as fit
from forecast.verbs.tracking import tracking
from forecast.workspace import Workspace


def train(
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    model: Model = DEFAULT,
    target: str = "meeting",
    signals: Sequence[OwnSignal] = (),
    track: bool = False,
) -> dict[str, Any]:
    """Train a model on what was known before a day and keep it in the workspace.

    Parameters
    ----------
    as_of : str, date or numpy.datetime64, optional
        The day of training, by default today (UTC). `forecast.predict` uses the model of the first day of its as-of
        date's year.
    root, target, signals
        As in `forecast.predict`.
    model : str or estimator
        A name of `forecast.models.MODELS` or that another distribution registers (entry points, group
        ``forecast.models``), ``"file.py:NAME"``, or an estimator: a `forecast.models.base.PeriodModel`, or a search
        over one, of which the best is kept.
    track : bool
        Log the training as a run in MLflow and register a model with a name there (`forecast.tracking`).

    Returns
    -------
    dict
        The model's card, with its `path`, and `problem`: what could not be logged in MLflow, empty if nothing.
    """
    query = Workspace(root).query(as_of, target=target, model=model)
    kept_kind(model)
    day, extra = query.day, own_signals(signals)
    name = name_with(model, extra)
    parameters = {"model": name, "target": target, "as_of": str(day)}
    about = {"kind": "train", "name": f"train {name} {target} {day}", "parameters": parameters, "tags": {}}
    history = query.history
    training_days(history.known_before(day), day)  # a question without an answer leaves no run
    with tracking(Path(root), about, wanted=track) as tracked:
        rows = training_panel(history, day, target=target, extra=extra)
        trained = fit(history, day, model=model, target=target, panel=rows, extra=extra)
        path = keep_model(Path(root), trained)
        if tracked.run is not None:
            from forecast.tracking.runs import keep_training

            tracked.run.facts(history, root=Path(root), as_of=day)
            keep_training(tracked.run, trained, rows)
    return {**vars(trained.card), "path": str(path), "problem": tracked.problem}
