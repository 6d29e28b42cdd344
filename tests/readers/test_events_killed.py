"""An ingestion that is killed at any instant loses nothing and doubles nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import forecast as fc
from event_rows import counts, gdelt_line, write_events
from forecast.readers.event_store import CUBE

# Twelve processes of a second each.
pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).resolve().parent.parent / "killed_ingestion.py"
KILLS = 12


def test_a_kill_loses_nothing_and_doubles_nothing(tmp_path, environment):
    states = ("CHN", "FRA", "RUS", "JPN", "IND", "BRA")
    for k in range(12):
        lines = [gdelt_line(f"2018-{k + 1:02d}-{day:02d}", "USA", state) for day in range(1, 29) for state in states]
        write_events(tmp_path / "files" / f"{k:02d}.csv", lines * 20)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for root in (whole, killed):
        (root / "data" / "raw").mkdir(parents=True)
    fc.ingest("gdelt", tmp_path / "files", root=whole)
    wanted = counts(whole, "gdelt")

    command = [sys.executable, str(PROGRAM), str(killed), str(tmp_path / "files"), "1"]
    instants, seen = random.Random(5), []
    for _ in range(KILLS):
        running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        # Most of the time goes to imports: the clock starts when the first thing is written.
        while not (killed / CUBE / "gdelt" / ".lock").exists() and running.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(instants.uniform(0.0, 0.4))
        running.send_signal(signal.SIGKILL)
        running.communicate()
        held = counts(killed, "gdelt")
        assert all(wanted[cell] == n for cell, n in held.items())
        seen.append(len(held))
    assert seen == sorted(seen)
    subprocess.run(command, check=True, env=environment)
    assert counts(killed, "gdelt") == wanted
    left = [path.name for path in (killed / CUBE).rglob("*") if path.name.startswith(".")]
    assert left == []
