"""A small world with every file of facts, and what may be written into each of them on an as-of date or later.

The world is a workspace of texts by file name. A *poison* changes the texts as the future may change them: whatever it
adds, moves or says otherwise became public on `AS_OF` or later. No forecast as of that day may change by a bit.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from forecast.facts.codebook import modes
from forecast.readers.coded_source import FACTS
from forecast.readers.ledger import OPTIONAL, REQUIRED
from forecast.readers.seals import SEAL, seal_of

AS_OF: Final = np.datetime64("2012-05-14", "D")
#: States whose dyads are forecast, and others that stand beside them.
STATES: Final = ("IND", "PAK", "CHN", "LKA")
OTHERS: Final = ("NPL", "BGD", "BTN", "IRN", "RUS")

Files = dict[str, str]
Poison = Callable[[Files, random.Random], None]

VENUES: Final = (
    *("series", "edition", "host", "city", "starts_on", "ends_on", "format", "status", "announced_on"),
    *("announced_basis", "announced_url", "off_on", "replaces", "us_attendance", "note", "url"),
)
MEMBERSHIPS: Final = ("series", "state", "from", "to", "role", "edition", "known_on", "known_url", "note", "url")
LEADERS: Final = ("state", "leader", "office", "from", "to", "note", "url")
GATHERINGS: Final = ("venue", "place", "starts_on", "ends_on", "reason", "note", "url")
CORRECTIONS: Final = ("publisher", "collection", "record_id", "correction", "day", "known_on", "note", "url")
LEDGER: Final = (*REQUIRED, *OPTIONAL)
#: The files of ledgers and of publishers, by what they declare.
TOLD, UNTOLD, FOCAL = (f"engagements/{name}.csv" for name in ("told", "untold", "focal"))
BESIDE, GAZETTE, MANIFEST = "meetings-beside-summits.csv", "gazette/visits.csv", "gazette/manifest.json"

KINDS: Final = (
    *((("CONSULT", "visit", "leader", "bilateral", "occurred"),) * 5),
    ("CONSULT", "meet", "leader", "margins", "occurred"),
    ("CONSULT", "multilateral", "leader", "multilateral", "occurred"),
    ("CONSULT", "third-party", "leader", "bilateral", "occurred"),
    ("CONSULT", "phone", "leader", "bilateral", "occurred"),
    ("CONSULT", "visit", "minister", "bilateral", "occurred"),
    ("CONSULT", "working-group", "working", "bilateral", "occurred"),
    ("CONSULT", "visit", "leader", "bilateral", "announced"),
    ("CONSULT", "visit", "leader", "bilateral", "postponed"),
    ("SANCTION", "cancel", "leader", "bilateral", "cancelled"),
    ("REJECT", "meet", "leader", "bilateral", "occurred"),
)
assert all(mode in modes(event) for event, mode, *_ in KINDS)


def table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def add(files: Files, name: str, *rows: dict[str, Any]) -> None:
    """Put rows into a table, in the columns that it has."""
    columns = tuple(next(csv.reader(io.StringIO(files[name]))))
    files[name] = table(columns, [*rows_of(files[name]), *rows])


def change(files: Files, name: str, place: int, **cells: Any) -> None:
    """Write other cells into a row of a table."""
    rows = rows_of(files[name])
    rows[place] |= cells
    files[name] = table(tuple(rows[0]), rows)


def sealed(files: Files, **declared: Any) -> None:
    """Write what the gazette declares into its manifest, and seal its folder."""
    manifest = json.loads(files[MANIFEST])
    manifest["collections"]["visits"] |= declared
    files[MANIFEST] = json.dumps(manifest)
    seal(files, "gazette")


def seal(files: Files, publisher: str) -> None:
    contents = {name: files[f"{publisher}/{name}"].encode() for name in ("visits.csv", "manifest.json")}
    files[f"{publisher}/{SEAL}"] = seal_of(contents).decode()


def event(draw: random.Random, known: np.datetime64, kind: tuple[str, ...], number: str) -> dict[str, Any]:
    """An event of two of the states that becomes known on a day; it may have occurred years before."""
    what, mode, level, setting, status = kind
    source, recipient = draw.sample((*STATES, *STATES, draw.choice(OTHERS)), 2)
    while source == recipient:
        source, recipient = draw.sample(STATES, 2)
    plan = status in ("announced", "postponed", "cancelled")
    started = known + draw.randrange(1, 300) if plan else known - draw.choice((0, 0, 0, 1, 20, 400, 3000))
    occurred = started if what == "CONSULT" else min(started, known)
    return {
        "record_id": number, "started_on": started, "ended_on": started, "occurred_on": occurred, "known_on": known,
        "source": source, "recipient": recipient, "event": what, "mode": mode, "level": level, "setting": setting,
        "status": status, "place": recipient, "note": draw.choice(("", "constructive talks", "a frank exchange")),
        "accompanied": draw.choice(("true", "")), "url": f"https://example.org/{number}",
    }  # fmt: skip


def as_ledger(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name in LEDGER}


def as_coded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if name in FACTS}


def world() -> Files:
    """Every file of facts: with a past to learn from, and a future that is known today."""
    draw = random.Random("world")
    days = [np.datetime64("2003-01-01", "D") + draw.randrange(4700) for _ in range(170)]
    events = [event(draw, day, draw.choice(KINDS), f"w{at}") for at, day in enumerate(sorted(days))]
    editions, parts = [], []
    for series, month, host, years in (
        ("summit", "06", "IND", range(2007, 2015)),
        ("forum", "11", "CHN", range(2008, 2015)),
        ("un", "09", "USA", (2012,)),
    ):
        for year in years:
            starts = np.datetime64(f"{year}-{month}-10", "D")
            off = starts - 40 if (series, year) in (("summit", 2009), ("forum", 2013)) else ""
            editions.append(
                {"series": series, "edition": year, "host": host, "city": "x", "starts_on": starts,
                 "ends_on": starts + 1, "format": "in_person", "status": "cancelled" if off else "held",
                 "announced_on": starts - 300, "announced_basis": "source", "off_on": off, "url": "https://example.org/s"}
            )  # fmt: skip
    parts += [
        {"series": series, "state": state, "from": "2000-01-01", "role": "member"}
        for state in (*STATES, "NPL", "BGD")
        for series in ("summit", "forum")
    ]
    parts += [
        {"series": "un", "state": "*UN", "from": "1945-10-24", "role": "member"},
        {"series": "summit", "state": "BTN", "from": "2004-01-01", "to": "2010-01-01", "role": "member"},
        {"series": "summit", "state": "BTN", "from": "2011-05-01", "role": "member"},
        {"series": "summit", "state": "IRN", "role": "guest", "edition": "2012", "known_on": "2012-02-01"},
        {"series": "summit", "state": "PAK", "role": "not_invited", "edition": "2011", "known_on": "2011-05-01"},
        {"series": "forum", "state": "LKA", "role": "will_not_attend", "edition": "2012", "known_on": "2012-06-01"},
        {"series": "forum", "state": "RUS", "from": "2012-01-01", "role": "guest"},
    ]
    leaders = [
        {"state": state, "leader": f"{state} {year}", "office": "president", "from": f"{year}-0{at + 1}-05"}
        for at, state in enumerate(STATES)
        for year in (2001, 2006, 2011, 2014)
    ]
    gatherings = [
        {"venue": "funeral", "place": "IND", "starts_on": day, "ends_on": day, "reason": "funeral",
         "url": "https://example.org/g"}
        for day in ("2008-02-01", "2014-02-01")
    ]  # fmt: skip
    beside = [
        as_ledger(event(draw, np.datetime64(f"{year}-06-11", "D"), KINDS[5], f"b{year}")) for year in range(2006, 2015)
    ]
    coded = [as_coded(row | {"recipient": "IND"}) for row in events[::3] if row["source"] != "IND"]
    collection = {
        "coverage_start": "2003-01-01", "coverage_end": "2015-12-31", "focal": "IND", "direction": "both",
        "level": "leader", "complete": True, "address": "https://example.org/gazette", "records": len(coded),
    }  # fmt: skip
    files = {
        "venues.csv": table(VENUES, editions),
        "memberships.csv": table(MEMBERSHIPS, parts),
        "leaders.csv": table(LEADERS, leaders),
        "gatherings.csv": table(GATHERINGS, gatherings),
        BESIDE: table(LEDGER, beside),
        "record-corrections.csv": table(
            CORRECTIONS, [{"publisher": "gazette", "record_id": coded[3]["record_id"], "correction": "no_meeting",
                           "known_on": coded[3]["known_on"]}]
        ),
        TOLD: table(LEDGER, [as_ledger(row) for row in events[1::3]]),
        UNTOLD: table(LEDGER, [as_ledger(row) for row in events[2::6]]),
        FOCAL: table(LEDGER, [as_ledger(row | {"source": "CHN"}) for row in events[5::6] if row["recipient"] != "CHN"]),
        "engagements/manifest.json": json.dumps(
            {"told.csv": {"coverage_start": "2003-01-01", "coverage_end": "2015-06-30"},
             "focal.csv": {"coverage_start": "2004-01-01", "coverage_end": "2014-06-30", "focal": "CHN"}}
        ),
        GAZETTE: table(FACTS, coded),
        MANIFEST: json.dumps({"publisher": "gazette", "collections": {"visits": collection}}),
    }  # fmt: skip
    sealed(files)
    return files


def write(files: Files, raw: Path) -> Path:
    for name, text in files.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(text, encoding="utf-8")
    return raw


# --- poisons ---


def later(draw: random.Random, most: int = 700) -> np.datetime64:
    """A day on which a poison becomes public: a third on the as-of date itself, where leaks come first."""
    return AS_OF + draw.choice((0, draw.randrange(60), draw.randrange(most)))


def _events(draw: random.Random) -> list[dict[str, Any]]:
    return [
        event(draw, later(draw), draw.choice(KINDS), f"p{draw.randrange(10**9)}") for _ in range(draw.randrange(1, 5))
    ]


def into(name: str) -> Poison:
    """Rows of the future into a ledger."""
    return lambda files, draw: add(files, name, *map(as_ledger, _events(draw)))


def into_focal(files: Files, draw: random.Random) -> None:
    add(files, FOCAL, *(as_ledger(row | {"source": "CHN", "recipient": "PAK"}) for row in _events(draw)))


def new_ledger(files: Files, draw: random.Random) -> None:
    """A ledger that first speaks later, and declares that it holds everything since 1990, or nothing."""
    files["engagements/new.csv"] = table(LEDGER, [as_ledger(row) for row in _events(draw)])
    declared = json.loads(files["engagements/manifest.json"])
    if draw.random() < 0.7:
        declared["new.csv"] = {"coverage_start": "1990-01-01", "coverage_end": "2030-12-31", "about": "x"}
        if draw.random() < 0.5:
            declared["new.csv"] |= {
                "focal": draw.choice(STATES),
                "direction": draw.choice(("journeys", "visits", "both")),
            }
    files["engagements/manifest.json"] = json.dumps(declared)


def longer_ledger(files: Files, draw: random.Random) -> None:
    """A ledger's declared days end on another day of the future, and something else is said about it."""
    declared = json.loads(files["engagements/manifest.json"])
    declared[draw.choice(("told.csv", "focal.csv"))] |= {"coverage_end": str(later(draw)), "about": "other words"}
    files["engagements/manifest.json"] = json.dumps(declared)


