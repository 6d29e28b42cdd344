"""The shipped calendar of summits against the shipped records, and the rules of that comparison on made-up facts.

*A summit that the records name* is a group of records of leaders since 1990 with one venue and one place, whose days
overlap or follow one another. A record without a venue counts too if it is coded as multilateral or on the margins.
Every such group must be an edition of the calendar: the host is the place, the series is one that the venue stands for
(any series, where no venue is coded), and every stay of the group overlaps the days of the edition, widened by one day
on either side because a stay may begin the evening before (not widened where no venue is coded).

Only what `gatherings.csv` lists with its reason is no summit: funerals, ceremonies, signings, business forums,
conferences of others and addresses to the General Assembly outside its week. A summit that a *wrong record* keeps from
being matched is listed there as well, with an address that has the right day, and still counts as not matched.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from benchmark_modules import benchmark_module
from forecast.cli.main import main
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import History
from forecast.readers.calendar import ATTENDANCES
from forecast.readers.crosscheck import (
    REASONS,
    RECORD_WRONG,
    SERIES_OF,
    Gathering,
    NamedSummit,
    check_calendar,
    edition_of,
    leader_records,
    named_summits,
    read_gatherings,
)
from text_tables import covered, day, history_of, table

_ATTENDANCE = benchmark_module("attendance")
attendance_gaps, editions_to_attend = _ATTENDANCE.attendance_gaps, _ATTENDANCE.editions_to_attend
read_attendances, recorded_at = _ATTENDANCE.read_attendances, _ATTENDANCE.recorded_at

RAW = Path(__file__).parents[2] / "data" / "raw"


@pytest.fixture(scope="module")
def history(shipped_history) -> History:
    return shipped_history


@pytest.fixture(scope="module")
def gatherings() -> tuple[Gathering, ...]:
    return read_gatherings(RAW)


def test_the_calendar_has_98_of_100_summits_that_the_records_name(history, gatherings):
    check = check_calendar(history, gatherings)
    assert check.named > 200
    assert check.missed == (), "mend the calendar, or list these with their reason"
    assert check.share >= 0.98


def test_every_listed_gathering_is_named_by_the_records_and_in_no_edition(history, gatherings):
    assert check_calendar(history, gatherings).stale == ()
    # The list is an exception: were it long, the share would say little.
    assert len(gatherings) < 0.15 * len(named_summits(leader_records(history)))
    assert len(set(gatherings)) == len(gatherings)


def test_a_wrong_record_is_of_a_summit_that_the_calendar_has(history, gatherings):
    wrong = [g for g in gatherings if g.reason == RECORD_WRONG]
    near = np.timedelta64(14, "D")
    assert len(wrong) < 0.02 * check_calendar(history, gatherings).named
    for gathering in wrong:
        assert [
            edition
            for edition in history.calendar.editions
            if (edition.series, edition.host) == (gathering.venue, gathering.place)
            and abs(edition.starts_on - gathering.starts_on) < near
        ], gathering


@pytest.mark.parametrize("days", [-20, 20])
def test_a_calendar_with_wrong_days_would_be_found_out(history, gatherings, days):
    moved = np.timedelta64(days, "D")
    wrong = Calendar(
        tuple(
            replace(edition, starts_on=edition.starts_on + moved, ends_on=edition.ends_on + moved)
            for edition in history.calendar.editions
        )
    )
    assert check_calendar(replace(history, calendar=wrong), gatherings).share < 0.2


def test_a_calendar_with_wrong_hosts_would_be_found_out(history, gatherings):
    wrong = Calendar(tuple(replace(edition, host="TUV") for edition in history.calendar.editions))
    assert check_calendar(replace(history, calendar=wrong), gatherings).matched == ()


def test_every_venue_stands_for_series_of_the_calendar(history):
    series = {edition.series for edition in history.calendar.editions}
    assert {name for names in SERIES_OF.values() for name in names} <= series


def test_the_president_is_recorded_at_every_edition_or_the_reason_is_given(history):
    """Abroad a record must have him meet somebody in the host state in those days, at home a visit must name it."""
    gaps = attendance_gaps(history, read_attendances(RAW / "venues.csv"))
    assert [(edition.series, edition.edition, wrong) for edition, wrong in gaps] == []
    assert len(editions_to_attend(history)) > 300


def test_most_editions_are_recorded_and_need_no_reason(history):
    """The reasons are exceptions; an unnamed or unrecorded meeting must not become the rule."""
    told = read_attendances(RAW / "venues.csv")
    words = [told[edition.series, edition.edition] for edition in editions_to_attend(history)]
    assert words.count("president") > 0.7 * len(words)
    assert words.count("unnamed") + words.count("not_recorded") < 0.15 * len(words)


def test_attendance_may_be_left_out(tmp_path):
    path = tmp_path / "venues.csv"
    assert read_attendances(path) == {}
    path.write_text("series,edition\ng20,2020\n", encoding="utf-8")
    assert read_attendances(path) == {("g20", "2020"): ""}
    path.write_text("series,edition,us_attendance\ng20,2020,virtual\n", encoding="utf-8")
    assert read_attendances(path) == {("g20", "2020"): "virtual"}


def shipped_venues() -> list[dict[str, str]]:
    with (RAW / "venues.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def test_shipped_reasons_agree_with_how_the_edition_was_held():
    rows = shipped_venues()
    assert {row["us_attendance"] for row in rows} == {"", *ATTENDANCES}
    there = {"president", "unnamed", "not_recorded"}
    assert [
        r for r in rows if r["us_attendance"] in there and (r["format"] == "virtual" or r["status"] != "held")
    ] == []
    assert [
        r for r in rows if (r["us_attendance"] == "not_held") and r["status"] not in ("cancelled", "postponed")
    ] == []


def test_shipped_reasons_have_an_address(history):
    to_attend = {(edition.series, edition.edition) for edition in editions_to_attend(history)}
    without = [
        (row["series"], row["edition"])
        for row in shipped_venues()
        if (row["series"], row["edition"]) in to_attend
        and row["us_attendance"] != "president"
        and "http" not in row["url"] + row["note"]
    ]
    assert without == []


def test_the_documentation_has_the_counts(history, gatherings):
    text = (RAW.parent.parent / "docs" / "data.md").read_text(encoding="utf-8")
    check, told = check_calendar(history, gatherings), read_attendances(RAW / "venues.csv")
    words = [told[edition.series, edition.edition] for edition in editions_to_attend(history)]
    for word in ATTENDANCES:
        assert re.search(rf"^\| `{word}` \|.*\| {words.count(word)} \|$", text, re.MULTILINE), word
    named = len(check.matched) + len(check.missed) + len(check.left_out)
    for said in (
        f"the records name {named} gatherings",
        f"{len(check.matched)} of {check.named} named summits are editions of the calendar, {check.share:.1%}",
        f"the {len(words)} since 1990",
        f"Of {len(told):,} editions {sum(not row['url'] for row in shipped_venues())} have no address",
    ):
        assert said in text, said


# Reads the shipped facts as the command does.
@pytest.mark.slow
def test_the_check_says_the_share_where_there_are_both(history, gatherings, shipped, rivals):
    check = check_calendar(history, gatherings)
    line = f"named summits since 1990 in the calendar: {check.share:.1%} ({len(check.matched)} of {check.named})\n"
    shown = CliRunner().invoke(main, ["check", "--root", str(shipped)])
    assert shown.exit_code == 0, shown.stderr
    assert line in shown.stdout
    assert "summits" not in CliRunner().invoke(main, ["check", "--root", str(rivals)]).stdout


# The rules on made-up facts.

RECORDS = """
source | place | venue   | setting      | started_on | ended_on
FRA    | USA   | g7      | multilateral | 2012-05-18 | 2012-05-19
"""


def edition(starts_on: str = "2012-05-18", ends_on: str = "2012-05-19", **changes: object) -> Edition:
    """Give an edition of the g7 in the USA with France as a member."""
    known = day("2012-01-01")
    made = Edition(
        series="g7",
        edition="2012",
        host="USA",
        starts_on=day(starts_on),
        ends_on=day(ends_on),
        announced_on=known,
        off_on=day("9999-01-01"),
        took_place=True,
        members=(("FRA", known), ("USA", known)),
    )
    return replace(made, **changes)


def facts(records: str = RECORDS, *editions: Edition) -> History:
    """Make a history of records and a calendar."""
    return replace(history_of(records, covered()), calendar=Calendar(editions or (edition(),)))


MATCHING = """
what                                   | starts_on  | ends_on    | series     | host | venue   | matched
the days of the record                 | 2012-05-18 | 2012-05-19 | g7         | USA  | g7      | yes
begins when the stay ends              | 2012-05-19 | 2012-05-20 | g7         | USA  | g7      | yes
begins the day after the stay          | 2012-05-20 | 2012-05-21 | g7         | USA  | g7      | yes
begins two days after the stay         | 2012-05-21 | 2012-05-22 | g7         | USA  | g7      | no
ended the day before the stay          | 2012-05-16 | 2012-05-17 | g7         | USA  | g7      | yes
ended two days before the stay         | 2012-05-15 | 2012-05-16 | g7         | USA  | g7      | no
another host                           | 2012-05-18 | 2012-05-19 | g7         | CAN  | g7      | no
another series                         | 2012-05-18 | 2012-05-19 | g20        | USA  | g7      | no
a venue that stands for the series     | 2012-05-18 | 2012-05-19 | un-special | USA  | unga    | yes
a venue that stands for another series | 2012-05-18 | 2012-05-19 | g7         | USA  | unga    | no
a venue in no series                   | 2012-05-18 | 2012-05-19 | g7         | USA  | funeral | no
no venue, any series                   | 2012-05-18 | 2012-05-19 | g20        | USA  |         | yes
no venue, the day after the stay       | 2012-05-20 | 2012-05-21 | g20        | USA  |         | no
"""


@pytest.mark.parametrize("row", table(MATCHING), ids=lambda row: row["what"])
def test_what_is_a_match(row):
    records = RECORDS.replace("g7     ", f"{row['venue']:<7}")
    held = edition(row["starts_on"], row["ends_on"], series=row["series"], host=row["host"])
    check = check_calendar(facts(records, held), ())
    assert (len(check.matched), len(check.missed)) == ((1, 0) if row["matched"] == "yes" else (0, 1))


def test_an_edition_at_which_nobody_met_is_no_match():
    assert len(check_calendar(facts(RECORDS, edition(took_place=False)), ()).missed) == 1


def test_every_stay_must_fit():
    records = RECORDS + "ITA | USA | g7 | multilateral | 2012-05-20 | 2012-05-23\n"
    check = check_calendar(facts(records, edition("2012-05-17", "2012-05-18")), ())
    assert [summit.ends_on for summit in check.missed] == [day("2012-05-23")]


GROUPS = """
source | place | venue | setting      | started_on | ended_on   | level    | status    | publisher
FRA    | USA   | g7    | multilateral | 2012-05-18 | 2012-05-19 |          |           |
ITA    | USA   | g7    | margins      | 2012-05-20 | 2012-05-20 |          |           |
JPN    | USA   | g7    | bilateral    | 2012-05-22 | 2012-05-22 |          |           |
DEU    | USA   |       | margins      | 2012-05-18 | 2012-05-19 |          |           |
GBR    | USA   |       | bilateral    | 2012-05-18 | 2012-05-19 |          |           |
CAN    | USA   | g7    | multilateral | 1989-12-31 | 1990-01-01 |          |           |
CAN    | USA   | g20   | multilateral | 2012-05-18 | 2012-05-19 | minister |           |
CAN    | USA   | g20   | multilateral | 2012-05-18 | 2012-05-19 |          | announced |
CAN    | USA   | g20   | multilateral | 2012-05-18 | 2012-05-19 |          |           | ledger:usa-can
"""


def test_which_records_name_a_summit():
    """Days that follow one another are one summit, a day between them makes two; ministers and plans name none."""
    found = named_summits(leader_records(facts(GROUPS)))
    assert [(s.venue, s.place, s.starts_on, s.ends_on) for s in found] == [
        ("", "USA", day("2012-05-18"), day("2012-05-19")),
        ("g7", "USA", day("2012-05-18"), day("2012-05-20")),
        ("g7", "USA", day("2012-05-22"), day("2012-05-22")),
    ]


@pytest.fixture(scope="module")
def grouped():
    return leader_records(facts(GROUPS))


@given(order=st.permutations(range(5)))
def test_the_order_of_the_records_does_not_matter(grouped, order):
    assert named_summits(grouped.iloc[list(order)]) == named_summits(grouped)


LISTED = Gathering("g7", "USA", day("2012-05-18"), day("2012-05-19"), "ceremony")


@pytest.mark.parametrize(
    ("listed", "held", "outcome"),
    [
        (LISTED, "2015-01-01", (0, 0, 1, 0, 0)),
        (LISTED, "2012-05-18", (1, 0, 0, 1, 1)),
        (replace(LISTED, ends_on=day("2012-05-20")), "2015-01-01", (0, 1, 0, 1, 1)),
        (replace(LISTED, place="CAN"), "2015-01-01", (0, 1, 0, 1, 1)),
        (replace(LISTED, reason=RECORD_WRONG), "2015-01-01", (0, 0, 1, 0, 1)),
    ],
    ids=["left out", "in the calendar", "other days", "other place", "wrong record"],
)
def test_what_the_list_does(listed, held, outcome):
    check = check_calendar(facts(RECORDS, edition(held, held)), [listed])
    lengths = (len(check.matched), len(check.missed), len(check.left_out), len(check.stale))
    assert (*lengths, check.named) == outcome


def test_without_named_summits_there_is_no_share():
    assert check_calendar(facts(RECORDS.replace("g7", "").replace("multilateral", "bilateral")), ()).share is None


def test_of_several_editions_the_shortest_is_taken():
    summit = NamedSummit("", "USA", ((day("2012-05-18"), day("2012-05-19")),))
    short, long = edition("2012-05-19", "2012-05-19", series="nals"), edition("2012-05-10", "2012-05-30", series="unga")
    assert edition_of(summit, Calendar((long, short))) == short


ATTENDED = """
told           | venue | setting      | source | place | host | wrong
president      | g7    | multilateral | FRA    | USA   | USA  |
president      |       | bilateral    | FRA    | USA   | USA  | no reason is given
president      | g20   | margins      | FRA    | USA   | USA  | no reason is given
president      |       | margins      | FRA    | USA   | USA  |
president      |       | bilateral    | CAN    | CAN   | CAN  |
president      | g7    | multilateral | FRA    | USA   | CAN  | no reason is given
               | g7    | multilateral | FRA    | USA   | USA  | neither
               |       | bilateral    | FRA    | USA   | USA  | neither
