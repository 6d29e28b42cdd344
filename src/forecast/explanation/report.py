"""An explanation as text of at most 80 columns, a paragraph a part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.display.numbers import percent
from forecast.display.text import cut, plain, wrapped
from forecast.explanation.account import VENUES, days_told, lacks, reasons, steps, times
from forecast.explanation.engagement_history import venue_name
from forecast.panel.outcomes import QUESTIONS


def title(row: pd.Series) -> str:
    """The question and its answer."""
    announced = " A meeting in the window was announced." if row["announced"] else ""
    lines = [
        f"{row['dyad']}: will the leaders {QUESTIONS[row['target']]} by {row['window_end']}?",
        *wrapped(
            f"As of {row['as_of']}, from what was public before: {percent(row['probability'])} "
            f"(90% interval {percent(row['low'])} to {percent(row['high'])}).{announced}",
            hang=0,
        ),
        f"model {row['model_id']} {row['model_version']}, data {row['data_version']}",
    ]
    return "\n".join(lines)


def account(probability: float, contributions: pd.DataFrame) -> str:
    """From climatology to the forecast, a line a family."""
    lines = [f"{'From climatology to the forecast':<46}{'log-odds':>8}{'odds':>9}{'probability':>14}"]
    told = steps(probability, contributions)
    for at, step in enumerate(told):
        name = f"{step.family}: {step.words}" if step.family and at > 1 else step.words
        name = name if at in (0, len(told) - 1) else f"  {name}"
        odds = "" if np.isnan(step.odds_factor) else times(step.odds_factor)
        given = "" if np.isnan(step.probability) else percent(step.probability)
        lines.append(f"{cut(name, 45):<46}{step.log_odds:>+8.2f}{odds:>9}{given:>14}".rstrip())
    lines += wrapped(
        "The lines sum to the forecast. The probability in the line of a family: the forecast if that family alone "
        "told nothing (no summit ahead; elsewhere the mean of the rows for training).",
        hang=0,
    )
    return "\n".join(lines)


def venues(summits: pd.DataFrame) -> str:
    """Summits of the window, a line or two each."""
    if summits.empty:
        return "Summits in the window with both: none known."
    lines = [f"{'Summits in the window with both':<38}{'host':<6}{'days':<23}{'chance':>6}"]
    for _, summit in summits.iterrows():
        days = days_told(summit["starts_on"], summit["ends_on"])
        name = f"  {venue_name(summit['series'], summit['edition'])}"
        lines.append(f"{cut(name, 37):<38}{summit['host']:<6}{days:<23}{percent(summit['chance']):>6}")
        lines += wrapped(
            f"[{summit['series']}/{summit['edition']}] known since {summit['announced_on']}; forecast without it "
            f"{percent(summit['without'])}",
            indent=4,
        )
        lines += [f"    {summit['address']}"] if summit["address"] else []
    lines += wrapped("chance: that a meeting of the two is recorded there, from past editions alone.", hang=0)
    return "\n".join(lines)


def facts(contributions: pd.DataFrame, signals: pd.DataFrame, evidence: pd.DataFrame) -> str:
    """The weightiest signals of each family and the latest facts behind them."""
    lines = ["What stands behind each family (signals: effect if that one alone told nothing)"]
    for reason in reasons(contributions, signals, evidence):
        lines.append(f"{reason.family} {reason.contribution:+.2f}")
        for one in reason.signals:
            lines += wrapped(f"{one.effect:+.2f}  {one.signal} = {one.value:.4g}: {one.words}", indent=2, hang=7)
        for _, fact in reason.facts.iterrows():
            lines += wrapped(fact_words(fact), indent=4)
            lines += [f"      {fact['address']}"] if fact["address"] else []
        if reason.family == VENUES:
            lines.append("    the summits above")
        if reason.n_more:
            lines.append(f"    and {reason.n_more} earlier")
    return "\n".join(lines)


def fact_words(fact: pd.Series) -> str:
    """One fact with its days and the number of its record."""
    number = f" [{fact['record_id']}]" if fact["record_id"] else ""
    late = "" if fact["known_on"] == fact["on"] else f" (known {fact['known_on']})"
    return plain(f"{fact['on']}{late} {fact['what']}{number}")


def curve(hazards: pd.DataFrame) -> str:
    """The hazard curve, a line a period."""
    lines = [f"{'Over the horizon':<28}{'days':>6}{'hazard':>11}{'so far':>11}{'climatology':>15}"]
    lines += [
        f"  {row['first_day']} to {row['last_day']}{row['days']:>8}{percent(row['hazard']):>11}"
        f"{percent(row['cumulative']):>11}{percent(row['climatology']):>15}"
        for _, row in hazards.iterrows()
    ]
    return "\n".join(lines)


def likenesses(analogues: pd.DataFrame, horizon: int) -> str:
    """The nearest situations of the past and what followed."""
    if analogues.empty:
        return "Nearest situations of the past: not enough cases (n = 0) whose outcome is resolved"
    lines = [f"{'Nearest situations of the past':<38}{'forecast':>9}{'climatology':>13}{f'met in {horizon} days':>18}"]
    lines += [
        f"  {row['dyad']} as of {row['as_of']:<19}{percent(row['probability']):>11}{percent(row['climatology']):>13}"
        f"{row['met_on'] if row['met'] else 'no':>18}"
        for _, row in analogues.iterrows()
    ]
    lines.append("Rows on which the model was trained: nearest by its weighted signals.")
    return "\n".join(lines)


def lacking(missing: pd.DataFrame) -> str:
    """What the explanation lacks."""
    if missing.empty:
        return ""
    lines = ["What is missing"]
    for told in lacks(missing):
        lines += wrapped(told, indent=2)
    return "\n".join(lines)
