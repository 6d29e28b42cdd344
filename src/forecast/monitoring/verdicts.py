"""Verdicts on drift: of a source's silence, of a figure's distribution, of calibration; and the report that holds them.

A source is judged by the gaps of its own past, a figure of many dyads by its distance from the rows that a model
learned from, calibration by the meetings observed against the meetings expected. All are pure functions.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, Days, day_number, day_numbers
from forecast.display.table import Column, Document, Drawn, Paragraph, Table
from forecast.errors import DriftError, ForecastError
from forecast.monitoring import distances
from forecast.monitoring.distances import CHANCES, FEWEST_DYADS, FEWEST_YEARS
from forecast.verification import score_interval
from forecast.verification.cuts import FEWEST_CASES

#: Verdicts from the best to the worst. A row without enough cases has none of them but says so.
VERDICTS: Final = ("ok", "watch", "drift")


@dataclass(frozen=True)
class DriftRow:
    """One figure and what it says."""

    #: ``source``, ``calibration``, ``probability`` or ``signal``.
    kind: str
    #: Of the source, the model or the signal.
    name: str
    #: The same for reading: a source says on which day it ends.
    what: str
    #: ``days behind``, ``observed/expected``, ``PSI`` or ``KS``.
    statistic: str
    #: None where the cases are too few.
    value: float | None
    #: From which value on it is no longer ``ok``; None for observed/expected, whose interval must hold 1.
    threshold: float | None
    #: What was counted: past gaps of a source, meetings or their absence, dyads.
    n: int
    #: One of `VERDICTS`, or ``not enough cases (n = 3)``.
    verdict: str
    #: 95% interval of observed/expected.
    low: float | None = None
    high: float | None = None


def not_enough(n: int) -> str:
    """Verdict of a row with too few cases."""
    return f"not enough cases (n = {n})"


@dataclass(frozen=True)
class DriftReport(Drawn):
    """What has drifted as of a date."""

    as_of: str
    model_id: str
    model_version: str
    target: str
    #: First and last as-of date of the rows that are compared, or a word why there are none.
    learned: str
    recent: str
    rows: tuple[DriftRow, ...]
    #: What to know about the comparison.
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """The worst verdict of all rows; without any, ``not enough cases (n = 0)``."""
        verdicts = [row.verdict for row in self.rows if row.verdict in VERDICTS]
        return max(verdicts, key=VERDICTS.index) if verdicts else not_enough(0)

    def check(self, fail_on: str | None) -> None:
        """Raise `DriftError` if the verdict is this one or worse."""
        if fail_on is None:
            return
        if fail_on not in VERDICTS[1:]:
            raise ForecastError(f"{fail_on!r} is not one of {', '.join(VERDICTS[1:])}", argument="fail_on")
        if self.verdict in VERDICTS[VERDICTS.index(fail_on) :]:
            worst = ", ".join(row.what for row in self.rows if row.verdict == self.verdict)
            raise DriftError(f"the verdict as of {self.as_of} is {self.verdict!r}: {worst}")

    def to_frame(self) -> pd.DataFrame:
        """The rows as a table, with the fields of `DriftRow` as columns."""
        fields = [field.name for field in dataclasses.fields(DriftRow)]
        return pd.DataFrame([dataclasses.asdict(row) for row in self.rows], columns=fields)

    def metrics(self) -> dict[str, float]:
        """Figures by name, for tracking: every value that exists, and how many rows have each verdict."""
        figures = {
            f"{row.kind}/{row.name}/{row.statistic.lower().replace(' ', '_').replace('/', '_to_')}": float(row.value)
            for row in self.rows
            if row.value is not None
        }
        for verdict in VERDICTS:
            figures[f"rows/{verdict}"] = float(sum(row.verdict == verdict for row in self.rows))
        figures["rows/not_enough_cases"] = float(sum(row.verdict not in VERDICTS for row in self.rows))
        return figures

    def document(self) -> Document:
        """The report for reading. Signals that are ok are counted, not listed."""
        lead = (
            f"Drift as of {self.as_of}: {self.verdict}\n"
            f"model {self.model_id} {self.model_version}, target {self.target}\n"
            f"learned from {self.learned}; recent rows {self.recent}"
        )
        by_kind = ((kind, title, [row for row in self.rows if row.kind == kind]) for kind, title in _SECTIONS.items())
        tables = [_section(kind, title, rows) for kind, title, rows in by_kind if rows]
        return Document(Paragraph(lead, style="bold"), *tables, *self.notes)


_SECTIONS: Final = {
    "source": "Sources: days behind the as-of date",
    "calibration": "Calibration on what has resolved",
    "probability": "Probabilities",
    "signal": "Signals",
}


def _section(kind: str, title: str, rows: list[DriftRow]) -> Table | Paragraph:
    shown = [row for row in rows if kind != "signal" or row.verdict in VERDICTS[1:]]
    notes = _counted(rows) if kind == "signal" else []
    if not shown:
        return Paragraph("\n".join([title, *notes]), style="bold")
    digits = ".0f" if kind == "source" else ".2f"
    columns = [
        Column("figure"),
        *(Column(head, align="right", form=digits, missing="") for head in ("value", "watch from")),
        Column("verdict", wraps=True),
    ]
    cells = []
    for row in shown:
        spread = "" if row.low is None or row.high is None else f" (95% interval {row.low:.2f} to {row.high:.2f})"
        figure = row.what if kind == "source" else f"{row.what} {row.statistic}"
        cells.append((figure, row.value, row.threshold, f"{row.verdict}{spread}"))
    styles = {at: "red" for at, row in enumerate(shown) if row.verdict == VERDICTS[-1]}
    return Table(columns, cells, title=title, notes=notes, styles=styles)


def _counted(rows: list[DriftRow]) -> list[str]:
    """How many comparisons are ok, and which signals have too few cases."""
    few: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.verdict not in VERDICTS:
            few.setdefault(row.verdict, {})[row.name] = None
    lines = [f"{sum(row.verdict == VERDICTS[0] for row in rows)} of {len(rows)} comparisons ok"]
    for verdict, names in few.items():
        lines.append(f"{verdict}: {', '.join(names) if len(names) < 20 else f'{len(names)} signals'}")
    return lines


def judge_column(
    kind: str, name: str, learned: pd.Series, recent: pd.Series, weights: pd.Series | None = None
) -> list[DriftRow]:
    """Judge whether a figure is distributed as in the rows that the model learned from; the index is (dyad, as_of).

    `weights` say how many rows each of a sample of the learned ones stands for. Its dyads then count for as many as
    would say as much with equal weights.
    """
    one, other = (int(rows.dropna().index.get_level_values("dyad").nunique()) for rows in (learned, recent))
    counted = None
    if weights is not None:
        counted, own = weights.to_numpy(), weights[learned.notna()].groupby(level="dyad").first()
        one = int(own.sum() ** 2 / (own**2).sum()) if one else 0
    dyads, few = (one, other), min(one, other)
    if few < FEWEST_DYADS:
        return [DriftRow(kind, name, name, statistic, None, None, few, not_enough(few)) for statistic in ("PSI", "KS")]
    # Counted back from the last row, so that each year is whole and none depends on the calendar.
    days = learned.index.get_level_values("as_of").to_numpy().astype("datetime64[D]").astype(np.int64)
    years = (days.max() - days) // 365.25
    # Both statistics look at nothing but ranks, which sort quickly.
    ranks = pd.concat([learned, recent]).rank(method="dense").to_numpy()
    old, new = ranks[: len(learned)], ranks[len(learned) :]
    rows = []
    bins = distances.bins_for(few)
    statistics = zip(
        ("PSI", "KS"),
        (distances.psi(old, new, bins=bins, weights=counted), distances.ks(old, new, weights=counted)),
        (distances.psi_levels(dyads, bins=bins), distances.ks_levels(dyads)),
        distances.yearly_distances(old, years, bins=bins, weights=counted),
        strict=True,
    )
    for statistic, value, levels, past in statistics:
        if len(past) < FEWEST_YEARS:
            rows.append(DriftRow(kind, name, name, statistic, value, None, few, not_enough(len(past))))
            continue
        threshold, verdict = distances.judged(value, levels, past)
        rows.append(DriftRow(kind, name, name, statistic, value, threshold, few, verdict))
    return rows


#: Gaps of so many years before the last record are looked at: as many as models learn from.
GAP_YEARS: Final = 20
#: Fewer gaps do not show what is usual.
FEWEST_GAPS: Final = 5


def past_gaps(record_days: Days) -> npt.NDArray[np.int64]:
    """Days from one record of a source to the next, over the `GAP_YEARS` before its last record."""
    days = np.unique(day_numbers(record_days))
    recent = days[days > days[-1] - GAP_YEARS * 365.25] if len(days) else days
    return np.diff(recent)


def silence_from(gaps: npt.ArrayLike, *, chance: float) -> int:
    """Silence in days that the next gap reaches with at most this chance.

    With n past gaps, the next one is longer than the k-th longest with the chance k / (n + 1), whatever their
    distribution (Wilks 1941, https://doi.org/10.1214/aoms/1177731788). Where gaps are too few for so small a chance,
    it is taken to fall by a factor of e for each further length of the longest gap.

    >>> silence_from(range(1, 100), chance=0.05), silence_from([10, 20, 30, 10, 10], chance=0.05)
    (96, 67)
    """
    ordered = np.sort(np.asarray(gaps, dtype=np.int64))[::-1]
    rank = int(np.floor(chance * (len(ordered) + 1) + 1e-9))
    if rank >= 1:
        return int(ordered[rank - 1]) + 1
    longest = int(ordered[0])
    further = longest * (1.0 - np.log(chance * (len(ordered) + 1)))
    return max(longest + 1, int(np.ceil(further)))


def judge_source(name: str, record_days: Days, *, as_of: Day, until: Day | None = None) -> DriftRow:
    """Judge how far a source lies behind the as-of date, given the days before it on which the source has records.

    The value counts the days from the last record to the day before the as-of date; a source that is declared complete
    `until` a later day is not silent before that. It is `watch` from the silence on that a gap reaches with a chance of
    one in twenty, and `drift` if that chance is below one in a hundred and no gap of `GAP_YEARS` was so long.
    """
    ends = [day for day in (record_days.max() if len(record_days) else None, until) if day is not None]
    if not ends:
        return DriftRow("source", name, f"{name} has no record yet", "days behind", None, None, 0, not_enough(0))
    last = min(max(ends), as_of - np.timedelta64(1, "D"))
    behind = day_number(as_of) - day_number(last) - 1
    gaps = past_gaps(record_days)
    what = f"{name} reaches {last}"
    if len(gaps) < FEWEST_GAPS:
        return DriftRow("source", name, what, "days behind", float(behind), None, len(gaps), not_enough(len(gaps)))
    watch, rare = (silence_from(gaps, chance=chance) for chance in CHANCES)
    # Only a silence without precedent reads as an end: a president once stayed at home for fifteen months.
    drift = max(rare, int(gaps.max()) + 1)
    verdict = "drift" if behind >= drift else "watch" if behind >= watch else "ok"
    said = {"ok": what, "watch": f"{name} silent since {last}", "drift": f"{name} ends on {last}"}[verdict]
    return DriftRow("source", name, said, "days behind", float(behind), float(watch), len(gaps), verdict)


def observed_to_expected(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Meetings over the sum of their probabilities: above 1, more happened than was forecast."""
    expected = float(np.sum(probability))
    if expected <= 0:
        raise ForecastError("no meeting was expected at all: there is nothing to compare the observed ones with")
    return float(np.sum(outcome)) / expected


def judge_calibration(
    what: str,
    probability: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    dyads: npt.ArrayLike,
    resamples: int = 2000,
    seed: int = 0,
) -> DriftRow:
    """Judge whether as many met as was forecast, from forecasts whose windows do not overlap, dyads drawn whole.

    It is `watch` if the 95% interval leaves out 1, and `drift` if the 99% interval does; `n` is the number of meetings
    or of their absences, whichever is less, and with fewer than ten there is no verdict.
    """
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    fewest = int(min(y.sum(), len(y) - y.sum()))
    few = DriftRow("calibration", what, what, "observed/expected", None, None, fewest, not_enough(fewest))
    if fewest < FEWEST_CASES or len(np.unique(dyads)) < 2:
        return few
    spread = partial(score_interval, p, y, score=observed_to_expected, clusters=dyads, resamples=resamples, seed=seed)
    intervals = [spread(level=1 - chance) for chance in CHANCES]
    inside = [interval.low <= 1.0 <= interval.high for interval in intervals]
    verdict = "ok" if inside[0] else "watch" if inside[1] else "drift"
    value, low, high = intervals[0].value, intervals[0].low, intervals[0].high
    return dataclasses.replace(few, value=value, verdict=verdict, low=low, high=high)
