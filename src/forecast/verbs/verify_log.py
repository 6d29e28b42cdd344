"""The verb *verify --log*: what was recorded, whether it still stands, and what it turned out to be worth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.display.table import Column, Document, Paragraph, Table
from forecast.files import write_text
from forecast.monitoring.forecast_log import (
    FOLDER,
    NEEDED,
    ForecastLog,
    first_recorded,
    is_hindcast,
    read_log,
    score_log,
)
from forecast.pages.page import Leaderboard
from forecast.signals.cube import make_cube
from forecast.training.provenance import now
from forecast.verbs.verify import Verification, outcomes_on_record
from forecast.verification import brier_score
from forecast.workspace import Workspace


@dataclass(frozen=True, eq=False)
class LogVerification:
    """A log whose chain holds, scored.

    Attributes
    ----------
    scores : pandas.DataFrame
        One row a model version and target, hindcasts apart, with the columns `forecast.monitoring.forecast_log.SCORES`.
    forecasts : pandas.DataFrame
        The lines in their order, with `line`, `hindcast` and `outcome` (1, 0, or NaN while unresolved).
    head : str
        SHA-256 of the last line. Keep it elsewhere: it alone shows later that no line is missing at the end.
    n_lines, torn_bytes : int
        Whole lines, and what a crash left behind the last of them.
    kept_line : int or None
        Line of the head that was kept, if there is one: nothing up to it was changed or lost.
    """

    scores: pd.DataFrame
    forecasts: pd.DataFrame
    head: str
    n_lines: int
    kept_line: int | None
    torn_bytes: int

    @property
    def warnings(self) -> list[str]:
        """What a reader must know about the state of the log."""
        if not self.torn_bytes:
            return []
        return [
            f"the log ends with {self.torn_bytes} bytes of a line that a crash tore; the next recording sets them "
            f"aside to a file in {FOLDER}/"
        ]


def verify_log(*, root: Path | str = ".", head: str | None = None) -> LogVerification:
    """Check the log of recorded forecasts and score what has resolved since. Nothing is written.

    Outcomes are taken from the workspace's records as they are now; probability and climatology are those recorded at
    issue. A forecast recorded twice counts once, as it was first recorded.

    Parameters
    ----------
    root : path-like
        The workspace.
    head : str, optional
        A head of the log that was kept elsewhere.

    Returns
    -------
    LogVerification
    """
    log = read_log(Path(root))
    kept = log.line_of(head) if head is not None else None
    forecasts = _with_outcomes(_table(log), Path(root))
    return LogVerification(score_log(forecasts), forecasts, log.head, len(log.entries), kept, log.torn_bytes)


def leaderboard(*, output: Path, root: Path | str = ".", crowds: Verification | None = None) -> Path:
    """Write a page with the recorded forecasts by month, and with those of other people if they were scored."""
    result = verify_log(root=root)
    parts = []
    for hindcast, heading in {False: "Forecasts", True: "Hindcasts"}.items():
        rows = by_month(result.forecasts.loc[result.forecasts["hindcast"] == hindcast])
        about = (
            "Issued after their as-of date by more than a day: they show what the model would have said."
            if hindcast
            else "Issued by the day after their as-of date, by month of that date."
        )
        if len(rows):
            parts.append((heading, about, _months_table(rows, "model")))
    if crowds is not None and len(crowds.answers):
        rows = by_month(crowds.answers.assign(model_id=crowds.answers["who"], repeated=0))
        parts.append(("Crowds", "The same questions (dyad, as-of date, last day) for all.", _months_table(rows, "who")))
    write_text(output, Leaderboard(now()[:10], result.head, result.n_lines, parts).html())
    return output


def by_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Forecasts counted and scored by month of their as-of date and forecaster, the latest month first."""
    scored = []
    once = rows if "repeated" in rows else first_recorded(rows)
    for (month, who), part in once.groupby([once["as_of"].str[:7], "model_id"], sort=True):
        known = part.dropna(subset="outcome")
        figures: dict[str, float] = {}
        if len(known):
            p, y, reference = (known[name].to_numpy(float) for name in ("probability", "outcome", "climatology"))
            figures = {"brier": brier_score(p, y), "reference": brier_score(reference, y)}
        counts = {"forecasts": len(part), "resolved": len(known), "met": int(known["outcome"].sum())}
        scored.append({"month": month, "who": who, **counts, **figures})
    columns = ["month", "who", "forecasts", "resolved", "met", "brier", "reference"]
    return pd.DataFrame(scored, columns=columns).sort_values("month", ascending=False, kind="stable")


