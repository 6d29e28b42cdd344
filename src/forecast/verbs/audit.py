"""The verb *audit*: proofs against leaks on the user's own workspace and signals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.dates import AnyDay
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Table
from forecast.errors import InputError
from forecast.leakage.audit import check_passed as check_passed
from forecast.leakage.audit import draw_audit_dates, run_proofs
from forecast.leakage.comparison import Subject
from forecast.models import DEFAULT, make_model
from forecast.signals.user_signals import OwnSignal, own_signals
from forecast.training.splits import refit_day
from forecast.training.train import train, training_panel
from forecast.workspace import Workspace


def audit(
    *,
    root: Path | str = ".",
    as_of: AnyDay | None = None,
    model: str = DEFAULT,
    trials: int = 5,
    seed: int = 0,
    signals: Sequence[OwnSignal] = (),
    on_step: Step = logged,
) -> pd.DataFrame:
    """Prove on a workspace that no row and no forecast sees what was not public before its as-of date.

    Nothing is written. The model is trained once, on the first day of the year of the earliest as-of date.

    Parameters
    ----------
    root, model, on_step
        As in `forecast.predict`.
    as_of : str, date or numpy.datetime64, optional
        Try this as-of date alone; without it, dates are drawn from the record.
    trials : int
        As-of dates of each proof.
    seed : int
        Of dates, dyads and invented facts.
    signals : sequence of Signal, ComputedSignal or str
        Your own signals, or the names under which they stand: ``"package.module:NAME"``, ``"file.py:NAME"`` or one that
        another distribution registers (entry points, group ``forecast.signals``).

    Returns
    -------
    pandas.DataFrame
        One row a proof, with the columns `forecast.leakage.audit.COLUMNS`; `passed` says whether something was compared
        and nothing differed. `forecast.leakage.audit.check_passed` raises `AuditError` otherwise.
    """
    if trials < 1:
        raise InputError(f"an audit needs at least one trial, not {trials}", field="trials")
    workspace = Workspace(root)
    day = workspace.day(as_of) if as_of is not None else None
    make_model(model)  # an unknown name is an error before anything long begins
    extra = own_signals(signals)
    history = workspace.history
    dates = draw_audit_dates(history, as_of=day, trials=trials, generator=np.random.default_rng([seed, 1]))
    trained_as_of = refit_day(dates.first)
    on_step(f"training the model {model!r} on what was known before {trained_as_of}")
    rows = training_panel(history, trained_as_of, target="meeting", extra=extra)
    fitted = train(history, trained_as_of, model=model, target="meeting", panel=rows).model
    return run_proofs(Subject(history, fitted, extra), dates, seed=seed, on_step=on_step)


def table(rows: pd.DataFrame) -> Document:
    """What an audit tried, how often, and what failed."""
    columns = [
        Column("test"),
        *(Column(head, align="right") for head in ("trials", "rows", "failures")),
        Column(
            "worst difference", align="right", form=lambda worst: "missing" if worst == float("inf") else f"{worst:.4g}"
        ),
        Column("allowed", align="right", form=".4g"),
    ]
    names = ["test", "trials", "rows", "failures", "worst_difference", "allowed"]
    details = [str(tried) for tried in rows["tried"]]
    parts: list[Table | str] = [Table.of(rows, dict(zip(names, columns, strict=True)), details=details)]
    failures = [_failure(row) for _, row in rows.loc[~rows["passed"]].iterrows()]
    if failures:
        changed = [changed for _, changed in failures]
        parts.append(Table([Column("", wraps=True, style="red")], [(line,) for line, _ in failures], details=changed))
    days = dict.fromkeys(day for as_ofs in rows["as_ofs"] for day in as_ofs.split())
    return Document(*parts, f"as of {' '.join(days)}")


def _failure(row: pd.Series) -> tuple[str, str]:
    if not row["failures"]:
        return f"{row['test']}: compared nothing", ""
    line = f"{row['test']}: {row['dyad']} as of {row['as_of']}, {row['signal']}: {row['before']} became {row['after']}"
    return line, f"changed: {row['changed']}" if row["changed"] else ""
