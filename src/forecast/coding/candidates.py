"""Candidate events: rows in a ledger's columns, with the place of the words they rest on and how sure the coder is.

A coder of any text (a publisher's templates, the free-text coder, a language model) makes candidates; a person accepts
them. `evidence_start` and `evidence_end` are characters of the document's text, `confidence` lies between 0 and 1, and
`unresolved` names the columns that the text leaves open, with what it says instead ("day: within the month").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import pandas as pd

from forecast.errors import ForecastError, InputError
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

    def problem(self) -> str:
        """Say why a ledger would refuse the row, or nothing."""
        return problem_of(asdict(self)).removeprefix("candidate").lstrip(",: ")


COLUMNS: Final = tuple(field.name for field in fields(Candidate))
LEDGER_COLUMNS: Final = tuple(name for name in COLUMNS if name in (*REQUIRED, *OPTIONAL))


def table_of(candidates: Iterable[Candidate]) -> pd.DataFrame:
    """Lay candidates out as a table in the order of the text.

    Examples
    --------
    >>> one = Candidate("2023-09-28", "2023-09-28", "2023-09-29", "CHN", "USA", "CONSULT", "visit", "deputy_minister")
    >>> table_of([one])[["source", "recipient", "event", "status"]].to_dict("records")
    [{'source': 'CHN', 'recipient': 'USA', 'event': 'CONSULT', 'status': 'occurred'}]
    """
    return pd.DataFrame([asdict(one) for one in candidates], columns=list(COLUMNS))


#: The column that a review fills: accepted rows join a ledger, dropped ones stay in the file and join nothing.
DECISION: Final = "decision"
DECISIONS: Final = ("", "accept", "drop")


def read_candidates(path: Path) -> pd.DataFrame:
    """Read a file of candidates as text, with an empty `decision` where none was taken; all problems at once."""
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"is no CSV of candidates in UTF-8: {str(error).strip()}", path=path) from None
    missing = [name for name in COLUMNS if name not in rows]
    unknown = [str(name) for name in rows if name not in (*COLUMNS, DECISION)]
    if missing or unknown:
        said = f"lacks {', '.join(missing)}" if missing else f"has the unknown column {', '.join(unknown)}"
        raise InputError(f"{said}; write it with 'forecast code --format csv'", path=path, row=1)
    if DECISION not in rows:
        rows[DECISION] = ""
    odd = [
        f"line {line}, decision: {said!r} is none of accept, drop or nothing"
        for line, said in enumerate(rows[DECISION], start=2)
        if said not in DECISIONS
    ]
    if odd:
        raise InputError("\n  ".join(["holds decisions that are none:", *odd]) if len(odd) > 1 else odd[0], path=path)
    return rows[[*COLUMNS, DECISION]]


def problem_of(row: Mapping[Any, object], *, path: Path | str = "candidate", line: int | None = None) -> str:
    """Say why a ledger would refuse a row of candidates, or nothing."""
    cells = {name: str(row[name]) for name in LEDGER_COLUMNS}
    try:
        read_event(cells, path=path, line=line)
    except ForecastError as error:
        return str(error)
    return ""
