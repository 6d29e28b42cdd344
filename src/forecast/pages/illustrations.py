"""The pictures of a report, each with a caption that says in words what it shows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from forecast.dates import Day
from forecast.display import pictures
from forecast.display.numbers import percent
from forecast.display.pictures.signs import leaders_met
from forecast.errors import ForecastError
from forecast.explanation.result import Explanation
from forecast.pages.contents import Illustration
from forecast.pages.inline_svg import inline_svg
from forecast.pages.writing import dyad_name

#: Years of engagements that a sheet shows.
_YEARS = 3


def curve(rows: pd.DataFrame, venues: pd.DataFrame) -> Illustration:
    """Hazard curve of one dyad."""
    dyad = str(rows["dyad"].iloc[0])
    points = [f"{percent(row['probability'])} after {row['horizon_days']} days" for _, row in rows.iterrows()]
    told = ", ".join(points)
    last = rows.iloc[-1]
    return Illustration(
        inline_svg(
            pictures.hazard_curve(rows, venues=venues), name=f"curve-{anchor(dyad)}", label=f"Hazard curve, {dyad}"
        ),
        f"Probability that the leaders of {dyad_name(dyad)} have met: {told}. "
        f"Climatology: {percent(last['climatology'])} after {last['horizon_days']} days. "
        "Below, the chance of each period, scaled to 30 days.",
    )


def account(found: Explanation) -> Illustration:
    """What leads from climatology to the forecast of one dyad."""
    row = found.forecast.iloc[0]
    dyad, days = str(row["dyad"]), int(row["horizon_days"])
    moves = found.steps
    picture = pictures.waterfall(
        moves,
        start=_inside(found.climatology),
        end=_inside(found.probability),
        title=f"{dyad_name(dyad)}: what moves the forecast for {days} days",
        start_label="climatology",
    )
    largest = moves.iloc[int(moves["contribution"].abs().to_numpy().argmax())]
    return Illustration(
        inline_svg(picture, name=f"account-{anchor(dyad)}", label=f"What moves the forecast, {dyad}"),
        f"From climatology, {percent(found.climatology)}, to the forecast for {days} days, "
        f"{percent(found.probability)}. "
        f"The largest step: {largest['family']} ({largest['contribution']:+.2f} log-odds).",
    )


def _inside(probability: float) -> float:
    """A probability whose log-odds can be drawn."""
    return min(max(probability, 1e-12), 1.0 - 1e-12)


def relations(events: pd.DataFrame, as_of: Day) -> Illustration | None:
    """Engagements of the last years before `as_of`; None if there are none."""
    start = as_of - np.timedelta64(_YEARS * 365, "D")
    days = events["occurred_on"].to_numpy("datetime64[D]")
    shown = events.loc[(days >= start) & (days < as_of)]
    if shown.empty:
        return None
    dyad = str(events["dyad"].iloc[0])
    return Illustration(
        inline_svg(
            pictures.engagements(shown, start=start, end=as_of),
            name=f"engagements-{anchor(dyad)}",
            label=f"Engagements over {_YEARS} years, {dyad}",
        ),
        f"{len(shown)} records of engagements from {start} to the as-of date, by level and kind; the leaders met on "
        f"{int(leaders_met(shown).sum())} days of record.",
    )


def past_forecasts(past: pd.DataFrame, events: pd.DataFrame, venues: pd.DataFrame) -> Illustration | None:
    """How forecasts of one dyad and horizon moved; None if there are fewer than two as-of dates."""
    if past["as_of"].nunique() < 2:
        return None
    dyad, days = str(past["dyad"].iloc[0]), int(past["horizon_days"].iloc[0])
    ordered = past.sort_values("as_of", kind="stable")
    first, last = ordered.iloc[0], ordered.iloc[-1]
    return Illustration(
        inline_svg(
            pictures.timeline(past, events=events, venues=venues),
            name=f"timeline-{anchor(dyad)}",
            label=f"Past forecasts, {dyad}",
        ),
        f"Forecasts for {days} days made as of {first['as_of']} ({percent(first['probability'])}) to {last['as_of']} "
        f"({percent(last['probability'])}), with engagements and summits.",
    )


def skill(forecasts: pd.DataFrame, *, model: str, days: int) -> tuple[Illustration, ...]:
    """Skill by horizon and year, and reliability of one model and horizon, as far as the rows can tell."""
    found = []
    shown = [model] if model in set(forecasts["model_id"]) else list(dict.fromkeys(forecasts["model_id"]))[:1]
    horizons = sorted(set(forecasts["horizon_days"]))
    middle = days if days in horizons else horizons[len(horizons) // 2]
    try:
        picture = pictures.skill(forecasts, horizon_days=int(middle))
        caption = f"Brier skill against climatology by horizon, and by year for {middle} days; 0 is no better."
        found.append(Illustration(inline_svg(picture, name="skill", label="Skill by horizon and year"), caption))
    except ForecastError as error:
        # A table of climatology alone, or of many models, has scores but no such picture.
        if "a picture of skill shows" not in str(error):
            raise
    part = forecasts.loc[(forecasts["model_id"] == shown[0]) & (forecasts["horizon_days"] == middle)]
    if len(part) > 1:
        svg = inline_svg(pictures.reliability(part), name="reliability", label=f"Reliability of {shown[0]}")
        caption = (
            f"How often leaders met when {shown[0]} said p, for {middle} days: {len(part)} forecasts, "
            f"{int(part['outcome'].sum())} followed by a meeting. Bars hold if windows did not overlap."
        )
        found.append(Illustration(svg, caption))
    return tuple(found)


def anchor(dyad: str) -> str:
    """Name of a dyad's place in the page.

    Examples
    --------
    >>> anchor("USA-CHN")
    'usa-chn'
    """
    return re.sub(r"[^a-z0-9-]", "", dyad.lower())
