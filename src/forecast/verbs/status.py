"""The verb *status*: the champions of a workspace and the last retraining."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from forecast.dates import day_number, parse_day, today
from forecast.display.table import Column, Document, Table
from forecast.errors import ModelError
from forecast.facts.history import History
from forecast.monitoring.drift import judge_sources
from forecast.monitoring.verdicts import VERDICTS
from forecast.panel.outcomes import TARGETS
from forecast.promotion.registry import agreement
from forecast.training.champion import former_names, read_champion, read_journal
from forecast.training.provenance import rows_fingerprint
from forecast.verbs.promote import reports
from forecast.verbs.run import last_run
from forecast.workspace import SCHEDULES, Settings, Workspace


def status(*, root: Path | str = ".") -> dict[str, Any]:
    """Report the champions of the workspace `root` and its last retraining. Nothing is written.

    Parameters
    ----------
    root : path-like

    Returns
    -------
    dict
        `targets` (for each target with a champion or a retraining: `champion`, `problem`, `former`, `last_retraining`,
        `registry`), `coverage_end` (source -> last day), `stale` (what has grown old, in words) and `settings` (those
        of `forecast.toml`) and `last_run` (as `forecast.run` kept it).
    """
    place = Path(root)
    workspace = Workspace(place)
    history, settings = workspace.history, workspace.settings
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
        "stale": _stale(place, history, settings, last),
        "settings": asdict(settings),
        "last_run": last_run(place),
    }


def _stale(root: Path, history: History, settings: Settings, last: dict[str, dict[str, Any]]) -> list[str]:
    """What is older than the schedule allows, and sources that are silent for longer than they ever were."""
    present, limit = today(), SCHEDULES[settings.schedule]
    dated = {f"retrain for {target}": report["as_of"] for target, report in last.items()}
    if (run := last_run(root)) is not None:
        dated = {"run": run["as_of"]}
    ages = {what: day_number(present) - day_number(parse_day(as_of)) for what, as_of in dated.items()}
    stale = [
        f"the last {what} is {age} days old, and the schedule is {settings.schedule}"
        for what, age in ages.items()
        if age > limit
    ]
    silent = [row for row in judge_sources(root, history, present) if row.verdict == VERDICTS[-1]]
    return stale + [f"{row.what}, {row.value:.0f} days behind today" for row in silent if row.value is not None]


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
        for report, folder in reports(root)
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


def table(result: dict[str, Any]) -> Document:
    """Champion, former ones, last retraining, registry and the ends of the records."""
    columns = [Column(""), Column("", wraps=True)]
    targets: list[Table | str] = [
        Table(columns, _lines(about), title=f"target {target}") for target, about in result["targets"].items()
    ]
    if not targets:
        targets = ["there is no champion and no retraining yet: run 'forecast retrain'"]
    ends = [(source, f"end on {end}") for source, end in result["coverage_end"].items()]
    old = result["stale"]
    fresh = Table(
        columns, [("stale" if not at else "", one) for at, one in enumerate(old)] or [("fresh", "nothing is stale")]
    )
    said = result["settings"]
    settings = [(name, ", ".join(map(str, said[name])) or "none") for name in ("focal", "horizons", "sources")]
    settings.append(("schedule", said["schedule"]))
    run = result["last_run"]
    ran = [] if run is None else [("last run", f"as of {run['as_of']}, code {run['code']}")]
    ran += [] if run is None else [(one["step"], one["line"]) for one in run["steps"] if one["code"]]
    ran_table = Table(columns, ran) if ran else None
    return Document(
        fresh, ran_table, *targets, Table(columns, ends, title="records"), Table(columns, settings, title="settings")
    )


def _lines(about: dict[str, Any]) -> list[tuple[str, str]]:
    champion, last = about["champion"], about["last_retraining"]
    if champion is not None:
        lines = [
            ("champion", f"{champion['model']} {champion['version']}"),
            ("", f"since {champion['since'] or 'unknown'}, by {champion['by']}"),
        ]
    else:
        lines = [("champion", "none")]
    if about["problem"]:
        lines.append(("problem", about["problem"]))
    lines += [("" if at else "former", name) for at, name in enumerate(about["former"])]
    if last is not None:
        lines += [
            ("last retrain", f"as of {last['as_of']}, at {last['decided_at']}: {last['decision']}"),
            ("challenger", last["challenger"]),
            ("reason", last["reason"]),
            ("drift", last["drift"]),
            *(("", source) for source in last["sources"]),
        ]
    return [*lines, ("registry", about["registry"])]
