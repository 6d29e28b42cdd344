"""Which model answers: the champion where it may, otherwise the model of the first day of the year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from forecast.dates import Day, parse_day
from forecast.errors import OtherVersionError
from forecast.facts.history import History
from forecast.models import DEFAULT, Model, model_name
from forecast.panel.panel import Panel
from forecast.training.champion import Champion, read_champion
from forecast.training.provenance import rows_fingerprint
from forecast.training.splits import refit_day
from forecast.training.train import Extra, Trained, keep_model, kept_model, train

#: Training rows of a day of training, from a caller that needs them too.
RowsOf = Callable[[Day], Panel]


@dataclass(frozen=True, eq=False)
class Answering:
    """The model that answers at a date, and warnings about the choice that belong beside every forecast."""

    trained: Trained
    warnings: tuple[str, ...] = ()

    @property
    def trained_as_of(self) -> Day:
        """Day on which it was trained."""
        return parse_day(self.trained.card.trained_as_of, what="trained_as_of")


def answering_models(
    root: Path,
    history: History,
    days: Iterable[Day],
    *,
    model: Model | None,
    target: str,
    on_step: Callable[[str], None],
    training_rows: RowsOf | None = None,
    extra: Extra = (),
) -> dict[Day, Answering]:
    """Choose the model that answers at each of many dates, from the whole history.

    The champion answers if it was trained on or before the date and neither another model nor signals of the user's own
    (`extra`, which `training_rows` hold too) are requested; otherwise the model of the first day of the date's year,
    which is trained if it is not kept (docs/decisions/004, docs/decisions/008).
    """
    champion, left_out = _champion(root, target) if not extra else (None, ())
    name = model if model is not None else DEFAULT
    kept: dict[Day, Trained] = {}
    chosen = {}
    for day in days:
        answer, warnings = _by_champion(champion, day, model) if not left_out else (None, left_out)
        if answer is None:
            refit = refit_day(day)
            if refit not in kept:
                kept[refit] = trained_model(
                    root, history, refit, model=name, target=target, on_step=on_step, training_rows=training_rows,
                    extra=extra,
                )  # fmt: skip
            answer = Answering(kept[refit], warnings)
        chosen[day] = answer
    return chosen


def _champion(root: Path, target: str) -> tuple[Champion | None, tuple[str, ...]]:
    """The champion, or a warning if the present version of the program cannot read it any more."""
    try:
        return read_champion(root, target), ()
    except OtherVersionError:
        return None, ("the champion is left out: another version of the program stored it; run forecast retrain",)


def _by_champion(champion: Champion | None, day: Day, model: Model | None) -> tuple[Answering | None, tuple[str, ...]]:
    """The champion if it may answer, and a warning if only the present version of the program forbids it."""
    if champion is None:
        return None, ()
    card = champion.trained.card
    # ISO dates: their order as texts is that of the days.
    if (model is not None and model_name(model) != card.model_id) or card.trained_as_of > str(day):
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
    model: Model,
    target: str,
    on_step: Callable[[str], None],
    training_rows: RowsOf | None = None,
    extra: Extra = (),
) -> Trained:
    """The kept model, or a new one that is kept from now on."""
    kept = kept_model(root, history, trained_as_of, model=model, target=target, extra=extra)
    if kept is not None:
        return kept
    on_step(f"training the model {model_name(model)!r} on what was known before {trained_as_of} (once)")
    panel = training_rows(trained_as_of) if training_rows is not None else None
    fresh = train(history, trained_as_of, model=model, target=target, panel=panel, extra=extra)
    keep_model(root, fresh)
    return fresh
