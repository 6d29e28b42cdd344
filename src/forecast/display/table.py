"""One table value and one way to draw it: by rich in a terminal, as HTML in a notebook, as text elsewhere.

A verb declares its table beside its function: columns with their heads, units, alignment and formats, rows of bare
values, and notes. Nothing is measured, padded, wrapped or escaped by hand.

Examples
--------
>>> from forecast.display.numbers import percent
>>> columns = [Column("dyad"), Column("days", align="right"), Column("probability", align="right", form=percent)]
>>> print(Table(columns, [("USA-CHN", 63, 0.904), ("USA-RUS", 63, None)], title="By 2023-11-30", notes=["hazard"]))
By 2023-11-30
dyad     days  probability
USA-CHN    63        90.4%
USA-RUS    63            -
<BLANKLINE>
hazard

Notebooks and pages take the same value as HTML, in which every text is escaped; a template says ``{{ table.html() }}``:

>>> print(Table([Column("who")], [("<b>",)]).html())
<table>
<thead><tr><th scope="col" style="text-align:left;white-space:nowrap">who</th></tr></thead>
<tbody>
<tr><td style="text-align:left;white-space:nowrap">&lt;b&gt;</td></tr>
</tbody>
</table>

A column of prose wraps between words; under a row may stand a line of its own. Paragraphs and tables that belong
together are a `Document`, which is drawn like a table:

>>> prose = Table([Column("what", wraps=True)], [("visits of ministers to both sides",)], details=["[events]"])
>>> print(Document(Paragraph("The signals", style="bold"), prose).text(width=20))
The signals
<BLANKLINE>
what
visits of ministers
to both sides
    [events]

The command prints it with `forecast.cli.output.deliver`, in colour on a terminal alone.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

import pandas as pd
from markupsafe import Markup

from forecast.display.characters import isolated, plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table as RichTable
    from rich.text import Text
#: Width of what is no terminal: a file, a pipe, the text of a result.
WIDTH: Final = 80
#: Columns before a line that belongs to the row above it.
_INDENT: Final = 4
#: Narrower prose is no longer pleasant to read: columns stand closer before that.
_PROSE: Final = 24


def web_link(text: str) -> Markup:
    """An address as a link named by its host; what does not lead to the web, as it may stand in a ledger, as text.

    >>> print(web_link("https://www.state.gov/a"))
    <a href="https://www.state.gov/a" rel="noopener noreferrer external">www.state.gov</a>
    >>> print(web_link("javascript:alert(1)"))
    javascript:alert(1)
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if not host or re.search(r"[\x00-\x20\x7f]", text):
        return isolated(text)
    return Markup('<a href="{}" rel="noopener noreferrer external">{}</a>').format(text, host)


@dataclass(frozen=True)
class Column:
    """A column: its head and unit, and how its cells are written and placed.

    `form` is a format such as ``".3f"`` or a function, which writes `Markup` where the table is for HTML alone; `wraps`
    lets a column of prose break between words where the table is too wide; `width` cuts longer cells with an ellipsis;
    `style` is a style of rich, of which HTML takes bold; the cells of `heads` are heads of their rows in HTML.
    """

    head: str
    unit: str = ""
    align: Literal["left", "right"] = "left"
    form: str | Callable[[Any], str] = ""
    missing: str = "-"
    wraps: bool = False
    width: int | None = None
    style: str = ""
    heads: bool = False

    @property
    def title(self) -> str:
        """The head with the unit in brackets."""
        return f"{self.head} ({self.unit})" if self.unit else self.head

    @property
    def look(self) -> str:
        """The style of its cells in HTML."""
        return f"text-align:{self.align}{'' if self.wraps else ';white-space:nowrap'}"

    def cell(self, value: Any) -> str:
        """Write a value; control characters become spaces."""
        if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
            return self.missing
        cell = self.form(value) if callable(self.form) else format(value, self.form)
        return cell if isinstance(cell, Markup) else plain(cell)

    def html(self, cell: str, *, below: str = "", style: str = "") -> Markup:
        """A cell of HTML; the lines below it that are addresses are links."""
        tag, scope = ("th", ' scope="row"') if self.heads and cell else ("td", "")
        look = f"{self.look};font-weight:bold" if "bold" in f"{style} {self.style}" else self.look
        shown = cell if isinstance(cell, Markup) else isolated(cell)
        lines = (f'<div style="white-space:normal">{web_link(one)}</div>' for one in below.split("\n") if below)
        # Every part is escaped by now; the style holds words of this file alone.
        return Markup(f'<{tag}{scope} style="{look}">{shown}{"".join(lines)}</{tag}>')


