"""Characters that are never shown: they steer a terminal, or change the direction in which a text is read."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from markupsafe import Markup, escape

#: Control characters (C0, DEL, C1), marks and embeddings of direction, separators of lines, and halves of characters.
_UNSHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BUT_NEW_LINES: Final = re.compile(_UNSHOWN.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


def plain(text: str) -> str:
    r"""The text in one line, with a space for each character that is never shown.

    >>> plain("a\x1b[31mb\nc")
    'a [31mb c'
    """
    return _UNSHOWN.sub(" ", text)


def plain_lines(text: str) -> str:
    r"""The same of a text of several lines, which stay lines.

    >>> plain_lines("a\u202eb\nc")
    'a b\nc'
    """
    return _BUT_NEW_LINES.sub(" ", text)


def escaped_json(document: str) -> str:
    r"""A JSON document with escapes for the characters that are never shown: what it holds is the same.

    >>> print(escaped_json('["a\u202eb"]'))
    ["a\u202eb"]
    """
    return _BUT_NEW_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def isolated(text: str) -> Markup:
    """The text as HTML without what is never shown; one with letters read from the right stands by itself.

    >>> print(isolated("a < b"), isolated("\u05d0"))
    a &lt; b <bdi>\u05d0</bdi>
    """
    text = plain(text)
    if any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in text):
        return Markup("<bdi>{}</bdi>").format(text)
    return escape(text)
