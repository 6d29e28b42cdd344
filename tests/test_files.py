"""Files and folders appear whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from forecast.errors import InputError
from forecast.files import exchange, locked, write_text, written_whole


def disk_full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def names(folder: Path) -> list[str]:
    return sorted(part.name for part in folder.iterdir())


@pytest.mark.parametrize("text", ["", "a\n", "a\nb\r\nc", "Côte d'Ivoire\n", "x" * 1_000_000])
def test_a_text_is_read_back_byte_for_byte(tmp_path, text):
    write_text(tmp_path / "out.txt", text)
    assert (tmp_path / "out.txt").read_bytes() == text.encode()
    assert names(tmp_path) == ["out.txt"]


def test_an_existing_file_is_replaced_whole(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("a much longer text that was here before", encoding="utf-8")
    write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "new"


def test_who_reads_the_old_file_goes_on_reading_it(tmp_path):
    path = tmp_path / "out.txt"
    write_text(path, "old")
    with path.open(encoding="utf-8") as reader:
        write_text(path, "new")
        assert reader.read() == "old"


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.open", "pathlib.Path.replace"])
def test_a_full_disk_is_an_error_of_one_line_and_keeps_the_old_file(tmp_path, monkeypatch, where):
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(where, disk_full)
        with pytest.raises(InputError, match=r"out\.txt: cannot be written: No space left on device") as caught:
            write_text(path, "new")
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("place", ["missing/out.txt", "file/out.txt", "folder"])
def test_where_no_file_can_be_written_the_error_names_the_place(tmp_path, place):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot be written") as caught:
        write_text(tmp_path / place, "new")
    assert str(tmp_path / place) in str(caught.value)
    assert names(tmp_path) == ["file", "folder"]


def test_another_writers_draft_does_not_disturb(tmp_path):
    (tmp_path / ".out.txt.1.draft").write_text("half", encoding="utf-8")
    write_text(tmp_path / "out.txt", "whole")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "whole"
    assert (tmp_path / ".out.txt.1.draft").exists()


def test_a_folder_takes_its_place_when_the_block_ends(tmp_path):
    path = tmp_path / "deep" / "folder"
    with written_whole(path) as draft:
        (draft / "a.txt").write_text("a", encoding="utf-8")
        assert not path.exists()
        assert draft.parent == path.parent
    assert (path / "a.txt").read_text(encoding="utf-8") == "a"
    assert names(path.parent) == ["folder"]
    assert os.access(path, os.R_OK | os.X_OK)


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(2)])
def test_an_exception_in_the_block_leaves_nothing_and_passes_on(tmp_path, error):
    def fail() -> None:
        with written_whole(tmp_path / "folder") as draft:
            (draft / "a.txt").write_text("a", encoding="utf-8")
            raise error

    with pytest.raises(type(error)) as caught:
        fail()
    assert caught.value is error
    assert names(tmp_path) == []


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def save() -> None:
        with written_whole(tmp_path / "folder") as draft:
            (draft / "a.txt").write_text("a", encoding="utf-8")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", disk_full)
        with pytest.raises(InputError, match="folder: cannot be written: No space left on device"):
            save()
    assert names(tmp_path) == []


def test_a_failed_copy_of_many_files_says_why(tmp_path, monkeypatch):
    """`shutil.copytree` gathers its errors into one that carries no `strerror` of its own."""
    import shutil

    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.csv").write_text("a", encoding="utf-8")

    def save() -> None:
        with written_whole(tmp_path / "folder") as draft:
            shutil.copytree(tmp_path / "from", draft, dirs_exist_ok=True, copy_function=disk_full)

    with pytest.raises(InputError, match="No space left on device") as caught:
        save()
    assert "None" not in str(caught.value)
    assert names(tmp_path) == ["from"]


def test_a_folder_that_was_there_first_stays(tmp_path):
    path = tmp_path / "folder"
    with written_whole(path) as slow:
        (slow / "a.txt").write_text("slow", encoding="utf-8")
        with written_whole(path) as quick:
            (quick / "a.txt").write_text("quick", encoding="utf-8")
    assert (path / "a.txt").read_text(encoding="utf-8") == "quick"
    assert names(tmp_path) == ["folder"]


def test_a_file_in_the_folders_place_is_not_overwritten(tmp_path):
    (tmp_path / "folder").write_text("mine", encoding="utf-8")

    def save() -> None:
        with written_whole(tmp_path / "folder") as draft:
            (draft / "a.txt").write_text("a", encoding="utf-8")

    with pytest.raises(InputError, match="cannot be written"):
        save()
    assert (tmp_path / "folder").read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == ["folder"]


def test_two_processes_that_write_one_folder_both_succeed(tmp_path, environment):
    program = (
        "import sys, time; from pathlib import Path; from forecast.files import write_text, written_whole\n"
        "folder = Path(sys.argv[1])\n"
        "for turn in range(20):\n"
        "    with written_whole(folder / str(turn)) as draft:\n"
        "        (draft / 'a').write_text('same'); (draft / 'b').write_text('same')\n"
        "    write_text(folder / 'text', 'same ' * 1000)\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [one.communicate(timeout=60)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert names(tmp_path) == sorted([*(str(turn) for turn in range(20)), "text"])
    assert (tmp_path / "text").read_text(encoding="utf-8") == "same " * 1000
    assert {tuple(names(tmp_path / str(turn))) for turn in range(20)} == {("a", "b")}


def test_two_folders_change_places(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text").write_text(name, encoding="utf-8")
    done = exchange(tmp_path / "a", tmp_path / "b")
    assert done == (sys.platform == "linux")
    assert (tmp_path / "a" / "text").read_text(encoding="utf-8") == ("b" if done else "a")
    assert (tmp_path / "b" / "text").read_text(encoding="utf-8") == ("a" if done else "b")


def test_a_folder_does_not_change_places_with_nothing(tmp_path):
    (tmp_path / "a").mkdir()
    assert not exchange(tmp_path / "a", tmp_path / "b")
    assert names(tmp_path) == ["a"]


def test_a_lock_is_held_by_one_at_a_time_and_leaves_nothing(tmp_path):
    with (
        locked(tmp_path),
        pytest.raises(InputError, match="is held by another forecast that writes here; try again when it is done"),
        locked(tmp_path, wait_seconds=0.1),
    ):
        pass
    with locked(tmp_path, wait_seconds=0.0):
        assert names(tmp_path) == [".lock"]
    assert names(tmp_path) == []


def test_a_lock_that_comes_and_goes_lets_in_one_at_a_time(tmp_path, environment):
    """Its file is removed with each release: nobody may hold the removed one while another holds a new one."""
    program = (
        "import sys; from pathlib import Path; from forecast.files import locked\n"
        "folder, count = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "for _ in range(60):\n"
        "    with locked(folder):\n"
        "        count.write_text(str(int(count.read_text()) + 1))\n"
    )
    count = tmp_path / "count"
    count.write_text("0", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    several = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "folder"), str(count)],
            env=environment, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    errors = [one.communicate(timeout=60)[1] for one in several]
    assert [one.returncode for one in several] == [0, 0, 0], errors
    assert count.read_text(encoding="utf-8") == "180"
    assert names(tmp_path / "folder") == []


def test_a_folder_that_cannot_be_written_needs_no_lock(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as on a read-only file system
    with locked(tmp_path), locked(tmp_path, wait_seconds=0.0):
        assert names(tmp_path) == []


def test_a_lock_ends_with_the_process_that_held_it(tmp_path, environment):
    program = (
        "import sys, time; from pathlib import Path; from forecast.files import locked\n"
        "with locked(Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InputError), locked(tmp_path, wait_seconds=0.1):
            pass
        holder.kill()
        with locked(tmp_path, wait_seconds=10):
            pass
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path):
    with (
        pytest.raises(InputError, match="absent: cannot be locked: No such file or directory"),
        locked(tmp_path / "absent"),
    ):
        pass
