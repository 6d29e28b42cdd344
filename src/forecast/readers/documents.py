"""Texts to be coded: articles and press releases from files, folders, feeds and standard input.

Read are plain text, Markdown with front matter, HTML, JSON lines (``text``, and ``title``, ``published``, ``url``,
``publisher`` as far as there), RSS and Atom. The text of a plain or Markdown file keeps the file's own characters, so
that a place in it is a place in the file; of the other forms it is the title and the paragraphs. What cannot be read is
a problem with its place, and does not stop the others.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import html as entities
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from forecast.errors import InputError
from forecast.files import reason_of

#: An article has no more characters; a longer text is a book, a log or a mistake.
LONGEST_TEXT: Final = 1_000_000
#: Files beyond this are not read at all, unless they hold one document a line.
LARGEST_FILE: Final = 20_000_000
_SUFFIXES: Final = {
    ".txt": "text", ".text": "text", ".md": "text", ".markdown": "text", ".html": "html", ".htm": "html",
    ".jsonl": "lines", ".ndjson": "lines", ".rss": "feed", ".atom": "feed", ".xml": "feed",
}  # fmt: skip
_KEYS: Final = {
    "title": ("title", "headline"), "text": ("text", "body", "content"), "url": ("url", "link"),
    "published": ("published", "date", "published_at", "datePublished"), "publisher": ("publisher", "source", "site"),
}  # fmt: skip
#: Words of English prose that few other languages share.
_COMMON: Final = frozenset(
    ("the", "of", "and", "to", "that", "for", "with", "was", "by", "it", "from", "at", "he", "said", "be", "his", "has",
     "have", "not", "are", "they", "will", "this", "is", "as", "its", "who", "which", "would", "their", "on", "in",
     "after", "before", "met", "visited", "minister", "president", "monday", "tuesday", "wednesday", "thursday",
     "friday", "saturday", "sunday")
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """One text with the day of its publication, as far as known; `problem` says why it cannot be coded."""

    name: str
    text: str
    title: str = ""
    published: dt.date | None = None
    publisher: str = ""
    url: str = ""
    problem: str = ""


def read_documents(path: Path, *, zone: str = "") -> Iterator[Document]:
    """Yield the documents of a file or of all files in a folder, in the order of their names.

    Stamps that carry an offset are dated in `zone`, the time zone of the publisher's place.
    """
    if path.is_dir():
        files = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
        if not files:
            raise InputError("holds no files", path=path)
        for one in files:
            yield from read_documents(one, zone=zone)
        return
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        yield Document(str(path), "", problem=f"is none of {', '.join(sorted(_SUFFIXES))}")
        return
    try:
        size = path.stat().st_size
        if kind != "lines" and size > LARGEST_FILE:
            yield Document(str(path), "", problem=_too_long(size, "bytes"))
            return
        yield from read_text_of(path.read_bytes(), kind, str(path), zone=zone)
    except OSError as error:
        yield Document(str(path), "", problem=f"cannot be read: {error.strerror}")


def read_text_of(content: bytes, kind: str, name: str, *, zone: str = "") -> Iterator[Document]:
    """Yield the documents in some bytes, of a kind (``text``, ``html``, ``lines``, ``feed``) or ``any``."""
    if kind == "any":
        kind = _kind_of(content)
    readers: dict[str, Callable[[bytes, str, str], Iterator[Document]]] = {
        "text": _plain, "html": _html, "lines": _lines, "feed": _feed,
    }  # fmt: skip
    for document in readers[kind](content, name, zone):
        yield document if document.problem else _checked(document)


def _kind_of(content: bytes) -> str:
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    if re.match(rb"<(?:\?xml|rss|feed)\b", head) and (b"<rss" in head or b"<feed" in head or b"<rdf" in head):
        return "feed"
    if head.startswith((b"<!doctype", b"<html")):
        return "html"
    return "lines" if head.startswith(b"{") else "text"


def _too_long(size: int, what: str) -> str:
    return f"holds {size:,} {what}; an article has fewer than {LONGEST_TEXT:,}: split it into its articles"


def _checked(document: Document) -> Document:
    """Say what is wrong with a text as a whole, and blank out paragraphs that are not English."""
    if not document.text.strip():
        return replace(document, problem="holds no text")
    if len(document.text) > LONGEST_TEXT:
        return replace(document, text="", problem=_too_long(len(document.text), "characters"))
    if document.text.count("\ufffd") > 20 or "\x00" in document.text:
        return replace(document, problem="holds characters that no text has; save it as UTF-8")
    text = _in_english(document.text)
    if not text.strip():
        return replace(document, problem="is not in English; free text is read in English alone")
    return replace(document, text=text)


def _in_english(text: str) -> str:
    """Blank out paragraphs in other languages; places stay as they are.

    Examples
    --------
    >>> _in_english("Le ministre des affaires étrangères a rencontré son homologue à Paris mardi dernier.").strip()
    ''
    """
    parts = re.split(r"(\n\s*\n|(?<=[.!?。])\n)", text)
    return "".join(part if _is_english(part) else re.sub(r"\S", " ", part) for part in parts)


def _is_english(part: str) -> bool:
    """Whether enough of the words are the common ones of English; a few words may be anything."""
    letters = [letter for letter in part if letter.isalpha()]
    if len(letters) > 15 and sum(letter.isascii() for letter in letters) < 0.6 * len(letters):
        return False
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", part)]
    return len(words) < 10 or sum(word in _COMMON for word in words) >= 0.08 * len(words)


def _plain(content: bytes, name: str, zone: str) -> Iterator[Document]:
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        yield Document(name, "", problem=reason_of(error))
        return
    front = re.match(r"﻿?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)", text, re.DOTALL)
    cells: dict[str, str] = {}
    if front:
        for line in front.group(1).splitlines():
            key, colon, value = line.partition(":")
            if colon:
                cells[key.strip()] = value.strip().strip("\"'")
        text = " " * front.end() + text[front.end() :]
    yield _made(name, text, cells, zone)


def _made(name: str, text: str, cells: dict[str, Any], zone: str) -> Document:
    """Make a document of its text and the cells of its front matter, line or head."""
    found = {what: next((str(cells[key]) for key in keys if cells.get(key)), "") for what, keys in _KEYS.items()}
    document = Document(name, text, found["title"], None, found["publisher"], found["url"])
    if not found["published"]:
        return document
    day = day_of_stamp(found["published"], zone)
    if day is None:
        return replace(document, problem=f"published: {found['published']!r} is no day; write YYYY-MM-DD")
    return replace(document, published=day)


def day_of_stamp(stamp: str, zone: str = "") -> dt.date | None:
    """The day of a stamp: as it stands, or if it carries an offset, at the publisher's place.

    Examples
    --------
    >>> day_of_stamp("2023-09-30T01:30:00Z", "America/New_York")
    datetime.date(2023, 9, 29)
    >>> day_of_stamp("Fri, 29 Sep 2023 10:00:00 -0400"), day_of_stamp("soon")
    (datetime.date(2023, 9, 29), None)
    """
    stamp = stamp.strip()
    moment: dt.datetime | None = None
    try:
        moment = dt.datetime.fromisoformat(stamp)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(stamp)
        except (TypeError, ValueError):
            moment = _written(stamp)
    if moment is None:
        return None
    if zone and moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.date()


def _written(stamp: str) -> dt.datetime | None:
    for form in ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y", "%Y/%m/%d", "%Y%m%d"):
        try:
            return dt.datetime.strptime(stamp, form)
        except ValueError:
            continue
    return None


def _lines(content: bytes, name: str, zone: str) -> Iterator[Document]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        try:
            cells = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            yield Document(place, "", problem=f"is no JSON in UTF-8: {str(error).splitlines()[0]}")
            continue
        if not isinstance(cells, dict):
            yield Document(place, "", problem="is no JSON object")
            continue
        body = next((cells[key] for key in _KEYS["text"] if isinstance(cells.get(key), str)), "")
        title = str(cells.get("title") or "")
        yield _made(place, f"{title}\n\n{body}" if title else body, cells, zone)


def _html(content: bytes, name: str, zone: str) -> Iterator[Document]:
    from lxml import etree, html  # type: ignore[import-untyped]

    try:
        tree = html.document_fromstring(content, parser=html.HTMLParser(encoding=_charset(content)))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError):
        yield Document(name, "", problem="holds no text")
        return
    cells = {
        "title": _first(tree, "//meta[@property='og:title']/@content", "//h1//text()", "//title/text()"),
        "published": _first(
            tree, "//meta[@property='article:published_time']/@content", "//meta[@itemprop='datePublished']/@content",
            "//meta[@name='date' or @name='pubdate' or @name='DC.date' or @name='publishdate']/@content",
            "//article//time/@datetime", "//time/@datetime",
        ) or _linked_data(tree),
        "publisher": _first(tree, "//meta[@property='og:site_name']/@content"),
        "url": _first(tree, "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"),
    }  # fmt: skip
    body = _paragraphs(tree)
    yield _made(name, f"{cells['title']}\n\n{body}" if cells["title"] and body else body, cells, zone)


def _charset(content: bytes) -> str | None:
    """The encoding that a page declares, or UTF-8 where it declares none and is."""
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", content[:4000], re.IGNORECASE)
    if declared:
        return declared.group(1).decode("ascii")
    return "utf-8"


def _first(tree: Any, *paths: str) -> str:
    for path in paths:
        for value in tree.xpath(path):
            if str(value).strip():
                return " ".join(str(value).split())
    return ""


def _linked_data(tree: Any) -> str:
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        found = re.search(r'"datePublished"\s*:\s*"([^"]+)"', str(script))
        if found:
            return found.group(1)
    return ""


def _paragraphs(tree: Any) -> str:
    """Text of the article's paragraphs, without menus, scripts and footers."""
    for node in tree.xpath(
        "//script|//style|//noscript|//nav|//footer|//aside|//header|//form|//figure|//template|//head"
    ):
        if node.getparent() is not None:
            node.drop_tree()
    article = (tree.xpath("//article") or tree.xpath("//main") or tree.xpath("//body") or [tree])[0]
    parts = [
        " ".join(node.text_content().split())
        for node in article.xpath(".//p|.//li|.//h2|.//h3|.//blockquote[not(.//p)]")
    ]
    text = "\n\n".join(part for part in parts if part)
    return text or " ".join(article.text_content().split())


