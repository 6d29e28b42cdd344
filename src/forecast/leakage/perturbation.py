"""Perturbed histories: equal in all that was public before an as-of date, different in what came after it.

Invented facts are of every kind that the program reads: events of all levels, plans, calls-off, late reports, sources
that begin later and declare that they hold the years before, summits announced or moved later, states that join or
leave a summit later, leaders who come later, and corrections of records that are not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.dates import Day, as_days
from forecast.facts.calendar import NEVER, Calendar, Edition
from forecast.facts.countries import canonical_dyad, sides, states
from forecast.facts.coverage import Coverage
from forecast.facts.events import COLUMNS, DAY_COLUMNS
from forecast.facts.history import History, make_history
from forecast.facts.leaders import Spell
from forecast.facts.record import NONE

Mask = npt.NDArray[np.bool_]
#: Ledgers are published under this name and the name of their file.
LEDGER: Final = "ledger:"
#: Invented facts of each perturbation.
FACTS: Final = 120
#: A late report becomes known at least so many days after what it reports.
LATE_DAYS: Final = 30
#: A ledger that nobody has seen before the as-of date.
NEW_LEDGER: Final = f"{LEDGER}audit-begins-later"
#: Sources that first report on the as-of date or later and declare that they hold all years before it: a ledger, and
#: a publisher of all journeys to and from a state.
_DECLARE_LATER: Final = (("ledger:audit-declares-later", ""), ("audit-journeys", "CHN"))
_DYADS: Final = 40
#: Event, mode, level, setting, status. The first line, the outcome itself, comes as often as all others together.
_MEETING: Final = ("CONSULT", "visit", "leader", "bilateral", "occurred")
_OTHERS: Final = (
    ("CONSULT", "meet", "leader", "margins", "occurred"),
    ("CONSULT", "multilateral", "leader", "multilateral", "occurred"),
    ("CONSULT", "third-party", "leader", "bilateral", "occurred"),
    ("CONSULT", "phone", "leader", "bilateral", "occurred"),
    ("CONSULT", "virtual", "minister", "bilateral", "occurred"),
    ("CONSULT", "visit", "minister", "bilateral", "occurred"),
    ("CONSULT", "visit", "deputy", "bilateral", "occurred"),
    ("CONSULT", "working-group", "working", "bilateral", "occurred"),
    ("CONSULT", "visit", "leader", "bilateral", "announced"),
    ("AGREE", "announce", "leader", "bilateral", "announced"),
    ("SANCTION", "cancel", "leader", "bilateral", "cancelled"),
    ("CONSULT", "visit", "leader", "bilateral", "postponed"),
    ("REJECT", "meet", "leader", "bilateral", "occurred"),
    ("CONSULT", "visit", "leader", "bilateral", "reported"),
    ("COOPERATE", "", "minister", "bilateral", "occurred"),
    ("ACCUSE", "", "leader", "bilateral", "occurred"),
    ("SANCTION", "suspend", "minister", "bilateral", "occurred"),
)
_NOTES: Final = ("", "candid, constructive talks", "a frank exchange")


@dataclass(frozen=True, eq=False)
class PerturbedHistory:
    """A history to compare with another, and how many facts were touched to make it."""

    history: History
    touched: int


def meetings_of_record(history: History) -> Mask:
    """Events that are meetings of leaders in person, whichever source reports them."""
    return np.asarray(history.events["meeting_of"].to_numpy() != NONE)


def add_future_facts(history: History, as_of: Day, generator: np.random.Generator) -> PerturbedHistory:
    """Add invented facts of every kind to a history, all with ``known_on >= as_of``."""
    calendar, editions = _later_calendar(history, as_of, generator)
    leaders = _later_leaders(history, as_of, generator)
    events = _invented_events(history, as_of, generator, late=False)
    touched = len(events) + editions + len(leaders) - len(history.leaders)
    history, corrected = _corrected_later(history, as_of, generator)
    changed = _with_events(history, events, calendar=calendar, leaders=leaders, coverages=_declared_later())
    return PerturbedHistory(changed, touched + corrected)


def _corrected_later(history: History, as_of: Day, generator: np.random.Generator) -> tuple[History, int]:
    """The history in which a fifth of what became known on the as-of date or later is gone, or of another day."""
    events = history.events.copy()
    later = as_days(events["known_on"].to_numpy()) >= as_of
    gone, moved = ((generator.random(len(events)) < 0.1) & later for _ in range(2))
    days = (generator.integers(1, 400, len(events)) * np.timedelta64(1, "D")).astype("timedelta64[s]")
    for column in ("started_on", "ended_on", "occurred_on"):
        events.loc[moved, column] = (events[column] - days)[moved]
    return replace(history, events=events.loc[~gone]), int((gone | moved).sum())


def add_late_reports(history: History, as_of: Day, generator: np.random.Generator) -> PerturbedHistory:
    """Add late reports to a history: each becomes known on the as-of date or later, and long after it occurred."""
    events = _invented_events(history, as_of, generator, late=True)
    return PerturbedHistory(_with_events(history, events, coverages=_declared_later()), len(events))


def _declared_later() -> tuple[Coverage, ...]:
    """Coverage of sources that are not known yet, over all years."""
    first, last = as_days(["1900-01-01", "2199-12-31"])
    return tuple(
        Coverage(publisher, "audit", first, last, focal, defines_meetings=True, declared=True)
        for publisher, focal in _DECLARE_LATER
    )


def mirror_meetings(history: History, as_of: Day) -> tuple[PerturbedHistory, PerturbedHistory] | None:
    """Two histories for the dyads that meet on the as-of date: one without their future, one with the meeting twice.

    In the first nothing becomes known of these dyads on the as-of date or later. In the second their meeting of that
    day is public on the day itself, ``known_on == as_of``, reported by its record and by a twin of the record with the
    sides exchanged. None if no two leaders meet on the day.
    """
    events = history.events
    known_on, occurred_on = (as_days(events[name].to_numpy()) for name in ("known_on", "occurred_on"))
    that_day = meetings_of_record(history) & (occurred_on == as_of) & (known_on >= as_of)
    that_day &= events["dyad"].isin(history.cohort(as_of)).to_numpy()
    if not that_day.any():
        return None
    meeting = events.loc[that_day, list(COLUMNS)].assign(known_on=as_of.astype("datetime64[s]"))
    twin = meeting.rename(columns={"source": "recipient", "recipient": "source"})
    twin = twin.assign(record_id="twin-" + twin["record_id"])
    gone = events["dyad"].isin(events.loc[that_day, "dyad"]).to_numpy() & (known_on >= as_of)
    kept = events.loc[~gone, list(COLUMNS)]
    removed = replace(_as_read(kept, history.coverages, history.calendar, history.leaders), reports=history.reports)
    twinned = _with_events(removed, pd.concat([meeting, twin], ignore_index=True))
    touched = int(that_day.sum())
    return PerturbedHistory(removed, touched), PerturbedHistory(twinned, touched)


def _invented_events(history: History, as_of: Day, generator: np.random.Generator, *, late: bool) -> pd.DataFrame:
    plans = history.events.loc[
        (history.events["status"] == "announced") & (as_days(history.events["started_on"].to_numpy()) >= as_of),
        ["source", "recipient", "started_on"],
    ]
    pairs = _pairs(history, as_of, generator)
    kinds = islice(cycle(kind for other in _OTHERS for kind in (_MEETING, other)), FACTS)
    rows: list[dict[str, object]] = []
    for number, (event, mode, level, setting, status) in enumerate(kinds):
        one, other = pairs[int(generator.integers(len(pairs)))]
        # A third on the as-of date itself: the boundary is where leaks come first.
        known = as_of + (0 if number % 3 == 0 else int(generator.integers(0, 60 if number % 3 == 1 else 700)))
        if late:
            known, started = _late_days(as_of, number, generator)
        elif status == "occurred" or event == "REJECT":
            started = known - int(generator.choice([0, 0, 0, 1, 20, 400, 3000]))
        else:
            started = known + int(generator.integers(1, 300))
            if status in ("cancelled", "postponed") and len(plans):
                one, other, planned = plans.iloc[int(generator.integers(len(plans)))]
                started = as_days([planned])[0]
        if generator.random() < 0.5:
            one, other = other, one
        rows.append(
            {
                "publisher": _publisher(history, canonical_dyad(one, other), generator), "record_id": f"audit-{number}",
                "source": one, "recipient": other, "event": event, "mode": mode, "level": level, "setting": setting,
                "status": status, "place": other, "note": str(generator.choice(_NOTES)),
                "accompanied": bool(generator.random() < 0.2), "started_on": started,
                "ended_on": started + int(generator.integers(0, 3)),
                "occurred_on": started if event == "CONSULT" else min(started, known), "known_on": known,
            }
        )  # fmt: skip
    filled = [dict.fromkeys(COLUMNS, "") | row for row in rows]
    frame = pd.DataFrame(filled, columns=list(COLUMNS)).astype({"accompanied": bool})
    return frame.astype(dict.fromkeys(DAY_COLUMNS, "datetime64[s]"))


def _late_days(as_of: Day, number: int, generator: np.random.Generator) -> tuple[Day, Day]:
    """Day on which a late report becomes known, and the day that it reports."""
    if number // 2 % 4 == 3:
        occurred = as_of + int(generator.integers(0, 60))
        return occurred + LATE_DAYS + int(generator.integers(0, 700)), occurred
    occurred = as_of - 1 - int(generator.integers(0, 1500))
    return max(as_of, occurred + LATE_DAYS) + int(generator.integers(0, 700)), occurred


def _pairs(history: History, as_of: Day, generator: np.random.Generator) -> list[tuple[str, str]]:
    """Dyads of the cohort, and a few of which nothing is known yet."""
    cohort = history.cohort(as_of)
    chosen = [sides(str(dyad)) for dyad in generator.permutation(cohort)[:_DYADS]]
    alive = [code for code, state in states().items() if state.exists_on(as_of)]
    strangers = generator.permutation(alive)[: 2 * max(1, len(chosen) // 8)].tolist()
    return chosen + list(zip(strangers[::2], strangers[1::2], strict=True))


def _publisher(history: History, dyad: str, generator: np.random.Generator) -> str:
    """Mostly a publisher that defines the dyad's meetings, else any ledger or a new one."""
    of_record = history.publishers_of_record(dyad)
    if of_record and generator.random() < 0.75:
        return str(generator.choice(of_record))
    ledgers = [c.publisher for c in history.coverages if not c.focal]
    return str(generator.choice([*ledgers, NEW_LEDGER, *(publisher for publisher, _ in _DECLARE_LATER)]))


