"""What becomes public of a summit on the as-of date or later changes nothing, by a bit: neither of its parts.

Versions of `venues.csv` and `memberships.csv` that differ in such days alone are one calendar before the as-of date,
and give one panel with every family of signals.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.calendar import Calendar
from forecast.facts.history import History, make_history
from forecast.panel import panel as panels
from forecast.readers.calendar import GUEST_NOTICE_DAYS, read_calendar
from forecast.signals.catalogue import EMERGING
from text_tables import as_frame, covered, day, table
from tiers import examples

build_panel = partial(panels.build_panel, emerging=EMERGING)

RAW = Path(__file__).parents[2] / "data" / "raw"
VENUES = ("series", "edition", "host", "starts_on", "ends_on", "format", "status", "announced_on", "announced_basis",
          "off_on", "replaces")  # fmt: skip
MEMBERSHIPS = ("series", "state", "from", "to", "role", "edition", "known_on")
STATES = ("USA", "CHN", "FRA", "IND", "RUS")
DYADS = ["USA-CHN", "USA-FRA", "USA-IND"]
ABSENCES = ("not_invited", "will_not_attend")
#: The first year of the drawn calendars.
START = day("2012-01-01")

Row = dict[str, str]
Tables = tuple[list[Row], list[Row]]


def write(folder: Path, tables: Tables) -> Calendar:
    folder.mkdir(exist_ok=True)
    for name, columns, rows in zip(("venues", "memberships"), (VENUES, MEMBERSHIPS), tables, strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, extrasaction="ignore", restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return read_calendar(folder)


def later(generator: np.random.Generator, as_of: np.datetime64, most: int = 600) -> str:
    """Give the as-of date or a day after it."""
    return str(as_of + int(generator.integers(0, most)) * int(generator.integers(0, 4) > 0))


def poisoned(tables: Tables, as_of: np.datetime64, generator: np.random.Generator, *, more: int = 12) -> Tables:
    """Rewrite everything that is public on the as-of date or later, and add more of it."""
    today = str(as_of)
    replaced = {
        (row["series"], row["replaces"]) for row in tables[0] if row["replaces"] and row["announced_on"] < today
    }
    days = {(row["series"], row["edition"]): (row["announced_on"], row["starts_on"]) for row in tables[0]}
    names = sorted(days)
    venues = []
    for row in tables[0]:
        told = dict(row)
        if row["announced_on"] >= today:
            if (row["series"], row["edition"]) not in replaced and generator.random() < 0.3:
                continue
            told |= new_edition(generator, as_of, row["series"], row["edition"])
        else:
            if not row["off_on"] or row["off_on"] >= today:
                told["off_on"] = later(generator, as_of) if generator.random() < 0.5 else ""
            if row["ends_on"] >= today:
                told["status"] = str(generator.choice(["held", "planned", "cancelled", "postponed"]))
                told["format"] = str(generator.choice(["in_person", "virtual", "hybrid"]))
        venues.append(told)
    series = sorted({row["series"] for row in tables[0]})
    for number in range(more):
        new = new_edition(generator, as_of, str(generator.choice(series)), f"poison-{number}")
        venues.append(new | {"replaces": moved_edition(generator, new["series"], tables[0], today)})
    memberships = []
    for row in tables[1]:
        told = dict(row)
        if row["edition"]:
            announced_on, starts_on = days[row["series"], row["edition"]]
            by_rule = max(announced_on, str(day(starts_on) - GUEST_NOTICE_DAYS))
            if row["role"] != "observer" and (row["known_on"] or by_rule) >= today:
                if generator.random() < 0.5:
                    continue
                told |= {"state": str(generator.choice(STATES)), "known_on": later(generator, as_of)}
        elif row["from"] >= str(as_of + GUEST_NOTICE_DAYS):
            # One that begins with a summit is public a week before.
            if generator.random() < 0.5:
                continue
            told["from"] = later(generator, as_of + GUEST_NOTICE_DAYS)
        elif not row["to"] or row["to"] >= today:
            told["to"] = later(generator, as_of) if generator.random() < 0.5 else ""
        memberships.append(told)
    for _ in range(more):
        name, edition = names[int(generator.integers(len(names)))]
        role = str(generator.choice(["guest", "member", *ABSENCES]))
        state = str(generator.choice(STATES))
        told = {"series": name, "state": state, "role": role, "edition": edition, "known_on": later(generator, as_of)}
        memberships.append(told)
        memberships.append(
            {"series": name, "state": state, "role": "member", "from": later(generator, as_of + GUEST_NOTICE_DAYS)}
        )
    return venues, memberships


def new_edition(generator: np.random.Generator, as_of: np.datetime64, series: str, edition: str) -> Row:
    """An edition of any host and days, even days long past, that is announced on the as-of date or later."""
    starts_on = as_of + int(generator.integers(-300, 600))
    return {
        "series": series,
        "edition": edition,
        "host": str(generator.choice(STATES)),
        "starts_on": str(starts_on),
        "ends_on": str(starts_on + int(generator.integers(0, 4))),
        "format": str(generator.choice(["in_person", "virtual"])),
        "status": str(generator.choice(["held", "cancelled"])),
        "announced_on": later(generator, as_of),
        "announced_basis": "source",
        "off_on": str(generator.choice(["", later(generator, as_of)])),
        "replaces": "",
    }


def moved_edition(generator: np.random.Generator, series: str, venues: list[Row], today: str) -> str:
    """An edition that a new one may replace: the host and the days of the old one stand until then."""
    old = [row["edition"] for row in venues if row["series"] == series and row["announced_on"] < today]
    return str(generator.choice(["", *old[-3:]]))


DAYS = st.integers(0, 1800)
NUMBERS = st.integers(0, 2**32 - 1)


@st.composite
def tables(draw: st.DrawFn) -> Tables:
    """Two series with a few editions, members that come and go and come back, guests, and states that stay away."""
    venues, memberships = [], []
    for number in range(draw(st.integers(2, 7))):
        starts, notice, off = draw(DAYS), draw(st.integers(0, 400)), draw(st.sampled_from([None, None, 0, 5, 60]))
        series, edition = draw(st.sampled_from(["g20", "apec"])), str(number)
        venues.append(
            {
                "series": series,
                "edition": edition,
                "host": draw(st.sampled_from(STATES)),
                "starts_on": str(START + starts),
                "ends_on": str(START + starts + draw(st.integers(0, 3))),
                "format": draw(st.sampled_from(["in_person", "in_person", "virtual"])),
                "status": "held" if off is None else "cancelled",
                "announced_on": str(START + starts - notice),
                "announced_basis": "source",
                "off_on": "" if off is None else str(START + starts - off),
                "replaces": "",
            }
        )
        for _ in range(draw(st.integers(0, 4))):
            role = draw(st.sampled_from(["guest", "member", "observer", *ABSENCES]))
            known = START + starts - draw(st.integers(0, 90))
            known_on = str(known) if role in ABSENCES or draw(st.booleans()) else ""
            told = {"series": series, "edition": edition, "state": draw(st.sampled_from(STATES)), "role": role}
            memberships.append(dict.fromkeys(MEMBERSHIPS, "") | told | {"known_on": known_on})
    for series in ("g20", "apec"):
        for state in STATES:
            first, length, gap = draw(DAYS) - 900, draw(st.integers(50, 900)), draw(st.sampled_from([0, 1, 30, 200]))
            for begins, ends in ((first, first + length), (first + length + gap, None)):
                spell = {"from": str(START + begins), "to": "" if ends is None else str(START + ends)}
                told = {"series": series, "state": state, "role": "member"}
                memberships.append(dict.fromkeys(MEMBERSHIPS, "") | told | spell)
    return venues, memberships


def record(calendar: Calendar) -> History:
    """Some meetings of the USA, in and out of the weeks of summits, with a calendar."""
    rows = [
        {"recipient": other, "occurred_on": str(START + at), "known_on": str(START + at + 1)}
        for at, other in enumerate(("CHN", "FRA", "IND") * 60)
        if at % 7 < 2
    ]
    rows = [
        row | {"occurred_on": str(START + 29 * at), "known_on": str(START + 29 * at)} for at, row in enumerate(rows)
    ]
    return make_history(as_frame(rows), [covered(starts_on="2008-01-01")], calendar=calendar)


def assert_same_panels(one: History, other: History, as_of: np.datetime64, dyads: list[str]) -> None:
    asked = {"as_ofs": np.array([as_of - 40, as_of]), "dyads": dyads}
    ours = build_panel(one, **asked).signals
    for history in (other, other.known_before(as_of)):
        theirs = build_panel(history, **asked).signals
        assert list(ours) == list(theirs)
        assert [name for name in ours if ours[name].to_numpy().tobytes() != theirs[name].to_numpy().tobytes()] == []


@settings(max_examples=examples(60))
@given(drawn=tables(), at=DAYS, seed=NUMBERS)
def test_no_part_of_the_future_is_known_before(tmp_path_factory, drawn, at, seed):
    folder, as_of = tmp_path_factory.mktemp("calendar"), START + at
    clean = write(folder, drawn)
    dirty = write(folder, poisoned(drawn, as_of, np.random.default_rng(seed)))
    assert clean.known_before(as_of) == dirty.known_before(as_of)
    assert repr(clean.known_before(as_of)) == repr(dirty.known_before(as_of))
    for one, other in zip(
        clean.known_before(as_of).editions,
        [edition for edition in dirty.editions if edition.announced_on < as_of],
        strict=True,
    ):
        assert one.expected() == one.expected(as_of) == other.expected(as_of)


@settings(max_examples=examples(8))
@given(drawn=tables(), at=st.integers(200, 1800), seed=NUMBERS)
def test_no_signal_sees_a_part_of_the_future(tmp_path_factory, drawn, at, seed):
    folder, as_of = tmp_path_factory.mktemp("calendar"), START + at
    clean = write(folder, drawn)
    dirty = write(folder, poisoned(drawn, as_of, np.random.default_rng(seed)))
    assert_same_panels(record(clean), record(dirty), as_of, DYADS)


@cache
def shipped_tables() -> Tables:
    found = []
    for name in ("venues", "memberships"):
        with (RAW / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            found.append(list(csv.DictReader(lines)))
    return found[0], found[1]


@pytest.mark.parametrize(
    "as_of",
    ["2014-07-15", "2026-08-01"]
    + [
        pytest.param(day, marks=pytest.mark.slow)
        for day in ("1991-12-01", "2001-09-12", "2006-06-05", "2012-02-10", "2019-10-31", "2020-03-12", "2022-06-07")
    ],
)
def test_no_part_of_the_future_of_the_shipped_calendar_is_known_before(shipped_history, tmp_path, as_of):
    clean = shipped_history.calendar
    dirty = write(tmp_path, poisoned(shipped_tables(), day(as_of), np.random.default_rng(1), more=300))
    assert repr(clean.known_before(day(as_of))) == repr(dirty.known_before(day(as_of)))
    assert clean != dirty


@pytest.mark.parametrize("as_of", ["2014-07-15", pytest.param("2022-06-07", marks=pytest.mark.slow)])
def test_no_signal_sees_the_future_of_the_shipped_calendar(shipped_history, tmp_path, as_of):
    history = shipped_history
    dirty = write(tmp_path, poisoned(shipped_tables(), day(as_of), np.random.default_rng(2), more=300))
    dyads = ["USA-EGY", "USA-CHN", "USA-RUS", "USA-MEX", "USA-KEN"]
    assert_same_panels(history, replace(history, calendar=dirty), day(as_of), dyads)


VENUE = dict.fromkeys(VENUES, "") | {
    "series": "g20", "edition": "old", "host": "FRA", "starts_on": "2014-06-10", "ends_on": "2014-06-11",
    "format": "in_person", "status": "held", "announced_on": "2013-06-01", "announced_basis": "source",
}  # fmt: skip
MEMBERS = [
    dict.fromkeys(MEMBERSHIPS, "") | {"series": "g20", "state": state, "role": "member"} for state in ("USA", "CHN")
]
#: A change of one part of a summit of 10 June 2014, and the column that has the day on which it was public.
CHANGES = """
part             | file  | cells                                                    | column
host             | new   | edition=new host=IND replaces=old                        | announced_on
days             | new   | edition=new starts_on=2014-07-01 ends_on=2014-07-02      | announced_on
another          | new   | series=apec edition=first                                | announced_on
called off       | old   | status=cancelled                                         | off_on
virtual          | old   | format=virtual                                           | off_on
a guest          | state | state=IND role=guest edition=old                         | known_on
a member of one  | state | state=IND role=member edition=old                        | known_on
left out         | state | state=CHN role=not_invited edition=old                   | known_on
stays away       | state | state=CHN role=will_not_attend edition=old               | known_on
the host is away | state | state=FRA role=will_not_attend edition=old               | known_on
a new member     | state | state=IND role=member                                    | from
a guest for good | state | state=IND role=guest                                     | from
a member leaves  | whole | state=CHN                                                | to
"""


@pytest.mark.parametrize("row", table(CHANGES), ids=lambda row: row["part"])
def test_each_part_counts_from_the_day_after_it_was_public(tmp_path, row):
    clean = write(tmp_path, ([VENUE], MEMBERS))
    cells = dict(cell.split("=") for cell in row["cells"].split())
    as_of = day("2014-04-01")
    for public_on, changes in (("2014-03-31", True), ("2014-04-01", False), ("2014-04-02", False)):
        told = cells | {row["column"]: public_on}
        venues, members = [VENUE], MEMBERS
        if row["file"] == "new":
            venues = [VENUE, VENUE | told]
        elif row["file"] == "old":
            venues = [VENUE | told]
        elif row["file"] == "state":
            members = [*MEMBERS, dict.fromkeys(MEMBERSHIPS, "") | {"series": "g20"} | told]
        else:
            members = [one | told if one["state"] == told["state"] else one for one in MEMBERS]
        found = write(tmp_path, (venues, members)).known_before(as_of)
        assert (found != clean.known_before(as_of)) is changes, public_on


def test_the_poison_is_one(shipped_history, tmp_path):
    """The test of the tests: most of what is rewritten shows once its day has come."""
    clean = shipped_history.calendar
    dirty = write(tmp_path, poisoned(shipped_tables(), day("2014-07-15"), np.random.default_rng(1), more=300))
    for as_of in ("2014-07-16", "2015-07-15"):
        assert clean.known_before(day(as_of)) != dirty.known_before(day(as_of))
    before = {(e.series, e.edition): e for e in clean.known_before(day("2018-01-01")).editions}
    after = {(e.series, e.edition): e for e in dirty.known_before(day("2018-01-01")).editions}
    for name in ("host", "starts_on", "off_on", "took_place", "members", "left", "absent"):
        assert sum(getattr(before[key], name) != getattr(after[key], name) for key in before.keys() & after.keys()) > 5
