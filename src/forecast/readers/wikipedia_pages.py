"""Saved pages of Wikipedia, each of the day of its revision, and their tables as plain grids.

The day of a page is the day (UTC) of its revision: what it says was public then. A file that names no revision is
refused, since nobody could tell when its facts were known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from forecast.dates import Day, parse_day
from forecast.errors import DateError, InputError
from forecast.files import file_reader
from forecast.readers.download import LIMITS

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

#: Rows and columns that a cell may span; browsers hold the same bounds.
_MAX_SPAN: Final = 1000

_MONTH: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH.split("|"), 1)}
#: Where a saved page names the day of its revision, the most certain first. An old revision carries two days, and the
#: day of the last edit of the page is not the one that counts.
_REVISED: Final = (
    rf"old revision of this page,? as edited by .{{0,400}}? at \d\d:\d\d, (?P<d>\d+) (?P<m>{_MONTH}) (?P<y>\d{{4}})",
    r"Revision as of \d\d:\d\d, (?P<d>\d+) (?P<m>%s) (?P<y>\d{4})" % _MONTH,  # noqa: UP031
    r'property="dc:modified" content="(?P<iso>\d{4}-\d\d-\d\d)T',
    rf"last edited on (?P<d>\d+) (?P<m>{_MONTH}) (?P<y>\d{{4}})",
    r'"dateModified":\s*"(?P<iso>\d{4}-\d\d-\d\d)T',
)


@dataclass(frozen=True)
class SavedPage:
    """One revision of a page."""

    title: str
    text: str
    #: Day (UTC) of the revision: the page was public from then on.
    revised_on: Day
    form: Literal["html", "wikitext"] = "html"
    #: Its number, and where it can be looked up; empty if the file does not say.
    revision: str = ""
    address: str = ""


@dataclass(frozen=True)
class PageTable:
    """A table of a page with all spans expanded."""

    #: Titles of the sections that it stands in, the outermost first.
    headings: tuple[str, ...]
    caption: str
    #: Text of the cells without flags, footnotes and hidden sort keys; lines are kept as lines.
    rows: tuple[tuple[str, ...], ...]


@file_reader
def read_page(path: Path) -> SavedPage:
    """Read a page that was saved as HTML, or an answer of the API (``action=parse`` or ``action=query``) in JSON.

    A page that does not say of which day it is is refused.
    """
    content = path.read_bytes()
    if len(content) > LIMITS.size_bytes:
        raise InputError(f"is larger than {LIMITS.size_bytes / 2**20:g} MiB, which no page is", path=path)
    text = content.decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        try:
            return _page_of_answer(json.loads(text))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, DateError) as error:
            problem = f"is no answer of the API with one page and the timestamp of its revision ({error!r})"
            raise InputError(f"{problem}; ask for prop=revisions and rvprop=ids|timestamp|content", path=path) from None
    return _page_of_html(text, path)


def _page_of_html(text: str, path: Path) -> SavedPage:
    import lxml.html  # type: ignore[import-untyped]

    try:
        document = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (ValueError, lxml.etree.ParserError) as error:
        raise InputError(f"is no page in HTML ({error})", path=path) from None
    plain = " ".join(str(document.text_content()).split())
    revised_on = next(
        (day for pattern in _REVISED for where in (text, plain) if (day := _day_in(pattern, where)) is not None), None
    )
    if revised_on is None:
        raise InputError(
            "does not say of which day it is ('This page was last edited on ...'); save the whole page with its foot, "
            "or fetch it by its title",
            path=path,
        )
    heading = document.xpath("//h1")
    title = " ".join(_cell_text(heading[0]).split()) if heading else ""
    if not title:
        title = re.sub(r" [-–—] Wikipedia$", "", " ".join((document.findtext(".//title") or path.stem).split()))
    # A page that was opened as an old revision names that one; otherwise the newest is what was saved.
    found = re.search(r'[?&;]oldid=(\d+)"|"wgRevisionId":\s*(\d+)', text)
    number = next(filter(None, found.groups()), "") if found else ""
    link = document.xpath("//link[@rel='canonical']/@href")
    return SavedPage(title, text, revised_on, "html", number, str(link[0]) if link else "")


def _day_in(pattern: str, text: str) -> Day | None:
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        return None
    said = found.groupdict()
    if said.get("iso"):
        return parse_day(said["iso"])
    return parse_day(f"{said['y']}-{_MONTHS[said['m']]:02d}-{int(said['d']):02d}")


def _page_of_answer(answer: dict[str, Any]) -> SavedPage:
    """Make a page of an answer of the API, in either version of its format."""
    if "parse" in answer:
        said = answer["parse"]
        text = said["text"] if isinstance(said["text"], str) else said["text"]["*"]
        return SavedPage(str(said["title"]), text, _day_of_parse(said, text), "html", str(said.get("revid", "")))
    pages = answer["query"]["pages"]
    page = list(pages.values() if isinstance(pages, dict) else pages)[0]  # noqa: RUF015
    revision = page["revisions"][0]
    content = revision.get("slots", {}).get("main", revision)
    text = content["content"] if "content" in content else content["*"]
    day = parse_day(str(revision["timestamp"])[:10])
    return SavedPage(str(page["title"]), text, day, "wikitext", str(revision.get("revid", "")))


def _day_of_parse(said: dict[str, Any], text: str) -> Day:
    """The day of a rendered page: a timestamp that stands beside it, or the day on which it was rendered."""
    stamp = said.get("timestamp") or said.get("revisions", [{}])[0].get("timestamp")
    if stamp:
        return parse_day(str(stamp)[:10])
    cached = re.search(r"Cached time: (\d{4})(\d\d)(\d\d)\d{6}", text)
    if cached is None:
        raise KeyError("timestamp")
    return parse_day("-".join(cached.groups()))


def page_tables(page: SavedPage) -> list[PageTable]:
    """All tables of a page in their order; one that lies within a cell of another is a table of its own too."""
    return list(_tables_of_html(page.text) if page.form == "html" else _tables_of_wikitext(page.text))


def _tables_of_html(text: str) -> Iterator[PageTable]:
    import lxml.html

    document = lxml.html.fromstring(f"<div>{text}</div>" if "<html" not in text[:2000].lower() else text)
    stack: list[tuple[int, str]] = []
    for element in document.iter("h2", "h3", "h4", "h5", "h6", "table"):
        if element.tag != "table":
            level = int(str(element.tag)[1])
            stack = [one for one in stack if one[0] < level]
            stack.append((level, " ".join(_cell_text(element).split())))
            continue
        caption = element.find("caption")
        rows = _grid(
            [
                [(_cell_text(cell), _span(cell, "rowspan"), _span(cell, "colspan")) for cell in row.xpath("./td|./th")]
                for row in element.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
            ]
        )
        label = " ".join(_cell_text(caption).split()) if caption is not None else ""
        yield PageTable(tuple(title for _, title in stack), label, rows)


def _span(cell: HtmlElement, name: str) -> int:
    found = re.match(r"\s*(\d+)", cell.get(name) or "")
    # rowspan="0" reaches to the end of the table.
    number = int(found[1]) if found else 1
    return min(number, _MAX_SPAN) if number else (_MAX_SPAN if name == "rowspan" else 1)


def _grid(rows: list[list[tuple[str, int, int]]]) -> tuple[tuple[str, ...], ...]:
    """Expand the spans: each cell is repeated in all rows and columns that it reaches over."""
    reaching: dict[int, tuple[str, int]] = {}
    grid = []
    for cells in rows:
        line: dict[int, str] = {}
        left = {column: (text, rest - 1) for column, (text, rest) in reaching.items() if rest > 1}
        for column, (text, _) in reaching.items():
            line[column] = text
        column = 0
        for text, down, across in cells:
            while column in line:
                column += 1
            for reached in range(column, column + across):
                line.setdefault(reached, text)
                if down > 1:
                    left[reached] = (text, down - 1)
            column += across
        reaching = left
        if cells:
            grid.append(tuple(line.get(place, "") for place in range(max(line) + 1)))
    return tuple(grid)


_BLOCKS: Final = {"br", "p", "div", "li", "tr", "ul", "ol", "dd", "dt"}
_SILENT: Final = {"style", "script", "img", "figure", "noscript"}


def _cell_text(cell: HtmlElement) -> str:
    """Text of a cell as it is seen, without footnote marks, edit links and flags; a line for each of its blocks."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        if not isinstance(node.tag, str):
            return
        marks, style = f" {node.get('class') or ''} ", (node.get("style") or "").replace(" ", "").lower()
        unseen = node.tag in _SILENT or "display:none" in style or node.get("role") == "note"
        if unseen or re.search(r" (?:reference|mw-editsection|mw-ref|noprint|sortkey|flagicon) ", marks):
            return
        if node.tag in _BLOCKS:
            parts.append("\n")
        parts.append(re.sub(r"\s+", " ", node.text or ""))
        for child in node:
            walk(child)
            parts.append(re.sub(r"\s+", " ", child.tail or ""))
        if node.tag in _BLOCKS - {"br"}:
            parts.append("\n")

    walk(cell)
    return _tidy("".join(parts))


