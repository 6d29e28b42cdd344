"""States and dyads: codes, aliases, dissolved states, canonical order."""

from __future__ import annotations

import csv
import itertools
from importlib.resources import files

import numpy as np
import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import StateError
from forecast.facts.countries import canonical_dyad, find_state, fold, parse_dyad, sides, states
from text_tables import day

CODES = sorted(states())
DISSOLVED = {"CSK", "DDR", "SCG", "SUN", "VDR", "YMD", "YUG"}
TODAY = day("2024-01-01")

NAMES = """
USA                       | USA
usa                       | USA
United States             | USA
united states of america  | USA
  China                   | CHN
Russia                    | RUS
Côte d'Ivoire             | CIV
cote d ivoire             | CIV
Ivory Coast               | CIV
South Korea               | KOR
North Korea               | PRK
Czech Republic            | CZE
Turkey                    | TUR
Türkiye                   | TUR
Burma                     | MMR
Kosovo                    | XKX
Bosnia and Herzegovina    | BIH
Guinea-Bissau             | GNB
"""

DYADS = """
USA-CHN                                   | USA-CHN
CHN-USA                                   | USA-CHN
usa - china                               | USA-CHN
China/United States                       | USA-CHN
China, United States                      | USA-CHN
India–Pakistan                            | IND-PAK
Pakistan and India                        | IND-PAK
Guinea-Bissau / Senegal                   | GNB-SEN
Senegal-Guinea-Bissau                     | GNB-SEN
Bosnia and Herzegovina and United States  | USA-BIH
United States-Trinidad and Tobago         | USA-TTO
North Korea and South Korea               | PRK-KOR
"""


def _rows(text):
    return [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]


