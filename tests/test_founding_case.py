"""The founding case as data: the engagements of the United States and China that were public on 28 September 2023."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from text_tables import table

AS_OF = pd.Timestamp("2023-09-29")

# What the press told on that day, each as it must stand in the ledger; what is blank is not asked.
TOLD = """
started_on | source | event     | mode          | level           | status   | place | persons     | what
2022-11-14 | USA    | CONSULT   | third-party   | leader          | occurred | IDN   | Xi          | the leaders last met in Bali
2023-02-04 | USA    | COERCE    | seize         | working         | occurred | USA   |             | the balloon
2023-06-18 | USA    | CONSULT   | visit         | minister        | occurred | CHN   | Blinken     | cabinet visits since June
2023-07-06 | USA    | CONSULT   | visit         | minister        | occurred | CHN   | Yellen      | cabinet visits since June
2023-07-16 | USA    | CONSULT   | visit         | minister        | occurred | CHN   | Kerry       | cabinet visits since June
2023-08-27 | USA    | CONSULT   | visit         | minister        | occurred | CHN   | Raimondo    | cabinet visits since June
2023-09-09 | CHN    | REJECT    | meet          | leader          | occurred | IND   | Xi          | absent from the summit in New Delhi
2023-09-16 | USA    | CONSULT   | third-party   | minister        | occurred | MLT   | Sullivan    | Malta
2023-09-16 | USA    | CONSULT   | third-party   | minister        | occurred | MLT   | Wang Yi     | Malta
2023-09-22 | USA    | COOPERATE | working-group | deputy_minister | occurred |       | Yellen      | economic working group
2023-09-22 | USA    | COOPERATE | working-group | deputy_minister | occurred |       | He Lifeng   | financial working group
2023-09-26 | CHN    | CONSULT   | announce      | minister        | occurred |       |             | who comes to APEC is talked about
2023-09-27 | USA    | REQUEST   | assist        | working         | occurred |       |             | a soldier's return asked for
2023-09-27 | CHN    | AID       | assist        | working         | occurred |       |             | a soldier's return helped
2023-09-27 | CHN    | CONSULT   | visit         | deputy_minister | occurred | USA   | Kritenbrink | candid talks in Washington
2023-09-27 | CHN    | CONSULT   | visit         | deputy_minister | occurred | USA   | Sun Weidong | candid talks in Washington
2023-09-28 | CHN    | AGREE     | visit         | deputy          | reported | USA   | He Lifeng   | a visit is talked about
2023-09-28 | CHN    | AGREE     | visit         | minister        | reported | USA   | Wang Yi     | a visit is talked about
"""  # noqa: E501


@pytest.fixture(scope="module")
def ledger(shipped_history):
    events = shipped_history.events
    return events.loc[events["publisher"].str.startswith("ledger:usa-chn")]


@pytest.mark.parametrize("row", table(TOLD), ids=lambda row: f"{row['started_on']}-{row['persons']}-{row['what']}")
def test_what_was_told_on_that_day_stands_in_the_ledger_and_was_known(ledger, row):
    same = np.ones(len(ledger), dtype=bool)
    for name in ("source", "event", "mode", "level", "status", "place"):
        same &= (ledger[name] == row[name]).to_numpy() | (row[name] == "")
    same &= (ledger["started_on"] == pd.Timestamp(row["started_on"])).to_numpy()
    same &= ledger["persons"].str.contains(row["persons"], regex=False).to_numpy()
    found = ledger.loc[same & (ledger["known_on"] < AS_OF).to_numpy()]
    assert len(found) > 0


def test_both_working_groups_are_there_and_the_talks_were_candid(ledger):
    day = ledger.loc[ledger["started_on"] == pd.Timestamp("2023-09-22")]
    assert len(day.loc[day["mode"] == "working-group"]) == 2
    talks = ledger.loc[
        ledger["persons"].str.contains("Sun Weidong") & (ledger["known_on"] == pd.Timestamp("2023-09-28"))
    ]
    assert talks["note"].str.contains("candid").all()
    assert len(talks) == 1


def test_the_ledger_is_long_enough_and_every_row_has_an_address(ledger):
    assert len(ledger) >= 80
    assert ledger["url"].str.match(r"https?://[^/\s]+/").all()
    assert ledger["started_on"].between("2021-01-01", "2025-01-01").all()
    assert (ledger["known_on"] <= pd.Timestamp("2024-12-31")).all()
    assert not ledger.duplicated(["started_on", "source", "event", "mode", "level", "status", "persons", "note"]).any()
