"""The calendar of summits: what is known of an edition and from when, and the table that is shipped."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import InputError
from forecast.facts.calendar import Calendar
from forecast.facts.countries import states
from forecast.readers.calendar import ALL_UN, GUEST_NOTICE_DAYS, OUTSIDE_UN, read_calendar
from text_tables import day, table

RAW = Path(__file__).parents[2] / "data" / "raw"

VENUE = {
    "series": "g20",
    "edition": "2020",
    "host": "IND",
    "starts_on": "2020-06-10",
    "ends_on": "2020-06-12",
    "format": "in_person",
    "status": "held",
    "announced_on": "2020-01-05",
    "off_on": "",
}
MEMBER = {"series": "g20", "state": "", "from": "", "to": "", "role": "member", "edition": ""}


def write(path: Path, rows: list[dict[str, str]], header: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(header), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**header, **{key: value for key, value in row.items() if value}} for row in rows)


def calendar(folder: Path, venues: str = "edition\n2020", members: str = "state\nCHN\nFRA") -> Calendar:
    """Read a calendar of two text tables; what they leave out is as in `VENUE` and `MEMBER`."""
    write(folder / "venues.csv", table(venues), VENUE)
    write(folder / "memberships.csv", table(members), MEMBER)
    return read_calendar(folder)


def members_on(found: Calendar, as_of: str) -> list[str]:
    (edition,) = found.known_before(day(as_of)).editions
    left = {code for code, _ in edition.left}
    return [code for code, _ in edition.members if code not in left]


def test_without_files_the_calendar_is_empty(tmp_path):
    assert read_calendar(tmp_path) == Calendar()


def test_without_memberships_the_host_alone_takes_part(tmp_path):
    write(tmp_path / "venues.csv", [{}], VENUE)
    (edition,) = read_calendar(tmp_path).editions
    assert edition.members == (("IND", day("2020-01-05")),)


def test_editions_come_in_the_order_of_their_first_day_however_they_are_written(tmp_path):
    rows = "edition | starts_on  | ends_on    | announced_on\n"
    lines = ["b | 2021-06-10 | 2021-06-11 | 2021-01-01", "a | 2020-06-10 | 2020-06-11 | 2020-01-01"]
    one = calendar(tmp_path, rows + "\n".join(lines))
    other = calendar(tmp_path, rows + "\n".join(lines[::-1]))
    assert [edition.edition for edition in one.editions] == ["a", "b"]
    assert one == other


@pytest.mark.parametrize(
    ("as_of", "known"), [("2020-01-04", 0), ("2020-01-05", 0), ("2020-01-06", 1), ("2020-07-01", 1)]
)
def test_an_edition_is_known_from_the_day_after_its_announcement(tmp_path, as_of, known):
    assert len(calendar(tmp_path).known_before(day(as_of)).editions) == known


@pytest.mark.parametrize(("as_of", "off"), [("2020-03-31", False), ("2020-04-01", False), ("2020-04-02", True)])
def test_that_it_is_off_is_known_from_the_day_after(tmp_path, as_of, off):
    found = calendar(tmp_path, "status | off_on\ncancelled | 2020-04-01").known_before(day(as_of))
    assert bool(found.editions[0].off_on == day("2020-04-01")) is off
    assert bool(found.editions[0].off_on < day(as_of)) is off


ENDINGS = """
status    | format    | took_place
held      | in_person | yes
held      | hybrid    | yes
held      | virtual   | no
planned   | in_person | yes
cancelled | in_person | no
postponed | in_person | no
"""


@pytest.mark.parametrize("row", table(ENDINGS), ids=lambda row: f"{row['status']}-{row['format']}")
def test_how_it_ended_is_hidden_until_the_day_after_its_end(tmp_path, row):
    found = calendar(tmp_path, f"status | format\n{row['status']} | {row['format']}")
    hidden = [
        found.known_before(day(text)).editions[0].took_place for text in ("2020-02-01", "2020-06-11", "2020-06-12")
    ]
    assert hidden == [True, True, True]
    assert found.known_before(day("2020-06-13")).editions[0].took_place is (row["took_place"] == "yes")


def test_two_calendars_that_differ_in_the_ending_alone_are_one_before_it(tmp_path):
    held = calendar(tmp_path, "status | format\nheld | in_person")
    called_off = calendar(tmp_path, "status | format | off_on\npostponed | virtual | 2020-05-01")
    assert held.known_before(day("2020-05-01")) == called_off.known_before(day("2020-05-01"))
    assert repr(held.known_before(day("2020-05-01"))) == repr(called_off.known_before(day("2020-05-01")))
    assert held.known_before(day("2020-05-02")) != called_off.known_before(day("2020-05-02"))


def test_looking_back_twice_is_looking_back_to_the_earlier_day(tmp_path):
    found = calendar(tmp_path, "status | off_on\ncancelled | 2020-04-01", "state | role\nCHN | member\nFRA | guest")
    dates = [day(text) for text in ("2020-01-05", "2020-01-06", "2020-04-02", "2020-05-12", "2020-06-13")]
    for earlier in dates:
        for later in dates[dates.index(earlier) :]:
            assert found.known_before(later).known_before(earlier) == found.known_before(earlier)


MEMBERS = """
state | from       | to         | role     | edition | part
CHN   |            |            | member   |         | yes
CHN   | 2020-06-10 |            | member   |         | yes
CHN   | 2020-06-11 |            | member   |         | no
CHN   |            | 2020-06-10 | member   |         | yes
CHN   |            | 2020-06-09 | member   |         | no
CHN   |            |            | member   | 2020    | yes
CHN   |            |            | member   | 2021    | no
CHN   | 2021-01-01 |            | member   | 2020    | yes
CHN   |            |            | observer |         | no
CHN   |            |            | guest    | 2020    | yes
CHN   |            |            | guest    | 2019    | no
"""


@pytest.mark.parametrize("row", table(MEMBERS), ids=lambda row: "-".join(filter(None, row.values())))
def test_who_takes_part(tmp_path, row):
    expected = ["CHN", "IND"] if row.pop("part") == "yes" else ["IND"]
    found = calendar(tmp_path, members="\n".join([" | ".join(row), " | ".join(row.values())]))
    assert members_on(found, "2020-06-11") == expected


def test_who_joins_before_the_summit_takes_part_from_the_day_after(tmp_path):
    found = calendar(tmp_path, members="state | from | role\nCHN | 2020-06-01 | member")
    assert members_on(found, "2020-06-01") == ["IND"]
    assert members_on(found, "2020-06-02") == ["CHN", "IND"]


def test_whose_membership_begins_with_the_summit_is_known_as_a_guest_is(tmp_path):
    found = calendar(tmp_path, members="state | from | role\nCHN | 2020-06-10 | member")
    assert members_on(found, "2020-05-11") == ["IND"]
    assert members_on(found, "2020-05-12") == ["CHN", "IND"]


def test_who_leaves_before_the_summit_takes_part_until_the_day_after(tmp_path):
    found = calendar(tmp_path, members="state | to | role\nCHN | 2020-06-05 | member")
    assert members_on(found, "2020-06-05") == ["CHN", "IND"]
    assert members_on(found, "2020-06-06") == ["IND"]


def test_members_of_another_series_take_no_part(tmp_path):
    assert members_on(calendar(tmp_path, members="series | state\ng7 | CHN"), "2020-06-10") == ["IND"]


def test_guests_are_known_thirty_days_before(tmp_path):
    assert GUEST_NOTICE_DAYS == 30
    found = calendar(tmp_path, members="state | role | edition\nCHN | member | \nFRA | guest | 2020")
    assert members_on(found, "2020-05-11") == ["CHN", "IND"]
    assert members_on(found, "2020-05-12") == ["CHN", "FRA", "IND"]


def test_guests_of_a_summit_that_is_announced_late_are_known_with_it(tmp_path):
    found = calendar(tmp_path, "announced_on\n2020-06-01", "state | role | edition\nFRA | guest | 2020")
    assert members_on(found, "2020-06-02") == ["FRA", "IND"]


def test_a_guest_who_is_a_member_too_is_known_as_a_member(tmp_path):
    found = calendar(tmp_path, members="state | role | edition\nFRA | guest | 2020\nFRA | member | ")
    assert members_on(found, "2020-01-06") == ["FRA", "IND"]


def test_all_members_of_the_united_nations(tmp_path):
    (edition,) = calendar(tmp_path, members=f"state\n{ALL_UN}").editions
    codes = {code for code, _ in edition.members}
    assert codes == {code for code, state in states().items() if state.exists_on(day("2020-06-10"))} - OUTSIDE_UN
    assert {"USA", "SSD", "MNE"} <= codes
    assert not {"SUN", "YUG", "TWN"} & codes
    assert {since for _, since in edition.members} == {day("2020-01-05")}


def test_the_united_nations_are_those_of_the_day(tmp_path):
    venue = "starts_on | ends_on | announced_on\n1985-10-01 | 1985-10-02 | 1985-01-01"
    (edition,) = calendar(tmp_path, venue, members=f"state\n{ALL_UN}").editions
    codes = {code for code, _ in edition.members}
    assert {"SUN", "YUG", "CSK"} <= codes
    assert not {"RUS", "SSD", "CZE"} & codes - {"RUS"}


def test_an_attendance_is_one_of_the_words_or_empty(tmp_path):
    path = tmp_path / "venues.csv"
    header, row = ",".join([*VENUE, "us_attendance"]), ",".join(VENUE.values())
    path.write_text(f"{header}\n{row},president\n{row},\n{row},maybe\n", encoding="utf-8")
    with pytest.raises(InputError, match="'maybe' is not one of president, unnamed") as caught:
        read_calendar(tmp_path)
    assert (caught.value.path, caught.value.row, caught.value.field) == (path, 4, "us_attendance")
    path.write_text(f"{header}\n{row},virtual\n", encoding="utf-8")
    assert len(read_calendar(tmp_path).editions) == 1


def test_who_came_is_no_part_of_an_edition(tmp_path):
    """A forecast must not see it: two calendars that differ in it alone are one."""
    path, calendars = tmp_path / "venues.csv", []
    for word in ("president", "vice_president"):
        lines = [",".join([*VENUE, "us_attendance"]), ",".join([*VENUE.values(), word]), ""]
        path.write_text("\n".join(lines), encoding="utf-8")
        calendars.append(read_calendar(tmp_path))
    assert calendars[0] == calendars[1]


BAD_VENUES = """
column       | cell       | says
host         | XYZ        | unknown state 'XYZ'
host         |            | unknown state
starts_on    | 2020-02-30 | '2020-02-30' is no day of the calendar
starts_on    |            | is empty
ends_on      | 2020-06-09 | is before starts_on
ends_on      |            | is empty
announced_on |            | is empty
announced_on | soon       | 'soon' is no day
off_on       | never      | 'never' is no day
format       | zoom       | 'zoom' is not one of in_person, virtual, hybrid
status       | done       | 'done' is not one of held
"""


@pytest.mark.parametrize("row", table(BAD_VENUES), ids=lambda row: f"{row['column']}-{row['cell']}")
def test_a_cell_that_cannot_be_understood_is_named(tmp_path, row):
    path = tmp_path / "venues.csv"
    write(path, [VENUE, VENUE], VENUE)
    good, bad = ",".join(VENUE.values()), ",".join({**VENUE, row["column"]: row["cell"]}.values())
    path.write_text("\n".join([",".join(VENUE), good, bad, ""]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_calendar(tmp_path)
    assert (caught.value.path, caught.value.row, caught.value.field) == (path, 3, row["column"])
    assert row["says"] in str(caught.value)


BAD_FILES = {
    "venues.csv": [
        "",
        "series,edition\n",
        ",".join(VENUE) + "\nonly,two\n",
        ",".join(VENUE) + '\n"open\n',
        b"\xff\xfe",
    ],
    "memberships.csv": [
        "",
        "series\n",
        ",".join(MEMBER) + "\ng20,XYZ,,,member,\n",
        ",".join(MEMBER) + "\ng20,CHN,x,,,\n",
    ],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BAD_FILES.items() for text in texts])
def test_a_file_that_is_no_calendar_is_an_input_error(tmp_path, name, text):
    calendar(tmp_path)
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=name):
        read_calendar(tmp_path)


def shipped_rows(name: str) -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def test_every_shipped_row_is_understood():
    editions = read_calendar(RAW).editions
    assert len(editions) == len(shipped_rows("venues.csv")) > 1000
    assert sum(len(edition.members) > 1 for edition in editions) > 0.95 * len(editions)


def test_every_shipped_edition_is_written_once():
    names = [(row["series"], row["edition"]) for row in shipped_rows("venues.csv")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("name", ["venues.csv", "memberships.csv"])
def test_every_shipped_row_has_an_address_or_says_that_it_has_none(name):
    rows = shipped_rows(name)
    without = [row for row in rows if not row["url"].startswith(("https://", "http://"))]
    assert [row for row in without if "unverified" not in row["note"]] == []
    assert len(without) < 0.05 * len(rows)


def test_shipped_editions_are_announced_before_they_begin_on_a_named_ground():
    rows = shipped_rows("venues.csv")
    assert [row for row in rows if row["announced_on"] > row["starts_on"]] == []
    assert {row["announced_basis"] for row in rows} == {"source", "rule"}
    assert [row for row in rows if row["off_on"] > row["ends_on"]] == []


def test_an_announcement_with_a_source_has_an_address():
    rows = shipped_rows("venues.csv")
    assert [row for row in rows if row["announced_url"] and row["announced_basis"] != "source"] == []
    pages = [row["announced_url"] or row["url"] for row in rows if row["announced_basis"] == "source"]
    assert len(pages) > 200
    assert [page for page in pages if not page.startswith(("https://", "http://"))] == []


def test_shipped_days_by_rule_follow_the_rules():
    rules = {(row["series"], row["edition"]): int(row["days_before"]) for row in shipped_rows("announcement-rules.csv")}
    wrong = []
    for row in shipped_rows("venues.csv"):
        if row["announced_basis"] == "rule":
            before = rules.get((row["series"], row["edition"]), rules.get((row["series"], "")))
            expected = None if before is None else str(day(row["starts_on"]) - np.timedelta64(before, "D"))
            if row["announced_on"] != expected:
                wrong.append((row["series"], row["edition"], row["announced_on"], expected))
    assert wrong == []


def test_no_rule_is_bolder_than_what_the_sources_show():
    """An ordinary edition without a source must not be known earlier than one of its series that has one."""
    rules = {(row["series"], row["edition"]): int(row["days_before"]) for row in shipped_rows("announcement-rules.csv")}
    sourced = [row for row in shipped_rows("venues.csv") if row["announced_basis"] == "source"]
    assert len(sourced) > 100
    bold = [
        (row["series"], row["edition"])
        for row in sourced
        if (row["series"], row["edition"]) not in rules
        and day(row["starts_on"]) - day(row["announced_on"]) < np.timedelta64(rules[row["series"], ""], "D")
    ]
    assert bold == []


def test_shipped_memberships_belong_to_a_series_of_the_calendar():
    editions = {(row["series"], row["edition"]) for row in shipped_rows("venues.csv")}
    series = {name for name, _ in editions}
    rows = shipped_rows("memberships.csv")
    assert sorted({row["series"] for row in rows} - series) == []
    assert [row for row in rows if row["edition"] and (row["series"], row["edition"]) not in editions] == []
    assert {row["role"] for row in rows} <= {"member", "guest", "observer"}


def test_a_special_summit_is_unknown_before_its_announcement():
    def known(as_of: str) -> bool:
        found = read_calendar(RAW).known_before(day(as_of)).editions
        return any(e.series == "us-africa" and e.starts_on == day("2022-12-13") for e in found)

    assert not known("2022-07-20")
    assert known("2022-07-21")
