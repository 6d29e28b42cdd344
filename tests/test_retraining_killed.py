"""A retraining that is killed before any of its writes loses nothing, and the next one heals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

# Kills a retraining before each of its writes.
pytestmark = pytest.mark.slow

DAY = "2018-06-01"


@pytest.fixture(scope="module")
def kills(league, tmp_path_factory) -> tuple[dict, list[dict]]:
    root = tmp_path_factory.mktemp("killed") / "ws"
    shutil.copytree(league, root, symlinks=True)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("killed_retraining.py")), str(root), DAY],
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    whole, *rest = (json.loads(line) for line in done.stdout.splitlines())
    return whole, rest


def test_there_is_a_kill_before_every_write_until_none_is_left(kills):
    _, killed = kills
    assert [one["at"] for one in killed] == list(range(1, len(killed) + 1))
    assert {one["ended"] for one in killed[:-1]} == {-signal.SIGKILL}
    assert killed[-1]["ended"] == 0
    # Bundle, decision, order of champions, link, report: each has a draft and a renaming.
    assert len(killed) > 15


def test_after_each_kill_the_champion_is_the_old_or_the_new_one_whole(kills):
    whole, killed = kills
    assert whole["old"] != whole["new"]
    seen = [one["after_kill"] for one in killed]
    assert all(answer in (whole["old"], whole["new"]) for answer in seen)
    changes = [one != other for one, other in pairwise(seen)]
    assert sum(changes) == 1  # one instant decides
    assert (seen[0], seen[-1]) == (whole["old"], whole["new"])


def test_the_next_retraining_heals_each_of_them(kills):
    whole, killed = kills
    assert {one["healed_with"] for one in killed} == {0}
    for one in killed:
        assert one["after_healing"] == whole["new"], one["at"]
        assert one["tree"] == whole["tree"], one["at"]
        assert [name[:28] for name in one["former"]] == ["base-rate-meeting-2014-01-01", "climatology-meeting-2013-06-"]
