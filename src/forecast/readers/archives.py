"""Archives of a repository as `git archive` makes them, read without trusting them.

Nothing is unpacked to where a name points: the wanted files are returned as bytes under their own short names, so that
links, absolute paths and ``..`` have nothing to act on. An archive that holds such a name is refused all the same.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import re
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from forecast.errors import FetchError
from forecast.files import reading

#: Bytes of an archive when unpacked; the publisher's are about 6 MiB.
UNPACKED_BYTES: Final = 128 * 2**20
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_NAME: Final = re.compile(r"[\w][\w.-]*\.xml", re.ASCII)


@dataclass(frozen=True)
class Archive:
    """The wanted files of one commit of a repository."""

    #: Content by ``folder/name``.
    files: dict[str, bytes]
    #: The commit that the archive was made from, which git writes into its head.
    commit: str | None
    #: Its day (UTC), which git sets for every file.
    committed_on: str | None


def read_archive(content: bytes, address: str, *, folders: Collection[str], limit: int = UNPACKED_BYTES) -> Archive:
    """Take the XML files of some folders below the single top folder out of a ``.tar.gz``, or raise `FetchError`."""
    if content[:2] != b"\x1f\x8b":
        what = "a web page" if b"<html" in content[:2000].lower() else f"{content[:20]!r}"
        raise FetchError(f"{address}: is {what}, not an archive (.tar.gz); check the address")
    with reading(lambda reason: FetchError(f"{address}: is a broken archive ({reason}); try again")):
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(limit + 1)
        if len(unpacked) > limit:
            raise FetchError(f"{address}: unpacks to more than {limit / 2**20:g} MiB, which is refused")
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            result = _read(archive, address, folders)
    held = {name.partition("/")[0] for name in result.files}
    lacking = [folder for folder in folders if folder not in held]
    if lacking:
        raise FetchError(f"{address}: holds no XML file in {', '.join(lacking)}/; the publisher changed its layout")
    return result


def _read(archive: tarfile.TarFile, address: str, folders: Collection[str]) -> Archive:
    files: dict[str, bytes] = {}
    made_at = 0.0
    for member in archive:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or "\\" in member.name:
            raise FetchError(f"{address}: names a place outside itself, {member.name!r}; the archive is refused")
        if not member.isreg() or len(path.parts) != 3:
            continue
        folder, name = path.parts[1:]
        if folder not in folders or not name.endswith(".xml"):
            continue
        if not _NAME.fullmatch(name) or f"{folder}/{name}" in files:
            raise FetchError(f"{address}: holds a file {member.name!r} twice or with a strange name; it is refused")
        taken = archive.extractfile(member)
        content = taken.read() if taken is not None else b""
        if len(content) != member.size:
            raise tarfile.ReadError("a file ends early")
        files[f"{folder}/{name}"] = content
        made_at = max(made_at, member.mtime)
    commit = archive.pax_headers.get("comment", "")
    return Archive(files, commit, _day(made_at)) if _COMMIT.fullmatch(commit) else Archive(files, None, None)


def _day(made_at: float) -> str | None:
    try:
        return dt.datetime.fromtimestamp(made_at, dt.UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return None
