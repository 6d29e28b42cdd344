"""The verb *drift*: whether sources, signals and probabilities are still those that the model learned."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from forecast.dates import AnyDay, Day
from forecast.display.progress import Step, logged
from forecast.models.base import PeriodModel
from forecast.monitoring.drift import measure_drift
from forecast.monitoring.verdicts import DriftReport
from forecast.panel.panel import Panel
from forecast.training.answering import trained_model
from forecast.training.train import training_panel
from forecast.workspace import Workspace


def drift(
    *,
    root: Path | str = ".",
    as_of: AnyDay | None = None,
    model: str | None = None,
    target: str = "meeting",
    on_step: Step = logged,
) -> DriftReport:
    """Report what has drifted, given only what was public before a date.

    The model is the one that answers at `as_of`: the champion, or that of the first day of the year, which is kept in
    the workspace.

    Parameters
    ----------
    as_of, root, model, target, on_step
        As in `forecast.predict`.

    Returns
    -------
    DriftReport
        Rows on the sources, the calibration, the probabilities and the signals; `text()` is for reading, `metrics()`
        for tracking.
    """
    query = Workspace(root).query(as_of, target=target, model=model)
    query.known  # noqa: B018 - a day before the data begin is an error
    history = query.history

    @cache
    def training_rows(trained_as_of: Day) -> Panel:
        on_step("building the rows that the model learned from")
        return training_panel(history, trained_as_of, target=target)

    answering = query.answering(on_step, training_rows=training_rows)
    trained = answering.trained

    def model_of_year(refit: Day) -> PeriodModel:
        requested = query.model if query.model is not None else trained.card.model_id
        return trained_model(Path(root), history, refit, model=requested, target=target, on_step=on_step).model

    return measure_drift(
        Path(root), history, query.day, trained=trained, training_rows=training_rows(answering.trained_as_of),
        model_of_year=model_of_year, notes=answering.warnings, say=on_step,
    )  # fmt: skip
