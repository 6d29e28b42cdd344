"""An explanation as a notebook shows it: the same lines as its text, as tables whose every cell is escaped."""

from __future__ import annotations

import math

import pandas as pd

from forecast.display.html import paragraph, table
from forecast.display.numbers import percent
from forecast.explanation.account import VENUES, Reason, days_told, lacks, reasons, steps, times
from forecast.explanation.engagement_history import venue_name
from forecast.explanation.report import fact_words, title


def html_of(
    *,
    forecast: pd.DataFrame,
    contributions: pd.DataFrame,
    signals: pd.DataFrame,
    evidence: pd.DataFrame,
    summits: pd.DataFrame,
    hazards: pd.DataFrame,
    analogues: pd.DataFrame,
    missing: pd.DataFrame,
) -> str:
    """Write the parts of an `Explanation` as HTML."""
    row = forecast.iloc[0]
    horizon = int(row["horizon_days"])
    told = [
        (step.family, step.words, f"{step.log_odds:+.2f}", _or_blank(step.odds_factor, times),
         _or_blank(step.probability, percent))
        for step in steps(float(row["probability"]), contributions)
    ]  # fmt: skip
    parts = [
        *(paragraph(line) for line in title(row).replace("\n(90%", " (90%").split("\n")),
        table(
            ("family", "", "log-odds", "odds", "probability"), told, names=2, caption="From climatology to the forecast"
        ),
        paragraph("The probability in the line of a family: the forecast if that family alone told nothing."),
        _summits(summits),
        _behind(reasons(contributions, signals, evidence)),
        table(
            ("period", "days", "hazard", "so far", "climatology"),
            [
                (f"{one['first_day']} to {one['last_day']}", one["days"], percent(one["hazard"]),
                 percent(one["cumulative"]), percent(one["climatology"]))
                for _, one in hazards.iterrows()
            ],
            caption="Over the horizon",
        ),
        table(
            ("dyad", "as of", "forecast", "climatology", f"met in {horizon} days"),
            [
                (one["dyad"], one["as_of"], percent(one["probability"]), percent(one["climatology"]),
                 one["met_on"] if one["met"] else "no")
                for _, one in analogues.iterrows()
            ],
            names=2,
            caption="Nearest situations of the past",
        )
        if len(analogues)
        else paragraph("Nearest situations of the past: not enough cases (n = 0) whose outcome is resolved"),
        table(("what is missing",), ([told] for told in lacks(missing)))
        if len(missing)
        else "",
    ]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _or_blank(value: float, write: object) -> str:
    return "" if math.isnan(value) or not callable(write) else str(write(value))


def _summits(summits: pd.DataFrame) -> str:
    if summits.empty:
        return paragraph("Summits in the window with both: none known.")
    rows = [
        (venue_name(one["series"], one["edition"]), one["host"], days_told(one["starts_on"], one["ends_on"]),
         one["announced_on"], percent(one["chance"]), percent(one["without"]))
        for _, one in summits.iterrows()
    ]  # fmt: skip
    head = ("summit", "host", "days", "known since", "chance there", "forecast without")
    return table(head, rows, names=4, caption="Summits in the window with both")


def _behind(told: list[Reason]) -> str:
    rows = []
    for reason in told:
        lines = [
            *((f"{one.effect:+.2f}", f"{one.signal} = {one.value:.4g}: {one.words}", "") for one in reason.signals),
            *(("", fact_words(fact), str(fact["address"])) for _, fact in reason.facts.iterrows()),
            *([("", "the summits above", "")] if reason.family == VENUES else []),
            *([("", f"and {reason.n_more} earlier", "")] if reason.n_more else []),
        ]
        rows += [(f"{reason.family} {reason.contribution:+.2f}" if at == 0 else "", *line) for at, line in
                 enumerate(lines or [("", "", "")])]  # fmt: skip
    return table(("family", "effect", "signal or fact", "address"), rows, names=4, caption="What stands behind each")
