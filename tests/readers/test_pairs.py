"""Pairs of states as a person types them."""

from __future__ import annotations

import pytest

from forecast.errors import StateError
from forecast.facts.leaders import Spell
from forecast.readers.pairs import read_pair, read_state
from text_tables import day, table

ON = day("2023-09-29")
SPELLS = tuple(
    Spell(row["state"], row["leader"], day(row["from"]))
    for row in table("""
state | leader               | from
USA   | Barack Obama         | 2009-01-20
USA   | Donald Trump         | 2017-01-20
USA   | Joe Biden            | 2021-01-20
USA   | Donald Trump         | 2025-01-20
CHN   | Xi Jinping           | 2013-03-14
RUS   | Vladimir Putin       | 2012-05-07
SAU   | Mohammed bin Salman  | 2022-09-27
ARE   | Mohammed bin Zayed   | 2022-05-14
UKR   | Volodymyr Zelensky   | 2019-05-20
BLR   | Alexander Lukashenko | 1994-07-20
EGY   | Abdel Fattah el-Sisi (Elsisi) | 2014-06-08
""")
)


@pytest.mark.parametrize(
    ("text", "dyad"),
    [
        ("USA_CHN", "USA-CHN"), ("usa china", "USA-CHN"), ("united states china", "USA-CHN"), ("IN-CN", "CHN-IND"),
        ("Indien/China", "CHN-IND"), ("美国-中国", "USA-CHN"), ("Costa Rica Cuba", "CUB-CRI"), ("UK-US", "USA-GBR"),
        ("Biden-Xi", "USA-CHN"), ("xi biden", "USA-CHN"), ("Joe Biden and Xi Jinping", "USA-CHN"),
        ("Mohammed bin Salman / Putin", "RUS-SAU"), ("Putin - China", "RUS-CHN"),
        ("Biden-Zelenskyy", "USA-UKR"), ("Biden-Zelenskiy", "USA-UKR"), ("Lukashenka-Zelensky", "UKR-BLR"),
        ("Muhammad bin Salman / Al-Sisi", "EGY-SAU"), ("MBS-Putin", "RUS-SAU"),
    ],
)  # fmt: skip
def test_a_pair_is_read_in_any_spelling(text, dyad):
    assert read_pair(text, on=ON, leaders=lambda: SPELLS) == dyad


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("USA-EU", "the European Union is no state but unites states"),
        ("NATO-Russia", "NATO is no state"),
        ("Trump-Xi", r"Donald Trump did not lead United States \(USA\) on 2023-09-29: Joe Biden did"),
        ("Obama Putin", "Barack Obama did not lead"),
        (
            "Mohammed-Xi",
            r"may be Mohammed bin Zayed \(ARE\) or Mohammed bin Salman \(SAU\); write the state",
        ),
        ("USA-Chnia", r"unknown state 'Chnia'; did you mean China \(CHN\)"),
        ("South Korea", "'South Korea' is no dyad"),
        ("Joe Biden", "named twice"),
        ("USA", "'USA' is no dyad"),
        ("Biden-USA", "named twice"),
        ("Soviet Union-USA", "did not exist on 2023-09-29"),
    ],
)
def test_what_names_no_two_states_is_refused(text, problem):
    with pytest.raises(StateError, match=problem):
        read_pair(text, on=ON, leaders=lambda: SPELLS)


def test_a_leader_is_that_of_the_day():
    for on, state in (("2016-12-31", None), ("2017-01-20", "USA"), ("2025-01-20", "USA")):
        if state is None:
            with pytest.raises(StateError, match="Barack Obama did"):
                read_state("Trump", on=day(on), leaders=lambda: SPELLS)
        else:
            assert read_state("Trump", on=day(on), leaders=lambda: SPELLS) == state


def test_leaders_are_read_only_for_what_names_no_state():
    def unread() -> tuple[Spell, ...]:
        raise AssertionError

    assert read_pair("us-china", on=ON, leaders=unread) == "USA-CHN"
