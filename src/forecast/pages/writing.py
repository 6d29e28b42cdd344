"""Rows of tables as the words of a report."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from forecast.display.numbers import percent, surprise
from forecast.display.pictures.signs import kind_of
from forecast.display.text import plain
from forecast.explanation.account import WORDS, days_told, lacks, reasons, steps, times
from forecast.explanation.report import fact_words
from forecast.explanation.result import Explanation
from forecast.facts.countries import sides, states
from forecast.pages.addresses import web_address
from forecast.pages.contents import Account, Chance, Engagement, Fact, Ground, Illustration, Likeness, Stage, Venue


def dyad_name(dyad: str, *, focal: str | None = None) -> str:
    """Write a dyad with the names of its states, or that of the other one if all have one state in common.

    Examples
    --------
    >>> dyad_name("USA-CHN"), dyad_name("USA-CHN", focal="USA")
    ('United States and China', 'China')
    """
    return " and ".join(states()[code].name for code in sides(dyad) if code != focal)


def chance_of(row: Any) -> Chance:
    """Write one row of `forecast.predict`."""
    return Chance(
        days=int(row["horizon_days"]),
        by=str(row["window_end"]),
        probability=percent(row["probability"]),
        interval=f"{percent(row['low'])} to {percent(row['high'])}",
        climatology=percent(row["climatology"]),
        surprise=f"{float(surprise(row['probability'], row['climatology'])):+.2f}",
        announced="yes" if row["announced"] else "no",
    )


def engagements_told(events: pd.DataFrame, *, shown: int) -> tuple[Engagement, ...]:
    """Write the engagements that became known last, the newest first.

    Parameters
    ----------
    events : pandas.DataFrame
        As `forecast.explanation.engagement_history.engagements_of` gives them.
    shown : int
        So many at most.
    """
    newest = events.iloc[::-1].head(shown)
    return tuple(
        Engagement(
            when=days_told(f"{row['started_on']:%Y-%m-%d}", f"{row['ended_on']:%Y-%m-%d}"),
            known_on=f"{row['known_on']:%Y-%m-%d}",
            who=f"{states()[row['source']].name} to {states()[row['recipient']].name}",
            what=f"{row['level'].replace('_', ' ')}, {kind}: {row['event'].lower()}, {row['mode']}",
            persons=plain(row["persons"]),
            note=plain(row["note"]),
            publisher=row["publisher"],
            address=web_address(row["url"]),
            host=_host(row["url"]),
            unlinked="" if web_address(row["url"]) else plain(row["url"]),
        )
        for (_, row), kind in zip(newest.iterrows(), kind_of(newest), strict=True)
    )


def venues_told(venues: pd.DataFrame, summits: pd.DataFrame) -> tuple[Venue, ...]:
    """Write summits of `engagement_history.venues_of`, with what an explanation says of the nearer ones."""
    explained = {(one["series"], one["edition"]): one for _, one in summits.iterrows()}
    found = []
    for _, row in venues.iterrows():
        one = explained.get((row["series"], row["edition"]))
        found.append(
            Venue(
                name=row["name"],
                host=states()[row["host"]].name,
                days=days_told(f"{row['starts_on']:%Y-%m-%d}", f"{row['ends_on']:%Y-%m-%d}"),
                announced_on=f"{row['announced_on']:%Y-%m-%d}",
                chance=percent(one["chance"]) if one is not None else "",
                without=percent(one["without"]) if one is not None else "",
                address=web_address(one["address"]) if one is not None else None,
            )
        )
    return tuple(found)


def account_told(found: Explanation, picture: Illustration, *, focal: str | None) -> Account:
    """Write an explanation; `focal` is the state that the page need not name again."""
    return Account(
        picture=picture,
        stages=tuple(
            Stage(
                step.family,
                step.words,
                f"{step.log_odds:+.2f}",
                "" if math.isnan(step.odds_factor) else times(step.odds_factor),
                "" if math.isnan(step.probability) else percent(step.probability),
            )
            for step in steps(found.probability, found.contributions)
        ),
        grounds=tuple(
            Ground(
                family=reason.family,
                words=WORDS.get(reason.family, ""),
                contribution=f"{reason.contribution:+.2f}",
                signals=tuple(f"{one.effect:+.2f} {one.words}: {one.value:.4g}" for one in reason.signals),
                facts=tuple(
                    Fact(fact_words(fact), web_address(fact["address"]), _host(fact["address"]))
                    for _, fact in reason.facts.iterrows()
                ),
                n_more=reason.n_more,
            )
            for reason in reasons(found.contributions, found.signals, found.evidence)
        ),
        likenesses=tuple(
            Likeness(
                dyad_name(row["dyad"], focal=focal),
                row["dyad"],
                row["as_of"],
                percent(row["probability"]),
                percent(row["climatology"]),
                row["met_on"] if row["met"] else "no",
            )
            for _, row in found.analogues.iterrows()
        ),
        missing=tuple(lacks(found.missing)),
    )


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "") if web_address(address) else ""


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