def beside_summits(files: Files, draw: random.Random) -> None:
    """Meetings beside summits that were written down later, of earlier years too."""
    add(files, BESIDE, *(as_ledger(row) for row in _events(draw) if row["status"] == "occurred"))


def records(files: Files, draw: random.Random) -> None:
    """Records of a publisher that it had not published, and the counts of its manifest."""
    rows = [row | {"recipient": "IND"} for row in _events(draw) if row["source"] != "IND"]
    add(files, GAZETTE, *map(as_coded, rows))
    sealed(files, records=draw.randrange(1000), uncoded={"x": 3}, coded_rate_since_1945=0.5)


def corrections(files: Files, draw: random.Random) -> None:
    """A record that was not published yet, and its correction."""
    row = event(draw, later(draw), KINDS[0], f"p{draw.randrange(10**9)}") | {"source": "PAK", "recipient": "IND"}
    add(files, GAZETTE, as_coded(row))
    sealed(files)
    kind = draw.choice(("no_meeting", "virtual", "day"))
    add(files, "record-corrections.csv",
        {"publisher": "gazette", "record_id": row["record_id"], "correction": kind, "known_on": row["known_on"],
         "day": row["known_on"] - draw.randrange(900) if kind == "day" else ""})  # fmt: skip


def longer_records(files: Files, draw: random.Random) -> None:
    """A publisher's days end on another day of the future; its address and its version are others."""
    sealed(files, coverage_end=str(later(draw)), address="https://example.org/moved", commit="f" * 7)


