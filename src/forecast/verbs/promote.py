"""The verb *promote*: a champion chosen by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.display.progress import Step, logged
from forecast.errors import DataMissingError, InputError, ModelError
from forecast.files import read_json
from forecast.panel.outcomes import check_target
from forecast.promotion.champions import alone, export_champion, prune, switch
from forecast.promotion.registry import mirror
from forecast.promotion.report import decision_of
from forecast.training.bundle import load_bundle
from forecast.training.champion import NAME, champion_name, champions_folder, folder_name, read_folder
from forecast.training.train import Trained
from forecast.verbs.retrain import REPORT, WAIT_SECONDS
from forecast.workspace import Workspace


@dataclass(frozen=True)
class Promotion:
    """What a promotion or a rollback did.

    Attributes
    ----------
    before, after : str
        Folders of the champion before (None if there was none) and now.
    warning, problem : str
        What speaks against it, and what could not be logged in MLflow; empty if nothing.
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
    on_step: Step = logged,
) -> Promotion:
    """Make a model of an earlier retraining champion, whatever was decided about it.

    Parameters
    ----------
    version : str
        A model's version such as ``"2024-06-01-9a61ce76"``, as reports and `status` show it.
    root, target, on_step
        As in `forecast.predict`.
    wait_seconds : float
        How long to wait for another process that retrains or promotes here.
    track : bool
        Let MLflow's registry name the same champion.

    Returns
    -------
    Promotion
    """
    place = Path(root)
    check_target(target)
    with alone(place, wait_seconds=wait_seconds):
        before = champion_name(place, target)
        name, warning = _standing(place, target, version) or _exported(place, target, version)
        if name != before:
            switch(place, target, name, by="promote")
        prune(place, target)
        problem = mirrored(place, target, track=track, say=on_step)
    return Promotion(before, name, warning, problem)


def _standing(root: Path, target: str, version: str) -> tuple[str, str] | None:
    """A folder among the champions that holds the version."""
    for folder in sorted(champions_folder(root).glob(f"*-{target}-{version}")):
        if NAME.fullmatch(folder.name):
            read_folder(folder)
            return folder.name, ""
    return None


def _exported(root: Path, target: str, version: str) -> tuple[str, str]:
    """A folder made from the report of the retraining that trained the version."""
    known = []
    for report, folder in reports(root):
        if report["target"] != target:
            continue
        known.append(report["challenger"]["model_version"])
        if known[-1] == version:
            trained = Trained(*load_bundle(folder))
            if folder_name(trained) != report["challenger"]["name"]:
                raise ModelError(f"{folder} holds another model than its report names; retrain with --force")
            promoted = report["decision"] == "promoted"
            warning = "" if promoted else f"the retraining did not promote it: {report['reason']}"
            return export_champion(root, trained, decision_of(report)), warning
    if not known:
        raise DataMissingError(f"no retraining for {target} has been made in this workspace; run 'forecast retrain'")
    raise ModelError(f"no version {version!r} for {target}; retrainings made {', '.join(sorted(set(known)))}")


def reports(root: Path) -> list[tuple[dict[str, Any], Path]]:
    """Reports of all retrainings with their folders, the last one last; what cannot be read is left out."""
    reports = []
    for path in (root / "mlruns" / "retrain").glob(f"*/{REPORT}"):
        try:
            report = read_json(path)
            key = (str(report["decided_at"]), str(report["target"]), str(report["challenger"]["name"]))
            reports.append((key, report, path.parent))
        except (InputError, KeyError, TypeError):
            continue
    return [(report, folder) for _, report, folder in sorted(reports, key=lambda row: row[0])]


def mirrored(root: Path, target: str, *, track: bool, say: Step) -> str:
    """Let MLflow's registry name the same champion, and return what went wrong there."""
    return mirror(root, target, Workspace(root).history, say=say) if track else ""
