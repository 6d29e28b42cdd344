"""An archive is read without trusting it: nothing is written, and what is odd is refused."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import FetchError
from forecast.readers.archives import Archive, read_archive
from publisher_host import COMMIT, archive

FILES = {"data/1970.xml": b"<visits/>", "data/1980.xml": b"<visits></visits>"}
WHERE = "https://example.org/visits.tar.gz"


def read(content: bytes, *, limit: int = 10**6) -> Archive:
    return read_archive(content, WHERE, folders=["data"], limit=limit)


def refused(content: bytes, says: str, *, limit: int = 10**6) -> None:
    with pytest.raises(FetchError) as caught:
        read(content, limit=limit)
    assert str(caught.value).startswith(f"{WHERE}: ")
    assert says in str(caught.value)
    assert caught.value.exit_code == 9


def with_member(member: tarfile.TarInfo, content: bytes = b"") -> bytes:
    """The files and one strange member more."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as made:
        for name, inside in FILES.items():
            one = tarfile.TarInfo(f"top/{name}")
            one.size = len(inside)
            made.addfile(one, io.BytesIO(inside))
        member.size = len(content)
        made.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue())


def test_the_wanted_files_come_with_the_commit_and_its_day():
    others = {"README.md": b"#", "data/note.txt": b"-", "schema/visits.xml": b"<a/>", "data/deep/1.xml": b"<a/>"}
    assert read(archive(FILES | others)) == Archive(FILES, COMMIT, "1979-03-14")


@pytest.mark.parametrize("commit", [None, "main", COMMIT[:39], COMMIT.upper()])
def test_a_head_without_a_commit_tells_none(commit):
    assert read(archive(FILES, commit=commit)) == Archive(FILES, None, None)


@pytest.mark.parametrize(
    "name",
    [
        "../data/1990.xml",
        "/etc/1990.xml",
        "top/../../data/1990.xml",
        "top/data/../1990.xml",
        "top\\data\\1990.xml",
        "..",
    ],
)
def test_a_name_outside_the_archive_is_refused(name):
    refused(with_member(tarfile.TarInfo(name), b"<visits/>"), f"names a place outside itself, {name!r}")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_what_is_no_file_is_left(kind):
    member = tarfile.TarInfo("top/data/1990.xml")
    member.type, member.linkname = kind, "/etc/hostname"
    assert read(with_member(member)).files == FILES


@pytest.mark.parametrize("name", ["top/data/1970.xml", "top/data/-rf.xml", "top/data/a b.xml", "top/data/.xml"])
def test_a_file_twice_or_with_a_strange_name_is_refused(name):
    refused(with_member(tarfile.TarInfo(name), b"<visits/>"), "twice or with a strange name")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page, not an archive (.tar.gz)"),
        (b"<?xml version='1.0'?><visits/>", "is b\"<?xml version='1.0'?\", not an archive"),
        (b"PK\x03\x04", "not an archive"),
        (b"", "is b'', not an archive"),
        (gzip.compress(b"no tar", mtime=0), "is a broken archive"),
        (gzip.compress(b"", mtime=0), "is a broken archive"),
        (b"\x1f\x8b" + b"x" * 100, "is a broken archive"),
        (archive({"README.md": b"#"}), "holds no XML file in data/; the publisher changed its layout"),
        (archive({"visits/1970.xml": b"<visits/>"}), "holds no XML file in data/"),
    ],
)
def test_what_is_no_archive_of_the_repository_is_refused(content, says):
    refused(content, says)


def test_an_archive_that_unpacks_to_too_much_is_refused():
    content = archive({"data/1970.xml": b"<visits/>" + b" " * 1_000_000})
    assert len(content) < 10_000
    refused(content, "unpacks to more than", limit=1_000_000)
    assert len(read(content, limit=2_000_000).files["data/1970.xml"]) == 1_000_009


def test_a_wrong_checksum_is_noticed():
    content = bytearray(archive(FILES))
    content[-6] ^= 1
    refused(bytes(content), "is a broken archive (CRC check failed")


@given(st.data())
def test_a_cut_archive_never_passes_for_a_whole_one(data):
    whole = archive(FILES)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(FetchError):
        read(whole[:cut])


@given(st.data())
def test_a_tar_that_was_cut_before_it_was_packed_is_refused_or_lacks_nothing(data):
    unpacked = gzip.decompress(archive(FILES))
    cut = data.draw(st.integers(0, len(unpacked) - 1))
    try:
        found = read(gzip.compress(unpacked[:cut]))
    except FetchError:
        return
    assert all(FILES[name] == content for name, content in found.files.items())
