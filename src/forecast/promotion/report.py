"""The report of a retraining as text: what changed, scores, decision, reason."""

from __future__ import annotations

from typing import Any


def report_text(told: dict[str, Any]) -> str:
    """Write the report of a retraining in Markdown.

    Parameters
    ----------
    told : dict
        As it stands in `report.json`.

    Returns
    -------
    str
    """
    before = told["champion"]
    lines = [
        f"# Retraining as of {told['as_of']}: {told['decision']}",
        "",
        told["reason"],
        "",
        f"* challenger: {told['challenger']['name']} ({told['challenger']['n_rows']} rows of "
        f"{told['challenger']['n_dyads']} dyads, as-of dates {told['challenger']['first_as_of']} to "
        f"{told['challenger']['last_as_of']})",
        f"* champion before: {before['name'] if before else 'none'}",
        f"* rows {told['panel'][:12]}, data {told['facts']['fingerprint'][:12]}, program {told['code'][:12]}",
    ]
    sources = told["drift"]["sources"]
    lines += [f"* sources to look after: {'; '.join(sources)}"] if sources else []
    lines += [f"* note: {note}" for note in told["notes"]]
    lines += ["", "## What changed", "", *(f"* {line}" for line in told["changes"])]
    lines += ["", "## Checks", "", "| check | passed | what was found |", "|---|---|---|"]
    lines += [f"| {c['name']} | {'yes' if c['passed'] else 'no'} | {c['told']} |" for c in told["checks"]]
    if told["scores"]:
        lines += ["", "## Scores in the recent folds", "", *_scores(told["scores"]), ""]
        lines += [f"The folds: {told['folds']}."]
    lines += ["", "## How it was compared", "", *told["compared"]]
    lines += ["", "## Drift", "", "```", *told["drift"]["text"].splitlines(), "```", ""]
    return "\n".join(lines)


def _scores(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| who | days | n | base rate | Brier | skill (90% interval) | AUC | calibration error |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lows = [row[f"skill_low_by_{by}"] for by in ("dyad", "as_of") if row[f"skill_low_by_{by}"] is not None]
        highs = [row[f"skill_high_by_{by}"] for by in ("dyad", "as_of") if row[f"skill_high_by_{by}"] is not None]
        spread = f" ({min(lows):+.3f} to {max(highs):+.3f})" if lows and highs else ""
        cells = [
            row["model_id"],
            row["horizon_days"],
            row["n"],
            _or_dash(row["base_rate"], ".3f"),
            _or_dash(row["brier"], ".5f"),
            _or_dash(row["skill"], "+.3f") + spread,
            _or_dash(row["auc"], ".3f"),
            _or_dash(row["calibration_error"], ".4f"),
        ]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
