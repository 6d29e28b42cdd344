"""Specifications of signal families: one event a row, and what it makes of the family's signals.

The columns of the schema describe the event; `tells` says what it changes, as ``signal=value`` without the family, or
``signal__90d,365d=value`` for several windows; ``2^-365/730`` is a weight halved so often. Every other signal of the
family must stay as it is, but for rates (`log_ratio`), which most events move: they have tests of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from forecast.facts.events import COLUMNS
from forecast.facts.history import make_history
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.cube import make_cube
from forecast.signals.engine import evaluate
from text_tables import as_frame, covered, first_facts, table

AS_OF = np.datetime64("2020-06-15")
LEDGER = "ledger:usa-chn"
#: A ledger has told of the dyad, long before and nothing that any family counts.
TOLD = {"publisher": LEDGER, "occurred_on": "2002-01-01", "event": "AID", "mode": "assist", "level": "working"}


def family_values(family: str, events: Sequence[dict[str, str]], *, told: bool = True) -> dict[str, float]:
    """Signals of a family on `AS_OF` for USA-CHN, by name without the family."""
    coverages = [covered(), covered(LEDGER, "2001-01-01", "2029-12-31", focal="")]
    background = [TOLD] if told else []
    history = make_history(as_frame([*background, *events, *first_facts(coverages)]), coverages)
    signals = [signal for signal in CATALOGUE.values() if signal.family == family]
    found = evaluate(make_cube(history), signals, dyads=["USA-CHN"], as_ofs=np.array([AS_OF]))
    return {name.partition("__")[2]: float(value) for name, value in found.iloc[0].items()}


def rows_of(text: str) -> list[pytest.param]:
    """Rows of a specification, each with a name to read in a report."""
    return [
        pytest.param(row, id="-".join(value for name, value in row.items() if name in COLUMNS and value))
        for row in table(text)
    ]


def check(family: str, row: dict[str, str], *, publisher: str = LEDGER) -> None:
    """Hold the signals of a family to one row of its specification."""
    event = {name: value for name, value in row.items() if name in COLUMNS} | {"publisher": publisher}
    rates = {s.name.partition("__")[2] for s in CATALOGUE.values() if s.family == family and s.measure == "log_ratio"}
    without, found = family_values(family, []), family_values(family, [event])
    expected = without | _told(row["tells"])
    assert set(expected) == set(without), "the row names a signal that does not exist"
    for name in set(expected) - rates:
        assert found[name] == pytest.approx(expected[name], abs=1e-12), name


def _told(text: str) -> dict[str, float]:
    told = {}
    for part in text.split():
        name, _, value = part.partition("=")
        stem, _, windows = name.rpartition("__")
        for window in windows.split(","):
            told[f"{stem}__{window}" if stem else window] = _number(value)
    return told


def _number(text: str) -> float:
    if not text.startswith("2^-"):
        return float(text)
    age, half_life = text.removeprefix("2^-").split("/")
    return float(0.5 ** (int(age) / int(half_life)))


def missing_without_a_ledger(family: str) -> None:
    """Hold that signals told by ledgers alone are missing, not zero, for a dyad without one."""
    gazette = {"publisher": "gazette", "occurred_on": "2020-01-01", "event": "CONSULT", "mode": "phone"}
    found = family_values(family, [gazette], told=False)
    ledgers = {s.name.partition("__")[2] for s in CATALOGUE.values() if s.family == family and s.ledger}
    assert ledgers
    assert {name for name, value in found.items() if np.isnan(value)} == ledgers


def log_ratio(now: int, before: int, *, short: int, long: int) -> float:
    """Rate in the short window against the long one, as the measure defines it."""
    return float(np.log((now + 0.5) / (before * short / long + 0.5)))
