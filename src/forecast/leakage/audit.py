"""Leak proofs: nothing that was not public before an as-of date may change a row or a forecast of that date.

Five proofs, each tried on a number of as-of dates of the user's own record, with the user's own signals:

``poisoned future``
    invented facts of every kind with ``known_on >= as_of`` change nothing by a bit;
``truncation``
    the history cut at the as-of date gives the same as the whole;
``late arrival``
    facts that become known long after they occurred change nothing before they are known;
``mirror``
    for dyads that meet on the as-of date itself, neither that meeting nor anything later changes anything;
``permuted outcomes``
    when the future is dealt out anew among dyads, the forecast has no skill.

The first four compare bits and name the signal. The last is a test of the whole path, with outcomes and their join to
the rows in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import Day, Days
from forecast.errors import AuditError
from forecast.leakage.occasions import Occasions
from forecast.leakage.permutation import Dealing, deal, judged, tried_again
from forecast.leakage.perturbation import delayed, poisoned
from forecast.leakage.trials import Subject, Trial, compared, gated
from forecast.leakage.worlds import mirrored

#: Proofs by name -> what was touched.
PROOFS: Final = {
    "poisoned future": "invented facts known on the as-of date or later",
    "truncation": "facts cut off at the as-of date",
    "late arrival": "invented facts known long after they occurred",
    "mirror": "meetings on the as-of date, taken out and told twice",
    "permuted outcomes": "facts to come, dealt out anew among dyads (difference: skill)",
}
#: Columns of a report.
COLUMNS: Final = (
    "test", "passed", "tried", "as_ofs", "trials", "rows", "failures", "worst_difference", "allowed", "changed", "dyad",
    "as_of", "signal", "before", "after",
)  # fmt: skip

Step = Callable[[str], None]


def run_proofs(subject: Subject, occasions: Occasions, *, seed: int, on_step: Step) -> pd.DataFrame:
    """Try all proofs.

    Parameters
    ----------
    subject : Subject
    occasions : Occasions
    seed : int
    on_step : callable
        Called with a few words before each trial.

    Returns
    -------
    pandas.DataFrame
        One row a proof, with the columns `COLUMNS`. `rows` is the number of rows compared; a proof that compared none
        has not passed. Of `permuted outcomes` `worst_difference` is the skill, `allowed` what chance reaches, both of
        the second dealing if there was one, and one failure is the most there can be.
    """
    found: dict[str, list[Trial]] = {name: [] for name in PROOFS}
    generator = np.random.default_rng(seed)
    dealings = []
    for number, as_of in enumerate(occasions.drawn, start=1):
        on_step(f"as-of date {as_of}, {number} of {len(occasions.drawn)}")
        whole = subject.answers(subject.history, as_of)
        for name, make in (("poisoned future", poisoned), ("late arrival", delayed)):
            world = make(subject.history, as_of, generator)
            trial = compared(whole, subject.answers(world.history, as_of), touched=world.touched)
            found[name].append(gated(trial, subject.history, world, as_of))
        if as_of not in occasions.drawn[: number - 1]:
            found["truncation"].append(_truncated(subject, as_of, whole))
        dealings.append(deal(subject, as_of, generator))
    for number, as_of in enumerate(occasions.meeting_days, start=1):
        on_step(f"day of a meeting {as_of}, {number} of {len(occasions.meeting_days)}")
        found["mirror"].append(_mirrored(subject, as_of))

    def again() -> list[Dealing]:
        on_step("skill in permuted worlds: dealt out a second time")
        return [deal(subject, as_of, generator) for as_of in occasions.drawn]

    found["permuted outcomes"].append(tried_again(judged(dealings, generator), again, generator))
    days = dict.fromkeys(PROOFS, occasions.drawn) | {"mirror": occasions.meeting_days}
    days["truncation"] = np.unique(occasions.drawn)
    return pd.DataFrame([_row(name, found[name], days[name]) for name in PROOFS], columns=list(COLUMNS))


def _truncated(subject: Subject, as_of: Day, whole: pd.DataFrame) -> Trial:
    known = subject.history.known_before(as_of)
    cut = len(subject.history.events) - len(known.events)
    return compared(subject.answers(known, as_of), whole, touched=cut)


def _mirrored(subject: Subject, as_of: Day) -> Trial:
    worlds = mirrored(subject.history, as_of)
    if worlds is None:
        return Trial(0, 0, 0, 0.0)
    alone, twinned = worlds
    before, after = (subject.answers(world.history, as_of) for world in worlds)
    trial = compared(before, after, touched=twinned.touched)
    trial = gated(trial, subject.history, alone, as_of)
    return gated(trial, alone, twinned, as_of)


def _row(name: str, trials: list[Trial], as_ofs: Days) -> dict[str, Any]:
    rows, failures = sum(trial.rows for trial in trials), sum(trial.failures for trial in trials)
    first = next((trial.first for trial in trials if trial.first is not None), None)
    changed = dict.fromkeys(signal for trial in trials for signal in trial.changed)
    told = vars(first) if first is not None else dict.fromkeys(("dyad", "as_of", "signal", "before", "after"), "")
    return {
        "test": name,
        "passed": rows > 0 and failures == 0,
        "tried": f"{sum(trial.touched for trial in trials)} {PROOFS[name]}",
        "as_ofs": " ".join(str(day) for day in np.unique(as_ofs)),
        "trials": len(as_ofs),
        "rows": rows,
        "failures": failures,
        "worst_difference": max((trial.worst for trial in trials), default=0.0),
        "allowed": max((trial.allowed for trial in trials), default=0.0),
        "changed": ", ".join(changed),
        **told,
    }


def check_passed(report: pd.DataFrame) -> None:
    """Do nothing if all proofs of a report passed.

    Raises
    ------
    AuditError
        That names the proofs that failed or compared nothing.
    """
    failed = report.loc[report["failures"] > 0, "test"].tolist()
    idle = report.loc[report["rows"] == 0, "test"].tolist()
    said = [f"{', '.join(failed)} found a leak"] if failed else []
    said += [f"{', '.join(idle)} compared nothing, which proves nothing"] if idle else []
    if said:
        raise AuditError("; ".join(said))
