"""The publisher's XML files as records, with the line on which each begins."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from forecast.errors import InputError

#: Folder, element of a record, element of the traveller, element of the state, element of the remark.
COLLECTIONS: Final = {
    "visits": ("visit", "visitor", "from", "description"),
    "president-travels": ("trip", "name", "country", "remarks"),
    "secretary-travels": ("trip", "name", "country", "remarks"),
}
#: The element that holds all records of a file.
_ROOTS: Final = {"visit": "visits", "trip": "trips", "president": "presidents"}
_PUNCTUATION: Final = str.maketrans({"‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "“": '"', "”": '"'})


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


@dataclass(frozen=True)
class Term:
    """The days on which one president of the United States held office."""

    name: str
    began_on: dt.date
    ended_on: dt.date


@dataclass
class _Element:
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


class _Elements(ContentHandler):
    """Collect every element called `wanted` with the text of its children."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted, self.found = wanted, list[_Element]()
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
            self.found.append(self._open)
            self._open = None


def read_collection(directory: Path, collection: str) -> list[Record]:
    """Read all files of one collection.

    Parameters
    ----------
    directory : pathlib.Path
        The folder that holds the folders of the collections.
    collection : {"visits", "president-travels", "secretary-travels"}

    Raises
    ------
    InputError
        With file and line, if a file is no XML, smuggles entities, holds an impossible date, or lacks what the
        publisher's schema has: a changed schema would otherwise pass for records that say nothing.
    """
    wanted, who, where, remark = COLLECTIONS[collection]
    found = [
        Record(
            collection=collection,
            record_id=_record_id(element, (who, where), path),
            started_on=started_on,
            ended_on=ended_on,
            traveller=plain(element.texts.get(who, "")),
            country_id=element.ids.get(where, ""),
            locale=plain(element.texts.get("locale", "")),
            text=plain(element.texts.get(remark, "")),
            path=path,
            line=element.line,
        )
        for path, element in _elements(directory / collection, wanted, remark)
        for started_on, ended_on in [_stay(element, path)]
    ]
    if not found:
        raise InputError(f"holds no <{wanted}>; the publisher changed its files", path=directory / collection)
    return found


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


def plain(text: str) -> str:
    """Fold white space, typographic quotes and dashes; letters keep their accents.

    Examples
    --------
    >>> plain("NATO’s  50th   Summit, April 20–22")
    "NATO's 50th Summit, April 20-22"
    """
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
        for name, line in handler.strange[:1]:
            problem = f"<{name}> stands where the publisher has <{_ROOTS[wanted]}> with <{wanted}>; its schema changed"
            raise InputError(problem, path=path, row=line)
        # A record may lack its remark; that no record of a file has one is another schema.
        if remark and handler.found and not any(remark in element.texts for element in handler.found):
            raise InputError(f"no <{wanted}> holds <{remark}>; the publisher changed its schema", path=path)
        for element in handler.found:
            yield path, element


def _record_id(element: _Element, needed: tuple[str, ...], path: Path) -> str:
    """Give the number of a record that has what every record needs."""
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
