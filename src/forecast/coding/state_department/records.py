"""The publisher's files, fetched from its repositories or taken from a copy, and read as records with their lines."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from forecast.coding import read_table
from forecast.coding.people import Term
from forecast.coding.places import Place, place_of_id
from forecast.errors import InputError, StateError
from forecast.files import file_reader, reason_of
from forecast.readers.archives import Archive, read_archive
from forecast.readers.download import LIMITS, Limits, check_address, fetch

#: Folder, element of a record, element of the traveller, element of the state, element of the remark.
COLLECTIONS: Final = {
    "visits": ("visit", "visitor", "from", "description"),
    "president-travels": ("trip", "name", "country", "remarks"),
    "secretary-travels": ("trip", "name", "country", "remarks"),
}
#: The element that holds all records of a file.
_ROOTS: Final = {"visit": "visits", "trip": "trips", "president": "presidents"}
_PUNCTUATION: Final = str.maketrans({"‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "“": '"', "”": '"'})


def patterns(table: str) -> tuple[tuple[str, str], ...]:
    """Names with their regular expressions, in the order of precedence: of an event, body, act or ruling."""
    rows = read_table("state_department/patterns.csv")
    return tuple((row["name"], row["pattern"]) for row in rows if row["table"] == table)


def words(name: str) -> re.Pattern[str]:
    """Compile the expression of a name that has one alone."""
    return re.compile(dict(patterns("words"))[name])


@dataclass(frozen=True)
class Record:
    """One row of a collection as the publisher wrote it."""

    collection: str
    record_id: str
    started_on: dt.date
    ended_on: dt.date
    traveller: str
    country_id: str
    locale: str
    text: str
    path: Path
    line: int


@dataclass
class _Element:
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


class _Elements(ContentHandler):
    """Collect every element called `wanted` with the text of its children."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.elements = wanted, list[_Element]()
        self._open: _Element | None = None
        self._child = ""
        self._depth = 0
        #: Elements that stand where the file or a record should begin: name and line.
        self.strange: list[tuple[str, int]] = []
        self._place: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802
        self._place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        line = self._place.getLineNumber() or 0 if self._place else 0
        # The list of presidents has a preface before its records; the collections have records alone.
        allowed = {0: (_ROOTS[self.wanted],), 1: (self.wanted,) if self.wanted != "president" else (name,)}
        if name not in allowed.get(self._depth, (name,)):
            self.strange.append((name, line))
        self._depth += 1
        if name == self.wanted:
            self._open = _Element(line=line)
        elif self._open is not None:
            self._child = name
            self._open.texts.setdefault(name, "")
            self._open.ids[name] = attrs.get("id", "")

    def characters(self, content: str) -> None:
        if self._open is not None and self._child:
            self._open.texts[self._child] += content

    def endElement(self, name: str) -> None:  # noqa: N802
        self._depth -= 1
        self._child = ""
        if name == self.wanted and self._open is not None:
            self.elements.append(self._open)
            self._open = None


def read_collection(directory: Path, collection: str) -> list[Record]:
    """Read all files of one collection, or raise `InputError` with file and line.

    A file that lacks what the publisher's schema has is refused: a changed schema would otherwise pass for records that
    say nothing.
    """
    wanted, who, where, remark = COLLECTIONS[collection]
    records = [
        Record(
            collection=collection, record_id=_record_id(element, (who, where), path), started_on=started_on,
            ended_on=ended_on, traveller=plain(element.texts.get(who, "")), country_id=element.ids.get(where, ""),
            locale=plain(element.texts.get("locale", "")), text=plain(element.texts.get(remark, "")), path=path,
            line=element.line,
        )
        for path, element in _elements(directory / collection, wanted, remark)
        for started_on, ended_on in [_stay(element, path)]
    ]  # fmt: skip
    if not records:
        raise InputError(f"holds no <{wanted}>; the publisher changed its files", path=directory / collection)
    return records


def read_terms(directory: Path) -> list[Term]:
    """Read the terms of the presidents of the United States."""
    return [
        Term(
            name=plain(element.texts.get("name", "")),
            began_on=_day(element, "took-office-date", path),
            ended_on=_day(element, "left-office-date", path, missing=dt.date.max),
        )
        for path, element in _elements(directory / "presidents", "president")
    ]


def place_of(record: Record) -> Place | None:
    """Return the state of a record on its first day; None if there was no state."""
    try:
        return place_of_id(record.country_id, record.started_on)
    except StateError:
        problem = f"unknown country id {record.country_id!r}; add it to the table of states or of territories"
        raise InputError(problem, path=record.path, row=record.line, field="country") from None


