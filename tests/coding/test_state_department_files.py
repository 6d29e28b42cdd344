"""What the reader refuses, and what it leaves behind when it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecast import files
from forecast.coding.state_department import COLUMNS, COMMITS, ingest
from forecast.coding.state_department.records import plain
from forecast.errors import InputError
from forecast.readers.seals import seal_of

PRESIDENTS = (
    "<presidents><president><name>Jimmy Carter</name><took-office-date>1977-01-20</took-office-date>"
    "<left-office-date>1981-01-20</left-office-date></president></presidents>"
)
TRIP = (
    "<trips>\n<trip>\n<id>7</id>\n<name>Jimmy Carter</name>\n<start-date>1978-01-04</start-date>\n"
    '<end-date>1978-01-04</end-date>\n<country id="egypt">Egypt</country>\n<locale>Aswan</locale>\n'
    "<remarks>Met with President Sadat.</remarks>\n</trip>\n</trips>"
)
VISIT = (
    "<visits>\n<visit>\n<id>8</id>\n<start-date>1978-02-03</start-date>\n<end-date>1978-02-08</end-date>\n"
    '<visitor>President Anwar Sadat</visitor>\n<from id="egypt">Egypt</from>\n'
    "<description>Official visit.</description>\n</visit>\n</visits>"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for name, content in {
        "visits/1978.xml": VISIT,
        "president-travels/carter.xml": TRIP,
        "secretary-travels/vance.xml": TRIP.replace("Jimmy Carter", "Cyrus Vance"),
        "presidents/presidents.xml": PRESIDENTS,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_all_files_and_a_manifest_are_written(source: Path, tmp_path: Path) -> None:
    manifest = ingest(source, tmp_path / "raw" / "state-department")
    files = files_of(tmp_path / "raw" / "state-department")
    assert sorted(files) == [
        "manifest.json",
        "president-travels.csv",
        "seal.json",
        "secretary-travels.csv",
        "uncoded.csv",
        "visits.csv",
    ]
    assert json.loads(files["manifest.json"]) == manifest
    assert files["seal.json"] == seal_of(files)
    assert manifest["publisher"] == "state-department"
    for name, collection in manifest["collections"].items():
        assert files[f"{name}.csv"].decode().splitlines()[0] == ",".join(COLUMNS)
        assert collection["commit"] == COMMITS[name]
        assert collection["records"] == collection["coded_records"] == 1
    assert manifest["collections"]["visits"]["coverage_end"] == "1978-02-03"


def test_no_sentence_of_a_remark_is_kept(source: Path, tmp_path: Path) -> None:
    ingest(source, tmp_path / "out")
    assert not any(b"Met with" in content for content in files_of(tmp_path / "out").values())


def test_the_commit_can_be_another(source: Path, tmp_path: Path) -> None:
    manifest = ingest(source, tmp_path / "out", commits={"visits": "0123abc"})
    commits = {name: collection["commit"] for name, collection in manifest["collections"].items()}
    assert commits == {**COMMITS, "visits": "0123abc"}


def test_two_runs_give_the_same_bytes(source: Path, tmp_path: Path) -> None:
    ingest(source, tmp_path / "out")
    first = files_of(tmp_path / "out")
    ingest(source, tmp_path / "out")
    assert files_of(tmp_path / "out") == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "source"]


BAD = {
    "impossible day": (
        "1978-01-04</start-date>",
        "1978-02-30</start-date>",
        "line 2, start-date: '1978-02-30' is no day",
    ),
    "no day": ("1978-01-04</start-date>", "</start-date>", "line 2, start-date: '' is no day"),
    "ends before it begins": ("1978-01-04</end-date>", "1977-01-04</end-date>", "line 2, end-date: the stay ends on"),
    "unknown country": ('id="egypt"', 'id="atlantis"', "line 2, country: unknown country id 'atlantis'"),
    "malformed": ("</remarks>", "", "line 10: is no XML"),
    "no number": ("<id>7</id>", "<id>seven</id>", "line 2, id: 'seven' is no number of a record"),
    "another name for a record": ("trip>", "journey>", "line 2: <journey> stands where the publisher has <trips>"),
    "another name for all": ("trips>", "html>", "line 1: <html> stands where the publisher has <trips> with <trip>"),
    "another name for a person": ("name>", "who>", "line 2, name: is missing; the publisher changed its schema"),
    "another name for a remark": ("remarks>", "note>", "no <trip> holds <remarks>; the publisher changed its schema"),
    "no records": (TRIP, "<trips/>", "president-travels: holds no <trip>; the publisher changed its files"),
}


@pytest.mark.parametrize(("old", "new", "problem"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_named_with_line_and_value(
    source: Path, tmp_path: Path, old: str, new: str, problem: str
) -> None:
    bad = source / "president-travels" / "carter.xml"
    bad.write_text(TRIP.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        ingest(source, tmp_path / "out")
    assert caught.value.exit_code == 3
    assert problem in str(caught.value)
    assert "president-travels" in str(caught.value)
    assert "carter.xml" in str(caught.value) or "holds no <trip>" in problem
    assert not (tmp_path / "out").exists()


def test_a_folder_without_files_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "visits" / "1978.xml").unlink()
    with pytest.raises(InputError, match="holds no XML file"):
        ingest(source, tmp_path / "out")


@pytest.mark.parametrize("name", ["entities.xml", "external-entity.xml"])
def test_an_entity_attack_is_refused(source: Path, tmp_path: Path, name: str) -> None:
    attack = Path(__file__).parent / "fixtures" / "state-department" / name
    (source / "visits" / "attack.xml").write_bytes(attack.read_bytes())
    with pytest.raises(InputError, match="entities, which are refused"):
        ingest(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("step", ["fsync", "mkdtemp", "rename"])
def test_a_failure_midway_leaves_the_old_files(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    destination = tmp_path / "out"
    ingest(source, destination)
    before = files_of(destination)
    (source / "visits" / "1978.xml").write_text(VISIT.replace("Sadat", "Mubarak"), encoding="utf-8")
    calls = []

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    def fail_third(*_: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            fail()

    rename = Path.rename

    def fail_to_arrive(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            fail()
        return rename(self, target)

    with monkeypatch.context() as patch:
        if step == "fsync":
            patch.setattr(files.os, "fsync", fail_third)
        elif step == "mkdtemp":
            patch.setattr(files.tempfile, "mkdtemp", fail)
        else:
            patch.setattr(files, "exchange", lambda *_: False)  # a system without it
            patch.setattr(Path, "rename", fail_to_arrive)
        with pytest.raises(OSError, match="the disk is full"):
            ingest(source, destination)
    assert files_of(destination) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "source"]


def test_a_land_without_a_state_is_listed_as_uncoded(source: Path, tmp_path: Path) -> None:
    king = VISIT.replace('id="egypt"', 'id="hawaii"').replace("1978-02", "1874-12").replace("Anwar Sadat", "Kalakaua")
    (source / "visits" / "1874.xml").write_text(king.replace("<id>8<", "<id>9<"), encoding="utf-8")
    manifest = ingest(source, tmp_path / "out")
    uncoded = (tmp_path / "out" / "uncoded.csv").read_text(encoding="utf-8").splitlines()
    assert uncoded == [
        "collection,record_id,started_on,state,reason",
        "visits,9,1874-12-03,,no state in the table",
    ]
    assert manifest["collections"]["visits"]["uncoded"] == {"no state in the table": 1}
    assert manifest["collections"]["visits"]["coded_rate_since_1945"] == 1.0


def test_white_space_quotes_and_dashes_are_folded_and_letters_keep_their_accents():
    assert plain("NATO’s  50th   Summit, April 20–22 in Asunción") == "NATO's 50th Summit, April 20-22 in Asunción"
