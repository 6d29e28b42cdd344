"""What the columns of a table mean: names in several languages, and the words of its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from forecast.facts import package_rows
from forecast.facts.codebook import PLOVER
from forecast.facts.events import LEVELS, OPTIONAL, REQUIRED, SETTINGS, STATUSES
from forecast.readers.state_names import name_key

#: Columns of a ledger, and `country`, `kind` and `days`, which are only means to them.
FIELDS: Final = (*REQUIRED, *OPTIONAL, "country", "kind", "days")
#: Short names of the fields, as a user may write them in a mapping.
SHORT: Final = {
    "start": "started_on", "end": "ended_on", "known": "known_on", "visitor": "source", "host": "recipient",
    "traveller": "source", "traveler": "source", "destination": "recipient", "date": "days", "dates": "days",
}  # fmt: skip
OPTIONS: Final = ("encoding", "separator", "dates", "header", "codes", "sheet")


@cache
def _words(of: str) -> dict[str, tuple[str, ...]]:
    """Folded words of each column, or of each value of a field with a fixed vocabulary, in the order of the table."""
    rows = (row for row in package_rows("readers/table_words.csv") if row["field"] == of)
    return {row["value"]: tuple(map(name_key, row["words"].split("|"))) for row in rows}


@cache
def _fields() -> dict[str, str]:
    """Field by the folded name of a column."""
    found = {name: field for field, names in _words("column").items() for name in names}
    return found | {name_key(name): name for name in FIELDS}


#: Words around the name of a column that say no more than the table does, and of what form its cells are.
_AROUND: Final = re.compile(
    r"^(?:trip|visit|travel|journey|voyage|viaje|reise) (?=.)|(?<=.) (?:iso|iso ?[23]|code|name)$"
)


#: A cell of more characters names no column; it need not be folded to be looked up.
_LONGEST: Final = 500


def field_of(name: str) -> str:
    """Field that a column's name means; empty if none is recognised.

    Examples
    --------
    >>> field_of("Date de début"), field_of("Pays visité (nom)"), field_of("TripStartDate"), field_of("Coût")
    ('started_on', 'recipient', 'started_on', '')
    """
    return match_of(name)[0]


@lru_cache(maxsize=4096)
def match_of(name: str) -> tuple[str, int]:
    """Field that a column's name means, and how far the name had to be cut for it."""
    if len(name) > _LONGEST:
        return "", 0
    whole = name_key(name)
    if whole in _fields():
        return _fields()[whole], 0
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name)
    apart = name_key(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare))
    for cuts, key in enumerate((apart, _AROUND.sub("", apart), _AROUND.sub("", _AROUND.sub("", apart))), 1):
        if key in _fields():
            return _fields()[key], cuts
    return "", 0


def score(cells: Sequence[str], named: Sequence[str] = ()) -> int:
    """How many fields a row of cells would name as a header; names that a mapping gives count too."""
    keys = {name_key(one) for one in named}
    fields = {field_of(cell) or (cell if keys and name_key(cell) in keys else "") for cell in cells if cell}
    return len(fields - {""})


def full_name(field: str) -> str:
    """The ledger's name of a field that a user wrote."""
    plain = "_".join(name_key(field).split())
    return SHORT.get(plain, plain)


def allowed(field: str) -> tuple[str, ...]:
    """The values of a field with a fixed vocabulary."""
    fixed = {"level": LEVELS, "setting": SETTINGS, "status": STATUSES, "event": tuple(PLOVER)}
    return fixed[field] if field in fixed else tuple(_words(field))


def meaning(field: str, text: str) -> str:
    """The value that a cell means in a fixed vocabulary; empty if it means none.

    Examples
    --------
    >>> meaning("level", "Premier ministre"), meaning("setting", "Sommet du G20"), meaning("status", "Prévu")
    ('leader', 'multilateral', 'announced')
    """
    known = {name_key(value): value for value in allowed(field)}
    key = name_key(text)
    if key in known:
        return known[key]
    vocabulary = _words(field)
    for value, names in vocabulary.items():
        if key in names:
            return value
    # A longer text, by the first of the values that it holds a word of.
    for value, names in vocabulary.items():
        if any(re.search(rf"\b{re.escape(name)}\b", key) for name in names):
            return value
    return ""