def _later_calendar(history: History, as_of: Day, generator: np.random.Generator) -> tuple[Calendar, int]:
    """The calendar with what becomes public of it on the as-of date or later, and how many editions were touched."""
    alive = sorted({code for dyad in history.cohort(as_of) for code in sides(dyad)})
    touched = 0
    editions = []
    for edition in history.calendar.editions:
        if edition.ends_on < as_of or edition.announced_on >= as_of or generator.random() < 0.3:
            editions.append(edition)
            continue
        later = as_of + int(generator.integers(0, 30))
        there = {code for code, _ in edition.members}
        come = tuple((code, later) for code in alive if code not in there and generator.random() < 0.3)
        gone = {code for code, _ in edition.left}
        go = tuple((code, later) for code, _ in edition.members if code not in gone and generator.random() < 0.2)
        stay_away = tuple((code, later) for code, _ in edition.members if generator.random() < 0.1)
        editions.append(
            replace(
                edition,
                members=tuple(sorted((*edition.members, *come))),
                left=tuple(sorted((*edition.left, *go))),
                absent=tuple(sorted((*edition.absent, *stay_away))),
                off_on=min(edition.off_on, later) if edition.off_on >= as_of else edition.off_on,
                took_place=False,
            )
        )
        touched += 1
        if later <= edition.off_on < edition.starts_on or generator.random() < 0.2:
            moved = edition.starts_on + int(generator.integers(0, 90))
            editions.append(
                replace(
                    edition, edition=f"{edition.edition}-moved", host=str(generator.choice(alive)), starts_on=moved,
                    ends_on=moved + 1, announced_on=later, off_on=NEVER,
                    members=tuple((code, max(since, later)) for code, since in edition.members),
                    left=(), absent=(),
                )
            )  # fmt: skip
    series = sorted({edition.series for edition in editions}) or ["audit"]
    for number, announced in enumerate((0, 0, 3, 40, 400)):
        known = as_of + announced
        starts = as_of + int(generator.integers(-200 if number == 1 else announced, 700))
        editions.append(
            Edition(
                series=str(generator.choice(series)),
                edition=f"audit-{number}",
                host=str(generator.choice(alive)),
                starts_on=starts,
                ends_on=starts + 1,
                announced_on=known,
                off_on=NEVER,
                took_place=True,
                members=tuple((code, known) for code in alive),
            )
        )
    ordered = sorted(editions, key=lambda e: (e.starts_on, e.series, e.edition))
    return Calendar(tuple(ordered)), touched + 5