class Drawn:
    """What can be drawn: by rich where it is printed by rich, as text, and as HTML; a result by its `document`."""

    def document(self) -> Document:
        """The paragraphs and tables that are drawn."""
        raise NotImplementedError

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.document()

    def html(self) -> Markup:
        """The same as HTML, every text escaped."""
        return self.document().html()

    def text(self, width: int = WIDTH) -> str:
        """Plain text, without control sequences and without spaces at the ends of lines."""
        from rich.console import Console

        stream = io.StringIO()
        Console(
            file=stream, width=width, color_system=None, force_terminal=False, force_jupyter=False, legacy_windows=False
        ).print(self, crop=False)
        return "\n".join(line.rstrip() for line in stream.getvalue().rstrip("\n").split("\n"))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return str(self.html())


@dataclass(frozen=True)
class Paragraph(Drawn):
    """Lines of prose, wrapped between words unless `wraps` is false; `style` is a style of rich for the first line.

    A word longer than a line, such as an address, is never broken.
    """

    words: str
    style: str = ""
    wraps: bool = True

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for at, line in enumerate(self.words.split("\n")):
            yield from _prose(line, options.max_width if self.wraps else None, "" if at else self.style)

    def html(self) -> Markup:
        """One paragraph a line."""
        return Markup("\n").join(Markup("<p>{}</p>").format(isolated(line)) for line in self.words.split("\n"))


