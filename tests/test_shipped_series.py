"""The shipped calendar holds every series that the forecasts need, and who belonged to it when."""

from __future__ import annotations

import numpy as np
import pytest

from cases import each
from text_tables import table

#: Series with the United States, and those that other dyads need -> the latest year in which the first edition may lie.
SERIES = {
    "g7": 1975, "g20": 2008, "apec": 1993, "nato": 1975, "unga": 1980, "eas": 2005, "us-asean": 2009, "americas": 1994,
    "nals": 2005, "us-eu": 1990, "quad": 2021, "nss": 2010, "us-africa": 2014, "us-pacific-islands": 1990,
    "c5+1": 2023, "osce": 1975, "cop": 1992, "brics": 2009, "sco": 1996, "asean": 1976, "african-union": 1975,
    "arab-league": 1975, "gcc": 1981, "cis": 1991, "celac": 2011, "eu-council": 1975, "ibero-american": 1991,
    "mercosur": 1991, "commonwealth": 1975, "francophonie": 1986, "cica": 2002, "belt-and-road": 2017, "focac": 2006,
}  # fmt: skip

# Whether a state takes part in the edition of a series that begins in a year.
MEMBERS = """
series | year | state | takes_part
g7     | 1990 | RUS   | no
g7     | 2006 | RUS   | yes
g7     | 2013 | RUS   | yes
g7     | 2015 | RUS   | no
nato   | 1997 | POL   | no
nato   | 2002 | POL   | yes
nato   | 2002 | ROU   | no
nato   | 2006 | ROU   | yes
nato   | 2010 | HRV   | yes
nato   | 2018 | MNE   | yes
nato   | 2021 | MKD   | yes
nato   | 2021 | SWE   | no
nato   | 2023 | FIN   | yes
nato   | 2024 | SWE   | yes
nato   | 2024 | RUS   | no
g20    | 2008 | ESP   | yes
brics  | 2009 | ZAF   | no
brics  | 2011 | ZAF   | yes
sco    | 2016 | IND   | no
sco    | 2018 | IND   | yes
eu-council | 2016 | GBR | yes
eu-council | 2021 | GBR | no
unga   | 2005 | CHE   | yes
"""


@pytest.fixture(scope="module")
def editions(shipped_history):
    return shipped_history.calendar.editions


def year_of(when: np.datetime64) -> int:
    return int(str(when)[:4])


@each("series", SERIES)
def test_a_series_is_there_from_its_beginning_on(editions, series):
    found = sorted(edition.starts_on for edition in editions if edition.series == series)
    assert len(found) >= 2
    assert year_of(found[0]) <= SERIES[series]


@each("row", table(MEMBERS))
def test_who_takes_part(editions, row):
    held = [one for one in editions if one.series == row["series"] and year_of(one.starts_on) == int(row["year"])]
    assert held
    for edition in held:
        there = row["state"] in edition.expected(edition.starts_on)
        assert there is (row["takes_part"] == "yes"), edition.edition
