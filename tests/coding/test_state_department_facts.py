"""Laws that the committed facts of the State Department obey, and cases that everybody knows."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.coding.offices import OFFICES
from forecast.coding.state_department import COLUMNS
from forecast.coding.state_department.rows import RULINGS
from forecast.facts.countries import states
from forecast.facts.events import ACCESS, LEVELS, SETTINGS

FACTS = Path(__file__).parents[2] / "data" / "raw" / "state-department"
COLLECTIONS = ("visits", "president-travels", "secretary-travels")

Rows = list[dict[str, str]]


def read(collection: str) -> Rows:
    with (FACTS / f"{collection}.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FACTS / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module", params=COLLECTIONS)
def rows(request: pytest.FixtureRequest) -> Rows:
    return read(request.param)


@pytest.fixture(scope="module")
def meetings(rows: Rows) -> Rows:
    return [row for row in rows if row["ruling"] == "meeting"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_manifest_describes_the_files(manifest: dict[str, Any], collection: str) -> None:
    entry = manifest["collections"][collection]
    found = read(collection)
    assert len(found) == entry["rows"]
    assert len({row["record_id"] for row in found}) == entry["coded_records"]
    assert entry["licence"] == "CC0"
    assert dt.date.fromisoformat(entry["coverage_start"]) < dt.date.fromisoformat(entry["coverage_end"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_nearly_all_records_since_1945_are_coded(manifest: dict[str, Any], collection: str) -> None:
    assert manifest["collections"][collection]["coded_rate_since_1945"] >= 0.97


def test_the_columns_are_the_schema(rows: Rows) -> None:
    assert tuple(rows[0]) == COLUMNS


def test_the_vocabularies_are_closed(meetings: Rows) -> None:
    assert {row["level"] for row in meetings} <= set(LEVELS)
    assert {row["setting"] for row in meetings} <= set(SETTINGS)
    assert {row["access"] for row in meetings} <= {*ACCESS, ""}
    assert {row["mode"] for row in meetings} <= {"visit", "third-party"}
    assert {row["accompanied"] for row in meetings} <= {"true", "false", ""}
    assert {(row["event"], row["context"], row["status"]) for row in meetings} == {
        ("CONSULT", "diplomatic", "occurred")
    }
    assert {office for row in meetings for office in row["offices"].split("; ")} <= {*OFFICES, ""}


def test_a_record_is_a_meeting_or_has_one_ruling(rows: Rows) -> None:
    assert {row["ruling"] for row in rows} <= set(RULINGS)
    ruled = [row for row in rows if row["ruling"] != "meeting"]
    assert {row[column] for row in ruled for column in COLUMNS[4:]} <= {""}
    ids = [row["record_id"] for row in rows]
    assert all(ids.count(row["record_id"]) == 1 for row in ruled)


def test_a_state_is_one_row_of_a_record(meetings: Rows) -> None:
    pairs = [(row["record_id"], row["source"], row["recipient"]) for row in meetings]
    assert len(pairs) == len(set(pairs))


def test_the_parties_are_two_states_that_existed(meetings: Rows) -> None:
    for row in meetings:
        assert row["source"] != row["recipient"]
        for column in ("source", "recipient"):
            state = states()[row[column]]
            assert state.exists_on(np.datetime64(row["started_on"])), row


def test_the_mode_says_whether_the_place_is_a_partys(meetings: Rows) -> None:
    for row in meetings:
        assert (row["mode"] == "visit") == (row["place"] in {row["source"], row["recipient"]}), row


def test_no_meeting_is_known_before_it_happened(meetings: Rows) -> None:
    for row in meetings:
        assert row["started_on"] <= row["ended_on"]
        assert row["known_on"] >= row["occurred_on"], row
        # A remark may name a day just outside the stay in the capital, but no other.
        margin, occurred_on = dt.timedelta(days=3), dt.date.fromisoformat(row["occurred_on"])
        assert dt.date.fromisoformat(row["started_on"]) - margin <= occurred_on
        assert occurred_on <= dt.date.fromisoformat(row["ended_on"]) + margin


KNOWN = """
visits            | CHN USA | 2023-11 | leader bilateral
president-travels | USA CHN | 1972-02 | leader bilateral
president-travels | USA SUN | 1986-10 | leader bilateral
president-travels | USA JOR | 1989-02 | leader margins
president-travels | USA KWT | 1990-11 | leader bilateral
president-travels | USA RUS | 2021-06 | leader bilateral
president-travels | USA PRK | 2018-06 | leader bilateral
president-travels | USA CHN | 2024-11 | leader bilateral
president-travels | USA EST | 2005-05 | leader bilateral
president-travels | USA VAT | 2001-07 | leader margins
president-travels | USA GBR | 1962-12 | leader bilateral
visits            | FRA USA | 1963-11 | leader multilateral
visits            | CHN USA | 1979-01 | deputy bilateral
"""


@pytest.mark.parametrize("line", KNOWN.strip().splitlines())
def test_a_well_known_meeting_is_there(line: str) -> None:
    collection, parties, month, expected = (cell.strip() for cell in line.split("|"))
    found = [
        f"{row['level']} {row['setting']}"
        for row in read(collection)
        if f"{row['source']} {row['recipient']}" == parties and row["occurred_on"].startswith(month)
    ]
    assert expected in found


def test_xi_and_biden_are_not_known_to_have_met_before_they_did() -> None:
    # They met at Woodside on 2023-11-15; the publisher dates the stay, and one of its two records by the arrival alone.
    found = [row for row in read("visits") if row["source"] == "CHN" and row["started_on"] == "2023-11-12"]
    assert sorted(row["setting"] for row in found) == ["bilateral", "multilateral"]
    assert all(row["occurred_on"] <= "2023-11-15" <= row["known_on"] for row in found)


def test_nobody_met_the_leaders_of_a_mere_ceremony() -> None:
    # Normandy 2019, Davos 2018 and the troops at Bagram in 2019 yield no meeting.
    ruled = {row["record_id"]: row["ruling"] for row in read("president-travels")}
    assert ruled["3888"] == "no meeting: ceremony"
    assert ruled["3900"] == "no meeting: event without named leaders"
    assert ruled["3892"] == "no meeting: troops"


def test_sessions_of_one_body_share_a_name() -> None:
    bodies = [row["dialogue"] for row in read("secretary-travels")]
    assert bodies.count("U.S.-China Strategic and Economic Dialogue") >= 4
    assert bodies.count("U.S.-Mexico Binational Commission") >= 8
    assert bodies.count("NATO Ministerial Meeting") >= 100
