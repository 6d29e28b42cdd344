"""Colour for the tables of the command, on a terminal alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Final, TextIO

#: Lines and words -> their style, as numbers of the terminal's control sequence. The first pattern that fits counts.
_LINES: Final = (
    (re.compile(r"Will the leaders .*\?|.*: will the leaders .*\?"), "1"),  # the question
    (re.compile(r"(hypothetical\b|Supposed, ).*"), "35"),
    (re.compile(r"(model|meetings recorded) .*"), "2"),
    # Heads of tables: names apart from one another, and no figure.
    (re.compile(r"(?=.*\S {2,}\S)(?=.*\b(probability|climatology|log-odds|skill|chance)\b)(?!.*\d[.-]\d).*"), "1"),
)
_WORDS: Final = re.compile(r"(?<![\w.])(?:[<>]?\d+\.\d%)")
_PROBABILITY: Final = "36"


def shows_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream is a terminal whose owner did not ask for none (https://no-color.org).

    Examples
    --------
    >>> import io
    >>> shows_colour(io.StringIO())
    False
    """
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def painted(text: str) -> str:
    r"""The text with the question, heads, probabilities and what is hypothetical set off.

    Only control sequences are added: without them it is the text as it was.

    Examples
    --------
    >>> painted("USA-CHN  89.7%")
    'USA-CHN  \x1b[36m89.7%\x1b[0m'
    """
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    for pattern, style in _LINES:
        if line.strip() and pattern.fullmatch(line):
            return f"\x1b[{style}m{line}\x1b[0m"
    return _WORDS.sub(lambda found: f"\x1b[{_PROBABILITY}m{found[0]}\x1b[0m", line)