def plain(text: str) -> str:
    """Fold white space, typographic quotes and dashes; letters keep their accents."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).translate(_PUNCTUATION)).strip()


def _elements(folder: Path, wanted: str, remark: str = "") -> Iterator[tuple[Path, _Element]]:
    paths = sorted(folder.glob("*.xml"))
    if not paths:
        raise InputError("holds no XML file; give the folder that contains the collections", path=folder)
    for path in paths:
        handler = _Elements(wanted)
        try:
            parse(str(path), handler)
        except SAXParseException as error:
            raise InputError(f"is no XML: {error.getMessage()}", path=path, row=error.getLineNumber()) from None
        except DefusedXmlException as error:
            raise InputError(f"declares entities, which are refused: {error}", path=path) from None
        except Exception as error:  # the parser lets through what goes wrong in the handler
            raise InputError(f"cannot be read: {reason_of(error)}", path=path) from None
        for name, line in handler.strange[:1]:
            problem = f"<{name}> stands where the publisher has <{_ROOTS[wanted]}> with <{wanted}>; its schema changed"
            raise InputError(problem, path=path, row=line)
        # A record may lack its remark; that no record of a file has one is another schema.
        if remark and handler.elements and not any(remark in element.texts for element in handler.elements):
            raise InputError(f"no <{wanted}> holds <{remark}>; the publisher changed its schema", path=path)
        for element in handler.elements:
            yield path, element


def _record_id(element: _Element, needed: tuple[str, ...], path: Path) -> str:
    """Return the number of a record that has what every record needs."""
    for name in needed:
        if name not in element.texts:
            raise InputError("is missing; the publisher changed its schema", path=path, row=element.line, field=name)
    value = element.texts.get("id", "").strip()
    if not (value.isascii() and value.isdigit()):
        raise InputError(f"{value!r} is no number of a record", path=path, row=element.line, field="id")
    return value


def _stay(element: _Element, path: Path) -> tuple[dt.date, dt.date]:
    started_on = _day(element, "start-date", path)
    ended_on = _day(element, "end-date", path, missing=started_on)
    if ended_on < started_on:
        problem = f"the stay ends on {ended_on}, before it begins on {started_on}"
        raise InputError(problem, path=path, row=element.line, field="end-date")
    return started_on, ended_on


def _day(element: _Element, name: str, path: Path, missing: dt.date | None = None) -> dt.date:
    value = element.texts.get(name, "").strip()
    if not value and missing is not None:
        return missing
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        problem = f"{value!r} is no day of the calendar; write YYYY-MM-DD"
        raise InputError(problem, path=path, row=element.line, field=name) from None


#: Where the publisher keeps its repositories.
PUBLISHER: Final = "https://github.com/HistoryAtState"
#: The newest commit of the default branch, as the publisher's host makes archives of it.
_NEWEST: Final = "archive/HEAD.tar.gz"
#: For each repository, its folders and the names of its collections.
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
    """The publisher's files and where they are from."""

    #: The address or folder, for errors.
    name: str
    #: Content by ``collection/name.xml``.
    files: dict[str, bytes]
    #: By collection, what the manifest says: ``address`` and ``commit`` (None if not known), ``committed_on``,
    #: ``source_sha256``.
    origins: dict[str, dict[str, Any]]

    def write(self, folder: Path) -> None:
        """Write the files as the reader wants them."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)


def fetch_source(
    address: str = PUBLISHER, *, limits: Limits = LIMITS, on_step: Callable[[str], None] = lambda step: None
) -> Source:
    """Fetch the newest archives of the repositories, which stand at ``visits/archive/HEAD.tar.gz`` and the like."""
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


@file_reader
def copied_source(folder: Path) -> Source:
    """Take the files from a local copy: the repositories side by side, or one folder a collection."""
    files: dict[str, bytes] = {}
    for repository, folders in REPOSITORIES.items():
        for inside, collection in folders.items():
            places = (folder / repository / inside, folder / collection)
            place = next((place for place in places if any(place.glob("*.xml"))), None)
            if place is None:
                either = " or ".join(str(place.relative_to(folder)) for place in dict.fromkeys(places))
                raise InputError(f"holds no XML file in {either}; name a copy of the publisher's files", path=folder)
            try:
                files |= {f"{collection}/{path.name}": path.read_bytes() for path in sorted(place.glob("*.xml"))}
            except OSError as error:
                raise InputError(f"cannot be read: {error.strerror}", path=error.filename) from None
    origins: dict[str, dict[str, Any]] = {}
    for repository in REPOSITORIES:
        mine = {name: content for name, content in files.items() if _folder(name) in REPOSITORIES[repository].values()}
        origins |= _origins(mine, f"{PUBLISHER}/{repository}", None)
    return Source(str(folder), files, origins)


def _origins(files: dict[str, bytes], address: str, archive: Archive | None) -> dict[str, dict[str, Any]]:
    """Say of each collection among the files where it is from; a copy does not say which commit it is."""
    commit = {"commit": archive.commit if archive else None}
    if archive and archive.committed_on:
        commit["committed_on"] = archive.committed_on
    return {
        collection: {"address": address, **commit, "source_sha256": _digest(files, collection)}
        for collection in COLLECTIONS
        if any(_folder(name) == collection for name in files)
    }


def _digest(files: dict[str, bytes], collection: str) -> str:
    """Return the SHA-256 of the lines ``<SHA-256 of a file>  <its name>`` by name, as sha256sum writes."""
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
