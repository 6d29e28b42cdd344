"""The report of a retraining, as values for `report.json` and as text: what changed, scores, decision, reason."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.display.frames import records, wider_ends
from forecast.promotion.challenge import Challenge
from forecast.training.champion import Champion, folder_name
from forecast.training.provenance import code_fingerprint, library_versions, now, rows_fingerprint
from forecast.training.train import Trained


def report_of(result: Challenge, day: Day, *, key: str, champion: Champion | None, notes: list[str]) -> dict[str, Any]:
    """Decide on a challenge and report it, in values that JSON can hold."""
    card = result.trained.card
    same = champion is not None and folder_name(champion.trained) == folder_name(result.trained)
    promoted = not result.failed
    if same:
        reason = "The challenger is the champion itself, bit by bit."
    elif promoted:
        reason = "All checks passed: " + ", ".join(check.name for check in result.checks) + "."
    else:
        reason = "Failed: " + "; ".join(f"{check.name} ({check.reason})" for check in result.failed) + "."
    report = {
        "as_of": str(day),
        "key": key,
        "model": card.model_id,
        "target": card.target,
        "decided_at": now(),
        "decision": "unchanged" if same else "promoted" if promoted else "not promoted",
        "reason": reason,
        # Reports of earlier versions are read again, so the entries keep their names.
        "checks": [{"name": check.name, "passed": check.passed, "told": check.reason} for check in result.checks],
        "challenger": _named(result.trained),
        "champion": _named(champion.trained) if champion is not None else None,
        "panel": result.training_rows.fingerprint,
        "signals": list(result.training_rows.signals.columns),
        "facts": result.facts,
        "changes": result.changes,
        "compared": result.compared,
        "folds": result.folds,
        "scores": result.scores,
        "comparisons": result.comparisons,
        "drift": {
            "verdict": result.drift.verdict,
            "sources": [row.what for row in result.drift.rows if row.kind == "source" and row.verdict != "ok"],
            "metrics": result.drift.metrics(),
            "text": result.drift.text(),
        },
        "notes": notes,
        "code": code_fingerprint(),
        "rows_code": rows_fingerprint(),
        "libraries": library_versions(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(report, default=_plain))
    return plain


def _named(trained: Trained) -> dict[str, Any]:
    return {"name": folder_name(trained), **vars(trained.card)}


def _plain(value: Any) -> Any:
    """What JSON cannot hold as something that it can."""
    if isinstance(value, pd.DataFrame):
        return records(value)
    if isinstance(value, np.generic):
        return value.item()
    return str(value)


def decision_of(report: dict[str, Any]) -> dict[str, Any]:
    """What a champion's folder keeps of the report of its retraining."""
    return {"facts": report["facts"], "rows_code": report["rows_code"], "code": report["code"], "report": report}


def report_text(report: dict[str, Any]) -> str:
    """Write a report, as it stands in `report.json`, in Markdown."""
    before, challenger = report["champion"], report["challenger"]
    of = challenger.get("drawn_from")  # not in reports of earlier versions
    drawn = f"a weighted sample of {of} rows, " if of else ""
    lines = [
        f"# Retraining as of {report['as_of']}: {report['decision']}",
        "",
        report["reason"],
        "",
        f"* challenger: {challenger['name']} ({challenger['n_rows']} rows of {challenger['n_dyads']} dyads, {drawn}"
        f"as-of dates {challenger['first_as_of']} to {challenger['last_as_of']})",
        f"* champion before: {before['name'] if before else 'none'}",
        f"* rows {report['panel'][:12]}, data {report['facts']['fingerprint'][:12]}, program {report['code'][:12]}",
    ]
    sources = report["drift"]["sources"]
    lines += [f"* sources to look after: {'; '.join(sources)}"] if sources else []
    lines += [f"* note: {note}" for note in report["notes"]]
    lines += ["", "## What changed", "", *(f"* {line}" for line in report["changes"])]
    lines += ["", "## Checks", "", "| check | passed | result |", "|---|---|---|"]
    lines += [f"| {c['name']} | {'yes' if c['passed'] else 'no'} | {c['told']} |" for c in report["checks"]]
    if report["scores"]:
        lines += ["", "## Scores in the recent folds", "", *_scores(report["scores"]), ""]
        lines += [f"The folds: {report['folds']}."]
    lines += ["", "## How it was compared", "", *report["compared"]]
    lines += ["", "## Drift", "", "```", *report["drift"]["text"].splitlines(), "```", ""]
    return "\n".join(lines)


def _scores(rows: list[dict[str, Any]]) -> list[str]:
    forms = {"model_id": "", "horizon_days": "", "n": "", "base_rate": ".3f", "brier": ".5f", "skill": "+.3f",
             "auc": ".3f", "calibration_error": ".4f"}  # fmt: skip
    lines = [
        "| who | days | n | base rate | Brier | skill (90% interval) | AUC | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = {name: "-" if row[name] is None else format(row[name], form) for name, form in forms.items()}
        low, high = wider_ends(row)
        if not np.isnan(low):
            cells["skill"] += f" ({low:+.3f} to {high:+.3f})"
        lines.append(f"| {' | '.join(cells.values())} |")
    return lines
