"""The publisher's repositories: where the files of each collection stand in them, at an address or in a local copy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecast.coding.state_department.collections import COLLECTIONS
from forecast.errors import InputError
from forecast.readers.archives import Archive, read_archive
from forecast.readers.download import LIMITS, Limits, check_address, fetch

#: Where the publisher keeps its repositories.
PUBLISHER: Final = "https://github.com/HistoryAtState"
#: The newest commit of the default branch, as the publisher's host makes archives of it.
_NEWEST: Final = "archive/HEAD.tar.gz"
#: For each repository, its folders and what the reader calls them.
REPOSITORIES: Final = {
    "visits": {"data": "visits"},
    "travels": {
        "president-travels": "president-travels",
        "secretary-travels": "secretary-travels",
        "presidents": "presidents",
    },
}


@dataclass(frozen=True)
class Source:
    """The publisher's files and where they are from.

    Parameters
    ----------
    name : str
        The address or folder, for errors.
    files : dict
        Content by ``collection/name.xml``.
    origins : dict
        By collection, what the manifest shall say: ``address`` and ``commit`` (None if not known), ``committed_on``,
        ``source_sha256``.
    """

    name: str
    files: dict[str, bytes]
    origins: dict[str, dict[str, Any]]

    def write(self, folder: Path) -> None:
        """Write the files as the reader wants them."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)


def fetch_source(
    address: str = PUBLISHER, *, limits: Limits = LIMITS, on_step: Callable[[str], None] = lambda step: None
) -> Source:
    """Fetch the newest archives of the repositories.

    Parameters
    ----------
    address : str
        Under it stand ``visits/archive/HEAD.tar.gz`` and ``travels/archive/HEAD.tar.gz``.
    limits : Limits
    on_step : callable, optional
        Called with a few words before each archive.

    Raises
    ------
    FetchError
        If one of them does not come whole, or is no archive of the repository.
    """
    base = address.rstrip("/")
    check_address(base)
    files: dict[str, bytes] = {}
    origins: dict[str, dict[str, Any]] = {}
    for repository, folders in REPOSITORIES.items():
        place = f"{base}/{repository}/{_NEWEST}"
        on_step(f"fetching {place}")
        archive = read_archive(fetch(place, limits=limits), place, folders=folders)
        mine = {f"{folders[_folder(name)]}/{_file(name)}": content for name, content in archive.files.items()}
        files |= mine
        origins |= _origins(mine, f"{base}/{repository}", archive)
    return Source(base, files, origins)


def copied_source(folder: Path) -> Source:
    """Take the files from a local copy: the repositories side by side, or one folder a collection.

    Raises
    ------
    InputError
        If a collection is not there.
    """
    files: dict[str, bytes] = {}
    for repository, folders in REPOSITORIES.items():
        for inside, collection in folders.items():
            places = (folder / repository / inside, folder / collection)
            found = next((place for place in places if any(place.glob("*.xml"))), None)
            if found is None:
                told = " or ".join(str(place.relative_to(folder)) for place in dict.fromkeys(places))
                raise InputError(f"holds no XML file in {told}; name a copy of the publisher's files", path=folder)
            try:
                files |= {f"{collection}/{path.name}": path.read_bytes() for path in sorted(found.glob("*.xml"))}
            except OSError as error:
                raise InputError(f"cannot be read: {error.strerror}", path=error.filename) from None
    origins: dict[str, dict[str, Any]] = {}
    for repository in REPOSITORIES:
        mine = {name: content for name, content in files.items() if _folder(name) in REPOSITORIES[repository].values()}
        origins |= _origins(mine, f"{PUBLISHER}/{repository}", None)
    return Source(str(folder), files, origins)


def _origins(files: dict[str, bytes], address: str, archive: Archive | None) -> dict[str, dict[str, Any]]:
    """Tell of each collection among the files where it is from; a copy does not say which commit it is."""
    commit = {"commit": archive.commit if archive else None}
    if archive and archive.committed_on:
        commit["committed_on"] = archive.committed_on
    return {
        collection: {"address": address, **commit, "source_sha256": _digest(files, collection)}
        for collection in COLLECTIONS
        if any(_folder(name) == collection for name in files)
    }


def _digest(files: dict[str, bytes], collection: str) -> str:
    """Give the SHA-256 of the lines ``<SHA-256 of a file>  <its name>`` in the order of names, as sha256sum writes."""
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  {_file(name)}\n"
        for name, content in sorted(files.items())
        if _folder(name) == collection
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _folder(name: str) -> str:
    return name.partition("/")[0]


def _file(name: str) -> str:
    return name.partition("/")[2]
