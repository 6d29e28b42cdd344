"""The pictures of a report as SVG within the page, each with a caption that says in words what it shows."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from forecast.dates import Day
from forecast.display import pictures
from forecast.display.frames import dyad_name
from forecast.display.numbers import percent
from forecast.display.pictures import Picture
from forecast.display.pictures.signs import leaders_met
from forecast.errors import ForecastError
from forecast.explanation.result import Explanation
from forecast.periods import EDGES

#: Years of engagements that a sheet shows.
_YEARS: Final = 3


@dataclass(frozen=True)
class Illustration:
    """A picture and its caption."""

    svg: Markup
    caption: str


def anchor(dyad: str) -> str:
    """Name of a dyad's place in the page.

    >>> anchor("USA-CHN")
    'usa-chn'
    """
    return re.sub(r"[^a-z0-9-]", "", dyad.lower())


def inline_svg(picture: Picture, *, name: str, label: str) -> Markup:
    """Write a picture as an ``<svg>`` element, read aloud as its label; two of one page need two names for ids."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    file = io.StringIO()
    # `savefig` would draw it once more beforehand, for a box that nothing is cut to.
    FigureCanvasSVG(picture).print_svg(file, metadata={"Date": None})  # type: ignore[no-untyped-call]
    text = file.getvalue()
    text = text[text.index("<svg") :]
    # Its style sheet would hold for the whole page; comments hold the texts once more.
    for needless in (r"<!--.*?-->", r"<metadata>.*?</metadata>", r"<style[^>]*>.*?</style>"):
        text = re.sub(needless, "", text, flags=re.DOTALL)
    ids = dict.fromkeys(re.findall(r'\bid="([^"]+)"', text))
    short = {one: f"{name}-{number}" for number, one in enumerate(ids)}
    for place in (r'(\bid=")([^"]+)', r'(href="#)([^"]+)', r"(url\(#)([^)]+)"):
        text = re.sub(place, lambda match: f"{match[1]}{short[match[2]]}", text)
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1).strip())


def curve(rows: pd.DataFrame, venues: pd.DataFrame) -> Illustration:
    """Hazard curve of one dyad."""
    dyad, last = str(rows["dyad"].iloc[0]), rows.iloc[-1]
    ends = rows.loc[rows["horizon_days"].isin(EDGES)]
    points = ", ".join(f"{percent(row['probability'])} after {row['horizon_days']} days" for _, row in ends.iterrows())
    picture = pictures.hazard_curve(rows, venues=venues)
    return _of_dyad(
        picture, dyad, "curve", "Hazard curve",
        f"Probability that the leaders of {dyad_name(dyad)} have met: {points}. "
        f"Climatology: {percent(last['climatology'])} after {last['horizon_days']} days. "
        "Below, the chance of each period, scaled to 30 days.",
    )  # fmt: skip


def _of_dyad(picture: Picture, dyad: str, name: str, label: str, caption: str) -> Illustration:
    return Illustration(inline_svg(picture, name=f"{name}-{anchor(dyad)}", label=f"{label}, {dyad}"), caption)


def account(explanation: Explanation) -> Illustration:
    """What leads from climatology to the forecast of one dyad."""
    dyad, days = str(explanation.forecast["dyad"].iloc[0]), explanation.horizon
    steps = explanation.steps
    # Only between 0 and 1 are there log-odds to draw.
    start, end = (min(max(p, 1e-12), 1.0 - 1e-12) for p in (explanation.climatology, explanation.probability))
    title = f"{dyad_name(dyad)}: what moves the forecast for {days} days"
    picture = pictures.waterfall(steps, start=start, end=end, title=title, start_label="climatology")
    largest = steps.iloc[int(steps["contribution"].abs().to_numpy().argmax())]
    return _of_dyad(
        picture, dyad, "account", "What moves the forecast",
        f"From climatology, {percent(explanation.climatology)}, to the forecast for {days} days, "
        f"{percent(explanation.probability)}. "
        f"The largest step: {largest['family']} ({largest['contribution']:+.2f} log-odds).",
    )  # fmt: skip


def relations(events: pd.DataFrame, as_of: Day) -> Illustration | None:
    """Engagements of the last years before `as_of`; None if there are none."""
    start = as_of - np.timedelta64(_YEARS * 365, "D")
    days = events["occurred_on"].to_numpy("datetime64[D]")
    shown = events.loc[(days >= start) & (days < as_of)]
    if shown.empty:
        return None
    dyad = str(events["dyad"].iloc[0])
    picture = pictures.engagements(shown, start=start, end=as_of)
    return _of_dyad(
        picture, dyad, "engagements", f"Engagements over {_YEARS} years",
        f"{len(shown)} records of engagements from {start} to the as-of date, by level and kind; the leaders met on "
        f"{int(leaders_met(shown).sum())} days of record.",
    )  # fmt: skip


def past_forecasts(past: pd.DataFrame, events: pd.DataFrame, venues: pd.DataFrame) -> Illustration | None:
    """How forecasts of one dyad and horizon moved; None if there are fewer than two as-of dates."""
    if past["as_of"].nunique() < 2:
        return None
    dyad, days = str(past["dyad"].iloc[0]), int(past["horizon_days"].iloc[0])
    ordered = past.sort_values("as_of", kind="stable")
    first, last = ordered.iloc[0], ordered.iloc[-1]
    picture = pictures.timeline(past, events=events, venues=venues)
    return _of_dyad(
        picture, dyad, "timeline", "Past forecasts",
        f"Forecasts for {days} days made as of {first['as_of']} ({percent(first['probability'])}) to {last['as_of']} "
        f"({percent(last['probability'])}), with engagements and summits.",
    )  # fmt: skip


def skill(forecasts: pd.DataFrame, *, model: str, days: int) -> tuple[Illustration, ...]:
    """Skill by horizon and year, and reliability of one model and horizon, as far as the rows suffice."""
    result = []
    model = model if model in set(forecasts["model_id"]) else str(forecasts["model_id"].iloc[0])
    horizons = sorted(set(forecasts["horizon_days"]))
    middle = days if days in horizons else int(horizons[len(horizons) // 2])
    try:
        picture = pictures.skill(forecasts, horizon_days=middle)
        caption = f"Brier skill against climatology by horizon, and by year for {middle} days; 0 is no better."
        result.append(Illustration(inline_svg(picture, name="skill", label="Skill by horizon and year"), caption))
    except ForecastError as error:
        # A table of climatology alone, or of many models, has scores but no such picture.
        if "a picture of skill shows" not in str(error):
            raise
    part = forecasts.loc[(forecasts["model_id"] == model) & (forecasts["horizon_days"] == middle)]
    if len(part) > 1:
        svg = inline_svg(pictures.reliability(part), name="reliability", label=f"Reliability of {model}")
        caption = (
            f"How often leaders met when {model} said p, for {middle} days: {len(part)} forecasts, "
            f"{int(part['outcome'].sum())} followed by a meeting. Bars hold if windows did not overlap."
        )
        result.append(Illustration(svg, caption))
    return tuple(result)
