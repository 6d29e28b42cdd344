"""Where sources contradict one another: a text table of reports, and what is listed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.facts.contradictions import contradictions
from forecast.facts.coverage import Coverage
from forecast.facts.history import make_history
from text_tables import as_frame, table

DAYS = np.datetime64("2000-01-01"), np.datetime64("2020-12-31")


def source(publisher, *, focal="", direction="both", complete=True):
    return Coverage(publisher, publisher, *DAYS, focal, True, True, direction, complete)


SOURCES = [
    source("journeys", focal="USA", direction="journeys"),
    source("visits", focal="USA", direction="visits"),
    source("ledger:pair"),
    source("other", direction="", complete=False),
]
#: Present in every case, so that the sources exist.
ALWAYS = """
publisher   | source | recipient | started_on | ended_on   | known_on
journeys    | USA    | FRA       | 2001-01-01 | 2001-01-01 | 2001-01-01
visits      | FRA    | USA       | 2001-02-01 | 2001-02-01 | 2001-02-01
ledger:pair | IND    | PAK       | 2001-01-01 | 2001-01-01 | 2001-01-01
"""
HEAD = "publisher | source | recipient | started_on | ended_on | known_on | mode | status"
# Reports, and the contradictions of them: kind, publisher, other, other days.
CASES = {
    "what both report": ("""
        journeys | USA | CHN | 2010-05-01 | 2010-05-03 | 2010-05-03 | visit | occurred
        other    | USA | CHN | 2010-05-02 | 2010-05-02 | 2010-05-02 | visit | occurred""", []),
    "two days of one stay": ("""
        journeys | USA | CHN | 2010-05-01 | 2010-05-03 | 2010-05-03 | visit | occurred
        other    | USA | CHN | 2010-05-02 | 2010-05-02 | 2010-05-02 | visit | occurred
        other    | USA | CHN | 2010-05-03 | 2010-05-03 | 2010-05-03 | visit | occurred""", []),
    "a journey that a complete source lacks": (
        "other | USA | CHN | 2010-05-02 | 2010-05-02 | 2010-05-02 | visit | occurred",
        ["missing other journeys"]),
    "a visit that a complete source lacks": (
        "other | CHN | USA | 2010-05-02 | 2010-05-02 | 2010-05-02 | visit | occurred",
        ["missing other visits"]),
    "the day before": ("""
        journeys | USA | CHN | 2010-05-01 | 2010-05-01 | 2010-05-01 | visit | occurred
        other    | USA | CHN | 2010-05-02 | 2010-05-02 | 2010-05-02 | visit | occurred""",
        ["other days other journeys 2010-05-01"]),
    "a week and a day before": ("""
        journeys | USA | CHN | 2010-05-01 | 2010-05-01 | 2010-05-01 | visit | occurred
        other    | USA | CHN | 2010-05-09 | 2010-05-09 | 2010-05-09 | visit | occurred""",
        ["missing other journeys"]),
    "a meeting in a third state is no journey": (
        "other | USA | CHN | 2010-05-02 | 2010-05-02 | 2010-05-02 | third-party | occurred", []),
    "outside what it covers": (
        "other | USA | CHN | 2021-05-02 | 2021-05-02 | 2021-05-02 | visit | occurred", []),
    "a ledger that is complete for its pair": (
        "other | IND | PAK | 2010-05-02 | 2010-05-02 | 2010-05-02 | meet | occurred",
        ["missing other ledger:pair"]),
    "before the ledger exists": (
        "other | IND | PAK | 2000-05-02 | 2000-05-02 | 2010-05-02 | meet | occurred", []),
    "two days of one meeting": ("""
        other | IND | CHN | 2010-05-01 | 2010-05-03 | 2010-05-03 | visit | occurred
        third | IND | CHN | 2010-05-03 | 2010-05-05 | 2010-05-05 | visit | occurred""",
        ["other days other third 2010-05-03 to 2010-05-05"]),
    "called off": ("""
        other | IND | CHN | 2010-05-01 | 2010-05-01 | 2010-05-01 | visit | occurred
        third | IND | CHN | 2010-05-01 | 2010-05-01 | 2010-05-02 | visit | cancelled""",
        ["called off other third 2010-05-01"]),
    "called off before, and met all the same": ("""
        other | IND | CHN | 2010-05-01 | 2010-05-01 | 2010-05-01 | visit | occurred
        third | IND | CHN | 2010-05-01 | 2010-05-01 | 2010-04-20 | visit | cancelled""", []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_contradictions_are_listed(case):
    reports, expected = CASES[case]
    always = [{**row, "mode": "visit", "status": "occurred"} for row in table(ALWAYS)]
    events = as_frame([*always, *table(f"{HEAD}\n{reports}")])
    found = contradictions(make_history(events, SOURCES))
    said = [
        " ".join(filter(None, row))
        for row in found[["kind", "publisher", "other", "other_days"]].itertuples(index=False)
    ]
    assert said == expected


def test_order_of_the_events_changes_nothing():
    reports = [row for text, _ in CASES.values() for row in table(f"{HEAD}\n{text}")]
    always = [{**row, "mode": "visit", "status": "occurred"} for row in table(ALWAYS)]
    events = as_frame([*always, *reports])
    turned = events.iloc[::-1].reset_index(drop=True)
    one, other = (contradictions(make_history(rows, SOURCES)) for rows in (events, turned))
    assert len(one) > 5
    pd.testing.assert_frame_equal(one, other)
