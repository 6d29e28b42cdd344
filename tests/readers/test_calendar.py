"""The calendar of summits: what is known of an edition and from when, and the table that is shipped."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from benchmark_modules import benchmark_module
from forecast.errors import InputError
from forecast.facts.calendar import Calendar
from forecast.facts.countries import states
from forecast.readers.calendar import ALL_UN, GUEST_NOTICE_DAYS, OUTSIDE_UN, ROLES, read_calendar
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
    "announced_basis": "source",
    "off_on": "",
    "replaces": "",
}
MEMBER = {"series": "g20", "state": "", "from": "", "to": "", "role": "member", "edition": "", "known_on": ""}


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
    (whole,) = found.editions
    assert edition.expected() == edition.expected(day(as_of)) == whole.expected(day(as_of))
    return sorted(edition.expected())


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
    assert members_on(found, "2020-06-03") == ["IND"]
    assert members_on(found, "2020-06-04") == ["CHN", "IND"]


def test_who_leaves_before_the_summit_takes_part_until_the_day_after(tmp_path):
    found = calendar(tmp_path, members="state | to | role\nCHN | 2020-06-05 | member")
    assert members_on(found, "2020-06-05") == ["CHN", "IND"]
    assert members_on(found, "2020-06-06") == ["IND"]


#: From the summit's announcement on, whether one state is expected, on the day of a change and on the day after.
COMINGS_AND_GOINGS = """
from  | to    | from again | to again | expected                | not expected
      | 03-01 | 04-01      |          | 01-06 03-01 04-02 06-10 | 03-02 04-01
      | 03-01 | 03-02      |          | 01-06 03-01 03-02 03-03 |
      | 01-04 | 04-01      |          | 04-02 06-10             | 01-06 04-01
02-01 | 03-01 | 04-01      | 05-01    | 02-02 03-01 04-02 05-01 | 02-01 03-02 04-01 05-02 06-10
      | 03-01 | 06-10      |          | 03-01 06-04             | 03-02 06-03
      | 06-08 | 06-10      |          | 06-08 06-09 06-10       |
      | 03-01 | 06-11      |          | 03-01                   | 03-02 06-10
