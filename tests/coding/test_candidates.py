"""Candidate rows obey the rules of a ledger."""

from __future__ import annotations

from dataclasses import replace

from forecast.coding.candidates import COLUMNS, LEDGER_COLUMNS, Candidate, table_of
from forecast.readers.ledger import OPTIONAL, REQUIRED

ONE = Candidate("2023-09-28", "2023-09-28", "2023-09-29", "CHN", "USA", "CONSULT", "visit", "deputy_minister")


def test_the_columns_are_all_of_a_ledgers_and_the_evidence():
    assert set(LEDGER_COLUMNS) == {*REQUIRED, *OPTIONAL}
    assert list(table_of([ONE]).columns) == list(COLUMNS)
    assert list(table_of([]).columns) == list(COLUMNS)


def test_what_a_ledger_would_refuse_is_said():
    assert ONE.problem() == ""
    ahead = replace(ONE, started_on="2023-11-15", ended_on="2023-11-15")
    assert "what is planned has the status 'announced'" in ahead.problem()
    assert replace(ahead, status="announced").problem() == ""
    assert "unknown state ''" in replace(ONE, recipient="").problem()
