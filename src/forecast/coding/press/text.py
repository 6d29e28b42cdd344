"""Text of a release: cleaned of markup, divided into sentences, with the speaker of each in a transcript."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forecast.coding.press.patterns import PATTERNS
from forecast.coding.sentences import sentences_in

_MARKUP: Final = re.compile(r"\*\w[\w-]*\* \u2014 |<s>.*?</s>|</?\w[^<>]{0,80}>|\*{2,}|\\(?=[#\[\]_*\-])")
_SPACES: Final = re.compile(r"[ \t\u00a0\u2007-\u200b\u202f]+")
#: Invisible joiners, and signs that stand for plainer ones.
_SIGNS: Final = str.maketrans(
    {"\u2060": None, "\ufeff": None, "\u00ad": None, "\u2018": "'", "\u2019": "'", "\u2010": "-", "\u2011": "-"}
)
#: A turn of a transcript: "MS. PSAKI:", "PRESIDENT BIDEN:", "Q".
_TURN: Final = PATTERNS["turn"]
#: Turns of a transcript that stand in one line.
_INLINE: Final = PATTERNS["inline"]
_HESITATION: Final = re.compile(r"(?:\b\w[\w'.]*- ?)?\s*(?:\u2014|--)\s*")


def clean(text: str) -> str:
    r"""Give text in plain signs, without markup.

    Examples
    --------
    >>> clean("On March 30<sup>th</sup> the\xa0President\u2019s\u2060 call \\#")
    "On March 30th the President's call #"
    """
    return _SPACES.sub(" ", _MARKUP.sub("", html.unescape(text).translate(_SIGNS))).strip()


@dataclass(frozen=True)
class Sentence:
    """One sentence: its number in the document, its speaker in a transcript (folded) and its words."""

    number: int
    speaker: str
    text: str


def sentences_of(text: str) -> list[Sentence]:
    """Divide cleaned text into sentences; what a reporter asks in a transcript is left out.

    Examples
    --------
    >>> [one.text for one in sentences_of("Mr. Sullivan met J. Finer. They talked in the U.S. today.")]
    ['Mr. Sullivan met J. Finer.', 'They talked in the U.S. today.']
    """
    found: list[Sentence] = []
    speaker = ""
    for line in _with_lists(_INLINE.sub("\n", text).splitlines()):
        turn = _TURN.match(line)
        if turn:
            speaker = (turn["name"] or "Q").lower()
            line = line[turn.end() :]
        if speaker == "q" or not line:
            continue
        found += [
            Sentence(len(found) + number, speaker, line[first:last])
            for number, (first, last) in enumerate(sentences_in(line))
        ]
    return found


def _with_lists(lines: Sequence[str]) -> Iterator[str]:
    """Lines, with a list of persons in the line that announces it: "Joining the call were:"."""
    held = ""
    for line in map(str.strip, lines):
        if held and line[:1] in ("-", "\u2013", "\u2022", "*", ""):
            held += f" {line}" if line else ""
            continue
        if held:
            yield held
        held = line if PATTERNS["list"].search(line) else ""
        if not held:
            yield line
    if held:
        yield held


#: What speakers throw in between subject and verb.
_ASIDE: Final = re.compile(
    r"(?<=\w), (?:of course|obviously|frankly|again|you know|as you (?:all |may |might |probably )*know|I think|in fact"
    r"|by the way|indeed|certainly|as (?:you )?(?:I |we )?(?:said|mentioned|noted|saw)(?: \w+){0,2}), "
)
_CONTRACTED: Final = (
    (re.compile(r"\b([Hh]e|[Ss]he|[Tt]hey|[Ww]e|I|President|Biden|Harris|Sullivan)'ll\b"), r"\1 will"),
    (re.compile(r"\b([Hh]e|[Ss]he)'s (?=going to|meeting|speaking|hosting|traveling|welcoming|looking)"), r"\1 is "),
    (re.compile(r"\b([Hh]e|[Ss]he)'s (?=had|met|spoken|been)"), r"\1 has "),
    (re.compile(r"\b([Ww]e|[Tt]hey)'re\b"), r"\1 are"),
    (re.compile(r"\b(I|[Ww]e|[Tt]hey)'ve\b"), r"\1 have"),
    (re.compile(r"\bI'm\b"), "I am"),
)


def without_hesitation(text: str) -> str:
    """Join what a speaker broke off ("Prime Minister Narendra \u2014 Narendra Modi") and write out contractions."""
    text = _ASIDE.sub(" ", text)
    for pattern, whole in _CONTRACTED:
        text = pattern.sub(whole, text)
    joined = _HESITATION.sub(" \u2014 ", text)
    return re.sub(r"\b([A-Z][\w'.]*(?: [A-Z][\w'.]*){0,2}|with|to|the|a|of) \u2014 \1\b", r"\1", joined)
