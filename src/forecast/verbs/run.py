"""The verb *run*: all that a schedule does, a step after the other, each with its exit code and one line."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecast.coding.state_department.records import PUBLISHER
from forecast.dates import AnyDay
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Paragraph, Table
from forecast.errors import DataMissingError, ForecastError, InputError
from forecast.files import locked, write_text
from forecast.models import DEFAULT
from forecast.readers.coded_facts import STATE_DEPARTMENT
from forecast.training.provenance import now
from forecast.verbs.check import check
from forecast.verbs.drift import drift
from forecast.verbs.predict import predict
from forecast.verbs.report import report
from forecast.verbs.retrain import retrain
from forecast.verbs.update import check_refreshed, refresh, update
from forecast.verbs.verify import leaderboard
from forecast.workspace import Workspace, facts_folder

#: How the last run went, below a workspace, for a monitor.
STATUS: Final = "reports/run.json"
#: Exit code of a step that failed by a defect of the program.
DEFECT: Final = 70


@dataclass(frozen=True)
class Run:
    """How a run went.

    Attributes
    ----------
    as_of : str
        The day of its forecasts.
    steps : tuple of dict
        For each step its `step`, exit `code`, one `line` on what it did, `seconds`, when it was `done_at` and whether
        it was `kept` from an earlier run of the same day.
    """

    as_of: str
    steps: tuple[dict[str, Any], ...]

    @property
    def code(self) -> int:
        """Exit code of the first step that failed; 0 if none did."""
        return next((int(one["code"]) for one in self.steps if one["code"]), 0)

    def to_dict(self) -> dict[str, Any]:
        """What the file `reports/run.json` holds."""
        return {"as_of": self.as_of, "code": self.code, "steps": list(self.steps)}


@dataclass(frozen=True)
class _Choices:
    """What the steps are called with."""

    root: Path
    as_of: str
    model: str
    target: str
    origin: Path | str
    fail_on: str | None
    wait_seconds: float
    say: Step


def run(
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    model: str = DEFAULT,
    target: str = "meeting",
    origin: Path | str = PUBLISHER,
    fail_on: str | None = None,
    force: bool = False,
    wait_seconds: float = 600.0,
    on_step: Step = logged,
) -> Run:
    """Do what a schedule needs: update, check, retrain, predict and record, report, and measure drift.

    A step that fails has its exit code and does not keep the later ones from what can still be done, except that
    nothing goes on without facts that can be read. A run of the same day that is started again keeps the steps that
    were done, up to the first that failed.

    Parameters
    ----------
    as_of, root, model, target, on_step
        As in `forecast.retrain`.
    origin : str or path-like
        Where the newest records are, as in `forecast.update`.
    fail_on : {"watch", "drift"}, optional
        The verdict on drift from which on that step fails.
    force : bool
        Keep nothing of an earlier run of the day.
    wait_seconds : float
        How long to wait for another run, retrain or promote.

    Returns
    -------
    Run
        It is also kept in `reports/run.json` of the workspace.
    """
    place = Path(root)
    workspace = Workspace(place)
    workspace.settings  # noqa: B018 - a file that cannot be read is an error before anything begins
    facts_folder(place)
    choices = _Choices(place, str(workspace.day(as_of)), model, target, origin, fail_on, wait_seconds, on_step)
    folder = (place / STATUS).parent
    folder.mkdir(exist_ok=True)
    with locked(folder, wait_seconds=wait_seconds):
        done = [] if force else _kept(place, choices)
        for name, act in list(STEPS.items())[len(done) :]:
            on_step(name)
            done.append(_acted(name, act, choices))
            kept = Run(choices.as_of, tuple(done)).to_dict()
            write_text(place / STATUS, json.dumps(kept, indent=1) + "\n")
            if name == "check" and done[-1]["code"]:
                break
    return Run(choices.as_of, tuple(done))


def last_run(root: Path) -> dict[str, Any] | None:
    """What the last run kept of itself, if there was one."""
    try:
        kept: dict[str, Any] = json.loads((root / STATUS).read_text(encoding="utf-8"))
        return {"as_of": str(kept["as_of"]), "code": int(kept["code"]), "steps": list(kept["steps"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("is no status of a run; delete it", path=root / STATUS) from None


def _kept(root: Path, choices: _Choices) -> list[dict[str, Any]]:
    """Steps of an earlier run of the same day and model, up to the first that failed; drift is measured anew."""
    before = last_run(root)
    if before is None or before["as_of"] != choices.as_of:
        return []
    done: list[dict[str, Any]] = []
    for one in before["steps"]:
        if one["code"] or one["step"] == "drift" or (one["model"], one["target"]) != (choices.model, choices.target):
            break
        done.append({**one, "kept": True})
    return done


def _acted(name: str, act: Callable[[_Choices], str], choices: _Choices) -> dict[str, Any]:
    began, code = time.monotonic(), 0
    try:
        line = act(choices)
    except ForecastError as error:
        code, line = error.exit_code, str(error)
    except Exception as error:
        logged(f"{name}: {error!r}")
        code, line = DEFECT, f"a defect of the program: {type(error).__name__}: {error}"
    return {
        "step": name, "code": code, "line": line, "seconds": round(time.monotonic() - began, 1), "done_at": now(),
        "kept": False, "model": choices.model, "target": choices.target,
    }  # fmt: skip


def _update(choices: _Choices) -> str:
    sources = Workspace(choices.root).settings.sources
    if not sources:
        return "skipped: forecast.toml names no sources"
    lines = []
    if STATE_DEPARTMENT in sources:
        result = update(root=choices.root, origin=choices.origin, on_step=choices.say)
        counts = result.counts[["added", "removed", "recoded"]].sum()
        changed = ", ".join(f"{number} {what}" for what, number in counts.items())
        lines.append(changed if result.is_new else "nothing new")
    others = [source for source in sources if source != STATE_DEPARTMENT]
    if others:
        rows = refresh(root=choices.root, only=others, on_step=choices.say)
        check_refreshed(rows)
        lines += [f"{row['publisher']} {row['done']}" for row in rows.to_dict("records")]
    return "; ".join(lines) or "the workspace has none of the sources"


def _check(choices: _Choices) -> str:
    rows = check(root=choices.root)
    return f"{len(rows)} sources, {rows['leader_meetings'].sum()} meetings of leaders"


def _retrain(choices: _Choices) -> str:
    done = retrain(
        as_of=choices.as_of, root=choices.root, model=choices.model, target=choices.target, track=True,
        wait_seconds=choices.wait_seconds, on_step=choices.say,
    )  # fmt: skip
    if done.problem:
        logged(done.problem)
    decision = f"{done.report['challenger']['name']} {done.report['decision']}"
    return decision if done.is_new else f"nothing to do: {decision} before"


def _predict(choices: _Choices) -> str:
    query = Workspace(choices.root).query(choices.as_of, target=choices.target)
    focal = query.workspace.settings.focal
    dyads = sorted({dyad for state in focal for dyad in query.known.cohort(query.day, focal=state)})
    if focal and not dyads:
        raise DataMissingError(f"no source covers a dyad of {', '.join(focal)} on {query.day}")
    rows = predict(dyads, as_of=choices.as_of, root=choices.root, target=choices.target, record=True,
                   on_step=choices.say)  # fmt: skip
    log = rows.attrs["log"]
    return f"{len(rows)} forecasts of {rows['dyad'].nunique()} dyads recorded; head of the log {log['head']}"


def _report(choices: _Choices) -> str:
    folder, focal = (choices.root / STATUS).parent, Workspace(choices.root).settings.focal
    board = leaderboard(root=choices.root, output=folder / "leaderboard.html")
    if importlib.util.find_spec("matplotlib") is None:
        return f"{board.name} written; no report, for pictures need matplotlib: pip install 'forecast[pictures]'"
    page = report(
        as_of=choices.as_of, output=folder / f"{choices.as_of}.html", root=choices.root, target=choices.target,
        focal=focal[0] if len(focal) == 1 else None, on_step=choices.say,
    )  # fmt: skip
    return f"{page.name} and {board.name} written to {folder.name}/"


def _drift(choices: _Choices) -> str:
    found = drift(root=choices.root, as_of=choices.as_of, target=choices.target, on_step=choices.say)
    found.check(choices.fail_on)
    return f"{found.verdict}: " + (", ".join(row.what for row in found.rows if row.verdict == found.verdict) or "none")


#: The steps in their order.
STEPS: Final[dict[str, Callable[[_Choices], str]]] = {
    "update": _update, "check": _check, "retrain": _retrain, "predict": _predict, "report": _report, "drift": _drift,
}  # fmt: skip


def table(result: Run) -> Document:
    """A line a step."""
    columns = [Column("step"), Column("code", align="right"), Column("", wraps=True), Column("s", align="right")]
    rows = [
        (one["step"], one["code"], one["line"] + (" (kept)" if one["kept"] else ""), f"{one['seconds']:.0f}")
        for one in result.steps
    ]
    styles = {at: "red" for at, one in enumerate(result.steps) if one["code"]}
    return Document(Paragraph(f"Run as of {result.as_of}", style="bold"), Table(columns, rows, styles=styles))