"""


def in_2020(text: str) -> str:
    return text and f"2020-{text}"


@pytest.mark.parametrize("row", table(COMINGS_AND_GOINGS), ids=lambda row: f"{row['to']}-{row['from again']}")
def test_a_state_that_comes_back_is_away_until_then(tmp_path, row):
    spells = [f"FRA | {in_2020(row['from' + at])} | {in_2020(row['to' + at])}" for at in ("", " again")]
    found = calendar(tmp_path, members="\n".join(["state | from | to", *spells]))
    for as_of in row["expected"].split():
        assert members_on(found, in_2020(as_of)) == ["FRA", "IND"], as_of
    for as_of in row["not expected"].split():
        assert members_on(found, in_2020(as_of)) == ["IND"], as_of


def test_a_return_in_the_future_does_not_undo_a_departure(tmp_path):
    members = "state | from | to\nFRA | | 2020-03-01\n"
    gone, back = (calendar(tmp_path, members=members + more) for more in ("", "FRA | 2020-04-01 |"))
    for as_of in np.arange("2020-01-01", "2020-04-02", dtype="datetime64[D]"):
        assert gone.known_before(as_of) == back.known_before(as_of)
    assert gone.known_before(day("2020-04-02")) != back.known_before(day("2020-04-02"))


def test_a_guest_who_leaves_the_series_before_the_summit_is_still_a_guest(tmp_path):
    members = "state | to | role | edition | known_on\nFRA | 2020-05-01 | member | |\nFRA | | guest | 2020 | {}"
    early = calendar(tmp_path, members=members.format("2020-04-01"))
    assert members_on(early, "2020-05-01") == members_on(early, "2020-05-02") == ["FRA", "IND"]
    late = calendar(tmp_path, members=members.format("2020-06-01"))
    assert members_on(late, "2020-05-02") == members_on(late, "2020-06-01") == ["IND"]
    assert members_on(late, "2020-06-02") == ["FRA", "IND"]


def test_members_of_another_series_take_no_part(tmp_path):
    assert members_on(calendar(tmp_path, members="series | state\ng7 | CHN"), "2020-06-10") == ["IND"]


#: A row of one edition, the day of announcement, and the first as-of date at which the state is expected.
PARTS = """
role   | from       | known_on   | announced_on | expected
guest  |            |            | 2020-01-05   | 2020-06-04
guest  | 2020-06-10 |            | 2020-01-05   | 2020-06-04
guest  | 2020-06-11 |            | 2020-01-05   | 2020-06-04
member | 2020-06-10 |            | 2020-01-05   | 2020-06-04
member |            |            | 2020-01-05   | 2020-06-04
guest  |            |            | 2020-06-02   | 2020-06-04
guest  |            |            | 2020-06-05   | 2020-06-06
guest  |            | 2020-02-01 | 2020-01-05   | 2020-02-02
member |            | 2020-02-01 | 2020-01-05   | 2020-02-02
member |            | 2019-12-01 | 2020-01-05   | 2020-01-06
guest  | 2020-06-10 | 2020-06-10 | 2020-01-05   | 2020-06-11
guest  |            | 2020-06-08 | 2020-06-05   | 2020-06-09
"""


@pytest.mark.parametrize("row", table(PARTS), ids=lambda row: "-".join(filter(None, row.values())))
def test_a_part_in_one_edition_is_known_on_its_day_or_seven_days_before(tmp_path, row):
    assert GUEST_NOTICE_DAYS == 7
    cells = f"FRA | {row['role']} | 2020 | {row['from']} | {row['known_on']}"
    found = calendar(
        tmp_path, f"announced_on\n{row['announced_on']}", f"state | role | edition | from | known_on\n{cells}"
    )
    first = day(row["expected"])
    if first - 1 > day(row["announced_on"]):
        assert members_on(found, str(first - 1)) == ["IND"]
    assert members_on(found, str(first)) == ["FRA", "IND"]


def test_a_guest_of_the_series_is_a_member_from_its_first_day(tmp_path):
    found = calendar(tmp_path, members="state | role | from\nFRA | guest | 2008-11-16")
    assert members_on(found, "2020-01-06") == ["FRA", "IND"]


#: When an absence is public, and until when the state is expected: it is a member of the series, or of the edition.
ABSENCES = """
role            | part   | known_on   | expected              | not expected
not_invited     | series | 2020-03-01 | 2020-01-06 2020-03-01 | 2020-03-02 2020-06-10 2020-07-01
will_not_attend | series | 2020-03-01 | 2020-01-06 2020-03-01 | 2020-03-02 2020-06-10 2020-07-01
not_invited     | series | 2019-11-26 |                       | 2020-01-06 2020-06-10
will_not_attend | series | 2020-06-10 | 2020-06-10            | 2020-06-11
will_not_attend | 2020   | 2020-05-01 |                       | 2020-05-02 2020-06-04 2020-06-10
will_not_attend | 2020   | 2020-06-05 | 2020-06-04 2020-06-05 | 2020-06-06 2020-06-10
will_not_attend | host   | 2020-05-01 | 2020-05-01            | 2020-05-02
"""


@pytest.mark.parametrize("row", table(ABSENCES), ids=lambda row: f"{row['role']}-{row['part']}-{row['known_on']}")
def test_who_is_left_out_or_will_not_come_is_expected_until_that_is_public(tmp_path, row):
    state = "IND" if row["part"] == "host" else "FRA"
    part = f"{state} | member | {'2020' if row['part'] == '2020' else ''} |"
    rows = f"state | role | edition | known_on\n{part}\n{state} | {row['role']} | 2020 | {row['known_on']}"
    found = calendar(tmp_path, members=rows)
    for as_of in row["expected"].split():
        assert state in members_on(found, as_of), as_of
    for as_of in row["not expected"].split():
        assert state not in members_on(found, as_of), as_of


def test_of_two_absences_the_earlier_counts(tmp_path):
    rows = "FRA | will_not_attend | 2020 | 2020-04-01\nFRA | not_invited | 2020 | 2020-03-01"
    (edition,) = calendar(tmp_path, members="state | role | edition | known_on\n" + rows).editions
    assert edition.absent == (("FRA", day("2020-03-01")),)


def test_an_absence_of_another_edition_says_nothing(tmp_path):
    rows = "FRA | member | |\nFRA | not_invited | 2021 | 2020-03-01"
    assert "FRA" in members_on(calendar(tmp_path, members="state|role|edition|known_on\n" + rows), "2020-06-10")


def test_a_guest_who_is_a_member_too_is_known_as_a_member(tmp_path):
    found = calendar(tmp_path, members="state | role | edition\nFRA | guest | 2020\nFRA | member | ")
    assert members_on(found, "2020-01-06") == ["FRA", "IND"]


def test_all_members_of_the_united_nations(tmp_path):
    (edition,) = calendar(tmp_path, members=f"state\n{ALL_UN}").editions
    codes = edition.expected()
    assert codes == {code for code, state in states().items() if state.exists_on(day("2020-06-10"))} - OUTSIDE_UN
    assert {"USA", "SSD", "MNE"} <= codes
    assert not {"SUN", "YUG", "TWN"} & codes
    assert {since for _, since in edition.members} == {day("2020-01-05")}
    assert edition.left == ()


#: Who exists as of a date, at a General Assembly of 20 September that was announced on 10 March: not who will.
UNITED_NATIONS = """
year | state | announced_on | expected              | not expected
2006 | SCG   | 2006-03-10   | 2006-03-11 2006-06-04 | 2006-06-05 2006-09-20
2006 | MNE   | 2006-03-10   | 2006-09-20            | 2006-03-11 2006-06-03
2006 | SRB   | 2006-03-10   | 2006-09-20            | 2006-03-11 2006-06-03
1990 | YMD   | 1990-03-10   | 1990-03-11 1990-05-21 | 1990-05-22 1990-09-20
1990 | DDR   | 1990-03-10   | 1990-03-11 1990-09-20 |
2011 | SSD   | 2011-03-10   | 2011-07-10 2011-09-20 | 2011-03-11 2011-07-09
1985 | SUN   | 1985-03-10   | 1985-03-11 1985-09-20 |
1985 | SSD   | 1985-03-10   |                       | 1985-03-11 1985-09-20
"""


@pytest.mark.parametrize("row", table(UNITED_NATIONS), ids=lambda row: f"{row['year']}-{row['state']}")
def test_the_united_nations_are_those_of_the_as_of_date(tmp_path, row):
    starts = f"{row['year']}-09-20"
    venue = f"starts_on | ends_on | announced_on\n{starts} | {starts} | {row['announced_on']}"
    found = calendar(tmp_path, venue, members=f"state\n{ALL_UN}")
    for as_of in row["expected"].split():
        assert row["state"] in members_on(found, as_of), as_of
    for as_of in row["not expected"].split():
        assert row["state"] not in members_on(found, as_of), as_of


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
announced_basis | rumour  | 'rumour' is not one of source, rule, first_day
replaces     | 1999       | '1999' is no other edition of g20
replaces     | 2020       | '2020' is no other edition of g20
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


BAD_MEMBERSHIPS = """
row                                  | column   | says
XYZ | | | member | |                 | state    | 'XYZ' is no code of a state
CHN | x | | member | |               | from     | 'x' is no day of the calendar
CHN | | x | member | |               | to       | 'x' is no day of the calendar
CHN | | | friend | |                 | role     | 'friend' is not one of member, guest, observer, not_invited, will_
CHN | | | | |                        | role     | '' is not one of member, guest
CHN | | | guest | 2020 | soon        | known_on | 'soon' is no day of the calendar
CHN | | | not_invited | 2020 |       | known_on | is empty; not_invited needs the day on which it was public
CHN | | | will_not_attend | 2020 |   | known_on | is empty; will_not_attend needs the day
CHN | | | not_invited | | 2020-01-01 | edition  | is empty; not_invited is said of one edition
CHN | | | member | | 2020-01-01      | known_on | a row without an edition is known from its `from`
"""


def bad_memberships() -> list[tuple[str, ...]]:
    lines = BAD_MEMBERSHIPS.strip().splitlines()[1:]
    return [tuple(cell.strip() for cell in line.rsplit("|", 2)) for line in lines]


@pytest.mark.parametrize(("cells", "column", "says"), bad_memberships())
def test_a_membership_that_cannot_be_understood_is_named(tmp_path, cells, column, says):
    calendar(tmp_path)
    path = tmp_path / "memberships.csv"
    rows = ["CHN,,,member,,", ",".join(cell.strip() for cell in cells.split("|"))]
    path.write_text("\n".join([",".join(MEMBER), *(f"g20,{row}" for row in rows), ""]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_calendar(tmp_path)
    found = [(3, caught.value.field)] if caught.value.row == 3 else []
    assert (caught.value.path, found) == (path, [(3, column)])
    assert says in str(caught.value)


def test_every_problem_of_a_file_is_said_at_once(tmp_path):
    good = ",".join(VENUE.values())
    bad = ",".join({**VENUE, "host": "XYZ", "ends_on": "never", "format": "zoom"}.values())
    rows = [",".join(VENUE), bad, good, bad, "only,two", ""]
    (tmp_path / "venues.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_calendar(tmp_path)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{tmp_path / 'venues.csv'}: 7 problems:"
    assert [line.strip().split(":")[0] for line in lines[1:]] == [
        "line 5",
        *(f"lines 2, 4, {column}" for column in ("format", "ends_on", "host")),
    ]
    assert "cells, but the header has" in lines[1]
    assert "unknown state 'XYZ'" in lines[4]


def test_of_many_problems_twenty_are_listed(tmp_path):
    calendar(tmp_path)
    rows = "".join(f"g20,CHN,,,friend{number},,\n" for number in range(33))
    (tmp_path / "memberships.csv").write_text(",".join(MEMBER) + "\n" + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_calendar(tmp_path)
    lines = str(caught.value).splitlines()
    assert "33 problems" in lines[0]
    assert len(lines) == 22
    assert "line 21, role: 'friend19'" in lines[-2]
    assert lines[-1].strip() == "and 13 more"


MOVED = """
edition | off_on     | replaces | basis  | announced_on | says
old     | 2020-04-01 |          |        |              |
new     |            | old      | rule   | 2020-04-01   |
new     |            | old      | rule   | 2020-03-31   | which it replaces, was off; by rule, use 2020-04-01 or later
new     |            | old      | source | 2020-03-31   |
new     |            | off      | rule   | 2020-03-31   | off has no off_on; write there the day
"""


@pytest.mark.parametrize("row", table(MOVED)[1:], ids=lambda row: f"{row['basis']}-{row['announced_on']}")
def test_by_rule_an_edition_is_known_no_earlier_than_the_one_it_replaces_is_off(tmp_path, row):
    venues = (
        "edition | off_on | replaces | announced_basis | announced_on\n"
        "old | 2020-04-01 | | source | 2020-01-05\noff | | | source | 2020-01-05\n"
        f"new | | {row['replaces']} | {row['basis']} | {row['announced_on']}"
    )
    if not row["says"]:
        assert len(calendar(tmp_path, venues).editions) == 3
        return
    with pytest.raises(InputError, match=re.escape(row["says"])) as caught:
        calendar(tmp_path, venues)
    assert caught.value.row == 4


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
        ",".join(MEMBER) + "\ng20,XYZ,,,member,,\n",
        ",".join(MEMBER) + "\ng20,CHN,x,,member,,\n",
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
    assert {row["announced_basis"] for row in rows} == {"source", "rule", "first_day"}
    assert [r for r in rows if r["announced_basis"] == "first_day" and r["announced_on"] != r["starts_on"]] == []
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
    assert {row["role"] for row in rows} == set(ROLES)


def test_a_special_summit_is_unknown_before_its_announcement():
    def known(as_of: str) -> bool:
        found = read_calendar(RAW).known_before(day(as_of)).editions
        return any(e.series == "us-africa" and e.starts_on == day("2022-12-13") for e in found)

    assert not known("2022-07-20")
    assert known("2022-07-21")


def test_no_shipped_rule_precedes_the_day_on_which_the_replaced_edition_is_off():
    rows = {(row["series"], row["edition"]): row for row in shipped_rows("venues.csv")}
    successors = [row for row in rows.values() if row["replaces"]]
    assert len(successors) > 50
    early = []
    for row in successors:
        off_on = rows[row["series"], row["replaces"]]["off_on"]
        if not off_on or (row["announced_basis"] != "source" and row["announced_on"] < off_on):
            early.append((row["series"], row["edition"]))
    assert early == []


def test_every_shipped_part_in_one_edition_has_a_day_or_falls_under_the_rule():
    """Never before the announcement, and never by the mere list of those who came."""
    venues = {(row["series"], row["edition"]): row for row in shipped_rows("venues.csv")}
    rows = [row for row in shipped_rows("memberships.csv") if row["edition"] and row["role"] != "observer"]
    editions = {(one.series, one.edition): one for one in read_calendar(RAW).editions}
    of_series = {(row["series"], row["state"]) for row in shipped_rows("memberships.csv") if not row["edition"]}
    wrong, counts = [], {"day": 0, "rule": 0, "absence": 0}
    for row in rows:
        venue, edition = venues[row["series"], row["edition"]], editions[row["series"], row["edition"]]
        if row["role"] in ("not_invited", "will_not_attend"):
            counts["absence"] += 1
            if not "1980" < row["known_on"] <= venue["starts_on"] or dict(edition.absent)[row["state"]] > day(
                row["known_on"]
            ):
                wrong.append(row)
            continue
        counts["day" if row["known_on"] else "rule"] += 1
        by_rule = max(venue["announced_on"], str(day(venue["starts_on"]) - 7))
        expected = max(venue["announced_on"], row["known_on"] or by_rule)
        since = str(dict(edition.members)[row["state"]])
        alone = (row["series"], row["state"]) not in of_series and row["state"] != edition.host
        if since < venue["announced_on"] or row["known_on"] > venue["starts_on"] or (alone and since != expected):
            wrong.append(row)
    assert wrong == []
    assert counts["day"] > 800
    assert counts["absence"] > 400


@pytest.mark.parametrize("column", ["known_url", "url"])
def test_every_shipped_day_of_a_part_has_an_address(column):
    rows = [row for row in shipped_rows("memberships.csv") if row["known_on"]]
    assert [row for row in rows if not (row["known_url"] or row["url"]).startswith(("https://", "http://"))] == []
    assert [row for row in rows if row[column] and not row[column].startswith(("https://", "http://"))] == []


def test_no_shipped_state_is_a_member_after_its_end():
    rows = [row for row in shipped_rows("memberships.csv") if not row["edition"] and row["state"] != ALL_UN]
    ends = {code: state.exists_to for code, state in states().items()}
    assert [row for row in rows if day(row["to"] or "9998-01-01") >= ends[row["state"]]] == []


def test_the_sample_of_announcements_is_written_up():
    """Each drawn edition has its verdict, and none that was too early is still known from that day."""
    drawn = {f"{row['series']}/{row['edition']}": row for row in benchmark_module("announcement_sample").sample()}
    text = (RAW.parents[1] / "docs" / "announcement-sample.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (\S+/\S+) \| (\S+) \| (source|rule) \| ([a-z ]+) \|", text, re.MULTILINE)
    assert sorted(name for name, *_ in found) == sorted(drawn)
    assert len(found) == 60
    verdicts = [verdict for *_, verdict in found]
    counts = [verdicts.count(word) for word in ("not too early", "unknown", "too early")]
    assert sum(counts) == 60
    assert "| both | {} | {} | {} |".format(*counts) in text
    for name, announced_on, _, verdict in found:
        now = drawn[name]["announced_on"]
        assert now > announced_on if verdict == "too early" else now >= announced_on, name
