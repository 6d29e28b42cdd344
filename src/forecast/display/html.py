"""Tables and paragraphs as HTML for those who have no `forecast.display.table.Table` yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forecast.display.table import Column, Paragraph, Table


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "", names: int = 1) -> str:
    """Write a table of which so many columns are `names` and stand to the left, the others to the right."""
    columns = [Column(name, align="left" if at < names else "right", wraps=True) for at, name in enumerate(head)]
    return str(Table(columns, list(rows), title=caption).html())


def paragraph(text: str) -> str:
    """Write a paragraph."""
    return str(Paragraph(text).html())
