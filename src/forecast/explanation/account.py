"""What an explanation says, before it is written as text, for a notebook or on a page: steps and reasons."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from forecast.display.numbers import log_odds
from forecast.explanation.families import CLIMATOLOGY
from forecast.signals.catalogue import CATALOGUE, COMPUTED

#: Families in words.
WORDS: Final = {
    "meetings": "their past meetings",
    "visits": "visits below the leaders",
    "dialogues": "standing dialogues",
    "calls": "calls of the leaders",
    "snubs": "snubs and absences",
    "friction": "accusations, threats, sanctions",
    "goodwill": "agreements and gestures",
    "tone": "tone of readouts",
    "tempo": "how much both travel of late",
    "leaders": "terms of office",
    "climatology": "its own record",
    "anniversaries": "habit at this time of the year",
    "announced": "meetings announced",
    "venues": "summits ahead",
    "season": "time of the year",
}

#: The family whose facts are the summits of the window, which an explanation lists by themselves.
VENUES: Final = "venues"

#: Log-odds that two decimals do not show.
SLIGHT: Final = 0.005

_SIGNALS_SHOWN: Final = 2
_FACTS_SHOWN: Final = 3


class Step(NamedTuple):
    """One line of the account from climatology to the forecast.

    Parameters
    ----------
    family : str
        Empty in the first line, the last and that of the slight ones.
    words : str
    log_odds : float
        Of climatology in the first line, of the forecast in the last, a contribution in all others.
    odds_factor : float
        What the contribution multiplies the odds by; missing in the first line and the last.
    probability : float
        Climatology in the first line, the forecast in the last; in the line of a family the forecast if that family
        alone told nothing. Missing elsewhere.
    """

    family: str
    words: str
    log_odds: float
    odds_factor: float
    probability: float


def steps(probability: float, contributions: pd.DataFrame) -> list[Step]:
    """From climatology to the forecast; contributions too slight for two decimals are one line.

    Parameters
    ----------
    probability : float
        The forecast.
    contributions : pandas.DataFrame
        As `forecast.explanation.contributions.contributions` gives them.

    Returns
    -------
    list of Step
        The log-odds of all but the last sum to that of the last.
    """
    first = contributions.iloc[0]
    start = float(log_odds(first["without"]))
    slight = [at for at in contributions.index[1:] if abs(contributions["contribution"][at]) < SLIGHT]
    lines = [Step("", f"climatology: {WORDS[CLIMATOLOGY]}", start, np.nan, float(first["without"]))]
    for at, part in contributions.drop(slight).iterrows():
        family = str(part["family"])
        words = "the record as the model reads it" if at == 0 else WORDS.get(family, "")
        without = np.nan if at == 0 else float(part["without"])
        lines.append(Step(family, words, float(part["contribution"]), float(part["odds_factor"]), without))
    if slight:
        share = float(contributions.loc[slight, "contribution"].sum())
        under = f"{'each ' if len(slight) > 1 else ''}under {SLIGHT}"
        lines.append(Step("", f"{len(slight)} more, {under}", share, float(np.exp(share)), np.nan))
    total = start + float(contributions["contribution"].sum())
    return [*lines, Step("", "forecast", total, np.nan, probability)]


def short_name(step: Step) -> str:
    """A step in the fewest words; what the model makes of climatology is not climatology."""
    return step.words if step.family in ("", CLIMATOLOGY) else step.family


class Weighed(NamedTuple):
    """A signal behind a family: its effect on the log-odds, its name, its value and what it says."""

    effect: float
    signal: str
    value: float
    words: str


class Reason(NamedTuple):
    """What stands behind one family.

    Parameters
    ----------
    family : str
    contribution : float
    signals : list of Weighed
        The weightiest.
    facts : pandas.DataFrame
        The latest facts that a weighted signal looks at, with the columns of
        `forecast.explanation.evidence.EVIDENCE`.
    n_more : int
        Earlier ones.
    """

    family: str
    contribution: float
    signals: list[Weighed]
    facts: pd.DataFrame
    n_more: int


def reasons(contributions: pd.DataFrame, signals: pd.DataFrame, evidence: pd.DataFrame) -> list[Reason]:
    """The weightiest signals of each family and the latest facts behind them, families without either left out."""
    told = evidence.loc[evidence["weighted"].astype(bool)]
    found = []
    for family, share in contributions.set_index("family")["contribution"].items():
        facts = told.loc[told["family"] == family]
        if abs(share) < SLIGHT and facts.empty:
            continue
        own = signals.loc[(signals["family"] == family) & signals["value"].notna() & (signals["effect"].abs() > SLIGHT)]
        weightiest = own["effect"].abs().sort_values(ascending=False, kind="stable").index[:_SIGNALS_SHOWN]
        weighed = [
            Weighed(float(one["effect"]), str(one["signal"]), float(one["value"]), described(str(one["signal"])))
            for _, one in own.loc[weightiest].iterrows()
        ]
        shown = facts.head(_FACTS_SHOWN)
        found.append(Reason(str(family), float(share), weighed, shown, len(facts) - len(shown)))
    return found


def lacks(missing: pd.DataFrame) -> list[str]:
    """What is missing, a sentence a problem: families that have the same one are told together.

    Parameters
    ----------
    missing : pandas.DataFrame
        As `forecast.explanation.gaps.gaps` gives it.

    Examples
    --------
    >>> rows = [("calls", "no weight", 2), ("venues", "no calendar", 0), ("tone", "no weight", 0)]
    >>> lacks(pd.DataFrame(rows, columns=["about", "problem", "n_facts"]))
    ['calls (2 known facts), tone: no weight', 'venues: no calendar']
    """
    found: dict[str, list[str]] = {}
    for _, row in missing.iterrows():
        n = int(row["n_facts"])
        facts = f" ({n} known fact{'' if n == 1 else 's'})" if n else ""
        found.setdefault(str(row["problem"]), []).append(f"{row['about']}{facts}")
    return [f"{', '.join(about)}: {problem}" for problem, about in found.items()]


def described(signal: str) -> str:
    """A signal in the catalogue's words, or its name if it is not there."""
    if signal in CATALOGUE:
        return CATALOGUE[signal].description
    return COMPUTED[signal][1] if signal in COMPUTED else signal


def times(factor: float) -> str:
    """Write a factor on the odds.

    Examples
    --------
    >>> times(0.18), times(90.1), times(1234.0)
    ('x 0.18', 'x 90.1', 'x 1234')
    """
    return f"x {factor:.0f}" if factor >= 100 else f"x {factor:.1f}" if factor >= 10 else f"x {factor:.2f}"


def days_told(first: str, last: str) -> str:
    """Write a span of days; the last without the year or month that it shares with the first.

    Examples
    --------
    >>> days_told("2023-11-16", "2023-11-17"), days_told("2023-11-16", "2023-11-16")
    ('2023-11-16 to 17', '2023-11-16')
    """
    if last == first:
        return first
    if last[:7] == first[:7]:
        return f"{first} to {last[8:]}"
    return f"{first} to {last[5:] if last[:4] == first[:4] else last}"
