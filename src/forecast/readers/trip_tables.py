"""Tables of trips on a page, row by row as stops: which table is one, and what its columns and headings mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from forecast.dates import ONE_DAY, Day
from forecast.errors import StateError
from forecast.facts.countries import find_state
from forecast.readers.stay_days import Stay, StayError, parse_stays
from forecast.readers.trip_details import trip_patterns
from forecast.readers.wikipedia_pages import PageTable, SavedPage, page_tables

#: How far back of a page's day a planned day without a year may lie: further back it is next year's.
_STALE_DAYS: Final = 60

_YEARS: Final = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Stop:
    """One stop of a journey, with the text of its own cells."""

    country: str
    dates: str
    details: str
    stays: tuple[Stay, ...]
    future: bool
    problem: str = ""


def stops_of(page: SavedPage) -> list[Stop]:
    """All stops of a page; none if it holds no table of trips."""
    return [stop for table in page_tables(page) for stop in _stops_of_table(table, page.revised_on)]


def _columns_of(cells: Sequence[str]) -> dict[str, list[int]]:
    """Columns of a header by what they mean; empty if it is no header of trips."""
    found: dict[str, list[int]] = {}
    for place, text in enumerate(cells):
        name = " ".join(text.split()).lower().strip(" :.")
        if trip_patterns("heading")["counts"].search(name):
            return {}
        for meaning, pattern in trip_patterns("column").items():
            if pattern.fullmatch(name):
                found.setdefault(meaning, []).append(place)
                break
    dated = "dates" in found or ("start" in found and "end" in found)
    return found if "country" in found and dated else {}


def _stops_of_table(table: PageTable, page_day: Day) -> list[Stop]:
    """The stops of a table, or none if it is another kind of table, such as the count of visits at the end."""
    columns: dict[str, list[int]] = {}
    labels = (*table.headings, table.caption)
    expected = trip_patterns("heading")["future"]
    future = any(expected.search(label) for label in labels)
    year = _year_of(labels)
    stops = []
    for cells in table.rows:
        header = _columns_of(cells)
        if header:
            columns = header
        elif len(set(cells)) == 1 and cells[0]:
            # A row across the whole table is a heading of its own.
            year = _year_of((cells[0],)) or year
            future = future or bool(expected.search(cells[0]))
        elif columns:
            stops += _stops_of_row(cells, columns, year=year, future=future, page_day=page_day)
    return stops


def _year_of(labels: Sequence[str]) -> int | None:
    """The one year that the innermost label names; a span of years such as a term of office is none."""
    for label in reversed(labels):
        years = {int(found) for found in _YEARS.findall(label)}
        if len(years) == 1:
            return years.pop()
    return None


def _stops_of_row(
    cells: Sequence[str], columns: dict[str, list[int]], *, year: int | None, future: bool, page_day: Day
) -> list[Stop]:
    def text(meaning: str) -> str:
        said = [cells[place] for place in columns.get(meaning, []) if place < len(cells) and cells[place]]
        return "\n".join(dict.fromkeys(said))

    host = text("host").replace("\n", " and ")
    country, details = text("country"), "\n".join(filter(None, (text("details"), host and f"Met {host}")))
    dates = text("dates") or " - ".join(filter(None, (text("start"), text("end"))))
    if not country and not dates:
        return []
    places = _places(country)
    lines = [line for line in dates.split("\n") if line]
    # Several stops in one row: a line of days for each place, or the same days for all.
    paired = len(places) > 1 and len(lines) == len(places)
    stops = []
    for number, place in enumerate(places):
        said = lines[number] if paired else dates
        try:
            if not said:
                raise StayError("no days")
            stays = tuple(_dated(said, year=year, future=future, page_day=page_day))
            problem = ""
        except StayError as error:
            stays, problem = (), f"the days cannot be read: {error}"
        stops.append(Stop(place, " ".join(said.split()), details, stays, future, problem))
    return stops


def _dated(text: str, *, year: int | None, future: bool, page_day: Day) -> list[Stay]:
    """Days of a stop; those of a planned one without a year are the next of that name, or not long past."""
    if year is not None or not future:
        return parse_stays(text, year=year)
    this_year = int(str(page_day)[:4])
    stays = parse_stays(text, year=this_year)
    if not _YEARS.search(text) and stays[0][0] < page_day - _STALE_DAYS * ONE_DAY:
        return parse_stays(text, year=this_year + 1)
    return stays


def _places(country: str) -> list[str]:
    """The states that a cell names: one, or several on lines of their own or in an enumeration."""
    whole = " ".join(country.split())
    if _resolves(whole):
        return [whole]
    for cut in (r"\n", r"\s*(?:\n|,|/|;|&|\band\b)\s*"):
        parts = [" ".join(part.split()) for part in re.split(cut, country) if part.strip()]
        if len(parts) > 1 and all(_resolves(part) for part in parts):
            return list(dict.fromkeys(parts))
    return [whole]


def _resolves(name: str) -> bool:
    try:
        state_of(name, None)
    except StateError:
        return False
    return True


def state_of(name: str, on: Day | None) -> str:
    """Code of a state, with or without what stands in brackets behind its name."""
    try:
        return find_state(name, on=on)
    except StateError:
        bare = re.sub(r"\([^)]*\)", " ", name).strip()
        if bare == name.strip() or not bare:
            raise
        return find_state(bare, on=on)
