"""Poisons: invented facts that become known on an as-of date or later, and may therefore change nothing at it.

Of every kind that the program reads: events of all levels, plans, calls-off, late reports, ledgers that begin later,
summits announced later, states that join or leave a summit later, and leaders who come later.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, islice
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day, as_days
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.countries import canonical_dyad, sides, states
from forecast.facts.history import History
from forecast.facts.leaders import Spell
from forecast.leakage.worlds import LEDGER, World, as_events, joined

#: Facts of each world.
FACTS: Final = 120
#: A late report becomes known at least so many days after what it tells of.
LATE_DAYS: Final = 30
#: A ledger that nobody has seen before the as-of date.
NEW_LEDGER: Final = f"{LEDGER}audit-begins-later"
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


def poisoned(history: History, as_of: Day, generator: np.random.Generator) -> World:
    """Pour invented facts of every kind, all with ``known_on >= as_of``, into a history."""
    calendar, editions = _later_calendar(history, as_of, generator)
    leaders = _later_leaders(history, as_of, generator)
    events = _events(history, as_of, generator, late=False)
    touched = len(events) + editions + len(leaders) - len(history.leaders)
    return World(joined(history, events, calendar=calendar, leaders=leaders), touched)


def delayed(history: History, as_of: Day, generator: np.random.Generator) -> World:
    """Pour late reports into a history: each becomes known on the as-of date or later, and long after it occurred.

    Three of four tell of days before the as-of date, the fourth of a day in the window that is forecast.
    """
    events = _events(history, as_of, generator, late=True)
    return World(joined(history, events), len(events))


def _events(history: History, as_of: Day, generator: np.random.Generator, *, late: bool) -> pd.DataFrame:
    plans = history.events.loc[
        (history.events["status"] == "announced") & (as_days(history.events["started_on"].to_numpy()) >= as_of),
        ["source", "recipient", "started_on"],
    ]
    pairs = _pairs(history, as_of, generator)
    kinds = islice(cycle(kind for other in _OTHERS for kind in (_MEETING, other)), FACTS)
    rows: list[dict[str, object]] = []
    for number, (event, mode, level, setting, status) in enumerate(kinds):
        one, other = pairs[int(generator.integers(len(pairs)))]
        # A third on the as-of date itself: the boundary is where a gate leaks first.
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
                "publisher": _publisher(history, canonical_dyad(one, other), generator),
                "record_id": f"audit-{number}",
                "source": one,
                "recipient": other,
                "event": event,
                "mode": mode,
                "level": level,
                "setting": setting,
                "status": status,
                "place": other,
                "note": str(generator.choice(_NOTES)),
                "accompanied": bool(generator.random() < 0.2),
                "started_on": started,
                "ended_on": started + int(generator.integers(0, 3)),
                "occurred_on": started if event == "CONSULT" else min(started, known),
                "known_on": known,
            }
        )
    return as_events(rows)


def _late_days(as_of: Day, number: int, generator: np.random.Generator) -> tuple[Day, Day]:
    """Day on which a late report becomes known, and the day that it tells of."""
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
    return str(generator.choice([*ledgers, NEW_LEDGER]))


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
                off_on=np.datetime64("9999-01-01", "D"),
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