@dataclass(frozen=True)
class Table(Drawn):
    """Columns, rows of bare values, and what stands above and below them.

    `details` holds the lines that stand under each row (empty: none), `styles` a style of rich by number of row.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    title: str = ""
    notes: Sequence[str] = ()
    details: Sequence[str] = ()
    styles: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: pd.DataFrame, columns: Mapping[Any, Column], **about: Any) -> Table:
        """The named columns of a DataFrame, with what stands above and below them."""
        cells = rows[list(columns)].astype(object).itertuples(index=False, name=None)
        return cls(list(columns.values()), list(cells), **about)

    def cells(self) -> list[list[str]]:
        """The rows as they are written."""
        return [[column.cell(value) for column, value in zip(self.columns, row, strict=True)] for row in self.rows]

    def html(self) -> Markup:
        """The table with its title as caption and its notes as paragraphs."""
        head = Markup("").join(
            Markup('<th scope="col" style="{}">{}</th>').format(column.look, isolated(column.title))
            for column in self.columns
        )
        lines = [Markup("<table>")]
        if self.title:
            lines.append(Markup("<caption>{}</caption>").format(isolated(self.title)))
        lines += [Markup("<thead><tr>{}</tr></thead>").format(head), Markup("<tbody>")]
        place = self._details_place()
        for at, row in enumerate(self.cells()):
            below = {place: self.details[at]} if self.details else {}
            cells = (
                column.html(cell, below=below.get(number, ""), style=self.styles.get(at, ""))
                for number, (column, cell) in enumerate(zip(self.columns, row, strict=True))
            )
            lines.append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
        lines += [Markup("</tbody>"), Markup("</table>")]
        return Markup("\n").join([*lines, *(Markup("<p>{}</p>").format(isolated(note)) for note in self.notes)])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = self.cells()
        gap, widths = self._widths(rows, options.max_width)
        if self.title:
            yield from _prose(self.title, options.max_width, "bold")
        grid = self._grid(gap, widths, head=any(column.head for column in self.columns))
        for at, row in enumerate(rows):
            grid.add_row(*self._texts(row), style=self.styles.get(at, ""))
            if self.details and self.details[at]:
                yield grid
                yield from self._details(self.details[at], gap, widths, options.max_width)
                grid = self._grid(gap, widths, head=False)
        if grid.row_count or grid.show_header:
            yield grid
        if self.notes:
            yield ""
            for note in self.notes:
                yield from _prose(note, options.max_width, "dim")

    def _details_place(self) -> int:
        """The column to which details belong: the first of prose, else the last."""
        return next((at for at, column in enumerate(self.columns) if column.wraps), len(self.columns) - 1)

    def _details(self, lines: str, gap: int, widths: Sequence[int], most: int) -> Iterator[Any]:
        """Lines below a row: under its prose, or further left where a word would not fit there."""
        from rich.cells import cell_len
        from rich.padding import Padding

        place = self._details_place()
        below = sum(widths[:place]) + gap * place if self.columns[place].wraps and place else _INDENT
        for line in lines.split("\n"):
            indent = below if all(cell_len(word) <= most - below for word in line.split()) else _INDENT
            for part in _prose(line, most - indent):
                if part.no_wrap:
                    part.pad_left(indent)
                    yield part
                else:
                    yield Padding(part, (0, 0, 0, indent), expand=False)

    def _texts(self, row: Sequence[str]) -> Iterator[Any]:
        from rich.text import Text

        for column, cell in zip(self.columns, row, strict=True):
            yield Text(cell, no_wrap=not column.wraps, overflow="fold" if column.wraps else "ellipsis")

    def _grid(self, gap: int, widths: Sequence[int], *, head: bool) -> RichTable:
        from rich.table import Table as RichTable
        from rich.text import Text

        grid = RichTable(box=None, padding=(0, gap, 0, 0), pad_edge=False, show_header=head, header_style="bold")
        for column, width in zip(self.columns, widths, strict=True):
            title = Text(plain(column.title), no_wrap=not column.wraps, overflow="fold")
            grid.add_column(title, justify=column.align, style=column.style, width=width)
        return grid

    def _widths(self, rows: Sequence[Sequence[str]], most: int) -> tuple[int, list[int]]:
        """The gap between columns and the width of each: prose gives way first, but no narrower than its words."""
        from rich.cells import cell_len

        parts = [[column.title, *(row[at] for row in rows)] for at, column in enumerate(self.columns)]
        widths = [max(map(cell_len, part)) for part in parts]
        widths = [min(width, column.width or width) for width, column in zip(widths, self.columns, strict=True)]
        gaps = len(widths) - 1
        least = [max((cell_len(word) for cell in part for word in cell.split()), default=0) for part in parts]
        prose = [at for at, column in enumerate(self.columns) if column.wraps]
        readable = sum(min(width, max(least[at], _PROSE)) if at in prose else width for at, width in enumerate(widths))
        gap = 2 if readable + 2 * gaps <= most else 1
        while sum(widths) + gap * gaps > most:
            narrowed = [at for at in prose if widths[at] > least[at]] or [at for at in prose if widths[at] > 1]
            if not narrowed:
                break
            widths[max(narrowed, key=lambda at: widths[at])] -= 1
        return gap, widths


class Document(Drawn):
    """Paragraphs and tables, one under the other; text without a style may stand bare."""

    def __init__(self, *blocks: str | Paragraph | Table | None) -> None:
        self.blocks = [Paragraph(block) if isinstance(block, str) else block for block in blocks if block]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for at, block in enumerate(self.blocks):
            if at:
                yield ""
            yield block

    def html(self) -> Markup:
        """The blocks one after another."""
        return Markup("\n").join(block.html() for block in self.blocks)


def _prose(line: str, width: int | None, style: str = "") -> Iterator[Text]:
    """A line of text, which rich wraps between words; where a word is longer than the screen it stays whole."""
    from rich.cells import cell_len
    from rich.text import Text

    line = plain(line)
    if width is not None and all(cell_len(word) <= width for word in line.split()):
        yield Text(line, style=style)
        return
    parts = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) if width else [line]
    for part in parts:
        yield Text(part, style=style, no_wrap=True, overflow="ignore")
