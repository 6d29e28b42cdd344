"""The report of drift: rows with verdicts, as text and as figures for tracking."""

from __future__ import annotations

import dataclasses
import textwrap
from dataclasses import dataclass
from typing import Final

import pandas as pd

#: Verdicts from the best to the worst. A row without enough cases has none of them but says so.
VERDICTS: Final = ("ok", "watch", "drift")


@dataclass(frozen=True)
class DriftRow:
    """One figure and what it says.

    Parameters
    ----------
    kind : {"source", "calibration", "probability", "signal"}
    name : str
        Of the source, the model or the signal.
    what : str
        The same for reading: a source says on which day it ends.
    statistic : str
        ``days behind``, ``observed/expected``, ``PSI`` or ``KS``.
    value : float or None
        None where the cases cannot give it.
    threshold : float or None
        From which value on it is no longer ``ok``; None for observed/expected, whose interval must hold 1.
    n : int
        What was counted: past gaps of a source, meetings or their absence, dyads.
    verdict : str
        One of `VERDICTS`, or ``not enough cases (n = 3)``.
    low, high : float or None
        95% interval of observed/expected.
    """

    kind: str
    name: str
    what: str
    statistic: str
    value: float | None
    threshold: float | None
    n: int
    verdict: str
    low: float | None = None
    high: float | None = None


def not_enough(n: int) -> str:
    """Verdict of a row with too few cases.

    Examples
    --------
    >>> not_enough(3)
    'not enough cases (n = 3)'
    """
    return f"not enough cases (n = {n})"


@dataclass(frozen=True)
class DriftReport:
    """What has drifted as of a date.

    Parameters
    ----------
    as_of : str
    model_id, model_version, target : str
    learned, recent : str
        First and last as-of date of the rows that are compared, or a word why there are none.
    rows : tuple of DriftRow
    notes : tuple of str
        What to know about the comparison.

    Examples
    --------
    >>> silent = DriftRow("source", "visits", "visits end on 2024-11-12", "days behind", 383.0, 39.0, 648, "drift")
    >>> report = DriftReport("2025-12-01", "hazard", "2025-01-01-0a1b2c3d", "meeting", "-", "-", (silent,))
    >>> report.verdict, report.metrics()["source/visits/days_behind"]
    ('drift', 383.0)
    """

    as_of: str
    model_id: str
    model_version: str
    target: str
    learned: str
    recent: str
    rows: tuple[DriftRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The worst verdict of all rows; without any, ``not enough cases (n = 0)``."""
        found = [row.verdict for row in self.rows if row.verdict in VERDICTS]
        return max(found, key=VERDICTS.index) if found else not_enough(0)

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table, with the fields of `DriftRow` as columns."""
        fields = [field.name for field in dataclasses.fields(DriftRow)]
        return pd.DataFrame([dataclasses.asdict(row) for row in self.rows], columns=fields)

    def metrics(self) -> dict[str, float]:
        """Figures by name, for tracking: every value that exists, and how many rows have each verdict."""
        found = {
            f"{row.kind}/{row.name}/{row.statistic.lower().replace(' ', '_').replace('/', '_to_')}": float(row.value)
            for row in self.rows
            if row.value is not None
        }
        for verdict in VERDICTS:
            found[f"rows/{verdict}"] = float(sum(row.verdict == verdict for row in self.rows))
        found["rows/not_enough_cases"] = float(sum(row.verdict not in VERDICTS for row in self.rows))
        return found

    def text(self) -> str:
        """The report for reading, at most 80 columns wide. Signals that are ok are counted, not listed."""
        lines = [
            f"Drift as of {self.as_of}: {self.verdict}",
            f"model {self.model_id} {self.model_version}, target {self.target}",
            f"learned from {self.learned}; recent rows {self.recent}",
        ]
        for kind, title in _SECTIONS.items():
            rows = [row for row in self.rows if row.kind == kind]
            if not rows:
                continue
            lines += ["", f"{title:<52}{'value':>7}{'' if kind == 'calibration' else ' watch from'}"]
            lines += [line for row in rows if kind != "signal" or row.verdict in VERDICTS[1:] for line in _line(row)]
            if kind == "signal":
                lines += _counted(rows)
        for note in self.notes:
            lines += ["", *textwrap.wrap(note, width=79)]
        return "\n".join(lines)


_SECTIONS: Final = {
    "source": "Sources: days behind the as-of date",
    "calibration": "Calibration on what has resolved",
    "probability": "Probabilities",
    "signal": "Signals",
}


def _line(row: DriftRow) -> list[str]:
    what = row.what if row.kind == "source" else f"{row.what} {row.statistic}"
    if row.value is None:
        return [f"  {what:<50}  {row.verdict}"]
    digits = ".0f" if row.kind == "source" else ".2f"
    threshold = "" if row.threshold is None else format(row.threshold, digits)
    verdict = row.verdict if row.verdict in VERDICTS else ""
    told = [f"  {what:<50}{row.value:>7{digits}}{threshold:>11}  {verdict}".rstrip()]
    if row.low is not None and row.high is not None:
        told.append(f"    95% interval {row.low:.2f} to {row.high:.2f}")
    if row.verdict not in VERDICTS:
        told.append(f"    {row.verdict}")
    return told


def _counted(rows: list[DriftRow]) -> list[str]:
    fine = sum(row.verdict == "ok" for row in rows)
    few: dict[str, list[str]] = {}
    for row in rows:
        if row.verdict not in VERDICTS and row.name not in few.setdefault(row.verdict, []):
            few[row.verdict].append(row.name)
    told = [f"  {fine} of {len(rows)} comparisons ok"]
    for verdict, names in few.items():
        text = f"{verdict}: {', '.join(names)}" if len(names) < 20 else f"{verdict}: {len(names)} signals"
        told += textwrap.wrap(text, width=77, initial_indent="  ", subsequent_indent="    ")
    return told
