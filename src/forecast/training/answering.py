"""Which model answers: the champion where it may, otherwise the model of the first day of the year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forecast.dates import Day, Days, parse_day
from forecast.facts.history import History
from forecast.models import DEFAULT
from forecast.panel.panel import Panel
from forecast.training.champion import Champion, read_champion
from forecast.training.provenance import rows_fingerprint
from forecast.training.splits import refit_day
from forecast.training.train import Trained, keep_model, kept_model, train

Step = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Answering:
    """The model that answers at a date.

    Parameters
    ----------
    trained : Trained
    warnings : tuple of str
        What to know about the choice; they belong beside every forecast.
    """

    trained: Trained
    warnings: tuple[str, ...] = ()

    @property
    def trained_as_of(self) -> Day:
        """Day on which it was trained."""
        return parse_day(self.trained.card.trained_as_of, what="trained_as_of")


def answering_model(
    root: Path,
    history: History,
    day: Day,
    *,
    model: str | None,
    target: str,
    on_step: Step | None,
    taught: Callable[[Day], Panel] | None = None,
) -> Answering:
    """Give the model that answers at a date.

    The champion answers if it was trained on or before the date and the asked model is its model, or none is asked for
    by name; otherwise the model of the first day of the date's year, which is trained if it is not kept
    (docs/decisions/004, docs/decisions/008).

    Parameters
    ----------
    root : Path
        The workspace.
    history : History
        The whole of it.
    day : numpy.datetime64[D]
        The as-of date.
    model : str or None
        A name of `forecast.models.MODELS`.
    target : {"meeting", "bilateral"}
    on_step : callable, optional
    taught : callable, optional
        Gives the rows for training of a day of training, if the caller needs them too.

    Raises
    ------
    ModelError
        If the champion would answer and was changed or lost.
    """
    answer, warnings = _by_champion(read_champion(root, target), day, model)
    if answer is not None:
        return answer
    name = model if model is not None else DEFAULT
    trained = trained_model(root, history, refit_day(day), model=name, target=target, on_step=on_step, taught=taught)
    return Answering(trained, warnings)


def answering_models(
    root: Path, history: History, days: Days, *, model: str | None, target: str, on_step: Step | None
) -> dict[Day, Answering]:
    """Give the model that answers at each of many dates, each as `answering_model` gives it."""
    champion = read_champion(root, target)
    name = model if model is not None else DEFAULT
    kept: dict[Day, Trained] = {}
    found = {}
    for day in days:
        answer, warnings = _by_champion(champion, day, model)
        if answer is None:
            refit = refit_day(day)
            if refit not in kept:
                kept[refit] = trained_model(root, history, refit, model=name, target=target, on_step=on_step)
            answer = Answering(kept[refit], warnings)
        found[day] = answer
    return found


def _by_champion(champion: Champion | None, day: Day, model: str | None) -> tuple[Answering | None, tuple[str, ...]]:
    """The champion's answer if it may give one, and what to know if it may not for what the program has become."""
    if champion is None:
        return None, ()
    card = champion.trained.card
    # ISO dates: their order as texts is that of the days.
    if model not in (None, card.model_id) or card.trained_as_of > str(day):
        return None, ()
    if champion.decision.get("rows_code") == rows_fingerprint():
        return Answering(champion.trained), ()
    return None, (
        f"the champion {card.model_id} {card.model_version} is left out: another version of the program made "
        "the rows that it learned from; run forecast retrain",
    )


def trained_model(
    root: Path,
    history: History,
    trained_as_of: Day,
    *,
    model: str,
    target: str,
    on_step: Step | None,
    taught: Callable[[Day], Panel] | None = None,
) -> Trained:
    """The kept model, or a new one that is kept from now on."""
    kept = kept_model(root, history, trained_as_of, model=model, target=target)
    if kept is not None:
        return kept
    if on_step is not None:
        on_step(f"training the model {model!r} on what was known before {trained_as_of} (once)")
    panel = taught(trained_as_of) if taught is not None else None
    fresh = train(history, trained_as_of, model=model, target=target, panel=panel)
    keep_model(root, fresh)
    return fresh
