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
        self._place: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802
        self._place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        if name == self.wanted:
            self._open = _Element(line=self._place.getLineNumber() or 0 if self._place else 0)
        elif self._open is not None:
            self._child = name
            self._open.texts.setdefault(name, "")
            self._open.ids[name] = attrs.get("id", "")

    def characters(self, content: str) -> None:
        if self._open is not None and self._child:
            self._open.texts[self._child] += content

    def endElement(self, name: str) -> None:  # noqa: N802
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
        With file and line, if a file is no XML, smuggles entities, or holds an impossible date.
    """
    wanted, who, where, remark = COLLECTIONS[collection]
    return [
        Record(
            collection=collection,
            record_id=element.texts.get("id", "").strip(),
            started_on=started_on,
            ended_on=ended_on,
            traveller=plain(element.texts.get(who, "")),
            country_id=element.ids.get(where, ""),
            locale=plain(element.texts.get("locale", "")),
            text=plain(element.texts.get(remark, "")),
            path=path,
            line=element.line,
        )
        for path, element in _elements(directory / collection, wanted)
        for started_on, ended_on in [_stay(element, path)]
    ]


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


def _elements(folder: Path, wanted: str) -> Iterator[tuple[Path, _Element]]:
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
        for element in handler.found:
            yield path, element


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
