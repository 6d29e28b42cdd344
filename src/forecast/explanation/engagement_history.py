"""What was public about a dyad before a day: its engagements, the summits of both, and the gaps in its sources.

Every history here is behind the gate of the as-of date: its calendar holds what had been announced.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.facts.calendar import Edition
from forecast.facts.countries import sides
from forecast.facts.history import History
from forecast.facts.record import GROUPS
from forecast.panel.outcomes import TARGETS
from forecast.signals.cube import classified

#: Columns of a venue.
VENUE_COLUMNS: Final = ("name", "series", "edition", "host", "starts_on", "ends_on", "announced_on")

#: Parts of a series' name that are initials.
_INITIALS: Final = frozenset(
    {
        "apec", "apep", "asean", "asem", "aukus", "brics", "c5+1", "celac", "cica", "cis", "cop", "d8", "eas", "eu",
        "focac", "g7", "g8", "g20", "gcc", "nafta", "nals", "nam", "nato", "nss", "oic", "osce", "pif", "saarc", "sco",
        "tpp", "un", "unga", "us", "ww",
    }
)  # fmt: skip


def engagements_of(history: History, dyad: str) -> pd.DataFrame:
    """Engagements of a dyad, the latest known at the end; `meeting` is true once a meeting, whoever reports it."""
    rows = history.events.loc[history.events["dyad"] == dyad]
    rows = rows.assign(meeting=TARGETS["meeting"].takes(classified(history, rows))).drop(columns=list(GROUPS))
    return rows.sort_values(["known_on", "occurred_on"], kind="stable", ignore_index=True)


def summits_of(history: History, dyad: str, *, first: Day, last: Day) -> list[Edition]:
    """Summits with both states that begin from `first` to `last` and were not called off, by their first day."""
    both = set(sides(dyad))
    return [
        edition
        for edition in history.calendar.editions
        if first <= edition.starts_on <= last and edition.off_on > last and both <= edition.expected()
    ]


def venues_of(history: History, dyad: str, *, first: Day, last: Day) -> pd.DataFrame:
    """The summits of `summits_of` as a table with the columns `VENUE_COLUMNS`; days are ``datetime64[s]``."""
    summits = summits_of(history, dyad, first=first, last=last)
    table = pd.DataFrame(
        {
            "name": [venue_name(e.series, e.edition) for e in summits],
            **{name: [getattr(e, name) for e in summits] for name in ("series", "edition", "host")},
            **{
                name: np.array([getattr(e, name) for e in summits], dtype="datetime64[s]")
                for name in ("starts_on", "ends_on", "announced_on")
            },
        }
    )
    return table[list(VENUE_COLUMNS)]


def venue_name(series: str, edition: str) -> str:
    """Write a summit for readers.

    >>> venue_name("us-eu", "2009-november"), venue_name("arab-league", "2010")
    ('US EU 2009 November', 'Arab League 2010')
    """
    words = [part.upper() if part in _INITIALS else part.capitalize() for part in series.split("-")]
    return " ".join([*words, *(part.capitalize() for part in edition.split("-"))]).strip()


def source_warnings(history: History, dyad: str, as_of: Day) -> list[str]:
    """What a reader of the forecast must know about its sources: an end of the record, coverage not declared."""
    warnings = []
    end = history.coverage_end(dyad)
    behind = int((as_of - end).astype(np.int64)) - 1 if end is not None else 0
    if behind > 0:
        warnings.append(
            f"the record of meetings ends on {end}, {behind} days before the as-of date: signals are taken as of then"
        )
    if not any(c.focal or c.declared for c in history.coverages_of_record(dyad)):
        warnings.append("coverage of the ledger is not declared: it is taken from its first and last known_on")
    return warnings


def source_gaps(history: History, dyad: str, as_of: Day) -> list[tuple[str, str]]:
    """What the sources of a dyad lack beyond `source_warnings`: pairs of what it is about and the problem."""
    gaps = []
    if bool(history.in_ledger([dyad], np.array([as_of]))[0]):
        for ledger in (c for c in history.coverages if c.publisher.startswith("ledger:")):
            begun = history.first_report(dyad, ledger.publisher)
            late = int((as_of - ledger.ends_on).astype(np.int64)) - 1
            if begun < as_of and late > 0:
                gaps.append(("ledger", f"{ledger.publisher} ends on {ledger.ends_on}, {late} days before"))
    if not history.calendar.editions:
        gaps.append(("venues", "the workspace has no calendar of summits known before the as-of date"))
    return gaps