def _tidy(text: str) -> str:
    text = re.sub(r"\[(?:\d+|[a-z]|note \d+|citation needed|edit)\]", "", text)
    lines = (" ".join(line.replace("\u200b", "").split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _tables_of_wikitext(text: str) -> Iterator[PageTable]:
    import wikitextparser  # type: ignore[import-untyped]

    stack: list[tuple[int, str]] = []
    for section in wikitextparser.parse(text).get_sections(include_subsections=False):
        if section.level:
            stack = [one for one in stack if one[0] < section.level]
            stack.append((section.level, _plain_wikitext(section.title or "")))
        for table in section.tables:
            rows = [[_plain_wikitext(str(cell or "")) for cell in row] for row in table.data(span=True)]
            label = _plain_wikitext(table.caption or "")
            yield PageTable(tuple(title for _, title in stack), label, tuple(tuple(row) for row in rows))


#: Templates whose first argument is the name of a state, and those that only place their arguments.
_FLAGS: Final = {"flag", "flagu", "flagcountry", "flag country", "flagdeco name", "flagg", "country"}
_LISTS: Final = {"ubl", "ublist", "unbulleted list", "plainlist", "hlist"}
_FRAMES: Final = {"nowrap", "nobr", "small", "dts", "date", "sort", "center", "nobold", "lang", "abbr", "tooltip"}


def _plain_wikitext(text: str) -> str:
    """Text of a cell in wikitext as it would be seen, as far as its templates are known."""
    import wikitextparser

    text = re.sub(r"<ref\b[^>]*/>|<ref\b.*?</ref\s*>|<!--.*?-->", "", text, flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(r"<br\s*/?>|</?(?:p|div|li)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
    parsed = wikitextparser.parse(text)
    # The innermost first, so that a template within another is plain text when its turn comes.
    for template in reversed(parsed.templates):
        name = " ".join(template.name.replace("_", " ").split()).lower()
        given = [one.value.strip() for one in template.arguments if one.positional]
        if name in _FLAGS and given:
            shown = given[0]
        elif re.fullmatch(r"[a-z]{3}", name) and not given and name not in ("efn", "sfn", "tbd", "tba"):
            shown = name.upper()
        elif name in _LISTS:
            shown = "\n".join(re.sub(r"^\*\s*", "", line) for one in given for line in one.split("\n"))
        elif name == "dts" and len(given) >= 3:
            shown = "-".join(part.zfill(2) for part in given[:3])
        elif name in _FRAMES and given:
            shown = given[-1]
        else:
            shown = ""
        template.string = shown
    parsed = wikitextparser.parse(parsed.string)
    for link in reversed(parsed.wikilinks):
        if re.match(r"\s*(?:File|Image|Category)\s*:", link.title, re.IGNORECASE):
            link.string = ""
    return _tidy(parsed.plain_text().replace("&nbsp;", " "))
