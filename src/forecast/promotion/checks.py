"""The checks that decide a promotion. Each says whether it passed and in one sentence why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day
from forecast.monitoring.verdicts import judge_calibration
from forecast.promotion.folds import CHALLENGER, CHAMPION, CLIMATOLOGY, HORIZONS, separate_windows
from forecast.verification import compare

#: A challenger is not worse if the upper end of the 90% interval of the difference of the Brier scores lies at most
#: this share of the other's score above zero (docs/decisions/008).
MARGIN: Final = 0.01
#: Windows on which calibration is judged, and the band of the ratio of mean probabilities of old and new model.
CALIBRATION_DAYS: Final = 90
MEANS: Final = (0.5, 2.0)
#: Days after which the sources of a record that has ended are dead, and the name of the check of it.
DEAD_AFTER_DAYS: Final = 180
ALIVE: Final = "sources"
#: Share of the facts that the champion knew that may be gone: records are corrected now and then.
LOST_SHARE: Final = 0.01


@dataclass(frozen=True)
class Check:
    """One condition of a promotion, and what was observed."""

    name: str
    passed: bool
    reason: str


def not_worse(forecasts: pd.DataFrame, *, other: str, name: str) -> tuple[Check, pd.DataFrame]:
    """Check that the challenger is not worse than another forecaster of the same rows, at any horizon."""
    table = compare(forecasts, model=CHALLENGER, other=other)
    table["margin"] = table["other_loss"] * MARGIN
    table["not_worse"] = (table["high"] <= table["margin"]).fillna(False).astype(bool)
    reason = "; ".join(
        f"{row['horizon_days']} days {row['difference']:+.5f} ({row['low']:+.5f} to {row['high']:+.5f}, at most "
        f"{row['margin']:.5f})"
        if pd.notna(row["high"])
        else f"{row['horizon_days']} days without an interval ({row['reason']})"
        for row in table.to_dict(orient="records")
    )
    lacking = [h for h in HORIZONS if h not in set(table["horizon_days"])]
    if lacking:
        reason += f"; no resolved outcome of {', '.join(str(h) for h in lacking)} days"
    passed = bool(table["not_worse"].all())
    return Check(name, passed, f"Brier score less that of the {other}, with 90% interval: {reason}"), table


def calibrated(forecasts: pd.DataFrame, *, other: str) -> Check:
    """Check that as many met as was forecast, or at least that the challenger errs no further than the other one.

    A pandemic makes every model of its years miss by far: to keep the old one for it would help nobody.
    """
    results = {}
    for who in (CHALLENGER, other):
        rows = separate_windows(forecasts.loc[forecasts["model_id"] == who], horizon_days=CALIBRATION_DAYS)
        results[who] = judge_calibration(
            f"{CALIBRATION_DAYS} days", rows["probability"], rows["outcome"], dyads=rows["dyad"].to_numpy()
        )
    ours, theirs = results[CHALLENGER], results[other]
    if ours.value is None:
        return Check("calibration", False, f"cannot be judged: {ours.verdict}")
    beside = theirs.verdict if theirs.value is None else f"{theirs.value:.2f}"
    reason = (
        f"observed/expected within {CALIBRATION_DAYS} days {ours.value:.2f} (95% interval {ours.low:.2f} to "
        f"{ours.high:.2f}), {ours.verdict}; the {other}'s {beside}"
    )
    if ours.verdict != "drift":
        return Check("calibration", True, reason)
    no_further = theirs.value is not None and _distance(ours.value) <= _distance(theirs.value) + 1e-12
    if no_further:
        reason += ": the 99% interval leaves out 1, but no further than what it would replace"
    return Check("calibration", no_further, reason)


def _distance(ratio: float) -> float:
    return abs(float(np.log(ratio))) if ratio > 0 else float("inf")


def alike(challenger: npt.ArrayLike, champion: npt.ArrayLike) -> Check:
    """Check that the mean probability at the as-of date has not jumped, as it would on damaged facts."""
    new, old = float(np.mean(np.asarray(challenger))), float(np.mean(np.asarray(champion)))
    ratio = new / old if old > 0 else float("inf")
    means = f"mean probability within {CALIBRATION_DAYS} days at the as-of date {new:.4f}, the champion's {old:.4f}"
    return Check(
        "no jump", MEANS[0] <= ratio <= MEANS[1], f"{means}; their ratio must lie within {MEANS[0]} and {MEANS[1]}"
    )


def nothing_lost(now: dict[str, Any], then: dict[str, Any], *, still_known: int) -> Check:
    """Check by `facts_of` now and then that the facts have not shrunk since the champion was trained on them."""
    lost = []
    for source, end in then["coverage"].items():
        if now["coverage"].get(source, "") < end:
            new = f"ends on {now['coverage'][source]}" if source in now["coverage"] else "is gone"
            lost.append(f"{source} ended on {end} and now {new}")
    if still_known < (1 - LOST_SHARE) * then["events"]:
        lost.append(f"of {then['events']} facts that the champion knew {still_known} are left")
    return Check("facts", not lost, "; ".join(lost) or "nothing that the champion knew is gone")


def alive(coverage: Mapping[str, str], day: Day) -> Check:
    """Check that at least one source of meetings goes on: what has ended long ago has nothing new to learn from."""
    newest = max(coverage.values(), default="")
    ends = ", ".join(f"{source} ends on {end}" for source, end in sorted(coverage.items())) or "there is none"
    oldest = day - np.timedelta64(DEAD_AFTER_DAYS + 1, "D")
    reason = f"a source of meetings must reach to {oldest} ({DEAD_AFTER_DAYS} days before): {ends}"
    return Check(ALIVE, newest >= str(oldest), reason)


def leak_free(report: pd.DataFrame) -> Check:
    """Check that an audit (`forecast.leakage.audit.run_proofs`) shows no leak."""
    failed = report.loc[~report["passed"]]
    if failed.empty:
        return Check("leaks", True, f"{len(report)} proofs passed on {int(report['rows'].sum())} rows")
    reasons = [
        f"{row['test']} {'found a leak' if row['failures'] else 'compared nothing'}" for _, row in failed.iterrows()
    ]
    return Check("leaks", False, "; ".join(reasons))


def opponents(forecasts: pd.DataFrame) -> tuple[str, ...]:
    """Against whom the challenger must hold: the champion if there is one, and climatology always.

    Without climatology a long chain of champions, each within the margin of the last, could sink without end.
    """
    present = set(forecasts["model_id"])
    return tuple(name for name in (CHAMPION, CLIMATOLOGY) if name in present)