def _later_leaders(history: History, as_of: Day, generator: np.random.Generator) -> tuple[Spell, ...]:
    """The leaders with some who begin on the as-of date or later."""
    alive = sorted({code for dyad in history.cohort(as_of) for code in sides(dyad)})
    new = [
        Spell(str(code), "Audit", as_of + (0 if number % 2 else int(generator.integers(1, 400))))
        for number, code in enumerate(generator.permutation(alive)[:_DYADS])
    ]
    return tuple(sorted((*history.leaders, *new), key=lambda spell: (spell.state, spell.begins_on, spell.leader)))


def _with_events(
    history: History,
    events: pd.DataFrame,
    *,
    calendar: Calendar | None = None,
    leaders: tuple[Spell, ...] | None = None,
    coverages: tuple[Coverage, ...] = (),
) -> History:
    """Add events and coverage, and replace the calendar and the leaders where others are named."""
    kept = history.events[list(COLUMNS)]
    every = pd.concat([kept, events[list(COLUMNS)]], ignore_index=True) if len(events) else kept
    covered = (*history.coverages, *coverages)
    made = _as_read(every, covered, calendar or history.calendar, leaders or history.leaders)
    return replace(made, reports=history.reports)


def _as_read(
    events: pd.DataFrame, coverages: tuple[Coverage, ...], calendar: Calendar, leaders: tuple[Spell, ...]
) -> History:
    """Make the history with the coverage that its files would have: a later fact lengthens an undeclared one."""
    known: dict[str, tuple[Day, Day]] = {}
    for publisher, days in events.groupby("publisher", sort=True)["known_on"]:
        known_on = as_days(days.to_numpy())
        known[str(publisher)] = (known_on.min(), known_on.max())
    extended = []
    for coverage in coverages:
        if coverage.declared:
            extended.append(coverage)
        elif coverage.publisher in known:
            first, last = known[coverage.publisher]
            extended.append(replace(coverage, starts_on=first, ends_on=last))
    named = {coverage.publisher for coverage in coverages}
    for publisher in sorted(set(known) - named):
        source, (first, last) = publisher.removeprefix(LEDGER) + ".csv", known[publisher]
        extended.append(Coverage(publisher, source, first, last, "", defines_meetings=True, declared=False))
    return make_history(events, extended, calendar, leaders)