def new_publisher(files: Files, draw: random.Random) -> None:
    """A publisher that first reports later, and declares that it holds everything since 1900."""
    files["journal/visits.csv"] = table(FACTS, [as_coded(row) for row in _events(draw)])
    collection = {
        "coverage_start": "1900-01-01", "coverage_end": "2030-12-31", "focal": draw.choice((*STATES, "")),
        "direction": draw.choice(("journeys", "visits", "both")), "complete": True, "level": "leader",
    }  # fmt: skip
    if not collection["focal"]:
        collection |= {"direction": "", "complete": False}
    files["journal/manifest.json"] = json.dumps({"publisher": "journal", "collections": {"visits": collection}})
    seal(files, "journal")


def coming(files: Files, draw: random.Random) -> int:
    """The place of an edition that was announced before the as-of date and is not over, and not off."""
    rows = rows_of(files["venues.csv"])
    fitting = [
        at for at, row in enumerate(rows)
        if row["announced_on"] < str(AS_OF) <= row["starts_on"] and not row["off_on"]
    ]  # fmt: skip
    return draw.choice(fitting)


def new_edition(files: Files, draw: random.Random) -> None:
    known = later(draw)
    starts = known + draw.choice((-200, 0, 30, 500))
    add(files, "venues.csv",
        {"series": draw.choice(("summit", "forum", "new")), "edition": f"p{draw.randrange(10**9)}",
         "host": draw.choice(STATES), "starts_on": starts, "ends_on": starts + 1, "format": "in_person",
         "status": "held", "announced_on": known,
         "announced_basis": draw.choice(("source", "rule", "first_day"))})  # fmt: skip


