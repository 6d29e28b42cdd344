"""The shipped leaders: whoever takes part in a summit of the calendar is led by somebody on every day since 1990."""

from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np
import pytest

from forecast.facts.countries import states
from forecast.readers.leaders import LEADERS

SINCE = np.datetime64("1990-01-01")

#: Days on which a state was led by nobody, and why.
VACANT = {
    ("BGD", "2024-08-06", "2024-08-07"): "between the prime minister's flight and the chief adviser's oath",
    ("LBR", "1990-10-01", "1990-11-21"): "civil war, before the interim government's oath",
    ("SOM", "1997-01-04", "2000-08-26"): "no government in the civil war",
    ("SOM", "2012-08-21", "2012-09-15"): "between the transitional government and the president's oath",
    ("VAT", "2005-04-03", "2005-04-18"): "vacant see",
    ("VAT", "2013-03-01", "2013-03-12"): "vacant see",
    ("VAT", "2025-04-22", "2025-05-07"): "vacant see",
}


@pytest.fixture(scope="module")
def spells(shipped):
    with (shipped / "data" / "raw" / LEADERS).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def uncovered(rows: list[dict[str, str]], first: np.datetime64, last: np.datetime64) -> list[tuple[str, str]]:
    """Runs of days from `first` to `last` on which no spell holds."""
    led = np.zeros(int((last - first).astype(int)) + 1, dtype=bool)
    for row in rows:
        begins = int((np.datetime64(row["from"]) - first).astype(int))
        ends = int((np.datetime64(row["to"]) - first).astype(int)) if row["to"] else len(led)
        led[max(begins, 0) : max(ends + 1, 0)] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[1], led.astype(int), [1]])))
    return [(str(first + start), str(first + end - 1)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def test_a_run_of_days_without_a_leader_is_found():
    rows = [{"from": "1990-01-03", "to": "1990-01-05"}, {"from": "1990-01-08", "to": ""}]
    found = uncovered(rows, np.datetime64("1990-01-01"), np.datetime64("1990-01-10"))
    assert found == [("1990-01-01", "1990-01-02"), ("1990-01-06", "1990-01-07")]


def test_every_state_of_the_calendar_has_a_leader_on_every_day_since_1990(shipped_history, spells):
    calendar = shipped_history.calendar
    taking_part = {code for edition in calendar.editions for code, _ in edition.members}
    assert len(taking_part) > 190
    by_state: dict[str, list[dict[str, str]]] = {}
    for row in spells:
        by_state.setdefault(row["state"], []).append(row)
    # As far as the record of meetings reaches: who came into office later is nobody's signal yet.
    until = np.datetime64("2024-12-31")
    found = set()
    for code in sorted(taking_part):
        state = states()[code]
        first, last = max(SINCE, state.exists_from), min(until, state.exists_to - 1)
        if first <= last:
            found |= {(code, *run) for run in uncovered(by_state.get(code, []), first, last)}
    assert found == {run for run in VACANT if run[2] <= str(until)}


def test_nobody_takes_over_before_the_one_before_him(spells):
    """Spells of one state come in order, so that the latest to begin is the one in office."""
    for one, other in pairwise(sorted(spells, key=lambda row: (row["state"], row["from"]))):
        if one["state"] == other["state"]:
            assert one["from"] < other["from"] or one["office"] != other["office"], (one, other)


def test_each_spell_has_an_office_and_an_address_or_says_that_it_has_none(spells):
    for row in spells:
        assert row["office"], row
        assert row["url"].startswith("http") or row["note"], row
        assert not row["to"] or row["to"] >= row["from"], row