def _table():
    with (files("forecast.facts") / "data" / "states.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_names_aliases_and_codes_find_their_state():
    assert [(name, find_state(name)) for name, _ in _rows(NAMES)] == _rows(NAMES)


def test_dyads_are_read_in_any_order_and_spelling():
    assert [(text, parse_dyad(text)) for text, _ in _rows(DYADS)] == _rows(DYADS)


def test_present_codes_are_those_of_iso_3166():
    unknown = {code for code in CODES if pycountry.countries.get(alpha_3=code) is None}
    assert unknown == DISSOLVED | {"XKX"}


@pytest.mark.parametrize("code", sorted(DISSOLVED))
def test_codes_of_dissolved_states_are_those_of_iso_3166_3(code):
    assert pycountry.historic_countries.get(alpha_3=code) is not None
    assert not states()[code].exists_on(TODAY)
    assert states()[code].successors
    assert set(states()[code].successors) <= set(states())


def test_every_member_of_the_united_nations_is_in_the_table():
    # Independent of the table: the 193 members are the sovereign ISO codes without territories.
    permanent = {"USA", "GBR", "FRA", "RUS", "CHN"}
    some = {
        "IND",
        "PAK",
        "BRA",
        "ZAF",
        "NRU",
        "TUV",
        "SMR",
        "MCO",
        "LIE",
        "AND",
        "SSD",
        "TLS",
        "MNE",
        "SRB",
        "ERI",
        "PLW",
    }
    assert permanent | some <= {code for code in CODES if states()[code].exists_on(TODAY)}
    assert 193 <= sum(states()[code].exists_on(TODAY) for code in CODES) <= 205


def test_every_row_tells_its_source_and_no_code_stands_twice():
    rows = _table()
    wanting = [
        row["code"]
        for row in rows
        if not (row["url"].startswith(("https://", "http://")) and row["name"] and int(row["order"]) > 0)
    ]
    assert wanting == []
    assert len({row["code"] for row in rows}) == len(rows)


def test_no_alias_belongs_to_two_states_at_one_time():
    carriers = {}
    for state in states().values():
        for name in {fold(text) for text in (state.code, state.name, *state.aliases)}:
            carriers.setdefault(name, []).append(state)
    clashes = [
        f"{name}: {one.code} and {other.code}"
        for name, found in carriers.items()
        for one, other in itertools.combinations(found, 2)
        if one.exists_from < other.exists_to and other.exists_from < one.exists_to
    ]
    assert clashes == []


def test_every_code_finds_itself_whatever_else_is_called_so():
    assert [find_state(code) for code in CODES] == CODES
    assert [find_state(code.lower()) for code in CODES] == CODES


@pytest.mark.parametrize(
    ("name", "on", "code"),
    [
        ("Soviet Union", "1991-12-25", "SUN"),
        ("Russia", "1995-01-01", "RUS"),
        ("Yugoslavia", "2003-02-03", "YUG"),
        ("Czechoslovakia", "1992-12-31", "CSK"),
        ("Slovakia", "1993-01-01", "SVK"),
        ("East Germany", "1990-10-02", "DDR"),
        ("South Sudan", "2011-07-09", "SSD"),
    ],
)
def test_states_exist_from_their_first_day_to_the_day_before_their_last(name, on, code):
    assert find_state(name, on=day(on)) == code


@pytest.mark.parametrize(
    ("name", "on", "problem"),
    [
        (
            "Soviet Union",
            "1991-12-26",
            r"Soviet Union \(SUN\) did not exist on 1991-12-26: it ended on 1991-12-26; since then Russia",
        ),
        ("Czechoslovakia", "1993-01-01", r"since then .*\(CZE\), .*\(SVK\)"),
        ("South Sudan", "2011-07-08", r"South Sudan \(SSD\) did not exist on 2011-07-08: it begins on 2011-07-09"),
        ("YUG", "2003-02-04", r"it ended on 2003-02-04"),
    ],
)
def test_a_state_that_did_not_exist_is_refused_with_its_dates(name, on, problem):
    with pytest.raises(StateError, match=problem):
        find_state(name, on=day(on))


@pytest.mark.parametrize(
    ("wrong", "near"),
    [("Chnia", r"China \(CHN\)"), ("Untied States", r"United States.*\(USA\)"), ("Pakstan", r"Pakistan \(PAK\)")],
)
def test_a_misspelt_state_is_refused_with_the_nearest_names(wrong, near):
    with pytest.raises(StateError, match=rf"unknown state '{wrong}'; did you mean .*{near}"):
        find_state(wrong)


def test_a_name_like_no_other_is_refused_without_a_guess():
    with pytest.raises(StateError, match=r"unknown state 'qqqq'; write an ISO 3166 code or a name"):
        find_state("qqqq")


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_a_dyad_has_one_form_for_any_order(one, other):
    if one == other:
        with pytest.raises(StateError, match=f"{one} is named twice"):
            canonical_dyad(one, other)
        return
    dyad = canonical_dyad(one, other)
    assert dyad == canonical_dyad(other, one)
    assert set(sides(dyad)) == {one, other}
    assert parse_dyad(f"{other}-{one}") == parse_dyad(f"{one} / {other}") == dyad
    first, second = (states()[code].order for code in sides(dyad))
    assert first <= second


@pytest.mark.parametrize("text", ["USA-USA", "USA-United States", "china and CHN"])
def test_the_same_state_twice_is_refused(text):
    with pytest.raises(StateError, match="named twice"):
        parse_dyad(text)


@pytest.mark.parametrize("text", ["USA", "", "-", "USA-", "USACHN"])
def test_what_is_no_dyad_is_refused(text):
    with pytest.raises(StateError, match="is no dyad; write two states"):
        parse_dyad(text)


def test_of_a_dyad_the_unknown_state_is_named():
    with pytest.raises(StateError, match="unknown state 'Senegall'"):
        parse_dyad("Guinea-Bissau / Senegall")
    with pytest.raises(StateError, match="unknown state 'Chnia'"):
        parse_dyad("USA-Chnia")


def test_a_dyad_with_a_dissolved_state_is_refused_on_a_later_day():
    assert parse_dyad("Soviet Union-USA", on=day("1985-11-19")) == "USA-SUN"
    with pytest.raises(StateError, match="did not exist on 2001-01-01"):
        parse_dyad("USA-SUN", on=day("2001-01-01"))


@given(st.text(max_size=30))
def test_folding_is_idempotent_and_plain(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.strip()
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


def test_existence_is_half_open_for_every_state():
    one_day = np.timedelta64(1, "D")
    for state in states().values():
        assert state.exists_from < state.exists_to
        assert state.exists_on(state.exists_from)
        assert not state.exists_on(state.exists_to)
        assert state.exists_on(state.exists_to - one_day)