def _months_table(rows: pd.DataFrame, who: str) -> Table:
    counted = [Column(head, align="right") for head in ("forecasts", "resolved", "met")]
    scores = [Column(head, align="right", form=".4f") for head in ("Brier", "climatology's")]
    cells = [
        (*row[:5], *(None if pd.isna(score) else score for score in row[5:]), _skill(row[5], row[6]))
        for row in rows.itertuples(index=False, name=None)
    ]
    return Table([Column("as of"), Column(who), *counted, *scores, Column("skill", align="right", form="+.3f")], cells)


def _skill(brier: float, reference: float) -> float | None:
    return None if pd.isna(brier) or reference <= 0 else 1.0 - brier / reference


def _table(log: ForecastLog) -> pd.DataFrame:
    rows = pd.DataFrame([dict(entry) for entry in log.entries])
    if rows.empty:
        rows = pd.DataFrame(columns=list(NEEDED))
    rows.insert(0, "line", np.arange(1, len(rows) + 1))
    return rows


def _with_outcomes(rows: pd.DataFrame, root: Path) -> pd.DataFrame:
    outcome = pd.Series(np.nan, index=rows.index)
    if rows.empty:
        return rows.assign(hindcast=False, outcome=outcome)
    cube = make_cube(Workspace(root).history)
    for target, part in rows.groupby("target"):
        outcome.loc[part.index] = outcomes_on_record(part, cube, str(target))
    return rows.assign(hindcast=is_hindcast(rows), outcome=outcome)


def table(result: LogVerification) -> Document:
    """What recorded forecasts turned out to be worth, hindcasts apart, and where the log ends."""
    titles = {False: "Forecasts, issued by the day after their as-of date", True: "Hindcasts"}
    parts: list[Table | str] = []
    for hindcast, title in titles.items():
        rows = [row for _, row in result.scores.loc[result.scores["hindcast"] == hindcast].iterrows()]
        names = [(f"{row['model_id']} {row['model_version']}, {row['target']}",) for row in rows]
        if rows:
            parts.append(Table([Column("")], names, title=title, details=[_account(row) for row in rows]))
    end = f"{result.n_lines} lines, and the head of the log:\n{result.head}"
    if result.kept_line is not None:
        end = f"the kept head is that of line {result.kept_line}: up to it nothing was changed or lost\n{end}"
    return Document(*parts or ["not enough cases (n = 0): no forecast is recorded"], Paragraph(end, wraps=False))


def _account(row: pd.Series) -> str:
    """How many forecasts there are, how many resolved, and their scores as far as there are enough."""
    counts = f"{row['forecasts']} recorded, {row['unresolved']} unresolved, {row['n']} resolved, {row['n_met']} met"
    if row["repeated"]:
        counts += f"; {row['repeated']} repeats not counted"
    lines = [counts]
    if row["brier"] is not None:
        lines.append(f"base rate {row['base_rate']:.3f}, Brier {row['brier']:.4f}")
    if row["skill"] is None:
        return "\n".join([*lines, row["reason"]])
    spread = f"90% interval {row['skill_low']:+.3f} to {row['skill_high']:+.3f}"
    return "\n".join([*lines, f"skill against climatology {row['skill']:+.3f}, {spread}"])
