"""Gatherings that are left out of the calendar: what is read and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.errors import InputError
from forecast.readers.crosscheck import Gathering, read_gatherings
from text_tables import day, table

HEADER = "venue,place,starts_on,ends_on,reason,note,url"
GOOD = {
    "venue": "funeral",
    "place": "POL",
    "starts_on": "1992-07-05",
    "ends_on": "1992-07-06",
    "reason": "funeral",
    "note": "",
    "url": "https://example.org/",
}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    lines = [HEADER, *(",".join(row.values()) for row in rows), ""]
    (folder / "gatherings.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_without_a_file_there_are_none(tmp_path):
    assert read_gatherings(tmp_path) == ()


def test_the_lines_are_read_in_their_order(tmp_path):
    found = read_gatherings(written(tmp_path, GOOD, {**GOOD, "venue": ""}))
    assert found[0] == Gathering("funeral", "POL", day("1992-07-05"), day("1992-07-06"), "funeral")
    assert [gathering.venue for gathering in found] == ["funeral", ""]


BAD = """
column    | cell       | says
place     | Poland     | 'Poland' is no code of a state
place     |            | '' is no code of a state
starts_on | 1992-02-30 | '1992-02-30' is no day of the calendar
ends_on   |            | '' is no day of the calendar
ends_on   | 1992-07-04 | is before starts_on
reason    | boredom    | 'boredom' is not one of address, business
url       | a book     | 'a book' is no address
"""


@pytest.mark.parametrize("row", table(BAD), ids=lambda row: f"{row['column']}-{row['cell']}")
def test_a_cell_that_cannot_be_understood_is_named(tmp_path, row):
    written(tmp_path, GOOD, {**GOOD, row["column"]: row["cell"]})
    with pytest.raises(InputError) as caught:
        read_gatherings(tmp_path)
    assert (caught.value.path, caught.value.row, caught.value.field) == (tmp_path / "gatherings.csv", 3, row["column"])
    assert row["says"] in str(caught.value)
