"""An explanation as text of at most 80 columns, a paragraph a part."""

from __future__ import annotations

import textwrap
from typing import Final

import numpy as np
import pandas as pd

from forecast.explanations.contributions import log_odds
from forecast.signals import CATALOGUE, COMPUTED

WIDTH: Final = 79
_SIGNALS_SHOWN: Final = 2
_FACTS_SHOWN: Final = 3
_SLIGHT: Final = 0.005  # log-odds that two decimals do not show
_QUESTIONS: Final = {"meeting": "meet in person", "bilateral": "meet alone or on the margins"}


def percent(value: float) -> str:
    """Write a probability so that a possible event is never shown as 0% or 100%.

    Examples
    --------
    >>> percent(0.25), percent(0.00001)
    ('25.0%', '<0.1%')
    """
    if 0.0 < value < 0.001:
        return "<0.1%"
    if 0.999 < value < 1.0:
        return ">99.9%"
    return f"{value:.1%}"


def wrapped(text: str, *, indent: int = 0, hang: int = 2) -> list[str]:
    """Lines of a text that fit; an address is never broken."""
    return textwrap.wrap(
        text,
        width=WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )


def title(row: pd.Series) -> str:
    """The question and its answer."""
    announced = " A meeting in the window was announced." if row["announced"] else ""
    lines = [
        f"{row['dyad']}: will the leaders {_QUESTIONS[row['target']]} by {row['window_end']}?",
        *wrapped(
            f"As of {row['as_of']}, from what was public before: {percent(row['probability'])} "
            f"(90% interval {percent(row['low'])} to {percent(row['high'])}).{announced}",
            hang=0,
        ),
        f"model {row['model_id']} {row['model_version']}, data {row['data_version']}",
    ]
    return "\n".join(lines)


def account(row: pd.Series, contributions: pd.DataFrame) -> str:
    """From climatology to the forecast, a line a family."""
    lines = [f"{'From climatology to the forecast':<38}{'log-odds':>9}{'odds':>9}{'probability':>14}"]
    first = contributions.iloc[0]
    start = float(log_odds(first["without"]))
    lines.append(f"{'climatology: its own record':<38}{start:>+9.2f}{'':>9}{percent(first['without']):>14}")
    slight = [at for at in contributions.index[1:] if abs(contributions["contribution"][at]) < _SLIGHT]
    for at, part in contributions.drop(slight).iterrows():
        name = "  the record as the model reads it" if at == 0 else f"  {part['family']}"
        without = "" if at == 0 else percent(part["without"])
        lines.append(f"{name:<38}{part['contribution']:>+9.2f}{_times(part['odds_factor']):>9}{without:>14}")
    if slight:
        share = float(contributions.loc[slight, "contribution"].sum())
        lines.append(
            f"{f'  {len(slight)} more, each under {_SLIGHT}':<38}{share:>+9.2f}{_times(float(np.exp(share))):>9}"
        )
    total = start + float(contributions["contribution"].sum())
    lines.append(f"{'forecast':<38}{total:>+9.2f}{'':>9}{percent(row['probability']):>14}")
    lines += wrapped(
        "The lines sum to the forecast. The probability in the line of a family: the forecast if that family alone "
        "told nothing (no summit ahead; elsewhere the mean of the rows for training).",
        hang=0,
    )
    return "\n".join(lines)


def _times(factor: float) -> str:
    """Write a factor on the odds."""
    return f"x {factor:.0f}" if factor >= 100 else f"x {factor:.1f}" if factor >= 10 else f"x {factor:.2f}"


def venues(summits: pd.DataFrame) -> str:
    """Summits of the window, a line or two each."""
    if summits.empty:
        return "Summits in the window with both: none known."
    lines = [f"{'Summits in the window with both':<38}{'host':<6}{'days':<23}{'chance':>6}"]
    for _, summit in summits.iterrows():
        days = summit["starts_on"]
        if summit["ends_on"] != summit["starts_on"]:
            days += f" to {_shorter(summit['ends_on'], summit['starts_on'])}"
        name = f"  {summit['series']} {summit['edition']}"
        lines.append(f"{name[:37]:<38}{summit['host']:<6}{days:<23}{percent(summit['chance']):>6}")
        lines.append(f"    known since {summit['announced_on']}; forecast without it {percent(summit['without'])}")
        lines += [f"    {summit['address']}"] if summit["address"] else []
    lines += wrapped("chance: that a meeting of the two is recorded there, from past editions alone.", hang=0)
    return "\n".join(lines)


def _shorter(day: str, than: str) -> str:
    """The last day of a span without the year or month that it shares with the first."""
    if day[:7] == than[:7]:
        return day[8:]
    return day[5:] if day[:4] == than[:4] else day


def facts(contributions: pd.DataFrame, signals: pd.DataFrame, evidence: pd.DataFrame) -> str:
    """The weightiest signals of each family and the latest facts behind them."""
    told = evidence.loc[evidence["weighted"].astype(bool)]
    lines = ["What stands behind each family (signals: effect if that one alone told nothing)"]
    for family, share in contributions.set_index("family")["contribution"].items():
        if abs(share) < _SLIGHT and not (told["family"] == family).any():
            continue
        lines.append(f"{family} {share:+.2f}")
        own = signals.loc[
            (signals["family"] == family) & signals["value"].notna() & (signals["effect"].abs() > _SLIGHT)
        ]
        weightiest = own["effect"].abs().sort_values(ascending=False, kind="stable").index[:_SIGNALS_SHOWN]
        for _, signal in own.loc[weightiest].iterrows():
            lines += wrapped(
                f"{signal['effect']:+.2f}  {signal['signal']} = {signal['value']:.4g}: {described(signal['signal'])}",
                indent=2,
                hang=7,
            )
        lines += _latest(told.loc[told["family"] == family])
    return "\n".join(lines)


def described(signal: str) -> str:
    """A signal in the catalogue's words, or its name if it is not there."""
    if signal in CATALOGUE:
        return CATALOGUE[signal].description
    return COMPUTED[signal][1].partition("; a column for")[0] if signal in COMPUTED else signal


def _latest(rows: pd.DataFrame) -> list[str]:
    lines = []
    for _, fact in rows.head(_FACTS_SHOWN).iterrows():
        number = f" [{fact['record_id']}]" if fact["record_id"] else ""
        late = "" if fact["known_on"] == fact["on"] else f" (known {fact['known_on']})"
        lines += wrapped(f"{fact['on']}{late} {fact['what']}{number}", indent=4)
        lines += [f"      {fact['address']}"] if fact["address"] else []
    if len(rows) > _FACTS_SHOWN:
        lines.append(f"    and {len(rows) - _FACTS_SHOWN} earlier")
    return lines


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
    for _, row in missing.iterrows():
        lines += wrapped(f"{row['about']}: {row['problem']}", indent=2)
    return "\n".join(lines)
