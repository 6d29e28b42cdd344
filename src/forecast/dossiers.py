"""What was public about a dyad before a day: its engagements, the summits ahead of both, and what no source tells."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from forecast.codebook import IN_PERSON_MODES
from forecast.countries import sides
from forecast.dates import Day
from forecast.history import History
from forecast.readers.calendar import Edition

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
    """Engagements of a dyad, the one that became known last at the end.

    Parameters
    ----------
    history : History
        Behind the gate of the as-of date.
    dyad : str
        Canonical.

    Returns
    -------
    pandas.DataFrame
        Columns of `forecast.events.COLUMNS` plus `dyad`, `forward` and `meeting`: the two leaders met in person, as the
        publishers that define the dyad's outcomes record it, once a day.
    """
    rows = history.events.loc[history.events["dyad"] == dyad]
    rows = rows.sort_values(["known_on", "occurred_on"], kind="stable", ignore_index=True)
    met = _leaders_in_person(rows)
    met = met.loc[met["publisher"].isin(history.publishers_of_record(dyad))].drop_duplicates("occurred_on")
    return rows.assign(meeting=rows.index.isin(met.index))


def _leaders_in_person(events: pd.DataFrame) -> pd.DataFrame:
    return events.loc[
        (events["event"] == "CONSULT")
        & events["mode"].isin(IN_PERSON_MODES)
        & (events["level"] == "leader")
        & (events["status"] == "occurred")
    ]


def venues_of(history: History, dyad: str, *, first: Day, last: Day) -> pd.DataFrame:
    """Summits with both states that begin between two days, and were not called off, as far as was known.

    Parameters
    ----------
    history : History
        Behind the gate of the as-of date: the calendar then holds what had been announced.
    dyad : str
        Canonical.
    first, last : numpy.datetime64[D]
        Both included.

    Returns
    -------
    pandas.DataFrame
        Columns `VENUE_COLUMNS`, in the order of their first day; days are ``datetime64[s]``.
    """
    both = set(sides(dyad))
    found = [
        edition
        for edition in history.calendar.editions
        if first <= edition.starts_on <= last and edition.off_on > last and both <= _expected(edition)
    ]
    table = pd.DataFrame(
        {
            "name": [venue_name(e.series, e.edition) for e in found],
            **{name: [getattr(e, name) for e in found] for name in ("series", "edition", "host")},
            **{
                name: np.array([getattr(e, name) for e in found], dtype="datetime64[s]")
                for name in ("starts_on", "ends_on", "announced_on")
            },
        }
    )
    return table[list(VENUE_COLUMNS)]


def _expected(edition: Edition) -> set[str]:
    return {state for state, _ in edition.members} - {state for state, _ in edition.left}


def venue_name(series: str, edition: str) -> str:
    """Write a summit for readers.

    Examples
    --------
    >>> venue_name("us-eu", "2009-november"), venue_name("arab-league", "2010")
    ('US EU 2009 november', 'Arab League 2010')
    """
    words = [part.upper() if part in _INITIALS else part.capitalize() for part in series.split("-")]
    return " ".join([*words, edition.replace("-", " ")]).strip()


def missing_of(history: History, dyad: str, as_of: Day) -> list[str]:
    """Say what a forecast of the dyad could not see.

    Parameters
    ----------
    history : History
        Behind the gate of `as_of`.
    dyad : str
        Canonical.
    as_of : numpy.datetime64[D]

    Returns
    -------
    list of str
        Sentences; empty if nothing is known to be missing.
    """
    found = []
    coverage = history.meeting_coverage(dyad)
    if coverage is None:
        return ["No source records meetings of the two."]
    behind = int((as_of - coverage[1]).astype(np.int64)) - 1
    if behind > 0:
        found.append(f"The record of meetings ends on {coverage[1]}, {behind} days before the as-of date.")
    if not any(c.focal or c.declared for c in history.coverages_of_record(dyad)):
        found.append("The coverage of the ledger is not declared: it is taken from its first and last known_on.")
    if not bool(history.told_by_ledger([dyad], np.array([as_of]))[0]):
        found.append("No ledger tells of the two: calls, snubs, friction, goodwill and tone are missing, not zero.")
    else:
        for ledger in (c for c in history.coverages if c.publisher.startswith("ledger:")):
            told = history.first_told(dyad, ledger.publisher)
            late = int((as_of - ledger.ends_on).astype(np.int64)) - 1
            if told < as_of and late > 0:
                found.append(f"{ledger.publisher} ends on {ledger.ends_on}, {late} days before the as-of date.")
    others = _leaders_in_person(history.events.loc[history.events["dyad"] == dyad])
    unrecorded = set(others["occurred_on"]) - set(
        others.loc[others["publisher"].isin(history.publishers_of_record(dyad)), "occurred_on"]
    )
    if unrecorded:
        found.append(
            f"A ledger tells of leaders in one place on {len(unrecorded)} {'day' if len(unrecorded) == 1 else 'days'} "
            "for which the publisher of record names no meeting: they do not count as meetings."
        )
    if not history.calendar.editions:
        found.append("There is no calendar of summits.")
    return found
