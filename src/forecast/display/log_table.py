"""The log of recorded forecasts as text."""

from __future__ import annotations

import pandas as pd


def log_table(scores: pd.DataFrame, *, head: str, n_lines: int, kept_line: int | None = None) -> str:
    """What recorded forecasts turned out to be worth, and where the log ends.

    Parameters
    ----------
    scores : pandas.DataFrame
        As `forecast.monitoring.forecast_log.score_log` gives them.
    head : str
    n_lines : int
    kept_line : int, optional
        Line of the head that a reader kept.
    """
    lines = []
    for hindcast, title in ((False, "Forecasts, issued by the day after their as-of date"), (True, "Hindcasts")):
        part = scores.loc[scores["hindcast"] == hindcast]
        if len(part):
            lines += [title, *(line for _, row in part.iterrows() for line in _entry(row)), ""]
    if scores.empty:
        lines += ["not enough cases (n = 0): no forecast is recorded", ""]
    if kept_line is not None:
        lines.append(f"the kept head is that of line {kept_line}: up to it nothing was changed or lost")
    lines.append(f"head of the log: {head}, {n_lines} lines")
    return "\n".join(lines)


def _entry(row: pd.Series) -> list[str]:
    counts = f"{row['forecasts']} recorded, {row['unresolved']} unresolved, {row['n']} resolved, {row['n_met']} met"
    if row["repeated"]:
        counts += f"; {row['repeated']} repeats not counted"
    told = [f"  {row['model_id']} {row['model_version']}, {row['target']}", f"    {counts}"]
    if row["brier"] is None:
        return [*told, f"    {row['reason']}"]
    told.append(f"    base rate {row['base_rate']:.3f}, Brier {row['brier']:.4f}")
    if row["skill"] is None:
        return [*told, f"    {row['reason']}"]
    spread = f"90% interval {row['skill_low']:+.3f} to {row['skill_high']:+.3f}"
    return [*told, f"    skill against climatology {row['skill']:+.3f}, {spread}"]
