"""Friction and goodwill: counts and intensity, against the dyad's own past."""

from __future__ import annotations

import pytest

from family_specs import check, family_values, log_ratio, missing_without_a_ledger, rows_of

FRICTION = """
occurred_on | known_on   | event    | mode       | tells
2020-06-14  |            | REJECT   | meet       | count__365d=1 intensity__365d=-0.5
2020-06-14  |            | ACCUSE   | disapprove | count__365d=1 intensity__365d=-0.5
2020-06-14  |            | THREATEN | restrict   | count__365d=1 intensity__365d=-0.5
2020-06-14  |            | SANCTION | expel      | count__365d=1 intensity__365d=0.5
2020-06-14  |            | COERCE   | seize      | count__365d=1 intensity__365d=0.5
2020-06-14  | 2020-06-15 | COERCE   | seize      |
2019-06-16  |            | COERCE   | seize      | count__365d=1 intensity__365d=0.5
2019-06-15  |            | COERCE   | seize      |
2020-06-14  |            | AGREE    | settle     |
2020-06-14  |            | CONSULT  | visit      |
"""

GOODWILL = """
occurred_on | known_on   | event     | mode    | tells
2020-06-14  |            | AGREE     | settle  | count__365d=1 intensity__365d=-0.5
2020-06-14  |            | SUPPORT   |         | count__365d=1 intensity__365d=-0.5
2020-06-14  |            | CONCEDE   | release | count__365d=1 intensity__365d=-0.5
2020-06-14  |            | COOPERATE | loan    | count__365d=1 intensity__365d=0.5
2020-06-14  |            | AID       | assist  | count__365d=1 intensity__365d=0.5
2020-06-14  | 2020-06-15 | COOPERATE | loan    |
2020-06-14  |            | ACCUSE    | allege  |
2020-06-14  |            | CONSULT   | visit   |
"""


@pytest.mark.parametrize("row", rows_of(FRICTION))
def test_what_one_event_tells_of_friction(row):
    check("friction", row)


@pytest.mark.parametrize("row", rows_of(GOODWILL))
def test_what_one_event_tells_of_goodwill(row):
    check("goodwill", row)


@pytest.mark.parametrize(
    ("family", "word", "deed"), [("friction", "ACCUSE", "SANCTION"), ("goodwill", "AGREE", "COOPERATE")]
)
def test_rates_are_those_against_the_dyads_own_past(family, word, deed):
    facts = [{"occurred_on": day, "event": word} for day in ("2018-01-01", "2019-01-01", "2020-05-01")]
    facts += [{"occurred_on": day, "event": deed} for day in ("2020-04-01", "2020-05-01")]
    found = family_values(family, facts)
    assert found["tempo__180d"] == pytest.approx(log_ratio(3, 5, short=180, long=1096))
    assert found["intensity_tempo__180d"] == pytest.approx(log_ratio(2, 2, short=180, long=1096))
    assert found["intensity__365d"] == pytest.approx((2 - 1) / 4)


@pytest.mark.parametrize("family", ["friction", "goodwill"])
def test_what_only_ledgers_tell_is_missing_without_one(family):
    missing_without_a_ledger(family)
