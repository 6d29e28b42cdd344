"""Who leads: tenure, a new leader, old acquaintances, and the term of the president of the United States."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from forecast.facts.history import make_history
from forecast.facts.leaders import Spell
from forecast.periods import PERIODS, column
from forecast.signals.emerging.leaders import leader_signals, term_signals
from text_tables import as_frame, covered, day, history_of, table, view

# USA: the first leader since 2001-01-20, the second since 2009-01-20; CHN: one since 2003-03-15; FRA: unknown.
SPELLS = (
    Spell("CHN", "Hu", day("2003-03-15")),
    Spell("USA", "Bush", day("2001-01-20")),
    Spell("USA", "Obama", day("2009-01-20")),
)

SPEC = """
as_of      | dyad    | first | second | newest | met_before
2009-01-20 | USA-CHN | 2922  | 2138   | 2138   | 2
2009-01-21 | USA-CHN | 1     | 2139   | 1      | 0
2009-04-01 | USA-CHN | 71    | 2209   | 71     | 0
2009-04-02 | USA-CHN | 72    | 2210   | 72     | 0
2009-04-03 | USA-CHN | 73    | 2211   | 73     | 1
2003-03-15 | USA-CHN | 784   |        | 784    |
2003-03-16 | USA-CHN | 785   | 1      | 1      | 0
2001-01-20 | USA-CHN |       |        |        |
2009-04-03 | USA-FRA | 73    |        | 73     |
"""

# Two met as Bush and Hu, one as Bush and nobody known in CHN, one as Obama and Hu.
MET = """
occurred_on | known_on
2002-05-01  | 2002-05-01
2004-05-01  | 2004-05-01
2006-05-01  | 2006-05-01
2009-04-01  | 2009-04-02
"""


def values(dyad: str, as_of: str) -> dict[str, float]:
    history = make_history(as_frame(table(MET)), [covered()], leaders=SPELLS)
    found = leader_signals(view(history, dyads=[dyad], as_of=day(as_of)))
    return found.iloc[0].to_dict()


@pytest.mark.parametrize("row", table(SPEC), ids=lambda row: f"{row['as_of']}-{row['dyad']}")
def test_what_is_known_of_the_leaders(row):
    """Nobody knows of a change before the day after it, nor of a meeting before the day after it is public."""
    found = values(row["dyad"], row["as_of"])
    asked = {
        "leaders__first_tenure": row["first"],
        "leaders__second_tenure": row["second"],
        "leaders__newest": row["newest"],
        "leaders__met_before": row["met_before"],
    }
    expected = {name: float(cell) if cell else math.nan for name, cell in asked.items()}
    assert found == pytest.approx(expected, nan_ok=True)


def terms(as_of: str, *dyads: str) -> pd.DataFrame:
    return term_signals(view(history_of(MET), dyads=list(dyads), as_of=day(as_of)))


def test_the_term_comes_back_after_four_years_and_concerns_the_united_states_alone():
    found = terms("2021-01-20", "USA-CHN", "IND-PAK")
    assert terms("2017-01-20", "USA-CHN").iloc[0].to_numpy() == pytest.approx(found.iloc[0].to_numpy(), abs=1e-9)
    assert (found.iloc[1] == 0.0).all()
    assert (found.abs() <= 1.0).all().all()


@pytest.mark.parametrize(("as_of", "phase"), [("2021-01-20", 0.0), ("2022-01-20", 0.25), ("2023-01-20", 0.5)])
def test_the_wave_tells_inauguration_midterm_and_the_year_before_the_election(as_of, phase):
    found = terms(as_of, "USA-CHN").iloc[0]
    for start, end in PERIODS:
        turn = 2 * np.pi * (phase + (start + end) / 2 / 1461)
        assert found[column("leaders__term_sin1", start, end)] == pytest.approx(np.sin(turn), abs=0.01)
        assert found[column("leaders__term_cos1", start, end)] == pytest.approx(np.cos(turn), abs=0.01)
        assert found[column("leaders__term_sin2", start, end)] == pytest.approx(np.sin(2 * turn), abs=0.02)
