"""Who acts in a text: offices, names and states as of the day, in texts of several publishers and years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from forecast.coding.actors import actors_in
from forecast.coding.holders import Holders, read_holders
from forecast.coding.places import place_in, state_named

DAY = dt.date(2023, 9, 29)


@pytest.fixture(scope="module")
def holders():
    return read_holders(Path(__file__).resolve().parents[2] / "data" / "raw")


def read(text, holders, day=DAY, **kwargs):
    return [(actor.state, actor.office, actor.name) for actor in actors_in(text, day, holders, **kwargs)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the President of Kenya", [("KEN", "president", "")]),
        ("Prime Minister Modi arrived", [("IND", "prime minister", "Narendra Modi")]),
        ("President Xi spoke", [("CHN", "president", "Xi Jinping")]),
        ("Sergei Lavrov, Russia's foreign minister, left", [("RUS", "foreign minister", "Sergei Lavrov")]),
        ("the Presidents of Peru and Colombia", [("PER", "president", ""), ("COL", "president", "")]),
        (
            "the Chinese and Russian foreign ministers met",
            [("CHN", "foreign minister", ""), ("RUS", "foreign minister", "")],
        ),
        ("Vice President Osinbajo of Nigeria", [("NGA", "vice president", "Osinbajo")]),
        ("Turkey’s President", [("TUR", "president", "")]),
        (
            "Deputy Prime Minister and Foreign Minister Pham Binh Minh of Vietnam",
            [("VNM", "deputy prime minister", "Pham Binh Minh")],
        ),
        ("Crown Prince Mohammed bin Salman of Saudi Arabia", [("SAU", "prime minister", "Mohammed bin Salman")]),
        ("Hungary's Viktor Orban. UN envoys came", [("HUN", "prime minister", "Viktor Orban")]),
        ("Israeli National Security Advisor Dr. Eyal Hulata", [("ISR", "national security adviser", "Eyal Hulata")]),
        ("Daniel Kritenbrink, the top State Department official", [("USA", "deputy minister", "Daniel Kritenbrink")]),
        ("North Korean leader Kim Jong Un", [("PRK", "leader", "Kim Jong Un")]),
        ("Secretary of State Antony Blinken", [("USA", "secretary of state", "Antony Blinken")]),
    ],
)
def test_an_office_is_resolved_by_its_state_its_holder_or_both(text, expected, holders):
    found = [actor for actor in read(text, holders) if actor[1] and actor[1] != "officials"]
    assert found == expected


def test_the_holder_is_the_one_of_the_day(holders):
    text = "President Trump spoke with Prime Minister Abe."
    assert read(text, holders, dt.date(2019, 5, 1)) == [
        ("USA", "president", "Donald Trump"),
        ("JPN", "prime minister", "Shinzo Abe"),
    ]
    assert read(text, holders, dt.date(2022, 5, 1)) == [("", "president", "Trump"), ("", "prime minister", "Abe")]


def test_who_has_left_office_or_serves_an_organisation_has_no_level(holders):
    actors = actors_in(
        "Former President Donald Trump, UN Secretary-General Antonio Guterres and European Council President Charles "
        "Michel came, and so did the Governor of California.",
        DAY,
        holders,
    )
    assert [actor.level for actor in actors if actor.office] == ["", "", "", ""]


def test_names_alone_mean_the_persons_whom_the_text_introduced():
    text = "Wang left. Chinese Foreign Minister Wang Yi met Germany's Chancellor Olaf Scholz; Scholz thanked Wang."
    found = [(actor.state, actor.name) for actor in actors_in(text, DAY, Holders([])) if actor.name]
    assert found == [
        ("CHN", "Wang Yi"),
        ("CHN", "Wang Yi"),
        ("DEU", "Olaf Scholz"),
        ("DEU", "Olaf Scholz"),
        ("CHN", "Wang Yi"),
    ]


def test_another_first_name_is_another_person(holders):
    assert read("Hunter Biden and Jill Biden came", holders) == []


def test_headlines_in_capitals_end_a_name_where_the_verb_begins(holders):
    assert read("Biden Meets With Xi as Biden-Xi Summit Nears", holders) == [
        ("USA", "president", "Joe Biden"),
        ("CHN", "president", "Xi Jinping"),
        ("USA", "president", "Joe Biden"),
        ("CHN", "president", "Xi Jinping"),
    ]


def test_an_office_without_a_state_is_of_the_publisher(holders):
    text = "The President will host the Prime Minister of Japan. Secretary Yellen and the Vice President will attend."
    assert read(text, holders, home="USA") == [
        ("USA", "president", ""),
        ("JPN", "prime minister", ""),
        ("USA", "minister", "Yellen"),
        ("USA", "vice president", ""),
    ]
    assert read(text, holders)[0] == ("", "president", "")


def test_offsets_are_those_of_the_text(holders):
    text = "  On Monday, French President Emmanuel Macron called Berlin."
    for actor in actors_in(text, DAY, holders):
        assert text[actor.start : actor.end] in ("French President Emmanuel Macron", "Berlin")


def test_states_by_people_capital_and_seat():
    assert [state_named(word, DAY) for word in ("South Korean", "UK", "New Delhi", "Pentagon", "Atlantis")] == [
        "KOR",
        "GBR",
        "IND",
        "USA",
        "",
    ]
    assert state_named("Soviet Union", DAY) == ""
    assert [found[1:] for found in place_in("talks in Geneva and at Camp X, then a trip to Viet Nam", DAY)] == [
        ("CHE", "Geneva"),
        ("VNM", "Viet Nam"),
    ]


def test_lists_of_states_bodies_and_parts_of_states(holders):
    assert read("the leaders of Japan, South Korea and the United States", holders) == [
        ("JPN", "leader", ""), ("KOR", "leader", ""), ("USA", "leader", ""),
    ]  # fmt: skip
    nobody = "the President of the Italian Episcopal Conference; Prime Minister Barzani of Iraq's Kurdistan Region"
    assert [actor.level for actor in actors_in(nobody, DAY, holders) if actor.office] == ["", ""]
    assert read("the Prime Minister of Iraq, Mohammed Shia al-Sudani, came", holders) == [
        ("IRQ", "prime minister", "Mohammed Shia al-Sudani"),
    ]  # fmt: skip
    assert read("Saudi Vice Minister of Defense Khalid bin Salman bin Abdulaziz Al-Saud", holders)[0][:2] == (
        "SAU", "deputy minister",
    )  # fmt: skip
