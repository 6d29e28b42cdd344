"""Tables as HTML for notebooks: every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "", names: int = 1) -> str:
    """Write a table.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : iterable of sequences
        Cells, written as `str` does.
    caption : str
        What the table shows; none if empty.
    names : int
        So many columns are text and stand to the left; the others are figures and stand to the right.

    Returns
    -------
    str

    Examples
    --------
    >>> table(["who"], [["<b>"]]).splitlines()[3]
    '<tr><td style="text-align:left">&lt;b&gt;</td></tr>'
    """
    sides = ["left" if at < names else "right" for at in range(len(head))]
    top = "".join(
        f'<th scope="col" style="text-align:{side}">{escape(name)}</th>' for name, side in zip(head, sides, strict=True)
    )
    body = "\n".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side}">{escape(str(cell))}</td>' for cell, side in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    told = f"<caption>{escape(caption)}</caption>\n" if caption else ""
    return f"<table>\n{told}<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def paragraph(text: str) -> str:
    """Write a paragraph.

    Examples
    --------
    >>> paragraph("a < b")
    '<p>a &lt; b</p>'
    """
    return f"<p>{escape(text)}</p>"
