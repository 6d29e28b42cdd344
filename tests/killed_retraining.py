"""Kills a retraining before every single thing that it writes. A process of its own, for a killed one cannot report.

``python killed_retraining.py WORKSPACE DATE``: for each n the workspace is copied, a child retrains and is killed
before its nth write; then it is looked at what the champion answers and what the next retraining makes of it. A line of
JSON a kill. What is computed before the first write is computed once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from forecast.dates import parse_day
from forecast.panel.panel import build_panel
from forecast.promotion.challenge import challenge
from forecast.promotion.checks import Check
from forecast.training.champion import former_names, read_champion
from forecast.verbs import retrain as retraining
from forecast.workspace import load_history

MODEL = "base-rate"

#: What changes a file or a name, as Python tells its auditors before it happens.
WRITES = ("os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "shutil.rmtree")


def writes(event: str, args: tuple) -> bool:
    if event == "open":
        path, mode, flags = args
        changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
        return "mlruns" in os.fsdecode(path if not isinstance(path, int) else "") and bool(
            (flags & changing) if mode is None else set(mode) & set("wax+")
        )
    return event in WRITES and "mlruns" in os.fsdecode(args[0] if not isinstance(args[0], int) else "")


def in_child(act) -> int:
    """Act in a child and return how it ended: the exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def retrain(root: Path, day: str, *, at: int | None = None) -> None:
    count = 0

    def auditor(event: str, args: tuple) -> None:
        nonlocal count
        if writes(event, args):
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

    if at is not None:
        sys.addaudithook(auditor)
    retraining.retrain(root=root, as_of=day, model=MODEL)


def answers(root: Path, signals: pd.DataFrame) -> list[str]:
    """What the champion says, to the last bit."""
    trained = read_champion(root, "meeting").trained
    probabilities = trained.model.predict_cumulative_incidence(signals, [90])[:, 0]
    return [float(p).hex() for p in probabilities] + [trained.card.model_version]


def tree(root: Path) -> list[str]:
    """Files and links of the store, without names made of the time."""
    return sorted(str(path.relative_to(root)) for path in (root / "mlruns").rglob("*") if not path.is_dir())


def killed(base: Path, day: str, at: int, signals: pd.DataFrame) -> dict:
    root = base.with_name(f"killed-{at}")
    shutil.copytree(base, root, symlinks=True)
    result = {"at": at, "ended": in_child(lambda: retrain(root, day, at=at)), "after_kill": answers(root, signals)}
    result |= {"healed_with": in_child(lambda: retrain(root, day)), "after_healing": answers(root, signals)}
    result |= {"tree": tree(root), "former": former_names(root, "meeting")}
    shutil.rmtree(root)
    return result


def main() -> None:
    base, day = Path(sys.argv[1]), sys.argv[2]
    history = load_history(base)
    computed = challenge(
        base, history, parse_day(day), model=MODEL, target="meeting", champion=read_champion(base, "meeting"),
        say=lambda step: None,
    )  # fmt: skip
    computed.checks = [Check("decided by the test", True, "")]
    signals = build_panel(history, np.array([parse_day(day)])).signals
    whole = base.with_name("whole")
    shutil.copytree(base, whole, symlinks=True)
    with (
        patch.object(retraining, "challenge", lambda *args, **kwargs: computed),
        patch("forecast.workspace.load_history", lambda root, **_: history),
    ):
        assert in_child(lambda: retrain(whole, day)) == 0
        result = {"old": answers(base, signals), "new": answers(whole, signals), "tree": tree(whole)}
        print(json.dumps(result), flush=True)
        at, ended = 0, -signal.SIGKILL
        while ended == -signal.SIGKILL:
            at += 1
            result = killed(base, day, at, signals)
            ended = result["ended"]
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
