"""Candidate events: rows in a ledger's columns, with the place of the words they rest on and how sure the coder is.

A coder of any text (a publisher's templates, the free-text coder, a language model) makes candidates; a person accepts
them. `evidence_start` and `evidence_end` are characters of the document's text, `confidence` lies between 0 and 1, and
`unresolved` names the columns that the text leaves open, with what it says instead ("day: within the month").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Final

import pandas as pd

from forecast.errors import ForecastError
from forecast.facts.events import OPTIONAL, REQUIRED
from forecast.readers.ledger import read_event


@dataclass(frozen=True)
class Candidate:
    """One candidate event; an empty text is what the document does not say."""

    started_on: str
    ended_on: str
    known_on: str
    source: str
    recipient: str
    event: str
    mode: str
    level: str
    setting: str = "bilateral"
    status: str = "occurred"
    place: str = ""
    persons: str = ""
    note: str = ""
    url: str = ""
    context: str = "diplomatic"
    venue: str = ""
    dialogue: str = ""
    access: str = ""
    offices: str = ""
    document: str = ""
    evidence_start: int = 0
    evidence_end: int = 0
    confidence: float = 0.0
    unresolved: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """The cells of a ledger's row."""
        return {name: str(getattr(self, name)) for name in LEDGER_COLUMNS}

    def problem(self) -> str:
        """Say why a ledger would refuse the row, or nothing."""
        try:
            read_event(self.cells, path=self.document or "candidate")
        except ForecastError as error:
            return str(error).removeprefix(f"{self.document or 'candidate'}").lstrip(",: ")
        return ""


COLUMNS: Final = tuple(field.name for field in fields(Candidate))
LEDGER_COLUMNS: Final = tuple(name for name in COLUMNS if name in (*REQUIRED, *OPTIONAL))
EVIDENCE_COLUMNS: Final = tuple(name for name in COLUMNS if name not in LEDGER_COLUMNS)


def table_of(candidates: Iterable[Candidate]) -> pd.DataFrame:
    """Lay candidates out as a table in the order of the text.

    Examples
    --------
    >>> one = Candidate("2023-09-28", "2023-09-28", "2023-09-29", "CHN", "USA", "CONSULT", "visit", "deputy_minister")
    >>> table_of([one])[["source", "recipient", "event", "status"]].to_dict("records")
    [{'source': 'CHN', 'recipient': 'USA', 'event': 'CONSULT', 'status': 'occurred'}]
    """
    return pd.DataFrame([asdict(one) for one in candidates], columns=list(COLUMNS))