def _feed(content: bytes, name: str, zone: str) -> Iterator[Document]:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = ElementTree.fromstring(content)
    except DefusedXmlException:
        yield Document(name, "", problem="is an XML that defines entities; such feeds are not read")
        return
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        yield Document(name, "", problem=f"is no XML: {error}")
        return
    entries = [node for node in root.iter() if _local(node.tag) in ("item", "entry")]
    if not entries:
        yield Document(name, "", problem="is no RSS or Atom feed, or one without entries")
    for number, entry in enumerate(entries, start=1):
        cells: dict[str, str] = {}
        for node in entry:
            value = (node.text or "").strip() or node.get("href", "")
            cells.setdefault(_local(node.tag), value)
        body = max((cells.get(key, "") for key in ("encoded", "content", "description", "summary")), key=len)
        text = _text_of(body)
        title = _text_of(cells.get("title", ""))
        cells["published"] = next(
            (cells[key] for key in ("pubDate", "published", "date", "updated") if cells.get(key)), ""
        )
        cells["title"] = title
        yield _made(f"{name}, entry {number}", f"{title}\n\n{text}" if title else text, cells, zone)


def _local(tag: Any) -> str:
    return str(tag).rsplit("}", 1)[-1]


def _text_of(fragment: str) -> str:
    """Text of a piece of HTML in a feed."""
    if "<" not in fragment:
        return entities.unescape(fragment).strip()
    from lxml import etree, html

    try:
        return _paragraphs(html.document_fromstring(f"<body>{fragment}</body>"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
