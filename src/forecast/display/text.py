"""Text for a screen of 80 columns: how wide it is, and where its lines break."""

from __future__ import annotations

import unicodedata
from typing import Final

#: One less than the screen: a line that fills it wraps on some terminals.
WIDTH: Final = 79


def width_of(text: str) -> int:
    r"""Columns that a text takes: two for each Chinese, Japanese or Korean letter, none for a combining mark.

    Examples
    --------
    >>> width_of("Xi"), width_of("习近平"), width_of("e\N{COMBINING ACUTE ACCENT}")
    (2, 6, 1)
    """
    return sum(
        0 if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Me")
        else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )  # fmt: skip


def wrapped(text: str, *, indent: int = 0, hang: int = 2, width: int = WIDTH) -> list[str]:
    """Lines of a text that fit, `indent` columns in and all but the first `hang` columns more.

    Control characters, which could steer a terminal, are left out; an address is never broken, a longer word is.

    Examples
    --------
    >>> wrapped("one two three", width=8)
    ['one two', '  three']
    """
    lines, line = [], " " * indent
    empty = True
    for word in plain(text).split():
        for part in [word] if "://" in word else _broken(word, width - indent - hang):
            if not empty and width_of(line) + 1 + width_of(part) > width:
                lines.append(line)
                line, empty = " " * (indent + hang), True
            line += part if empty else f" {part}"
            empty = False
    return lines if empty else [*lines, line]


def plain(text: str) -> str:
    r"""The text with a space for each control character.

    Examples
    --------
    >>> plain("a\x1b[31mb\nc")
    'a [31mb c'
    """
    return "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)


def cut(text: str, width: int) -> str:
    """The text, or its beginning with an ellipsis if it is wider.

    Examples
    --------
    >>> cut("Canada", 6), cut("Canada", 4)
    ('Canada', 'Can…')
    """
    if width_of(text) <= width:
        return text
    while width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _broken(word: str, width: int) -> list[str]:
    """Parts of a word, each no wider than a line."""
    parts = [""]
    for letter in word:
        if width_of(parts[-1] + letter) > width:
            parts.append("")
        parts[-1] += letter
    return parts
