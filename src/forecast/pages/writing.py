"""Rows of tables as the words of a report."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from forecast.countries import sides, states
from forecast.pages.addresses import web_address
from forecast.pages.contents import Chance, Engagement, Venue
from forecast.pictures.kinds import kind_of
from forecast.shares import percent, surprise


def dyad_name(dyad: str) -> str:
    """Write a dyad with the names of its states.

    Examples
    --------
    >>> dyad_name("USA-CHN")
    'United States and China'
    """
    return " and ".join(states()[code].name for code in sides(dyad))


def chance_of(row: Any) -> Chance:
    """Write one row of `forecast.predict`."""
    return Chance(
        days=int(row["horizon_days"]),
        by=str(row["window_end"]),
        probability=percent(row["probability"]),
        interval=f"{percent(row['low'])} to {percent(row['high'])}",
        climatology=percent(row["climatology"]),
        surprise=surprise(row["probability"], row["climatology"]),
        announced="yes" if row["announced"] else "no",
    )


def engagements_told(events: pd.DataFrame, *, shown: int) -> tuple[Engagement, ...]:
    """Write the engagements that became known last, the newest first.

    Parameters
    ----------
    events : pandas.DataFrame
        As `forecast.dossiers.engagements_of` gives them.
    shown : int
        So many at most.
    """
    newest = events.iloc[::-1].head(shown)
    return tuple(
        Engagement(
            when=_span(row["started_on"], row["ended_on"]),
            known_on=f"{row['known_on']:%Y-%m-%d}",
            who=f"{states()[row['source']].name} to {states()[row['recipient']].name}",
            what=f"{row['level'].replace('_', ' ')}, {kind}: {row['event'].lower()}, {row['mode']}",
            persons=row["persons"],
            note=row["note"],
            publisher=row["publisher"],
            address=web_address(row["url"]),
            host=urlsplit(row["url"]).hostname or "" if web_address(row["url"]) else "",
            unlinked="" if web_address(row["url"]) else row["url"],
        )
        for (_, row), kind in zip(newest.iterrows(), kind_of(newest), strict=True)
    )


def venues_told(venues: pd.DataFrame) -> tuple[Venue, ...]:
    """Write summits, as `forecast.dossiers.venues_of` gives them."""
    return tuple(
        Venue(
            name=row["name"],
            host=states()[row["host"]].name,
            days=_span(row["starts_on"], row["ends_on"]),
            announced_on=f"{row['announced_on']:%Y-%m-%d}",
        )
        for _, row in venues.iterrows()
    )


def coverage_told(rows: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Write the lines of `forecast.check`: source, first and last day, counts."""
    return tuple(
        (
            row["source"],
            str(row["coverage_start"]),
            f"{row['coverage_end']}{'' if row['declared'] else ' (not declared)'}",
            "not told" if pd.isna(row["records"]) else f"{int(row['records'])}",
            f"{row['events']}",
            f"{row['leader_meetings']}",
            f"{row['uncoded']}",
        )
        for _, row in rows.iterrows()
    )


def scores_told(scores: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Write scores by horizon, as `forecast.verification.scores_by_cut` gives them; head in `SCORE_HEAD`."""
    found = []
    for _, row in scores.iterrows():
        counts = (row["model_id"], f"{row['horizon_days']}", f"{row['n']}", f"{row['n_met']}")
        if row["reason"]:
            found.append((*counts, row["reason"], "", "", "", ""))
            continue
        figures = (
            f"{row['brier']:.4f}",
            f"{row['skill']:+.3f}",
            f"{row['skill_low']:+.3f} to {row['skill_high']:+.3f}",
            f"{row['auc']:.3f}",
            f"{row['calibration_error']:.3f}",
        )
        found.append((*counts, *figures))
    return tuple(found)


#: Head of `scores_told`.
SCORE_HEAD = ("model", "days", "forecasts", "meetings", "Brier", "skill", "90% interval", "AUC", "ECE")


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
