"""The examples of a page: its blocks, and the comparison of what it shows with what a command prints."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

#: Two percentages agree if they are no further apart than this: records that are mended move a forecast a little.
TOLERANCE = 3.0

_BLOCK = re.compile(r"^(?P<pad> *)```(?P<kind>\w+)(?: (?P<name>\S+))?\n(?P<text>.*?)^(?P=pad)```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block: ``sh``, ``console``, ``python``, or with a name the contents of a file."""

    kind: str
    name: str | None
    text: str
    line: int
    #: What every line of it is indented by.
    pad: str = ""


@dataclass(frozen=True)
class Command:
    """A line for the shell, and what should be printed if the page shows it."""

    words: str
    prints: str | None = None


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            found["kind"],
            found["name"],
            textwrap.dedent(found["text"]),
            text.count("\n", 0, found.start()) + 1,
            found["pad"],
        )
        for found in _BLOCK.finditer(text)
    ]


def commands(block: Block) -> list[Command]:
    """Commands of a block: every line of ``sh``; in ``console`` those after a dollar, each with what follows."""
    if block.kind == "sh":
        lines = [re.sub(r"(^|\s+)#.*$", "", line).strip() for line in block.text.splitlines()]
        return [Command(line) for line in lines if line]
    parts = re.split(r"^\$ (.*)$", block.text, flags=re.M)[1:]
    return [Command(words, prints) for words, prints in zip(parts[::2], parts[1::2], strict=True)]


def renewed(shown: str, printed: str) -> str:
    """What a page shows with the percentages that the command prints now; as it is where the words differ."""
    found = re.fullmatch(r"\s*" + r"\s*".join(_patterns(shown)[0]) + r"\s*", printed)
    if not found:
        return shown
    now = iter(found.groups())
    return re.sub(r"\d+\.\d(?=%)", lambda old: _as_wide(next(now), old[0]), shown)


def renewed_page(text: str, pad: str, shown: str, printed: str) -> str:
    """The page with what a command prints now; the lines of its block are indented by `pad`."""
    return text.replace(textwrap.indent(shown, pad), textwrap.indent(renewed(shown, printed), pad))


def _as_wide(new: str, old: str) -> str:
    return new.rjust(len(old))


def _patterns(shown: str) -> tuple[list[str], list[float]]:
    """A pattern for each word of what a page shows, and its percentages."""
    words, shares = [], []
    for word in shown.split():
        share = re.fullmatch(r"(\D*)(\d+\.\d)%(\D*)", word)
        if word == "...":
            words.append(r"[\s\S]*?")
        elif share:
            words.append(rf"{re.escape(share[1])}(\d+\.\d)%{re.escape(share[3])}")
            shares.append(float(share[2]))
        else:
            words.append(r"\S*".join(re.escape(part) for part in word.split("...")))
    return words, shares


def disagreement(shown: str, printed: str) -> str | None:
    """Say where the output of a command is not what the page shows; None if they agree.

    ``...`` stands for anything, spaces are all alike, and percentages agree within `TOLERANCE`.
    """
    words, shares = _patterns(shown)
    found = re.fullmatch(r"\s*" + r"\s*".join(words) + r"\s*", printed)
    if not found:
        return f"the page shows\n{shown}\nand the command prints\n{printed}"
    apart = [(told, float(got)) for told, got in zip(shares, found.groups(), strict=True)]
    far = [pair for pair in apart if abs(pair[0] - pair[1]) > TOLERANCE]
    return f"shown and printed percentages differ: {far}" if far else None
