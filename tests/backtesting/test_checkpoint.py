"""An interrupted backtest goes on where it stopped, and gives the bytes that it would have given."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import forecast as fc
from forecast.backtesting.backtest import backtest
from forecast.backtesting.checkpoint import Checkpoint, open_checkpoint
from forecast.errors import InputError
from forecast.workspace import load_history
from text_tables import days

# Kills a backtest at each of its steps and goes on.
pytestmark = pytest.mark.slow

REQUEST = {
    "start": "2014-01", "end": "2018-10", "every": "quarter", "horizons": [30, 180], "models": ["hazard", "recurrence"],
}  # fmt: skip
FOLDS = [f"{year}-01-01" for year in range(2014, 2019)]

#: Ends the process without a word before or after the nth file is written: a record, five folds, forecasts, cuts and
#: scores.
KILLED = """
import json, os, signal, sys
import forecast as fc
from forecast.backtesting import checkpoint as checkpoints

request, at, when = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
count, write = 0, checkpoints.write_text


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def counted(path, text):
    global count
    count += 1
    if count == at and when == "before":
        die()
    if count == at and when == "amid":
        path.with_name(f".{path.name}.{os.getpid()}.draft").write_text(text[: len(text) // 2])
        die()
    write(path, text)
    if count == at:
        die()


checkpoints.write_text = counted
fc.backtest(**request)
"""


@pytest.fixture(scope="module")
def rivals(rivals, tmp_path_factory) -> Path:
    """The ledger in a workspace that keeps what it reads and the program's fingerprint: many processes start in it."""
    root = tmp_path_factory.mktemp("keeping") / "ws"
    shutil.copytree(rivals / "data" / "raw", root / "data" / "raw")
    (root / "data" / "features").mkdir()
    return root


@pytest.fixture(scope="module")
def whole(rivals, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "out"
    fc.backtest(**REQUEST, root=rivals, output=folder)
    return folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def read_twice(folder: Path) -> tuple[bytes, ...]:
    return tuple((folder / name).read_bytes() for name in ("forecasts.csv", "cuts.csv", "scores.json", "backtest.json"))


def killed(root: Path, folder: Path, environment: dict[str, str], at: int, when: str) -> None:
    request = json.dumps(REQUEST | {"root": str(root), "output": str(folder)})
    done = subprocess.run(
        [sys.executable, "-c", KILLED, request, str(at), when],
        env=environment | {"PYTHONPATH": str(Path(fc.__file__).parent.parent)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    ("at", "when", "left"),
    [
        (1, "amid", 5),
        (2, "before", 5),
        (4, "amid", 3),
        (6, "after", 0),
        (7, "after", 0),
        (8, "amid", 0),
        (8, "after", 0),
        (9, "amid", 0),
        (9, "after", 0),
    ],
)
def test_after_a_kill_the_same_command_gives_the_bytes_of_an_uninterrupted_run(
    rivals, whole, tmp_path, environment, at, when, left
):
    folder, computed = tmp_path / "out", []
    killed(rivals, folder, environment, at, when)
    scores = fc.backtest(
        **REQUEST, root=rivals, output=folder, on_fold=lambda done, total: computed.append((done, total))
    )
    # The last call says that all is done; a folder whose scores stand says nothing.
    assert computed == ([] if (at, when) == (9, "after") else [(done, 5) for done in range(5 - left, 6)])
    assert read_twice(folder) == read_twice(whole)
    assert names(folder) == {"forecasts.csv", "cuts.csv", "scores.json", "backtest.json"} == names(whole)
    pd.testing.assert_frame_equal(scores, Checkpoint(whole).scores(), check_exact=True)


def test_on_disk_and_in_memory_are_the_same_to_the_last_bit(rivals, whole):
    grid = days(*(f"{year}-{month:02d}-01" for year in range(2014, 2019) for month in (1, 4, 7, 10)))
    request = {"models": REQUEST["models"], "horizons": REQUEST["horizons"]}
    memory = backtest(load_history(rivals), grid, **request)
    text = memory.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    assert (whole / "forecasts.csv").read_text(encoding="utf-8") == text
    with open_checkpoint(whole.with_name("again"), {}) as checkpoint:
        kept = backtest(load_history(rivals), grid, **request, checkpoint=checkpoint)
    pd.testing.assert_frame_equal(memory, kept, check_exact=True)
    pd.testing.assert_frame_equal(
        fc.backtest(**REQUEST, root=rivals), fc.backtest(**REQUEST, root=rivals, output=whole), check_exact=True
    )


def test_a_finished_folder_gives_its_scores_and_stays_as_it_is(rivals, whole):
    before = {name: (whole / name).stat().st_mtime_ns for name in names(whole)}
    again = fc.backtest(**REQUEST, root=rivals, output=whole, on_fold=lambda done, total: pytest.fail("computed anew"))
    assert again["model_id"].tolist() == ["hazard", "hazard", "recurrence", "recurrence"]
    assert {name: (whole / name).stat().st_mtime_ns for name in names(whole)} == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"models": ["hazard"]}, "models hazard,recurrence, now hazard"),
        ({"horizons": [30]}, "horizons 30,180, now 30"),
        ({"target": "bilateral"}, "target meeting, now bilateral"),
        ({"focal": "India"}, "focal none, now IND"),
        ({"start": "2015-01"}, "start 2014-01-01, now 2015-01-01"),
        ({"end": "2018-07"}, "end 2018-10-01, now 2018-07-01"),
        ({"every": "month"}, "every quarter, now month"),
        ({"models": ["hazard"], "horizons": [30]}, "models hazard,recurrence, now hazard; horizons 30,180, now 30"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("finished", [True, False])
def test_another_request_is_refused_and_harms_nothing(rivals, whole, tmp_path, change, problem, finished):
    folder = whole if finished else half_done(whole, tmp_path / "out")
    before = read_twice(folder) if finished else names(folder)
    state = "finished" if finished else "unfinished"
    with pytest.raises(InputError) as refusal:
        fc.backtest(**REQUEST | change, root=rivals, output=folder)
    said = f"{folder}: holds the {state} backtest of another request ({problem}); name a new folder, or delete this one"
    assert str(refusal.value) == said
    assert (read_twice(folder) if finished else names(folder)) == before


def half_done(whole: Path, folder: Path) -> Path:
    """A folder with one finished fold of five."""
    with open_checkpoint(folder, json.loads((whole / "backtest.json").read_text(encoding="utf-8"))) as checkpoint:
        table = pd.read_csv(whole / "forecasts.csv", dtype=str, keep_default_na=False)
        checkpoint.write(FOLDS[0], table[table["fold"] == FOLDS[0]])
    return folder


def test_the_same_month_said_as_a_day_is_the_same_request(rivals, whole):
    scores = fc.backtest(
        **REQUEST | {"start": "2014-01-01", "end": "2018-10-01"},
        root=rivals,
        output=whole,
        on_fold=lambda done, total: pytest.fail("computed anew"),
    )
    pd.testing.assert_frame_equal(pd.DataFrame(scores), Checkpoint(whole).scores(), check_exact=True)


def test_changed_facts_are_refused(rivals, whole, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(rivals / "data" / "raw", root / "data" / "raw")
    folder = half_done(whole, tmp_path / "out")
    with (root / "data" / "raw" / "engagements" / "rivals.csv").open("a", encoding="utf-8") as ledger:
        ledger.write("2019-03-03,2019-03-03,IND,PAK,CONSULT,visit,leader,bilateral,occurred\n")
    with pytest.raises(InputError, match=r"another request \(the facts of the workspace have changed since\); name a"):
        fc.backtest(**REQUEST, root=root, output=folder)


@pytest.mark.parametrize(
    ("entry", "value", "problem"),
    [
        ("code", "0" * 64, r"\(the program has changed since\)"),
        ("libraries", {"numpy": "1.0"}, r"\(libraries numpy 1\.0, now numpy [\d.]+ pandas .*\)"),
    ],
)
def test_another_program_is_refused(rivals, whole, tmp_path, entry, value, problem):
    folder = half_done(whole, tmp_path / "out")
    recorded = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    (folder / "backtest.json").write_text(json.dumps(recorded | {entry: value}), encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        fc.backtest(**REQUEST, root=rivals, output=folder)


def test_a_folder_without_a_finished_fold_is_begun_anew_for_another_request(rivals, tmp_path):
    """A slip in the first command costs nothing: there is nothing to lose yet."""
    folder = tmp_path / "out"
    with open_checkpoint(folder, {"models": ["oracle"]}):
        pass
    scores = fc.backtest(**REQUEST | {"models": ["base-rate"]}, root=rivals, output=folder)
    assert set(scores["model_id"]) == {"base-rate"}


def test_two_processes_do_not_work_in_one_folder(rivals, tmp_path):
    folder = tmp_path / "out"
    with open_checkpoint(folder, {}):
        before = names(folder)
        with pytest.raises(
            InputError, match="out: is held by another forecast that writes here; try again when it is done"
        ):
            fc.backtest(**REQUEST, root=rivals, output=folder)
        assert names(folder) == before
    with open_checkpoint(folder, {}):
        pass


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_a_record_that_was_changed_is_refused(rivals, whole, tmp_path, text):
    folder = half_done(whole, tmp_path / "out")
    (folder / "backtest.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(InputError, match=r"backtest\.json: .*(no JSON|JSON object|UTF-8).*; name a new folder"):
        fc.backtest(**REQUEST, root=rivals, output=folder)


@pytest.mark.parametrize("content", [b"nothing\n", b"", b"\x00\xff", b'"'])
def test_a_fold_that_cannot_be_read_makes_room(rivals, whole, tmp_path, content):
    folder = half_done(whole, tmp_path / "out")
    (folder / "folds" / f"{FOLDS[0]}.csv").write_bytes(content)
    fc.backtest(**REQUEST, root=rivals, output=folder)
    assert read_twice(folder) == read_twice(whole)


@pytest.mark.parametrize("kind", ["file", "empty folder", "folder", "dangling link"])
def test_what_is_no_backtest_is_left_alone(rivals, tmp_path, kind):
    place = tmp_path / "out"
    if kind == "file":
        place.write_text("mine", encoding="utf-8")
    elif kind == "dangling link":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.mkdir()
        if kind == "folder":
            (place / "forecasts.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="out: exists already; name a new folder"):
        fc.backtest(**REQUEST, root=rivals, output=place)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
