"""The verbs *promote*, *rollback* and *status*: the champion by hand, and how things stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.errors import DataMissingError, ModelError
from forecast.panel.outcomes import TARGETS, check_target
from forecast.promotion.champions import alone, export_champion, prune, switch
from forecast.promotion.registry import agreement, mirror
from forecast.promotion.report import decision_of
from forecast.training.bundle import load_bundle
from forecast.training.champion import (
    NAME,
    champion_name,
    champions_folder,
    folder_name,
    former_names,
    read_champion,
    read_folder,
    read_journal,
)
from forecast.training.provenance import rows_fingerprint
from forecast.training.train import Trained
from forecast.verbs.retrain import REPORT, WAIT_SECONDS
from forecast.workspace import load_history


@dataclass(frozen=True)
class Promotion:
    """What a promotion or a rollback did.

    Parameters
    ----------
    before : str or None
        Folder of the champion before.
    after : str
        Folder of the champion now.
    warning : str
        What speaks against it; empty if nothing does.
    problem : str
        What could not be logged in MLflow; empty if nothing.
    """

    before: str | None
    after: str
    warning: str = ""
    problem: str = ""


def promote(
    version: str,
    *,
    root: Path | str = ".",
    target: str = "meeting",
    wait_seconds: float = WAIT_SECONDS,
    track: bool = False,
    on_step: Callable[[str], None] | None = None,
) -> Promotion:
    """Make a model of an earlier retraining champion, whatever was decided about it.

    Parameters
    ----------
    version : str
        A model's version such as ``"2024-06-01-9a61ce76"``, as reports and `status` give it.
    root : path-like
        The workspace.
    target : {"meeting", "bilateral"}
    wait_seconds : float
        How long to wait for another process that retrains or promotes here.
    track : bool
        Let MLflow's registry say the same.
    on_step : callable, optional

    Returns
    -------
    Promotion

    Raises
    ------
    BusyError, InputError
    ModelError
        If no retraining of the workspace made such a version, or its files cannot be believed.
    """
    place = Path(root)
    check_target(target)
    with alone(place, wait_seconds=wait_seconds):
        before = champion_name(place, target)
        name, warning = _standing(place, target, version) or _exported(place, target, version)
        if name != before:
            switch(place, target, name, by="promote")
        prune(place, target)
        problem = _mirrored(place, target, track=track, say=on_step)
    return Promotion(before, name, warning, problem)


def rollback(
    *,
    root: Path | str = ".",
    target: str = "meeting",
    wait_seconds: float = WAIT_SECONDS,
    track: bool = False,
    on_step: Callable[[str], None] | None = None,
) -> Promotion:
    """Go back to the champion before the present one.

    Parameters
    ----------
    root : path-like
        The workspace.
    target : {"meeting", "bilateral"}
    wait_seconds : float
        How long to wait for another process that retrains or promotes here.
    track : bool
        Let MLflow's registry say the same.
    on_step : callable, optional

    Returns
    -------
    Promotion

    Raises
    ------
    BusyError, InputError
    ModelError
        If there is no former champion that can be believed.
    """
    place = Path(root)
    check_target(target)
    with alone(place, wait_seconds=wait_seconds):
        before = champion_name(place, target)
        passed = []
        for name in former_names(place, target):
            try:
                read_folder(champions_folder(place) / name)
            except ModelError as problem:
                passed.append(f"{name} is passed over: {problem}")
                continue
            switch(place, target, name, by="rollback")
            return Promotion(before, name, "; ".join(passed), _mirrored(place, target, track=track, say=on_step))
    reasons = "; ".join(passed)
    raise ModelError(f"there is no former champion for {target} to go back to{': ' + reasons if reasons else ''}")


def status(*, root: Path | str = ".") -> dict[str, Any]:
    """Say how things stand with the champions of a workspace. Nothing is written.

    Parameters
    ----------
    root : path-like
        The workspace.

    Returns
    -------
    dict
        `targets` (for each target with a champion or a retraining: `champion`, `problem`, `former`, `last_retraining`,
        `registry`) and `coverage_end` (source -> last day).

    Raises
    ------
    DataMissingError, InputError
    """
    place = Path(root)
    history = load_history(place)
    last = _last_retrainings(place)
    targets = {}
    for target in TARGETS:
        champion, problem = _champion(place, target)
        if champion is None and not problem and target not in last:
            continue
        targets[target] = {
            "champion": champion,
            "problem": problem,
            "former": former_names(place, target) if champion is not None else [],
            "last_retraining": last.get(target),
            "registry": agreement(place, target, champion["name"] if champion is not None else None),
        }
    return {
        "targets": targets,
        "coverage_end": {f"{c.publisher}/{c.source}": str(c.ends_on) for c in history.coverages},
    }


def _standing(root: Path, target: str, version: str) -> tuple[str, str] | None:
    """A folder among the champions that holds the version."""
    for folder in sorted(champions_folder(root).glob(f"*-{target}-{version}")):
        parts = NAME.fullmatch(folder.name)
        if parts is not None and parts["version"] == version:
            read_folder(folder)
            return folder.name, ""
    return None


def _exported(root: Path, target: str, version: str) -> tuple[str, str]:
    """A folder made from the report of the retraining that trained the version."""
    known = []
    for report, folder in _reports(root):
        if report["target"] != target:
            continue
        known.append(report["challenger"]["model_version"])
        if known[-1] == version:
            trained = Trained(*load_bundle(folder))
            if folder_name(trained) != report["challenger"]["name"]:
                raise ModelError(f"{folder} holds another model than its report names; retrain with --force")
            warning = f"the retraining did not promote it: {report['reason']}"
            warning = "" if report["decision"] == "promoted" else warning
            return export_champion(root, trained, decision_of(report)), warning
    if not known:
        raise DataMissingError(f"no retraining for {target} has been made in this workspace; run 'forecast retrain'")
    raise ModelError(f"no version {version!r} for {target}; retrainings made {', '.join(sorted(set(known)))}")


def _reports(root: Path) -> list[tuple[dict[str, Any], Path]]:
    """Reports of all retrainings with their folders, the last one last; what cannot be read is left out."""
    reports = []
    for path in (root / "mlruns" / "retrain").glob(f"*/{REPORT}"):
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
            key = (str(report["decided_at"]), report["target"], report["challenger"]["name"])
            reports.append((key, report, path.parent))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return [(report, folder) for _, report, folder in sorted(reports, key=lambda row: row[0])]


def _last_retrainings(root: Path) -> dict[str, dict[str, Any]]:
    return {
        report["target"]: {
            "as_of": report["as_of"],
            "decided_at": report["decided_at"],
            "challenger": report["challenger"]["name"],
            "decision": report["decision"],
            "reason": report["reason"],
            "drift": report["drift"]["verdict"],
            "sources": report["drift"]["sources"],
            "report": str(folder),
        }
        for report, folder in _reports(root)
    }


def _champion(root: Path, target: str) -> tuple[dict[str, Any] | None, str]:
    try:
        champion = read_champion(root, target)
    except ModelError as problem:
        return None, str(problem)
    if champion is None:
        return None, ""
    card, entry = champion.trained.card, read_journal(root, target)[-1]
    same = champion.decision.get("rows_code") == rows_fingerprint()
    return {
        "name": champion.folder.name,
        "model": card.model_id,
        "version": card.model_version,
        "trained_as_of": card.trained_as_of,
        "since": entry["at"],
        "by": entry["by"],
        "answers": same,
    }, "" if same else "another version of the program made its rows: it is left out until the next retrain"


def _mirrored(root: Path, target: str, *, track: bool, say: Callable[[str], None] | None) -> str:
    if not track:
        return ""
    return mirror(root, target, load_history(root), say=say if say is not None else _silent).problem


def _silent(step: str) -> None:
    """Say nothing."""
