"""States and dyads: ISO codes, aliases, demonyms, and the days between which a state exists.

The table is package data (`data/states.csv`), one row a state since 1945, each with the address of its source.
Dissolved states keep the code that ISO 3166 gave them (``SUN``, ``YUG``, ``CSK``, ...); a change of name is no
dissolution.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from forecast.dates import Day
from forecast.errors import StateError
from forecast.facts import package_rows

_FOREVER = np.datetime64("9999-01-01")
_ALWAYS = np.datetime64("0001-01-01")


@dataclass(frozen=True)
class State:
    """One state of the table."""

    #: ISO 3166-1 alpha-3, or the former alpha-3 code of a dissolved state.
    code: str
    name: str
    #: Its number in the Correlates of War list, which orders the two sides of a dyad.
    order: int
    #: Half-open: the state exists on `exists_from` and no longer on `exists_to`.
    exists_from: Day
    exists_to: Day
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    successors: tuple[str, ...]

    def exists_on(self, day: Day) -> bool:
        """Whether the state exists on the day."""
        return bool(self.exists_from <= day < self.exists_to)


def fold(text: str) -> str:
    """Fold case, accents and punctuation, so that spellings can be compared.

    Examples
    --------
    >>> fold("Côte  d'Ivoire")
    'cote d ivoire'
    """
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", plain.lower()).strip()


@cache
def states() -> dict[str, State]:
    """All states of the table by code."""
    return {
        row["code"]: State(
            code=row["code"],
            name=row["name"],
            order=int(row["order"]),
            exists_from=np.datetime64(row["exists_from"], "D") if row["exists_from"] else _ALWAYS,
            exists_to=np.datetime64(row["exists_to"], "D") if row["exists_to"] else _FOREVER,
            aliases=_split(row["aliases"]),
            demonyms=_split(row["demonyms"]),
            successors=_split(row["successor"]),
        )
        for row in package_rows("facts/data/states.csv")
    }


@lru_cache(maxsize=1024)
def alive_on(day: Day) -> frozenset[str]:
    """Codes of the states that exist on a day."""
    return frozenset(code for code, state in states().items() if state.exists_on(day))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


@cache
def _codes_by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for state in states().values():
        for name in (state.code, state.name, *state.aliases):
            codes = found.setdefault(fold(name), [])
            if state.code not in codes:
                codes.append(state.code)
    return {name: tuple(codes) for name, codes in found.items()}


def find_state(text: str, *, on: Day | None = None) -> str:
    """Resolve a code, name or alias in any spelling to the state's code.

    With a day, a name that two states have carried in turn means the one of that day, and a state that did not exist on
    the day is an error.

    Examples
    --------
    >>> find_state("south korea")
    'KOR'
    >>> find_state("Soviet Union", on=np.datetime64("2001-01-01"))
    Traceback (most recent call last):
    forecast.errors.StateError: Soviet Union (SUN) did not exist on 2001-01-01: it ended on 1991-12-26; since then ...
    """
    codes = _codes_by_name().get(fold(text), ())
    if not codes:
        near = difflib.get_close_matches(fold(text), _codes_by_name(), n=6, cutoff=0.6)
        names = dict.fromkeys(f"{states()[code].name} ({code})" for name in near for code in _codes_by_name()[name])
        hint = f"; did you mean {', '.join(list(names)[:3])}?" if names else "; write an ISO 3166 code or a name"
        raise StateError(f"unknown state {text!r}{hint}")
    if on is not None:
        alive = [code for code in codes if states()[code].exists_on(on)]
        if not alive:
            raise StateError(_absent(states()[codes[0]], on))
        return alive[0]
    return max(codes, key=lambda code: (states()[code].exists_to, code))


def _absent(state: State, day: Day) -> str:
    head = f"{state.name} ({state.code}) did not exist on {day}"
    if day < state.exists_from:
        return f"{head}: it begins on {state.exists_from}"
    later = ", ".join(f"{states()[code].name} ({code})" for code in state.successors)
    return f"{head}: it ended on {state.exists_to}" + (f"; since then {later}" if later else "")


@lru_cache(maxsize=1 << 16)
def canonical_dyad(one: str, other: str) -> str:
    """Write the dyad of two state codes in its one canonical form.

    The state with the lower Correlates of War number stands first, as in dyadic data sets.

    Examples
    --------
    >>> canonical_dyad("CHN", "USA")
    'USA-CHN'
    """
    if one == other:
        raise StateError(f"a dyad needs two states, and {one} is named twice")
    first, second = sorted((one, other), key=lambda code: (states()[code].order, code))
    return f"{first}-{second}"


def parse_dyad(text: str, *, on: Day | None = None, find: Callable[..., str] = find_state) -> str:
    """Read a dyad from text such as ``USA-CHN``, ``usa china`` or ``Guinea-Bissau / Senegal``.

    With a day, both states must exist on it; `find` resolves the name of one, by default as `find_state`.

    Examples
    --------
    >>> parse_dyad("Pakistan-India")
    'IND-PAK'
    """
    said, none = str(text), f"{text!r} is no dyad; write two states such as USA-CHN or 'India-Pakistan'"
    for separator in (r"\s*[-–_/,&]\s*|\s+and\s+", r"\s+"):
        candidates = [
            (said[: cut.start()], said[cut.end() :])
            for cut in re.finditer(separator, said.strip())
            if said[: cut.start()].strip() and said[cut.end() :].strip()
        ]
        if candidates:
            break
    else:
        raise StateError(none)
    best, known = StateError(""), -1
    for pair in candidates:
        codes, errors = [], []
        for name in pair:
            try:
                codes.append(find(name, on=on))
            except StateError as error:
                errors.append(error)
        if not errors:
            return canonical_dyad(*codes)
        if len(codes) >= known:
            best, known = errors[0], len(codes)
    with suppress(StateError):
        find(said, on=on)
        best = StateError(none)  # one state of several words
    raise best


@lru_cache(maxsize=1 << 16)
def sides(dyad: str) -> tuple[str, str]:
    """Return the two codes of a canonical dyad.

    Examples
    --------
    >>> sides("USA-CHN")
    ('USA', 'CHN')
    """
    first, second = dyad.split("-")
    return first, second
