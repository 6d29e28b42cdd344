"""The verb *update*: the newest facts whole, or the old ones and a line that says why."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import forecast as fc
import forecast.files as forecast_files
from forecast.cli.main import main
from forecast.coding.state_department import records
from forecast.coding.state_department.records import COLLECTIONS
from forecast.errors import DataMissingError, DateError, FetchError, InputError
from forecast.readers.download import Limits, fetch
from forecast.verbs.update import Update, table
from publisher_host import COMMIT, FILES, Answer, Host, archive, archives, body, redirect, serving, tree

QUICK = Limits(timeout_seconds=0.3, total_seconds=5.0, size_bytes=2**20, pauses_seconds=(0.01, 0.01))
VISITS, TRAVELS = "/visits/archive/HEAD.tar.gz", "/travels/archive/HEAD.tar.gz"
#: A day after the last record of the fixture.
TODAY = "1979-04-01"
NEXT_DAY = ["1979-03-13", "->", "1979-03-14"]
NEW_VISIT = (
    "<visit><id>15</id><start-date>1979-03-25</start-date><end-date>1979-03-27</end-date>"
    '<visitor>President Anwar Sadat</visitor><from id="egypt">Egypt</from>'
    "<description>Signed the Peace Treaty; met with President Carter.</description></visit></visits>"
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The publisher's repositories, to be changed."""
    return Path(shutil.copytree(FILES, tmp_path / "publisher"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with the facts of the fixture."""
    (tmp_path / "ws" / "data" / "raw").mkdir(parents=True)
    fc.update(root=tmp_path / "ws", origin=FILES, today=TODAY)
    return tmp_path / "ws"


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(records, "fetch", lambda address, **_: fetch(address, limits=QUICK))
    with serving(archives()) as running:
        yield running


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def add_visit(files: Path) -> None:
    edit(files / "visits" / "data" / "1970.xml", "</visits>", NEW_VISIT)


def forecast(*words: str, root: Path) -> Result:
    return CliRunner().invoke(main, ["update", *words, "--root", str(root)], catch_exceptions=False)


def stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def assert_refused(code: int, says: str, *words: str, root: Path) -> None:
    """One line and a code, and the old facts stand as they stood."""
    before, when = tree(root), stamps(root)
    done = forecast(*words, root=root)
    assert done.exit_code == code, done.output
    assert says in done.stderr
    assert done.stderr.startswith("forecast: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""
    assert tree(root) == before
    assert set(stamps(root)) == set(when)


def manifest(root: Path) -> dict:
    return json.loads((root / "data" / "raw" / "state-department" / "manifest.json").read_text(encoding="utf-8"))


def test_new_records_are_fetched_shown_and_written(root: Path, files: Path, host: Host) -> None:
    add_visit(files)
    edit(files / "travels" / "president-travels" / "carter-jimmy.xml", "1979-03-13", "1979-03-14")
    edit(files / "travels" / "secretary-travels" / "vance-cyrus-roberts.xml", "<id>31</id>", "<id>33</id>")
    host.answers |= archives(files)
    shown = forecast("--from", host.address, "--dry-run", root=root)
    assert "1 of 2 coded records of secretary-travels are gone; accept with --allow-shrink" in shown.stderr
    assert shown.exit_code == 3
    done = forecast("--from", host.address, "--allow-shrink", root=root)
    assert done.exit_code == 0
    assert done.stdout == shown.stdout
    rows = [
        ["collection", "records", "was", "added", "removed", "recoded", "ends", "on", "was"],
        ["visits", "5", "4", "1", "0", "0", "1979-03-25", "1979-01-29"],
        ["president-travels", "3", "3", "0", "0", "1", "1979-03-10", "1979-03-10"],
        ["secretary-travels", "2", "2", "1", "1", "0", "1979-03-08", "1979-03-08"],
        ["change", "collection", "record", "began", "on", "what"],
        ["added", "visits", "15", "1979-03-25", "EGY-USA", "leader", "bilateral,", "1979-03-25"],
        ["added", "secretary-travels", "33", "1978-12-09", "USA-EGY", "minister", "bilateral,", "1978-12-09"],
        ["removed", "secretary-travels", "31", "1978-12-09", "USA-EGY", "minister", "bilateral,", "1978-12-09"],
        ["recoded", "president-travels", "23", "1979-03-10", "ended_on:", *NEXT_DAY, "known_on:", *NEXT_DAY],
    ]
    assert done.stdout.replace(";", "").split() == [word for row in rows for word in row]
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert done.stderr.startswith("forecast: written to ")
    assert forecast("--from", host.address, root=root).stdout == "nothing new\n"


def test_the_manifest_says_what_came_from_where_and_when(root: Path, files: Path, host: Host) -> None:
    add_visit(files)
    host.answers |= archives(files)
    found = fc.update(root=root, origin=host.address + "/", today=TODAY)
    assert found.written
    told = manifest(root)["collections"]
    for name in COLLECTIONS:
        assert told[name]["address"] == f"{host.address}/{'visits' if name == 'visits' else 'travels'}"
        assert told[name]["commit"] == COMMIT
        assert told[name]["committed_on"] == "1979-03-14"
        assert told[name]["fetched_on"] == TODAY
    assert told["visits"]["coverage_end"] == "1979-03-25"
    assert len({told[name]["source_sha256"] for name in COLLECTIONS}) == 3
    # A copy of the same files has the same fingerprint and the same facts; it does not know its commit.
    shutil.rmtree(root / "data" / "raw" / "state-department")
    fc.update(root=root, origin=files, today=TODAY)
    copied = manifest(root)["collections"]
    assert copied["visits"]["commit"] is None
    for key in ("source_sha256", "coverage_end"):
        assert [copied[name][key] for name in COLLECTIONS] == [told[name][key] for name in COLLECTIONS]
    fc.check(root=root)


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--list",), ("--allow-shrink",)])
def test_the_same_content_is_nothing_new_and_touches_nothing(root: Path, host: Host, words: tuple[str, ...]) -> None:
    before, when = tree(root), stamps(root)
    done = forecast("--from", host.address, *words, root=root)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "nothing new\n", "")
    lock_in = str(root / "data" / "raw")  # a lock comes and goes there
    assert (tree(root), stamps(root) | {lock_in: 0}) == (before, when | {lock_in: 0})


def test_a_dry_run_shows_and_writes_nothing(root: Path, files: Path) -> None:
    add_visit(files)
    before, when = tree(root), stamps(root)
    done = forecast("--from", str(files), "--dry-run", root=root)
    assert done.exit_code == 0
    assert "added visits 15 1979-03-25 EGY-USA leader bilateral" in " ".join(done.stdout.split())
    assert done.stderr == "forecast: nothing is written: this is a dry run\n"
    assert (tree(root), stamps(root)) == (before, when)


def test_the_first_records_are_listed_and_all_on_demand(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    short = forecast("--from", str(FILES), "--dry-run", root=tmp_path).stdout.splitlines()
    whole = forecast("--from", str(FILES), "--dry-run", "--list", root=tmp_path).stdout.splitlines()
    assert short[-1] == "... and 4 more added: --list shows all"
    records = [[line.split()[:3] for line in shown if line.startswith("added ")] for shown in (short, whole)]
    assert [len(shown) for shown in records] == [5, 9]
    assert records[1][:5] == records[0]
    assert "added visits 14 1874-12-12 uncoded: no state in the table" in " ".join(" ".join(whole).split())


def page(host: Host) -> Answer:
    return body(b"<!DOCTYPE html>\n<html><body>Please sign in.</body></html>", kind="text/html")


def changed(folder: str, name: str, content: bytes) -> Answer:
    """An archive of the travels with one file more."""
    return body(archive(tree(FILES / "travels") | {f"{folder}/{name}": content}, top="travels"))


FAILURES = {
    "HTTP error": (9, "/travels/archive/HEAD.tar.gz: answered 404 Not Found", lambda host: body(b"", status=404)),
    "failing host": (9, "answered 503 Service Unavailable 3 times", lambda host: body(b"", status=503)),
    "timeout": (9, "gave no answer within 0.3 seconds", lambda host: host.silence),
    "another host": (9, "redirects to another host, https://example.org", lambda host: redirect("https://example.org/")),
    "cut body": (9, "broke off after 4 of 9 bytes", lambda host: body(b"half", told=9)),
    "cut archive": (9, "is a broken archive", lambda host: body(archive(tree(FILES / "travels"))[:-9])),
    "web page": (9, "is a web page, not an archive", page),
    "too large": (9, "is larger than 1 MiB", lambda host: body(b"", told=2**20 + 1)),
    "another layout": (9, "holds no XML file in president-travels", lambda host: host.answers[VISITS]),
    "a way out": (9, "names a place outside itself", lambda host: changed("../../presidents", "a.xml", b"")),
    "page in the archive": (
        3, ": secretary-travels/a.xml, line 1: <html> stands where",
        lambda host: changed("secretary-travels", "a.xml", b"<html/>"),
    ),
    "no XML in the archive": (
        3, ": secretary-travels/a.xml, line 1: is no XML", lambda host: changed("secretary-travels", "a.xml", b"trips"),
    ),
    "another schema": (
        3, ": president-travels/a.xml, line 1: <journey> stands where",
        lambda host: changed("president-travels", "a.xml", b"<trips><journey/></trips>"),
    ),
    "entities": (
        3, "declares entities, which are refused",
        lambda host: changed("presidents", "a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><presidents>&b;</presidents>'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_keeps_the_old_facts(root: Path, host: Host, files: Path, case: str) -> None:
    code, says, answer = FAILURES[case]
    add_visit(files)
    host.answers |= {VISITS: archives(files)[VISITS]}
    host.answers |= {TRAVELS: answer(host)}
    assert_refused(code, says, "--from", host.address, root=root)


def test_without_a_network_the_old_facts_stay(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    asked = []

    def no_network(host: str | bytes, *_: object, **__: object) -> None:
        asked.append(host.decode() if isinstance(host, bytes) else host)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    says = "https://github.com/HistoryAtState/visits/archive/HEAD.tar.gz: cannot be reached: Temporary failure"
    assert_refused(9, says, "state-department", root=root)
    assert asked == ["github.com"]


SHRUNK = {
    "earlier end": ("president-travels/carter-jimmy.xml", "1979-03-10", "1979-03-08", "president-travels ends on"),
    "record gone": ("secretary-travels/vance-cyrus-roberts.xml", ">31<", ">33<", "1 of 2 coded records of secretary"),
}


@pytest.mark.parametrize("case", SHRUNK)
def test_records_that_shrink_are_refused_unless_they_may(root: Path, files: Path, case: str) -> None:
    name, old, new, says = SHRUNK[case]
    edit(files / "travels" / name, old, new)
    assert_refused(3, says, "--from", str(files), root=root)
    assert_refused(3, "look with --dry-run --list, accept with --allow-shrink", "--from", str(files), root=root)
    assert forecast("--from", str(files), "--allow-shrink", root=root).exit_code == 0
    assert forecast("--from", str(files), root=root).stdout == "nothing new\n"


def test_a_record_of_the_future_is_refused_even_so(root: Path, files: Path) -> None:
    """It would end coverage: every day before it without a record would count as one without a meeting."""
    add_visit(files)
    with pytest.raises(InputError, match="visits has a record that begins on 1979-03-25, after 1979-03-24"):
        fc.update(root=root, origin=files, today="1979-03-24", allow_shrink=True)
    assert fc.update(root=root, origin=files, today="1979-03-25").written


@pytest.mark.parametrize("where", ["os.fsync", "tempfile.mkdtemp", "pathlib.Path.write_bytes"])
def test_a_full_disk_keeps_the_old_facts(root: Path, files: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    add_visit(files)
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        assert_refused(3, "cannot be written: No space left on device", "--from", str(files), root=root)
    assert forecast("--from", str(files), root=root).exit_code == 0


def test_a_folder_moved_aside_is_brought_back(root: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two folders cannot change places in one step, a kill between two renamings leaves the old one aside."""
    raw = root / "data" / "raw"
    before = tree(raw)
    (raw / "state-department").rename(raw / ".state-department.old-1")
    (raw / ".state-department.new-1").mkdir()
    assert forecast("--from", str(FILES), root=root).stdout == "nothing new\n"
    assert tree(raw) == before
    assert [path.name for path in raw.iterdir()] == ["state-department"]
    add_visit(files)
    monkeypatch.setattr(forecast_files, "exchange", lambda *_: False)
    assert forecast("--from", str(files), root=root).exit_code == 0
    assert [path.name for path in raw.iterdir()] == ["state-department"]


def test_what_is_no_workspace_no_folder_or_no_day_is_said_before_the_work(root: Path, tmp_path: Path) -> None:
    with pytest.raises(DataMissingError, match="lay out a workspace with 'forecast init"):
        fc.update(root=tmp_path / "absent", origin=FILES)
    with pytest.raises(InputError, match="absent: is no folder and no address"):
        fc.update(root=root, origin=tmp_path / "absent")
    with pytest.raises(InputError, match="holds no XML file in visits/data or visits; name a copy"):
        fc.update(root=root, origin=tmp_path)
    with pytest.raises(DateError, match="'tomorrow'"):
        fc.update(root=root, origin=FILES, today="tomorrow")
    with pytest.raises(FetchError, match="give an address that begins with https"):
        fc.update(root=root, origin="http://example.org/mirror")


@pytest.mark.parametrize("broken", ["{", "[]"])
def test_a_broken_manifest_of_the_workspace_is_named(root: Path, broken: str) -> None:
    (root / "data" / "raw" / "state-department" / "manifest.json").write_text(broken, encoding="utf-8")
    assert_refused(3, "manifest.json: ", "--from", str(FILES), root=root)


def test_the_table_counts_collections_and_lists_changes():
    counts = pd.DataFrame(
        [("visits", 8, 7, 1, 0, 0, "1969-03-31", "1969-02-01")],
        columns=["collection", "records", "records_before", "added", "removed", "recoded", "ends_on", "ended_on"],
    )
    changes = pd.DataFrame(
        [("added", "visits", "7", "1969-03-31", "ITA-USA leader margins, 1969-04-01")],
        columns=["change", "collection", "record_id", "started_on", "what"],
    )
    assert str(table(Update(counts, changes, "", is_new=True, written=False))).splitlines() == [
        "collection  records  was  added  removed  recoded  ends on     was",
        "visits            8    7      1        0        0  1969-03-31  1969-02-01",
        "",
        "change  collection  record  began on    what",
        "added   visits      7       1969-03-31  ITA-USA leader margins, 1969-04-01",
    ]
