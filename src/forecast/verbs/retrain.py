"""The verb *retrain*: a challenger on everything known, and the champion only if it is not worse."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.dates import AnyDay
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Paragraph, Table
from forecast.errors import DateError, InputError, ModelError
from forecast.facts.history import History
from forecast.files import read_json, sync_folder, write_text, written_whole
from forecast.models import DEFAULT
from forecast.promotion.challenge import Challenge, challenge
from forecast.promotion.champions import alone, export_champion, prune, switch
from forecast.promotion.checks import ALIVE
from forecast.promotion.registry import keep_run, mirror
from forecast.promotion.report import decision_of, report_of, report_text
from forecast.training.bundle import pack_state, write_bundle
from forecast.training.champion import Champion, read_champion
from forecast.training.train import Trained, training_key
from forecast.workspace import Workspace

#: So long a retraining waits for another one.
WAIT_SECONDS = 600.0

REPORT, TEXT = "report.json", "report.md"


@dataclass(frozen=True, eq=False)
class Retraining:
    """What a retraining computed and did.

    Attributes
    ----------
    report : dict
        As it stands in `report.json`.
    folder : Path or None
        Of the report; None if nothing was written.
    is_new : bool
        Whether it was computed now; False if the same had been done before.
    problem : str
        What could not be logged in MLflow; empty if nothing.
    """

    report: dict[str, Any]
    folder: Path | None
    is_new: bool
    problem: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """The report, under its former name."""
        return self.report

    @property
    def promoted(self) -> bool:
        """Whether the challenger became champion."""
        return bool(self.report["decision"] == "promoted")

    def text(self) -> str:
        """The report for reading, in Markdown."""
        return report_text(self.report)

    def table(self) -> Document:
        """The decision, its reason and the checks, for a terminal."""
        report = self.report
        dry = "" if self.folder is not None else "would be "
        lead = f"As of {report['as_of']}: {dry}{report['decision']}\n{report['reason']}"
        facts = [
            ("challenger", report["challenger"]["name"]),
            ("champion", report["champion"]["name"] if report["champion"] else "none"),
            *(("" if at else "sources", source) for at, source in enumerate(report["drift"]["sources"])),
            *(("note", note) for note in report["notes"]),
        ]
        checks = [(one["name"], "passed" if one["passed"] else "failed", one["told"]) for one in report["checks"]]
        columns = [Column("check"), Column(""), Column("result", wraps=True)]
        return Document(
            Paragraph(lead, style="bold"),
            Table([Column(""), Column("", wraps=True)], facts),
            Table(columns, checks) if checks else None,
        )


def retrain(
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    model: str = DEFAULT,
    target: str = "meeting",
    dry_run: bool = False,
    force: bool = False,
    allow_stale: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    track: bool = False,
    on_step: Step = logged,
) -> Retraining:
    """Train a challenger on everything known at a date, and promote it if nothing speaks against it.

    The same data, program and date do nothing twice. A crash at any instant loses nothing: the next call completes it.

    Parameters
    ----------
    as_of, root, target, on_step
        As in `forecast.predict`; no date before the champion's day of training or after today is accepted.
    model : str
        A name of `forecast.models.MODELS`: the challenger's.
    dry_run : bool
        Write nothing at all.
    force : bool
        Do it again even if the same has been done.
    allow_stale : bool
        Promote even if every source of meetings ended more than 180 days before.
    wait_seconds : float
        How long to wait for another process that retrains or promotes here, before it is a `BusyError`.
    track : bool
        Log the retraining as a run in MLflow and register the model there (`forecast.tracking`), after all files.

    Returns
    -------
    Retraining
        Its `problem` says what could not be logged in MLflow: the files decide, so that alone stops nothing.
    """
    place = Path(root)
    query = Workspace(place).query(as_of, target=target, model=model)
    on_step("checking the data")
    day, everything, known = query.day, query.history, query.known
    key = training_key(known.fingerprint(), day, model=model, target=target)
    with ExitStack() as held:
        if not dry_run:
            held.enter_context(alone(place, wait_seconds=wait_seconds))
        folder = place / "mlruns" / "retrain" / f"{day}-{key[:12]}"
        champion, notes = _present_champion(place, target)
        report = None if force else _done(folder, champion, allow_stale)
        if report is None and champion is not None:
            if champion.trained.card.trained_as_of > str(day):
                raise DateError(
                    f"as_of {day}: the champion was trained on {champion.trained.card.trained_as_of} and has seen what "
                    "came after; choose a later date, or go back with 'forecast rollback'"
                )
            if not force and champion.trained.card.key == key:
                # A retraining was killed after it had promoted and before it had reported.
                report = dict(champion.decision["report"])
                if not dry_run:
                    _write_report(folder, report, champion.trained)
        if report is not None:
            # Nothing to do, but the registry may still lack what the files hold.
            problem = mirror(place, target, everything, say=on_step) if track and not dry_run else ""
            return Retraining(report, folder if folder.is_dir() else None, is_new=False, problem=problem)
        result = challenge(
            place, everything, day, model=model, target=target, champion=champion, say=on_step, allow_stale=allow_stale
        )
        report = report_of(result, day, key=key, champion=champion, notes=notes)
        if dry_run:
            return Retraining({**report, "notes": [*notes, "dry run: nothing is written"]}, None, is_new=True)
        return _finish(place, folder, result, report, everything, track=track, say=on_step)


def _present_champion(root: Path, target: str) -> tuple[Champion | None, list[str]]:
    """The champion, or None with a word why the one that stands there cannot be believed."""
    try:
        return read_champion(root, target), []
    except ModelError as problem:
        return None, [f"{problem}; the challenger is treated as the first one"]


def _done(folder: Path, champion: Champion | None, allow_stale: bool) -> dict[str, Any] | None:
    """The report of the same retraining, if it is finished, what it promoted is not lost, and it judged by the same."""
    try:
        report = read_json(folder / REPORT)
        if allow_stale and any(check["name"] == ALIVE and not check["passed"] for check in report["checks"]):
            return None
        return dict(report) if champion is not None or report["decision"] != "promoted" else None
    except (InputError, KeyError, TypeError):
        return None


def _finish(
    root: Path, folder: Path, result: Challenge, report: dict[str, Any], everything: History, *, track: bool, say: Step
) -> Retraining:
    """Promote, report, and then log. What is written before a crash is completed by the next call."""
    if report["decision"] == "promoted":
        say("promoting the challenger")
        name = export_champion(root, result.trained, decision_of(report))
        switch(root, report["target"], name, by="retrain")
    _write_report(folder, report, result.trained)
    prune(root, report["target"])
    problem = ""
    if track:
        say("registering the challenger")
        report["tracking"] = keep_run(root, result, report, everything)
        _write_report(folder, report, result.trained)
        problem = report["tracking"]["problem"] or mirror(root, report["target"], everything, say=say)
    return Retraining(report, folder, is_new=True, problem=problem)


def _write_report(folder: Path, report: dict[str, Any], challenger: Trained) -> None:
    """Write the report with the challenger's bundle: the folder whole, or where one stands, file by file."""
    texts = {TEXT: report_text(report), REPORT: json.dumps(report, indent=1) + "\n"}
    if folder.is_dir():
        for name, text in texts.items():
            write_text(folder / name, text)
        return
    with written_whole(folder) as draft:
        write_bundle(draft, pack_state(challenger.model), challenger.card)
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")
    if not folder.is_dir():
        raise InputError("cannot be written: something else stands there", path=folder)
    sync_folder(folder.parent)
