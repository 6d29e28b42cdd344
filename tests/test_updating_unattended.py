"""An update that is killed, or that meets another: the facts are whole at every moment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import forecast as fc
from publisher_host import FILES, tree

# Fetches and kills updates, and codes all files of the publisher.
pytestmark = pytest.mark.slow

TODAY = "1979-04-01"
#: Stops for ever at one step of the writing, so that the test kills it there.
KILLED = """
import sys, time
from pathlib import Path
import forecast as fc
from forecast import files

root, origin, step, number = sys.argv[1:]
calls = []

def stop():
    print("here", flush=True)
    time.sleep(60)

def stopping(original, after):
    def call(*arguments):
        calls.append(1)
        if not after and len(calls) == int(number):
            stop()
        done = original(*arguments)
        if after and len(calls) == int(number):
            stop()
        return done
    return call

if step == "fsync":
    files.os.fsync = stopping(files.os.fsync, after=False)
elif step == "rename":
    files.exchange = lambda *_: False
    Path.rename = stopping(Path.rename, after=True)
else:
    files.exchange = stopping(files.exchange, after=step == "exchanged")
fc.update(root=root, origin=origin, today="1979-04-01")
print("done", flush=True)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ws" / "data" / "raw").mkdir(parents=True)
    fc.update(root=tmp_path / "ws", origin=FILES, today=TODAY)
    return tmp_path / "ws"


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The publisher's files with a visit that lasted longer."""
    files = Path(shutil.copytree(FILES, tmp_path / "publisher"))
    path = files / "visits" / "data" / "1970.xml"
    path.write_text(path.read_text(encoding="utf-8").replace("1979-02-04", "1979-02-05"), encoding="utf-8")
    return files


@pytest.mark.parametrize(
    ("step", "number", "left"),
    [
        ("fsync", 1, "old"),
        ("fsync", 3, "old"),
        ("fsync", 5, "old"),
        ("exchange", 1, "old"),
        ("exchanged", 1, "new"),
        ("rename", 1, "aside"),
        ("rename", 2, "new"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere folders change places by renaming alone")
def test_a_kill_leaves_old_or_new_facts_whole(
    root: Path, newer: Path, environment: dict[str, str], step: str, number: int, left: str
) -> None:
    raw = root / "data" / "raw"
    old = tree(raw / "state-department")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(root), str(newer), step, str(number)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as updating:  # fmt: skip
        assert updating.stdout is not None
        assert updating.stdout.readline() == "here\n"
        updating.kill()
    assert any(path.name != "state-department" for path in raw.iterdir())  # what a killed one leaves
    if left == "aside":
        assert not (raw / "state-department").exists()
    else:
        assert (tree(raw / "state-department") == old) == (left == "old")
        fc.check(root=root)
    again = fc.update(root=root, origin=newer, today=TODAY)
    assert again.written == (left != "new")
    assert [path.name for path in raw.iterdir()] == ["state-department"]
    assert "1979-02-05" in (raw / "state-department" / "visits.csv").read_text(encoding="utf-8")
    fc.check(root=root)


def test_of_two_at_once_one_writes_and_the_other_finds_nothing_new(
    root: Path, newer: Path, environment: dict[str, str]
) -> None:
    words = [sys.executable, "-c", "from forecast.cli.main import main; main()", "update", "--from", str(newer)]
    both = [
        subprocess.Popen(
            [*words, "--root", str(root)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0, 0], said
    assert sorted(out == "nothing new\n" for out, _ in said) == [False, True, True]
    assert [path.name for path in (root / "data" / "raw").iterdir()] == ["state-department"]


@pytest.mark.skipif(
    "FORECAST_PUBLISHER_FILES" not in os.environ,
    reason="FORECAST_PUBLISHER_FILES names no folder with all of the publisher's files",
)
def test_all_of_the_publishers_files_give_the_shipped_facts(tmp_path: Path) -> None:
    """By a copy and by archives from a host, for the commits that the shipped facts were made from."""
    from forecast.coding.state_department.records import REPOSITORIES
    from forecast.workspace import shipped_facts
    from publisher_host import archives, serving

    given = Path(os.environ["FORECAST_PUBLISHER_FILES"])
    root = tmp_path / "ws"
    shutil.copytree(shipped_facts(), root / "data" / "raw")
    before = tree(root)
    assert not fc.update(root=root, origin=given).is_new
    for repository, folders in REPOSITORIES.items():
        for inside, collection in folders.items():
            shutil.copytree(given / collection, tmp_path / "host" / repository / inside)
    with serving(archives(tmp_path / "host")) as host:
        assert not fc.update(root=root, origin=host.address).is_new
        assert tree(root) == before
        shutil.rmtree(root / "data" / "raw" / "state-department")
        assert fc.update(root=root, origin=host.address).written
    after = tree(root)
    assert {name for name in before if before[name] != after[name]} == {
        f"data/raw/state-department/{name}" for name in ("manifest.json", "seal.json")
    }
