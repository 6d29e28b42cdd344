"""The verb *retrain*: a challenger on everything known, and the champion only if it is not worse."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError, ModelError
from forecast.facts.history import History
from forecast.files import sync_folder, write_text, written_whole
from forecast.models import DEFAULT, make_model
from forecast.panel.outcomes import check_target
from forecast.promotion import report_text
from forecast.promotion.challenge import Challenge, challenge
from forecast.promotion.lineage import Champion, alone, export_champion, prune, read_champion, switch
from forecast.promotion.registry import Mirror, keep_run, mirror
from forecast.training.bundle import pack_state, write_bundle
from forecast.training.champion import folder_name
from forecast.training.provenance import code_fingerprint, library_versions, now, rows_fingerprint
from forecast.training.train import training_key
from forecast.workspace import Workspace

#: So long a retraining waits for another one.
WAIT_SECONDS = 600.0

REPORT, TEXT = "report.json", "report.md"


@dataclass(frozen=True, eq=False)
class Retraining:
    """What a retraining found and did.

    Parameters
    ----------
    told : dict
        As it stands in `report.json`.
    folder : Path or None
        Of the report; None if nothing was written.
    is_new : bool
        Whether it was computed now; False if the same had been done before.
    problem : str
        What went wrong with the store of runs; empty if nothing did.
    """

    told: dict[str, Any]
    folder: Path | None
    is_new: bool
    problem: str = ""

    @property
    def promoted(self) -> bool:
        """Whether the challenger became champion."""
        return bool(self.told["decision"] == "promoted")

    def text(self) -> str:
        """The report for reading, in Markdown."""
        return report_text(self.told)


def retrain(
    *,
    as_of: str | Day,
    root: Path | str = ".",
    model: str = DEFAULT,
    target: str = "meeting",
    dry_run: bool = False,
    force: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    track: bool = False,
    today: str | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Retraining:
    """Train a challenger on everything known at a date, and promote it if nothing speaks against it.

    The same data, program and date do nothing twice. A crash at any instant loses nothing: the next call heals.

    Parameters
    ----------
    as_of : str or numpy.datetime64
        Midnight at the start of this day.
    root : path-like
        The workspace.
    model : str
        A name of `forecast.models.MODELS`: the challenger's.
    target : {"meeting", "bilateral"}
    dry_run : bool
        Write nothing at all.
    force : bool
        Do it again even if the same has been done.
    wait_seconds : float
        How long to wait for another process that retrains or promotes here.
    track : bool
        Keep the retraining as a run in MLflow and register the model there (`forecast.tracking`).
    today : str, optional
        No as-of date may be later. Default: the present day (UTC).
    on_step : callable, optional
        Called with a few words before each step that takes long.

    Returns
    -------
    Retraining
        Its `problem` says what went wrong with MLflow's store: the files decide, so that alone stops nothing.

    Raises
    ------
    BusyError
        If another process is at work for too long.
    DateError
        If the date is before the data begin, after today, or before the champion's day of training.
    DataMissingError, InputError, ModelError
    """
    say = on_step if on_step is not None else _silent
    place, day = Path(root), parse_day(as_of, what="as_of")
    present = parse_day(today, what="today") if today is not None else parse_day(now()[:10], what="today")
    if day > present:
        raise DateError(f"as_of {day} is after {present}: a model of a day to come would answer nothing until then")
    check_target(target)
    make_model(model)
    say("checking the data")
    query = Workspace(place).query(day, target=target, model=model)
    everything, known = query.history, query.known
    key = training_key(known.fingerprint(), day, model=model, target=target)
    with ExitStack() as held:
        if not dry_run:
            held.enter_context(alone(place, wait_seconds=wait_seconds))
        folder = place / "mlruns" / "retrain" / f"{day}-{key[:12]}"
        champion, notes = _present_champion(place, target)
        done = None if force else _done(folder, champion)
        if done is not None:
            return _again(place, folder, done, everything, track=track and not dry_run, say=say)
        if champion is not None and champion.trained.card.trained_as_of > str(day):
            raise DateError(
                f"as_of {day}: the champion was trained on {champion.trained.card.trained_as_of} and has seen what "
                "came after; choose a later date, or go back with 'forecast rollback'"
            )
        if not force and champion is not None and champion.trained.card.key == key:
            # A retraining was killed after it had promoted and before it had reported.
            told = dict(champion.decision["report"])
            if not dry_run:
                _write_report(folder, told, champion)
            return _again(place, folder, told, everything, track=track and not dry_run, say=say)
        found = challenge(place, everything, day, model=model, target=target, champion=champion, say=say)
        told = _told(found, day, key, champion, notes)
        if dry_run:
            return Retraining({**told, "notes": [*notes, "dry run: nothing is written"]}, None, is_new=True)
        return _finish(place, folder, found, told, everything, champion, track=track, say=say)


def _present_champion(root: Path, target: str) -> tuple[Champion | None, list[str]]:
    """The champion, or None with a word why the one that stands there cannot be believed."""
    try:
        return read_champion(root, target), []
    except ModelError as problem:
        return None, [f"{problem}; the challenger is treated as the first one"]


def _done(folder: Path, champion: Champion | None) -> dict[str, Any] | None:
    """The report of the same retraining, if it is finished and what it promoted is not lost."""
    try:
        told = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        return dict(told) if champion is not None or told["decision"] != "promoted" else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _again(
    root: Path, folder: Path, told: dict[str, Any], everything: History, *, track: bool, say: Callable[[str], None]
) -> Retraining:
    """Nothing to do, but the store of runs may still lack what the files hold."""
    kept = mirror(root, told["target"], everything, say=say) if track else Mirror()
    return Retraining(told, folder if folder.is_dir() else None, is_new=False, problem=kept.problem)


def _told(found: Challenge, day: Day, key: str, champion: Champion | None, notes: list[str]) -> dict[str, Any]:
    card = found.trained.card
    same = champion is not None and folder_name(champion.trained) == folder_name(found.trained)
    promoted = not found.failed
    if same:
        reason = "The challenger is the champion itself, bit by bit."
    elif promoted:
        reason = "All checks passed: " + ", ".join(check.name for check in found.checks) + "."
    else:
        reason = "Failed: " + "; ".join(f"{check.name} ({check.told})" for check in found.failed) + "."
    told = {
        "as_of": str(day),
        "key": key,
        "model": card.model_id,
        "target": card.target,
        "decided_at": now(),
        "decision": "unchanged" if same else "promoted" if promoted else "not promoted",
        "reason": reason,
        "checks": [vars(check) for check in found.checks],
        "challenger": _named(found.trained),
        "champion": _named(champion.trained) if champion is not None else None,
        "panel": found.taught.fingerprint,
        "signals": list(found.taught.signals.columns),
        "facts": found.facts,
        "changes": found.changes,
        "compared": found.compared,
        "folds": found.folds,
        "scores": found.scores,
        "comparisons": found.comparisons,
        "drift": {
            "verdict": found.drift.verdict,
            "sources": [row.what for row in found.drift.rows if row.kind == "source" and row.verdict != "ok"],
            "metrics": found.drift.metrics(),
            "text": found.drift.text(),
        },
        "notes": notes,
        "code": code_fingerprint(),
        "rows_code": rows_fingerprint(),
        "libraries": library_versions(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(told, default=_plain))
    return plain


def _named(trained: Any) -> dict[str, Any]:
    return {"name": folder_name(trained), **vars(trained.card)}


def _plain(value: Any) -> Any:
    """What JSON cannot hold as something that it can."""
    if isinstance(value, pd.DataFrame):
        return value.astype(object).where(value.notna(), None).to_dict(orient="records")
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


def _finish(
    root: Path,
    folder: Path,
    found: Challenge,
    told: dict[str, Any],
    everything: History,
    champion: Champion | None,
    *,
    track: bool,
    say: Callable[[str], None],
) -> Retraining:
    """Register, promote, report. What is written before a crash is found and completed by the next call."""
    problems: list[str] = []
    if track:
        say("registering the challenger")
        run = keep_run(root, found, told, everything)
        told["tracking"] = {"run_id": run.run_id, "version": run.version, "problem": run.problem}
        problems.append(run.problem)
    if told["decision"] == "promoted":
        say("promoting the challenger")
        _promote(root, found, told)
    _write_report(folder, told, Champion(found.trained, {}, folder))
    prune(root, told["target"])
    if track and not any(problems):
        problems.append(mirror(root, told["target"], everything, say=say).problem)
    return Retraining(told, folder, is_new=True, problem=next(filter(None, problems), ""))


def _promote(root: Path, found: Challenge, told: dict[str, Any]) -> None:
    decision = decision_of(told)
    name = export_champion(root, found.trained, decision)
    switch(root, told["target"], name, by="retrain")


def decision_of(told: dict[str, Any]) -> dict[str, Any]:
    """What a champion's folder keeps of the report of its retraining."""
    return {"facts": told["facts"], "rows_code": told["rows_code"], "code": told["code"], "report": told}


def _write_report(folder: Path, told: dict[str, Any], challenger: Champion) -> None:
    """Write the report with the challenger's bundle: the folder whole, or where one stands, file by file."""
    texts = {REPORT: json.dumps(told, indent=1) + "\n", TEXT: report_text(told)}
    if folder.is_dir():
        for name in (TEXT, REPORT):
            write_text(folder / name, texts[name])
        return
    with written_whole(folder) as draft:
        write_bundle(draft, pack_state(challenger.trained.model), challenger.trained.card)
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")
    if not folder.is_dir():
        raise InputError("cannot be written: something else stands there", path=folder)
    sync_folder(folder.parent)


def _silent(step: str) -> None:
    """Say nothing."""
