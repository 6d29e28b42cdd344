"""Errors that a user can mend: one line, one exit code a kind."""

from __future__ import annotations

import pytest

from forecast.errors import ForecastError, InputError, exit_codes

KINDS = [ForecastError, *ForecastError.__subclasses__()]

LINES = [
    ({}, "is empty"),
    ({"path": "us.csv"}, "us.csv: is empty"),
    ({"path": "us.csv", "row": 3}, "us.csv, line 3: is empty"),
    ({"path": "us.csv", "row": 3, "field": "mode"}, "us.csv, line 3, mode: is empty"),
    ({"field": "mode"}, "mode: is empty"),
]


@pytest.mark.parametrize(("where", "line"), LINES)
def test_an_input_error_says_where(where, line):
    assert str(InputError("is empty", **where)) == line


def test_every_kind_has_a_code_of_its_own_that_click_does_not_use():
    codes = [kind.exit_code for kind in KINDS]
    assert len(set(codes)) == len(codes)
    assert 2 not in codes
    assert 0 not in codes
    assert set(exit_codes()) == set(codes)
    assert all(exit_codes().values())
