"""Sentences of a text, by their place in it: lines and paragraphs end them, stops that an abbreviation owns do not."""

from __future__ import annotations

import re
from typing import Final

#: Words before a stop that does not end a sentence.
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(“\"'‘])(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Adm|Maj|Capt|Sgt|St|Mt|Ft|Jr|Sr"
    r"|Hon|Amb|Messrs|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Nos|vs|etc|Inc|Ltd|Corp|Co|Art|Vol|approx)$"
)
_STOP: Final = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s+[\"“‘'(\[]*[A-Z0-9À-Ž]|\s*$)|\n\s*\n|\n(?=\s*[-•*#])|\n")
#: Words with which a sentence begins, and no name goes on.
_BEGINS: Final = re.compile(
    r"\s+(?:In|On|At|The|He|She|They|We|It|This|That|These|During|After|As|And|But|Both|While)\s"
)
#: A longer run of characters without an end is no sentence that anybody wrote; it is cut.
LONGEST: Final = 2000


def sentences_in(text: str) -> list[tuple[int, int]]:
    r"""List first and last character of each sentence.

    Lines that end in the middle of a sentence go on in the next one.

    Examples
    --------
    >>> text = "The U.S. envoy met Gen. Li. They agreed\nto talk again.\n\nNo more"
    >>> [text[first:last] for first, last in sentences_in(text)]
    ['The U.S. envoy met Gen. Li.', 'They agreed\nto talk again.', 'No more']
    """
    found = []
    start = 0
    for stop in _STOP.finditer(text):
        if _goes_on(text, start, stop):
            continue
        found += _pieces(text, start, stop.end())
        start = stop.end()
    return found + _pieces(text, start, len(text))


def _goes_on(text: str, start: int, stop: re.Match[str]) -> bool:
    if stop.group() == "\n":
        # A line wrapped in mid-sentence goes on with a small letter, or after a long line without a stop.
        following = text[stop.end() : stop.end() + 1]
        line = text[text.rfind("\n", 0, stop.start()) + 1 : stop.start()].rstrip()
        wrapped = len(line) > 60 and (line[-1:].isalnum() or line[-1:] in ",;-–" or _ABBREVIATED.search(line[:-1]))
        return following.islower() or bool(wrapped and following.isalnum())
    if stop.group().startswith(".") and len(stop.group()) == 1:
        if text[stop.start() - 2 : stop.start() - 1] == "." and _BEGINS.match(text, stop.end()):
            return False  # "in Washington, D.C. The leaders"
        return bool(_ABBREVIATED.search(text[max(start, stop.start() - 12) : stop.start()])) and stop.end() < len(text)
    return False


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Trim a sentence of its blanks, and cut what is too long to be one."""
    piece = text[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
    return [(first, min(first + LONGEST, end)) for first in range(start, end, LONGEST)]
