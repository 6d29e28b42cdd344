"""Releases of publishers with templates as candidates: what the templates state, each with its sentence's place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from forecast.coding.candidates import COLUMNS, Candidate
from forecast.coding.holders import Holders
from forecast.coding.press.events import event_row, statements_of
from forecast.coding.press.facts import Document as Release
from forecast.coding.press.text import clean, sentences_of
from forecast.coding.publishers import Publisher
from forecast.coding.releases import coder_of
from forecast.readers.documents import Document

#: A long line that ends in mid-sentence goes on in the next; templates read a paragraph a line.
_WRAPPED = re.compile(r"(?<=[^\n]{60})(?<=[\w,;])\n(?=[A-Za-z(])")
#: How sure a template is, with a day in the text and without.
_DATED, _UNDATED = 0.95, 0.85


def release_coder(publisher: Publisher, holders: Holders) -> Callable[[Document, dt.date], list[Candidate]] | None:
    """Return the function that codes a release of a publisher, if it has a template.

    It learns the leaders whom titles name as it goes.
    """
    template = publisher.template
    if template is None:
        return None
    coder = coder_of(template, holders)

    def code(document: Document, day: dt.date) -> list[Candidate]:
        text = _WRAPPED.sub(" ", document.text.removeprefix(document.title).lstrip())
        release = Release(day, "", document.title or _first_line(document.text), document.url, text)
        coder.learn(release)
        found = []
        for statement in statements_of(release, coder.code(release)):
            row = event_row(template.own, statement)
            cells = {name: cell for name, cell in row.items() if name in COLUMNS}
            dated = statement.fact.first is not None
            first, last = _place(document.text, text, statement.fact.sentence)
            found.append(
                Candidate(
                    **cells,
                    document=document.name,
                    evidence_start=first,
                    evidence_end=last,
                    confidence=_DATED if dated else _UNDATED,
                    unresolved="" if dated else "started_on: no day is named",
                )
            )
        return found

    return code


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _place(whole: str, text: str, number: int) -> tuple[int, int]:
    """Where a sentence stands in the text, by its words; a statement of the title stands in the first line."""
    sentences = sentences_of(clean(text))
    if 0 <= number < len(sentences):
        words = re.findall(r"\w+", sentences[number].text)
        if found := re.search(r"\W+".join(map(re.escape, words)), whole):
            return found.span()
    title = _first_line(whole)
    start = whole.find(title)
    return start, start + len(title)