def called_off(files: Files, draw: random.Random) -> None:
    status, form = draw.choice((("cancelled", "in_person"), ("postponed", "in_person"), ("held", "virtual")))
    change(files, "venues.csv", coming(files, draw), off_on=later(draw, 25), status=status, format=form)


def moved(files: Files, draw: random.Random) -> None:
    """An edition is moved: another host and other days stand from the day on which it is off."""
    place, off = coming(files, draw), later(draw, 25)
    old = rows_of(files["venues.csv"])[place]
    change(files, "venues.csv", place, off_on=off, status="postponed")
    starts = np.datetime64(old["starts_on"], "D") + draw.randrange(100)
    add(files, "venues.csv",
        old | {"edition": f"p{draw.randrange(10**9)}", "host": draw.choice(STATES), "starts_on": starts,
               "ends_on": starts + 2, "announced_on": off, "announced_basis": "rule", "replaces": old["edition"],
               "off_on": ""})  # fmt: skip


def how_it_ended(files: Files, draw: random.Random) -> None:
    """How an edition that is not over will end, and who will come for the United States."""
    ended = {
        "status": draw.choice(("held", "planned", "cancelled")), "us_attendance": draw.choice(("none", "president")),
        "format": draw.choice(("in_person", "virtual", "hybrid")), "note": "x",
    }  # fmt: skip
    change(files, "venues.csv", coming(files, draw), **ended)


