"""The verb *train*: a model on what was known before a day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forecast.dates import AnyDay
from forecast.models import DEFAULT
from forecast.training.train import keep_model, training_days, training_panel
from forecast.training.train import train as fit
from forecast.verbs.tracking import tracking
from forecast.workspace import Workspace


def train(
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    model: str = DEFAULT,
    target: str = "meeting",
    track: bool = False,
) -> dict[str, Any]:
    """Train a model on what was known before a day and keep it in the workspace.

    Parameters
    ----------
    as_of : str, date or numpy.datetime64, optional
        The day of training, by default today (UTC). `forecast.predict` uses the model of the first day of its as-of
        date's year.
    root, model, target
        As in `forecast.predict`.
    track : bool
        Log the training as a run in MLflow and register the model there (`forecast.tracking`).

    Returns
    -------
    dict
        The model's card, with its `path`, and `problem`: what could not be logged in MLflow, empty if nothing.
    """
    query = Workspace(root).query(as_of, target=target, model=model)
    day = query.day
    parameters = {"model": model, "target": target, "as_of": str(day)}
    about = {"kind": "train", "name": f"train {model} {target} {day}", "parameters": parameters, "tags": {}}
    history = query.history
    training_days(history.known_before(day), day)  # a question without an answer leaves no run
    with tracking(Path(root), about, wanted=track) as tracked:
        rows = training_panel(history, day, target=target)
        trained = fit(history, day, model=model, target=target, panel=rows)
        path = keep_model(Path(root), trained)
        if tracked.run is not None:
            from forecast.tracking.runs import keep_training

            tracked.run.facts(history, root=Path(root), as_of=day)
            keep_training(tracked.run, trained, rows)
    return {**vars(trained.card), "path": str(path), "problem": tracked.problem}