unnamed        |       | bilateral    | FRA    | USA   | USA  |
unnamed        |       | bilateral    | ITA    | USA   | USA  | no record of those days has another member
unnamed        | g7    | multilateral | FRA    | USA   | USA  | but a record names a meeting
not_recorded   |       | bilateral    | ITA    | USA   | USA  |
not_recorded   | g7    | multilateral | FRA    | USA   | USA  | but a record names a meeting
vice_president |       | bilateral    | FRA    | USA   | USA  |
vice_president | g7    | multilateral | FRA    | USA   | USA  | but a record has the president there
virtual        | g7    | margins      | FRA    | USA   | USA  | but a record has the president there
"""


@pytest.mark.parametrize("row", table(ATTENDED), ids=lambda row: "-".join(filter(None, row.values())))
def test_what_the_records_say_of_his_attendance(row):
    cells = [row["source"], row["place"], row["venue"], row["setting"], "2012-05-18", "2012-05-18"]
    made = facts(RECORDS.strip().splitlines()[0] + "\n" + " | ".join(cells), edition(host=row["host"]))
    gaps = attendance_gaps(made, {("g7", "2012"): row["told"]})
    assert len(gaps) == bool(row["wrong"])
    assert all(row["wrong"] in wrong for _, wrong in gaps)


def test_a_gathering_without_a_name_is_no_assembly_of_the_united_nations():
    held = edition(series="unga")
    margins = leader_records(facts(RECORDS.replace("g7", "").replace("multilateral", "margins"), held))
    assert not recorded_at(held, margins)
    assert recorded_at(held, leader_records(facts(RECORDS.replace("g7 ", "unga "), held)))


TO_ATTEND = """
what                | starts_on  | ends_on    | host | member | counts
at home             | 2012-05-18 | 2012-05-19 | USA  | FRA    | yes
abroad, as a member | 2012-05-18 | 2012-05-19 | CAN  | USA    | yes
no member           | 2012-05-18 | 2012-05-19 | CAN  | FRA    | no
before 1990         | 1989-12-31 | 1990-01-01 | USA  | FRA    | no
before the coverage | 1999-12-31 | 2000-01-01 | USA  | FRA    | no
the last day        | 2029-12-30 | 2029-12-31 | USA  | FRA    | yes
after the coverage  | 2029-12-31 | 2030-01-01 | USA  | FRA    | no
"""


@pytest.mark.parametrize("row", table(TO_ATTEND), ids=lambda row: row["what"])
def test_which_editions_count(row):
    members = tuple((code, day("1980-01-01")) for code in sorted({row["host"], row["member"]}))
    held = edition(row["starts_on"], row["ends_on"], host=row["host"], members=members)
    assert len(editions_to_attend(facts(RECORDS, held))) == (row["counts"] == "yes")


def test_a_member_that_has_left_need_not_come():
    held = edition(host="CAN", left=(("USA", day("2012-05-01")),))
    assert editions_to_attend(facts(RECORDS, held)) == ()


def test_the_reasons_have_each_a_use(gatherings):
    assert {gathering.reason for gathering in gatherings} == set(REASONS)
