"""Leak proofs: nothing that was not public before an as-of date may change a row or a forecast of that date.

Five proofs, each tried on a number of as-of dates of the user's own record, with the user's own signals:

``poisoned future``
    invented facts of every kind with ``known_on >= as_of`` change nothing by a bit;
``truncation``
    the history cut at the as-of date yields the same as the whole;
``late arrival``
    facts that become known long after they occurred change nothing before they are known;
``mirror``
    for dyads that meet on the as-of date itself, neither that meeting nor anything later changes anything;
``permuted outcomes``
    when the future is permuted among dyads, the forecast has no skill.

The first four compare bits and name the signal. The last is a test of the whole path, with outcomes and their join to
the rows in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import Day, Days, as_days
from forecast.errors import AuditError, DataMissingError, DateError
from forecast.facts.history import History
from forecast.leakage.comparison import (
    NOTHING_COMPARED,
    OUTCOME_DAYS,
    Comparison,
    Subject,
    compare_known_facts,
    compare_rows,
)
from forecast.leakage.permutation import PermutedRows, confirm_excess, forecast_permuted_futures, permutation_test
from forecast.leakage.perturbation import add_future_facts, add_late_reports, meetings_of_record, mirror_meetings

#: Proofs by name -> what was touched.
PROOFS: Final = {
    "poisoned future": "invented facts known on the as-of date or later",
    "truncation": "facts cut off at the as-of date",
    "late arrival": "invented facts known long after they occurred",
    "mirror": "meetings on the as-of date, removed and reported twice",
    "permuted outcomes": "future facts permuted among dyads (difference: skill)",
}
#: Columns of a report.
COLUMNS: Final = (
    "test", "passed", "tried", "as_ofs", "trials", "rows", "failures", "worst_difference", "allowed", "changed", "dyad",
    "as_of", "signal", "before", "after",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class AuditDates:
    """As-of dates of the proofs."""

    #: One a trial; a date can come twice if it was requested.
    as_ofs: Days
    #: Distinct days on which some leaders meet, at most one a trial.
    meeting_days: Days

    @property
    def first(self) -> Day:
        """The earliest of all."""
        return min([*self.as_ofs, *self.meeting_days])


def draw_audit_dates(
    history: History, *, as_of: Day | None, trials: int, generator: np.random.Generator, earliest: Day | None = None
) -> AuditDates:
    """Draw as-of dates from the part of the record that has both a past to learn from and a future to hide.

    That part begins with the middle one of all recorded meetings, and not before `earliest`. A requested `as_of` is
    tried alone, with the first days from it on on which some leaders meet.
    """
    rows = meetings_of_record(history)
    if rows.sum() < 2:
        raise DataMissingError(f"the workspace records {rows.sum()} meetings of leaders: too few for an audit")
    known_on, occurred_on = (as_days(history.events.loc[rows, name].to_numpy()) for name in ("known_on", "occurred_on"))
    begins = np.sort(known_on)[len(known_on) // 2]
    if earliest is not None:
        begins = max(begins, earliest)
    last = _recorded_to(history, set(history.events.loc[rows, "publisher"])) - OUTCOME_DAYS
    if as_of is not None:
        if as_of > last:
            raise DateError(
                f"as_of {as_of}: outcomes of {OUTCOME_DAYS} days are resolved for as-of dates up to {last}; choose one"
            )
        as_ofs = np.full(trials, as_of)
    elif last <= begins:
        raise DataMissingError(
            f"the record is too short for an audit: half of its meetings were known on {begins}, and outcomes of "
            f"{OUTCOME_DAYS} days are resolved for as-of dates up to {last}"
        )
    else:
        days = np.arange(begins, last + 1)
        as_ofs = np.sort(generator.choice(days, size=min(trials, len(days)), replace=False))
    dyads = history.events.loc[rows, "dyad"].to_numpy()
    ahead = known_on >= occurred_on
    held = np.unique(occurred_on[ahead])
    held = held[(held >= (begins if as_of is None else as_of)) & (held <= last)]
    # Of a day on which only dyads without a complete record meet there is no row to compare.
    drawn = iter(held if as_of is not None else generator.permutation(held))
    met = (day for day in drawn if set(dyads[ahead & (occurred_on == day)]) & set(history.cohort(day)))
    chosen = np.array(list(islice(met, trials)), dtype="datetime64[D]")
    return AuditDates(as_ofs, np.sort(chosen))


def _recorded_to(history: History, publishers: set[str]) -> Day:
    """Last day to which the publisher that reaches furthest has recorded meetings with all its collections."""
    ends: dict[str, Day] = {}
    for coverage in history.coverages:
        if coverage.defines_meetings and coverage.complete and coverage.publisher in publishers:
            ends[coverage.publisher] = min(ends.get(coverage.publisher, coverage.ends_on), coverage.ends_on)
    return max(ends.values(), default=np.datetime64("0001-01-01", "D"))


def run_proofs(subject: Subject, dates: AuditDates, *, seed: int, on_step: Callable[[str], None]) -> pd.DataFrame:
    """Try all proofs and report each in a row with the columns `COLUMNS`.

    `rows` is the number of rows compared; a proof that compared none has not passed. Of `permuted outcomes`
    `worst_difference` is the skill and `allowed` what chance reaches, both of the second permutation if there was one,
    and one failure is the most there can be.
    """
    results: dict[str, list[Comparison]] = {name: [] for name in PROOFS}
    generator = np.random.default_rng(seed)
    permuted = []
    for number, as_of in enumerate(dates.as_ofs, start=1):
        on_step(f"as-of date {as_of}, {number} of {len(dates.as_ofs)}")
        whole = subject.signals_and_forecasts(subject.history, as_of)
        for name, perturb in (("poisoned future", add_future_facts), ("late arrival", add_late_reports)):
            other = perturb(subject.history, as_of, generator)
            comparison = compare_rows(whole, subject.signals_and_forecasts(other.history, as_of), touched=other.touched)
            results[name].append(compare_known_facts(comparison, subject.history, other.history, as_of))
        if as_of not in dates.as_ofs[: number - 1]:
            known = subject.history.known_before(as_of)
            cut = len(subject.history.events) - len(known.events)
            cut_off = subject.signals_and_forecasts(known, as_of)
            results["truncation"].append(compare_rows(cut_off, whole, touched=cut))
        permuted.append(forecast_permuted_futures(subject, as_of, generator))
    for number, as_of in enumerate(dates.meeting_days, start=1):
        on_step(f"day of a meeting {as_of}, {number} of {len(dates.meeting_days)}")
        results["mirror"].append(_mirrored(subject, as_of))

    def again() -> list[PermutedRows]:
        on_step("permuted outcomes: the future is permuted a second time")
        return [forecast_permuted_futures(subject, as_of, generator) for as_of in dates.as_ofs]

    results["permuted outcomes"].append(confirm_excess(permutation_test(permuted, generator), again, generator))
    days = dict.fromkeys(PROOFS, dates.as_ofs) | {"mirror": dates.meeting_days}
    days["truncation"] = np.unique(dates.as_ofs)
    return pd.DataFrame([_row(name, results[name], days[name]) for name in PROOFS], columns=list(COLUMNS))


def _mirrored(subject: Subject, as_of: Day) -> Comparison:
    histories = mirror_meetings(subject.history, as_of)
    if histories is None:
        return NOTHING_COMPARED
    removed, twinned = histories
    before, after = (subject.signals_and_forecasts(each.history, as_of) for each in histories)
    comparison = compare_rows(before, after, touched=twinned.touched)
    comparison = compare_known_facts(comparison, subject.history, removed.history, as_of)
    return compare_known_facts(comparison, removed.history, twinned.history, as_of)


def _row(name: str, results: list[Comparison], as_ofs: Days) -> dict[str, Any]:
    rows, failures = sum(result.rows for result in results), sum(result.failures for result in results)
    first = next((result.first for result in results if result.first is not None), None)
    changed = dict.fromkeys(signal for result in results for signal in result.changed)
    return {
        "test": name,
        "passed": rows > 0 and failures == 0,
        "tried": f"{sum(result.touched for result in results)} {PROOFS[name]}",
        "as_ofs": " ".join(str(day) for day in np.unique(as_ofs)),
        "trials": len(as_ofs),
        "rows": rows,
        "failures": failures,
        "worst_difference": max((result.worst for result in results), default=0.0),
        "allowed": max((result.allowed for result in results), default=0.0),
        "changed": ", ".join(changed),
        **(vars(first) if first is not None else dict.fromkeys(("dyad", "as_of", "signal", "before", "after"), "")),
    }


def check_passed(report: pd.DataFrame) -> None:
    """Raise `AuditError` with the names of the proofs that failed or compared nothing, if there are any."""
    failed = report.loc[report["failures"] > 0, "test"].tolist()
    idle = report.loc[report["rows"] == 0, "test"].tolist()
    problems = [f"{', '.join(failed)} found a leak"] if failed else []
    problems += [f"{', '.join(idle)} compared nothing, which proves nothing"] if idle else []
    if problems:
        raise AuditError("; ".join(problems))
