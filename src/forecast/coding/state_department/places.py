"""Where a record happened: the publisher's ids of countries as states of the day, and territories."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from forecast.coding.state_department.collections import Record
from forecast.errors import InputError, StateError
from forecast.facts.countries import find_state, states

#: Who governed a land before it became a state. Its own leaders are no leaders of a state until then.
GOVERNED_BEFORE: Final = {
    "BLR": "SUN",
    "KAZ": "SUN",
    "KGZ": "SUN",
    "UKR": "SUN",
    "KHM": "FRA",
    "MAR": "FRA",
    "TUN": "FRA",
    "VNM": "FRA",
    "NAM": "ZAF",
    "PHL": "USA",
    "PLW": "USA",
    "SUR": "NLD",
    "TZA": "GBR",
    "XKX": "YUG",
}
#: Ids of lands that no row of the table of states covers on some days: the day until which there is none.
_OUTSIDE_UNTIL: Final = {"hawaii": dt.date(1898, 8, 12), "antarctica": dt.date.max}


@dataclass(frozen=True)
class Place:
    """The state that governs a land on a day, and whether the land is only a territory of it."""

    code: str
    territory: bool = False


@cache
def _territories() -> dict[str, str]:
    table = (files("forecast.facts") / "data" / "territories.csv").read_text(encoding="utf-8")
    return {row["id"]: row["governing_state"] for row in csv.DictReader(table.splitlines())}


def place_of(record: Record) -> Place | None:
    """Give the state of a record on its first day; None if there was no state.

    Raises
    ------
    InputError
        If the publisher's id is neither a state nor a territory.
    """
    try:
        return place_of_id(record.country_id, record.started_on)
    except StateError:
        problem = f"unknown country id {record.country_id!r}; add it to the table of states or of territories"
        raise InputError(problem, path=record.path, row=record.line, field="country") from None


def place_of_id(country_id: str, day: dt.date) -> Place | None:
    """Resolve one id on one day.

    Examples
    --------
    >>> place_of_id("russia", dt.date(1972, 5, 22)), place_of_id("morocco", dt.date(1943, 1, 14))
    (Place(code='SUN', territory=False), Place(code='FRA', territory=True))
    """
    if not country_id or day <= _OUTSIDE_UNTIL.get(country_id, dt.date.min):
        return None
    if country_id in _territories():
        return Place(_territories()[country_id], territory=True)
    name = country_id.replace("-", " ")
    try:
        return Place(find_state(name, on=np.datetime64(day, "D")))
    except StateError:
        code = find_state(name)
        if code not in GOVERNED_BEFORE:
            raise
        governor = GOVERNED_BEFORE[code]
        while not states()[governor].exists_on(np.datetime64(day, "D")):
            governor = states()[governor].successors[0]
        return Place(governor, territory=True)
