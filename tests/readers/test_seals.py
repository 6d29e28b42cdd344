"""What is stored is what was stored: a bit of a sealed file, or of its seal, that is not what it was is refused."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

import forecast as fc
from forecast.cli.main import main
from forecast.coding.holders import read_holders
from forecast.coding.summits import read_summits
from forecast.errors import InputError
from forecast.readers.calendar import read_calendar
from forecast.readers.coded_source import read_source
from forecast.readers.crosscheck import read_gatherings
from forecast.readers.leaders import read_leaders
from forecast.readers.record import corrected, read_beside_summits
from forecast.readers.seals import SEAL, read_sealed, seal_folder, seal_of
from forecast.verbs import check as verb
from forecast.workspace import load_history, shipped_facts
from poisoned_world import BESIDE, GAZETTE, MANIFEST, WORLD, write

#: Files that have a seal, or are one -> what reads them.
SEALED: Final[dict[str, Callable[[Path], object]]] = {
    "venues.csv": read_calendar,
    "memberships.csv": read_calendar,
    "leaders.csv": read_leaders,
    "gatherings.csv": read_gatherings,
    BESIDE: read_beside_summits,
    "record-corrections.csv": lambda raw: corrected(read_source(raw / "gazette")[0], raw),
    SEAL: read_calendar,
    GAZETTE: lambda raw: read_source(raw / "gazette"),
    MANIFEST: lambda raw: read_source(raw / "gazette"),
    f"gazette/{SEAL}": lambda raw: read_source(raw / "gazette"),
    "gazette/uncoded.csv": lambda raw: fc.uncoded(root=raw.parents[1]),
}
#: Changes of each file; the slow run tries ten times as many.
QUICK, SLOW = 25, 200


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> Path:
    """The small world, its tables of hand and its coded facts under seals."""
    root = tmp_path_factory.mktemp("sealed")
    raw = write(WORLD, root / "data" / "raw")
    (raw / "gazette" / "uncoded.csv").write_text(
        "collection,record_id,started_on,reason\nvisits,u1,2004-05-06,no state in the table\n", encoding="utf-8"
    )
    assert verb.seal(root=root)
    return root


def damaged(content: bytes, draw: random.Random) -> bytes:
    """A bit turned over, mostly, else bytes cut out, doubled or exchanged."""
    at, length = draw.randrange(len(content)), draw.choice((1, 2, 8, 64))
    way = draw.randrange(10)
    if way < 7:
        return content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]
    if way == 7:
        return content[:at] + content[at + length :]
    if way == 8:
        return content[: at + length] + content[at:]
    return content[:at] + draw.randbytes(length) + content[at + length :]


def try_damages(root: Path, name: str, seeds: range) -> None:
    raw, read = root / "data" / "raw", SEALED[name]
    path = raw / name
    sound = path.read_bytes()
    for seed in seeds:
        path.write_bytes(damaged(sound, random.Random(f"{name} {seed}")))
        if path.read_bytes() == sound:
            continue
        with pytest.raises(InputError) as caught:
            read(raw)
        assert path.name in str(caught.value) or SEAL in str(caught.value), seed
    path.write_bytes(sound)
    read(raw)


@pytest.mark.parametrize("name", SEALED)
def test_a_damaged_file_is_refused_whatever_it_says_now(sealed, name):
    assert set(SEALED) >= {name for name in WORLD if not name.startswith("engagements/")}
    try_damages(sealed, name, range(QUICK))


@pytest.mark.slow
@pytest.mark.parametrize("name", SEALED)
def test_many_damaged_files_are_refused(sealed, name):
    try_damages(sealed, name, range(QUICK, SLOW))


@pytest.mark.parametrize(
    ("name", "cell", "other"),
    [
        (MANIFEST, '"2015-12-31"', '"2016-12-31"'),
        (MANIFEST, '"both"', '"visits"'),
        (MANIFEST, "example.org", "example.com"),
        ("venues.csv", "2012-06-11", "2012-06-12"),
        ("memberships.csv", "2012-02-01", "2011-02-01"),
    ],
)
def test_a_sound_value_that_was_not_stored_is_refused(sealed, tmp_path, name, cell, other):
    shutil.copytree(sealed, tmp_path / "ws")
    path = tmp_path / "ws" / "data" / "raw" / name
    text = path.read_text(encoding="utf-8")
    assert cell in text
    path.write_text(text.replace(cell, other, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"was changed after it was sealed\. If you did that on purpose, .*--seal"):
        load_history(tmp_path / "ws")


def test_the_shipped_facts_are_what_their_seals_say(tmp_path):
    folders = [shipped_facts(), *(path.parent for path in shipped_facts().glob("*/manifest.json"))]
    sealed = [folder for folder in folders if folder.name != "engagements"]
    assert len(sealed) == 6
    for folder in sealed:
        contents = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        # An edit of data/raw on purpose is sealed by 'forecast check --seal'.
        assert contents[SEAL] == seal_of({name: body for name, body in contents.items() if name[0] != "."}), folder.name


def test_texts_are_coded_with_leaders_and_summits_that_are_what_was_stored(sealed, tmp_path):
    for name, read in (("leaders.csv", read_holders), ("venues.csv", read_summits), ("memberships.csv", read_calendar)):
        raw = tmp_path / name
        shutil.copytree(sealed / "data" / "raw", raw)
        read(raw)
        (raw / name).write_bytes((raw / name).read_bytes().replace(b"2011", b"2010", 1))
        with pytest.raises(InputError, match=rf"{name}: .*was changed"):
            read(raw)


def test_an_edit_on_purpose_is_sealed_and_counts(sealed, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(sealed, root)
    venues, manifest = root / "data" / "raw" / "venues.csv", root / "data" / "raw" / MANIFEST
    venues.write_text(venues.read_text(encoding="utf-8").replace("2012-06-11", "2012-06-13"), encoding="utf-8")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("2015-12-31", "2016-01-31"), encoding="utf-8")
    done = CliRunner().invoke(main, ["check", "--seal", "--root", str(root)])
    assert (done.exit_code, done.output) == (0, f"sealed anew: venues.csv\nsealed anew: {MANIFEST}\n")
    history = load_history(root)
    assert "2012-06-13" in {str(edition.ends_on) for edition in history.calendar.editions}
    assert "2016-01-31" in {str(coverage.ends_on) for coverage in history.coverages}
    done = CliRunner().invoke(main, ["check", "--seal", "--root", str(root)])
    assert done.output == "every file is what its seal says\n"
    # A damaged seal is written anew too, and then names all that it holds.
    (venues.parent / SEAL).write_text("{", encoding="utf-8")
    assert "venues.csv" in verb.seal(root=root)
    assert verb.seal(root=root) == []


def test_coded_facts_without_a_seal_and_files_that_it_does_not_name_are_refused(sealed, tmp_path):
    root = tmp_path / "ws"
    shutil.copytree(sealed, root)
    gazette = root / "data" / "raw" / "gazette"
    (gazette / SEAL).unlink()
    with pytest.raises(InputError, match=rf"gazette: holds no {SEAL}.*check --seal"):
        load_history(root)
    (gazette / SEAL).write_bytes(seal_of({"manifest.json": (gazette / "manifest.json").read_bytes()}))
    with pytest.raises(InputError, match=r"visits\.csv: is not what seal\.json beside it says"):
        load_history(root)


def test_a_folder_without_a_seal_is_the_users_own(tmp_path):
    path = tmp_path / "venues.csv"
    path.write_text("a\n", encoding="utf-8")
    assert read_sealed(path) == b"a\n"
    assert seal_folder(tmp_path) == ["venues.csv"]
    path.write_text("b\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_sealed(path)


def test_a_place_without_facts_cannot_be_sealed(tmp_path):
    done = CliRunner().invoke(main, ["check", "--seal", "--root", str(tmp_path)])
    assert done.exit_code == 6