def joins(files: Files, draw: random.Random) -> None:
    add(files, "memberships.csv",
        {"series": draw.choice(("summit", "forum")), "state": draw.choice(("RUS", "IRN", "AFG", "PAK")),
         "from": later(draw), "role": draw.choice(("member", "guest", "observer"))})  # fmt: skip


def leaves(files: Files, draw: random.Random) -> None:
    rows = rows_of(files["memberships.csv"])
    still = [at for at, row in enumerate(rows) if not row["to"] and not row["edition"] and row["state"] != "*UN"]
    change(files, "memberships.csv", draw.choice(still), to=later(draw))


def part(files: Files, draw: random.Random) -> None:
    """A part in one edition, or an absence from it, that becomes public later."""
    edition = rows_of(files["venues.csv"])[coming(files, draw)]
    add(files, "memberships.csv",
        {"series": edition["series"], "edition": edition["edition"], "state": draw.choice((*STATES, *OTHERS)),
         "known_on": later(draw), "role": draw.choice(("member", "guest", "not_invited", "will_not_attend"))}
        )  # fmt: skip


def late_guest(files: Files, draw: random.Random) -> None:
    """A guest of whom no day of invitation is known: seven days before the edition."""
    edition = rows_of(files["venues.csv"])[coming(files, draw)]
    if np.datetime64(edition["starts_on"], "D") - 7 >= AS_OF:
        add(files, "memberships.csv",
            {"series": edition["series"], "edition": edition["edition"], "state": draw.choice((*STATES, *OTHERS)),
             "role": draw.choice(("member", "guest"))})  # fmt: skip


def leader(files: Files, draw: random.Random) -> None:
    state = draw.choice((*STATES, *OTHERS))
    add(files, "leaders.csv", {"state": state, "leader": "Later", "office": "president", "from": later(draw)})


def leader_goes(files: Files, draw: random.Random) -> None:
    """The last day of a leader is never looked at."""
    change(files, "leaders.csv", draw.randrange(len(rows_of(files["leaders.csv"]))), to=later(draw), note="x")


def gathering(files: Files, draw: random.Random) -> None:
    day = later(draw)
    add(files, "gatherings.csv",
        {"venue": draw.choice(("", "funeral")), "place": draw.choice(STATES), "starts_on": day, "ends_on": day + 1,
         "reason": "funeral", "url": "https://example.org/later"})  # fmt: skip


POISONS: Final[dict[str, Poison]] = {
    "ledger, declared": into(TOLD),
    "ledger, undeclared": into(UNTOLD),
    "ledger, focal": into_focal,
    "ledger, new": new_ledger,
    "ledgers' manifest": longer_ledger,
    "meetings beside summits": beside_summits,
    "records": records,
    "corrections": corrections,
    "manifest": longer_records,
    "publisher, new": new_publisher,
    "venues, new": new_edition,
    "venues, off": called_off,
    "venues, moved": moved,
    "venues, how they ended": how_it_ended,
    "memberships, joins": joins,
    "memberships, leaves": leaves,
    "memberships, part": part,
    "memberships, late guest": late_guest,
    "leaders": leader,
    "leaders, last day": leader_goes,
    "gatherings": gathering,
}


def poisoned(seed: int) -> tuple[Files, tuple[str, ...]]:
    """The world with one to four poisons, drawn by a seed, and their names."""
    draw, files = random.Random(f"poison {seed}"), dict(WORLD)
    # Each poison in its turn, and others with it.
    names = [list(POISONS)[seed % len(POISONS)], *draw.sample(list(POISONS), draw.randrange(4))]
    names = list(dict.fromkeys(names))
    for name in names:
        POISONS[name](files, draw)
    return files, tuple(names)


WORLD: Final = world()
