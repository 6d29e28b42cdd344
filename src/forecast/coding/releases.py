"""Releases of a publisher: statements, readouts, briefings and remarks, coded by its template into its facts.

Read are lines of JSON (`published`, `section`, `title`, `url`, `text`), plain or compressed, one document each, and of
a publisher of headlines and messages tables of them (`forecast.coding.messages`). The day of a document is its day at
the publisher's place.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from forecast.coding.holders import Holders, read_holders
from forecast.coding.messages import read_messages
from forecast.coding.places import nation_word, state_named
from forecast.coding.press.events import (
    Statement,
    collections_of,
    dated_by_publication,
    statements_of,
    statements_table,
)
from forecast.coding.press.facts import Document, Template
from forecast.coding.press.headlines import HeadlineCoder, speaks_of_foreigners
from forecast.coding.press.patterns import PATTERNS
from forecast.coding.press.persons import normal
from forecast.coding.press.templates import Coder
from forecast.coding.press.text import clean
from forecast.coding.publishers import Publisher
from forecast.errors import InputError
from forecast.readers.coded_source import CodedSource

_NEEDED: Final = ("published", "title", "url", "text")
#: A title that speaks of an interaction, and words that make it one at home.
_INTERACTION: Final = PATTERNS["interaction"]
_AT_HOME: Final = PATTERNS["at home"]
#: Problems of one file that are named one by one.
_SHOWN: Final = 20


def read_documents(source: Path, publisher: Publisher) -> list[Document]:
    """Read the documents of a file or of all files of a folder, by day and address; every problem at once.

    Raises
    ------
    InputError
        If there is no document, or a line is none.
    """
    brief = publisher.template is not None and publisher.template.brief
    kinds = r"\.csv$|\.jsonl?(?:\.gz)?$" if brief else r"\.jsonl?(?:\.gz)?$"
    paths = sorted(one for one in source.rglob("*") if re.search(kinds, one.name)) if source.is_dir() else [source]
    if not paths:
        raise InputError(f"holds no file that ends in {'.csv, ' * brief}.jsonl or .jsonl.gz", path=source)
    found: dict[str, Document] = {}
    for path in paths:
        if brief and path.suffix == ".csv":
            for one in read_messages(path):
                found.setdefault(one.url, one)
            continue
        problems: list[str] = []
        for number, line in enumerate(_lines(path), start=1):
            if line.strip():
                try:
                    document = _document(line, publisher.zone)
                    found.setdefault(document.url, document)
                except ValueError as error:
                    problems.append(f"line {number}: {error}")
        if problems:
            more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
            raise InputError("\n  ".join(["holds lines that are no documents:", *problems[:_SHOWN], *more]), path=path)
    if not found:
        raise InputError("holds no document", path=source)
    return sorted(found.values(), key=lambda one: (one.published, one.url))


def _lines(path: Path) -> Iterator[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            yield from lines
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from None


def _document(line: str, zone: str) -> Document:
    try:
        cells = json.loads(line)
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from None
    if not isinstance(cells, dict):
        raise ValueError("must hold an object")
    missing = [name for name in _NEEDED if not isinstance(cells.get(name), str) or (name != "text" and not cells[name])]
    if missing:
        raise ValueError(f"has no text in {', '.join(missing)}")
    try:
        at = dt.datetime.fromisoformat(cells["published"])
    except ValueError:
        raise ValueError(
            f"published: {cells['published']!r} is no day; write YYYY-MM-DD or YYYY-MM-DD HH:MM:SS-05:00"
        ) from None
    at = at.astimezone(ZoneInfo(zone)) if at.tzinfo else at
    time = at.time() if len(cells["published"]) > len("YYYY-MM-DD") else None
    return Document(at.date(), str(cells.get("section", "")), cells["title"], cells["url"], cells["text"], time)


def coder_of(template: Template, holders: Holders) -> Coder | HeadlineCoder:
    """The coder of a publisher's texts: of releases, or of headlines and messages."""
    return HeadlineCoder(template, holders) if template.brief else Coder(template, holders)


def code_documents(
    documents: Sequence[Document], raw: Path, template: Template, *, on_step: Callable[[str], None]
) -> list[Statement]:
    """Code documents in their order; `raw` holds the register of leaders."""
    coder = coder_of(template, read_holders(raw))
    for document in documents:
        coder.learn(document)
    found: list[Statement] = []
    for number, document in enumerate(documents):
        if number % 200 == 0:
            on_step(f"coding document {number + 1} of {len(documents)}")
        found += statements_of(document, coder.code(document))
    return found


def code_releases(
    publisher: Publisher, source: Path, raw: Path, *, version: str, on_step: Callable[[str], None]
) -> CodedSource:
    """Code the documents of a file or folder; they cover the days from the first to the last."""
    if publisher.template is None:
        raise InputError(f"{publisher.name} has no template", field="publisher")
    on_step("reading the documents")
    documents = read_documents(source, publisher)
    statements = code_documents(documents, raw, publisher.template, on_step=on_step)
    coded = {one.document.url for one in statements}
    uncoded = [
        (one.url, str(one.published), "no template fits", "")
        for one in documents
        if one.url not in coded and _interacts(one, publisher.home)
    ]
    first, last = max(str(documents[0].published), publisher.since), str(documents[-1].published)
    events = dated_by_publication(statements) if publisher.template.brief else statements
    return CodedSource(
        publisher=publisher.name,
        address=publisher.address,
        version=version,
        licence=publisher.licence,
        known_rule=f"A fact is known on the day on which the document was published in {_city(publisher.zone)}.",
        collections=collections_of(
            publisher.home, events, starts_on=first, ends_on=last, documents=len(documents), uncoded=uncoded
        ),
        listings={"statements": statements_table(publisher.home, statements)},
    )


def _city(zone: str) -> str:
    return {"America/New_York": "Washington"}.get(zone, zone.rpartition("/")[2].replace("_", " "))


def _interacts(document: Document, home: str) -> bool:
    """Whether a title, or a message, speaks of an interaction with a foreign state."""
    if not document.title:
        return speaks_of_foreigners(document.text, document.published, home)
    words = normal(clean(document.title))
    named = {state_named(word, document.published) for word in nation_word().findall(words)}
    foreign = named - {home, "GEO" if home == "USA" else ""}  # Atlanta is in Georgia too
    return bool(foreign and _INTERACTION.search(words) and not _AT_HOME.search(words))
