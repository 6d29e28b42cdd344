"""The verb *drift*: whether sources, signals and probabilities are still those that the model learned."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from forecast.dates import Day, parse_day
from forecast.errors import DateError
from forecast.models import make_model
from forecast.models.base import PeriodModel
from forecast.monitoring import DriftReport
from forecast.monitoring.drift import measure_drift
from forecast.panel.outcomes import check_target
from forecast.panel.panel import Panel
from forecast.training.answering import Step, answering_model, trained_model
from forecast.training.train import training_panel
from forecast.workspace import load_history


def drift(
    *,
    root: Path | str = ".",
    as_of: str | Day,
    model: str | None = None,
    target: str = "meeting",
    on_step: Step | None = None,
) -> DriftReport:
    """Report what has drifted, given only what was public before a date.

    The model is the one that answers at `as_of`: the champion, or that of the first day of the year, which is kept in
    the workspace.

    Parameters
    ----------
    root : path-like
        The workspace.
    as_of : str or numpy.datetime64
        Midnight at the start of this day.
    model : str, optional
        A name of `forecast.models.MODELS`; which model answers is chosen as by `forecast.predict`.
    target : {"meeting", "bilateral"}
    on_step : callable, optional
        Called with a few words before each step that takes long.

    Returns
    -------
    DriftReport
        Rows on the sources, the calibration, the probabilities and the signals; `text()` and `metrics()` give them for
        reading and for tracking.

    Raises
    ------
    DateError, DataMissingError, InputError, ModelError
    """
    say = on_step if on_step is not None else _silent
    day = parse_day(as_of, what="as_of")
    check_target(target)
    if model is not None:
        make_model(model)  # an unknown name is said before anything long begins
    everything = load_history(Path(root))
    known = everything.known_before(day)
    if known.events.empty or day <= everything.first_day:
        raise DateError(f"the as-of date {day} is before the data begin: nothing was known of which to tell drift")

    @cache
    def taught_on(trained_as_of: Day) -> Panel:
        say("building the rows that the model learned from")
        return training_panel(everything, trained_as_of, target=target)

    asked: dict[str, Any] = {"target": target, "on_step": say}
    answering = answering_model(Path(root), everything, day, model=model, training_rows=taught_on, **asked)
    trained = answering.trained

    def answered(refit: Day) -> PeriodModel:
        return trained_model(Path(root), everything, refit, model=trained.card.model_id, **asked).model

    return measure_drift(
        Path(root), everything, day, trained=trained, taught=taught_on(answering.trained_as_of), answered=answered,
        notes=answering.warnings, say=say,
    )  # fmt: skip


def _silent(step: str) -> None:
    """Say nothing."""
