"""An explanation: its parts as DataFrames, and the document that a terminal, a notebook and the page show."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from forecast.display.characters import plain
from forecast.display.frames import CLIMATOLOGY as CLIMATOLOGY_COLUMN
from forecast.display.frames import PROBABILITY, dyad_name, interval, records, shared_state
from forecast.display.numbers import log_odds, percent
from forecast.display.table import Column, Document, Drawn, Paragraph, Table
from forecast.explanation.contributions import CLIMATOLOGY
from forecast.explanation.engagement_history import venue_name
from forecast.facts.countries import states
from forecast.panel.outcomes import QUESTIONS
from forecast.signals.catalogue import CATALOGUE, COMPUTED, WORDS

#: Parts of a fallback, which no signals stand for, and the families.
_PARTS: Final = {"pooled": "all pairs that sources cover", "pairs": "how often pairs of its kind meet", **WORDS}

#: The family whose facts are the summits of the window, which an explanation lists by themselves.
VENUES: Final = "venues"

#: Log-odds that two decimals do not show.
SLIGHT: Final = 0.005

_SIGNALS_SHOWN: Final = 2
_FACTS_SHOWN: Final = 3
#: What a brief explanation holds, so that it fits a screen of 24 lines.
_BRIEF_FAMILIES, _BRIEF_SUMMITS, _BRIEF_FACTS = 4, 2, 2

_LOG_ODDS: Final = Column("log-odds", align="right", form="+.2f", missing="")


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Drawn):
    """Why a forecast is what it is.

    Parameters
    ----------
    forecast : pandas.DataFrame
        The forecast itself, one row as `forecast.predict` returns it.
    contributions : pandas.DataFrame
        As of `forecast.explanation.contributions.contributions`: from climatology to the forecast.
    signals : pandas.DataFrame
        Each signal with its value and what the forecast would lose without it alone.
    evidence : pandas.DataFrame
        The facts behind each family.
    summits : pandas.DataFrame
        Known summits of the window.
    hazards : pandas.DataFrame
        How the probability grows over the horizon.
    analogues : pandas.DataFrame
        The nearest situations of the past.
    missing : pandas.DataFrame
        What the explanation lacks.
    """

    forecast: pd.DataFrame
    contributions: pd.DataFrame
    signals: pd.DataFrame
    evidence: pd.DataFrame
    summits: pd.DataFrame
    hazards: pd.DataFrame
    analogues: pd.DataFrame
    missing: pd.DataFrame

    @property
    def probability(self) -> float:
        """Probability that is explained."""
        return float(self.forecast["probability"].iloc[0])

    @property
    def climatology(self) -> float:
        """The dyad's own record, from which the account starts."""
        return float(self.forecast["climatology"].iloc[0])

    @property
    def horizon(self) -> int:
        """Days of the window."""
        return int(self.forecast["horizon_days"].iloc[0])

    @property
    def steps(self) -> pd.DataFrame:
        """Columns family and contribution, from climatology to the forecast, for `forecast.display.pictures.waterfall`.

        Contributions too slight to be seen are one row; they sum to the same.
        """
        _, *between, _ = steps(self.probability, self.contributions)
        rows = [(step.family or step.words, step.log_odds) for step in between]
        return pd.DataFrame(rows, columns=["family", "contribution"])

    @property
    def sections(self) -> dict[str, Table | Paragraph]:
        """What the document says below the question, by subject."""
        return {
            "account": account_table(self.probability, self.contributions, self.horizon),
            "summits": summits_table(self.summits, self.horizon),
            "facts": facts_table(
                self.contributions, self.signals, self.evidence, as_of=str(self.forecast["as_of"].iloc[0])
            ),
            "hazards": _hazards_table(self.hazards),
            "analogues": _analogues_table(self.analogues, self.horizon),
            "missing": _missing_table(self.missing),
        }

    def to_dict(self) -> dict[str, Any]:
        """All parts as lists of records, for JSON; the forecast as one record. A missing value is None."""
        parts = {part.name: records(getattr(self, part.name)) for part in fields(self)}
        return {**parts, "forecast": parts["forecast"][0]}

    def brief(self) -> Document:
        """What fits a screen: the account, the summits and the latest of the weightiest facts."""
        shares = self.contributions.iloc[1:].set_index("family")["contribution"].abs()
        facts = self.evidence.loc[self.evidence["weighted"].astype(bool) & self.evidence["family"].isin(shares.index)]
        order = facts["family"].map(shares).to_numpy()
        facts = facts.iloc[np.argsort(-order, kind="stable")].drop_duplicates("family").drop_duplicates("what")
        lines = [
            (textwrap.shorten(fact_words(fact), 79, placeholder=" ..."),)
            for _, fact in facts.head(_BRIEF_FACTS).iterrows()
        ]
        return Document(
            self._question(),
            account_table(self.probability, self.contributions, self.horizon, brief=True),
            summits_table(self.summits, self.horizon, brief=True),
            Table([Column("Latest facts of the weightiest families", wraps=True)], lines) if lines else None,
            "--full: facts with addresses, week by week, similar situations of the past.",
        )

    def document(self) -> Document:
        """The whole account."""
        return Document(self._question(), *self.sections.values())

    def _question(self) -> Paragraph:
        row = self.forecast.iloc[0]
        announced = " A meeting in the window was announced." if row["announced"] else ""
        return Paragraph(
            f"{row['dyad']}: will the leaders {QUESTIONS[row['target']]} by {row['window_end']}?\n"
            f"As of {row['as_of']}, from what was public before: {percent(row['probability'])} (90% interval "
            f"{interval(row)}).{announced}\n"
            f"model {row['model_id']} {row['model_version']}, data {row['data_version']}",
            style="bold",
        )

    def __repr__(self) -> str:
        row = self.forecast.iloc[0]
        return f"Explanation({row['dyad']} as of {row['as_of']} by {row['window_end']}: {row['probability']:.1%})"


class Step(NamedTuple):
    """One line of the account: of a family, or without one for the slight rest and what the model makes of the record.

    `log_odds` and `probability` are those of climatology in the first line and of the forecast in the last; between
    them stand a contribution, what it multiplies the odds by, and the forecast without that family.
    """

    family: str
    words: str
    log_odds: float
    odds_factor: float
    probability: float


def steps(probability: float, contributions: pd.DataFrame, *, most: int | None = None) -> list[Step]:
    """From climatology to the forecast, whose log-odds are the sum of all above it; slight ones share a line."""
    first = contributions.iloc[0]
    start = float(log_odds(first["without"]))
    sizes = contributions["contribution"].iloc[1:].abs()
    floor = SLIGHT if most is None or len(sizes) <= most else max(SLIGHT, float(sizes.nlargest(most).min()))
    slight = list(sizes.index[sizes < floor])
    record = str(first["family"])
    lines = [Step(record, _PARTS[record], start, np.nan, float(first["without"]))]
    # A fallback starts from the rate of all pairs, which no model reads.
    for at, part in contributions.drop([*slight, *([] if record == CLIMATOLOGY else [0])]).iterrows():
        family = "" if at == 0 else str(part["family"])
        words = _PARTS.get(family, "") if family else "the record as the model reads it"
        without = float(part["without"]) if family else np.nan
        lines.append(Step(family, words, float(part["contribution"]), float(part["odds_factor"]), without))
    if slight:
        share = float(contributions.loc[slight, "contribution"].sum())
        words = f"{len(slight)} more, {'each ' if len(slight) > 1 else ''}under {floor:.3g}"
        lines.append(Step("", words, share, float(np.exp(share)), np.nan))
    total = start + float(contributions["contribution"].sum())
    return [*lines, Step("forecast", "", total, np.nan, probability)]


def account_table(probability: float, contributions: pd.DataFrame, horizon: int, *, brief: bool = False) -> Table:
    """From climatology to the forecast, a line a family; briefly the weightiest ones."""
    columns = [
        Column("family", heads=True),
        Column("in words", wraps=True),
        _LOG_ODDS,
        Column("odds", align="right", form=times, missing=""),
        Column("probability", align="right", form=percent, missing="", style="cyan"),
    ]
    rows = steps(probability, contributions, most=_BRIEF_FAMILIES if brief else None)
    note = (
        "The lines sum to the forecast. The probability in the line of a family: the forecast without that family (no "
        "summit ahead; elsewhere the mean of the training rows)."
    )
    title = f"From climatology to the forecast for {horizon} days"
    return Table(columns, rows, title=title, notes=[] if brief else [note], styles={len(rows) - 1: "bold"})


def summits_table(summits: pd.DataFrame, days: int, *, brief: bool = False) -> Table | Paragraph:
    """Summits of so many days, briefly the likeliest; those beyond the window that is explained have no figures."""
    if brief:
        summits = summits.iloc[np.sort(np.argsort(-summits["chance"].to_numpy(float))[:_BRIEF_SUMMITS])]
    title = f"Summits of both within {days} days"
    if summits.empty:
        return Paragraph(f"{title}\nNone is known.", style="bold")
    columns = [
        Column("summit", wraps=True, heads=True),
        Column("host", wraps=True),
        Column("days"),
        Column("chance", align="right", form=percent, style="cyan"),
        Column("without", align="right", form=percent, style="cyan"),
    ]
    rows, details = [], []
    for _, one in summits.iterrows():
        days_of = span_words(one["starts_on"], one["ends_on"])
        name = venue_name(one["series"], one["edition"])
        rows.append((name, states()[one["host"]].name, days_of, one["chance"], one["without"]))
        known = f"[{one['series']}/{one['edition']}] known since {one['announced_on']}"
        details.append(f"{known}\n{plain(one['address'])}" if one["address"] else known)
    note = (
        "chance: that a meeting of the two is recorded there, from past editions alone; without: the forecast if this "
        "summit alone were not known."
    )
    return Table(columns, rows, title=title) if brief else Table(columns, rows, title, [note], details=details)


def facts_table(contributions: pd.DataFrame, signals: pd.DataFrame, evidence: pd.DataFrame, *, as_of: str) -> Table:
    """The weightiest signals of each family and the latest facts that they look at."""
    weighted = evidence.loc[evidence["weighted"].astype(bool)]
    lines: list[tuple[str, float | None, str, str]] = []
    for family, share in contributions.set_index("family")["contribution"].items():
        facts = weighted.loc[weighted["family"] == family]
        if abs(share) < SLIGHT and facts.empty:
            continue
        lines.append((str(family), share, _PARTS.get(str(family), ""), ""))
        own = signals.loc[(signals["family"] == family) & signals["value"].notna() & (signals["effect"].abs() > SLIGHT)]
        weightiest = own["effect"].abs().sort_values(ascending=False, kind="stable").index[:_SIGNALS_SHOWN]
        for _, one in own.loc[weightiest].iterrows():
            lines.append(("", one["effect"], f"{one['signal']} = {one['value']:.4g}: {described(one['signal'])}", ""))
        shown = facts.head(_FACTS_SHOWN)
        lines += [("", None, fact_words(fact), plain(fact["address"])) for _, fact in shown.iterrows()]
        if family == VENUES:
            lines.append(("", None, "the summits above", ""))
        if len(facts) > _FACTS_SHOWN:
            lines.append(("", None, f"and {len(facts) - _FACTS_SHOWN} earlier", ""))
    columns = [Column("family", style="bold", heads=True), _LOG_ODDS, Column("signals and facts", wraps=True)]
    notes = ["The log-odds of a signal are what the forecast would lose if that one alone were not known."]
    rows, details = [line[:3] for line in lines], [line[3] for line in lines]
    if any(details):
        notes.append(f"Addresses show where a fact can be looked up today: pages may be of a later day than {as_of}.")
    return Table(columns, rows, title="What stands behind each family", notes=notes, details=details)


def _hazards_table(hazards: pd.DataFrame) -> Table:
    columns = [
        Column("period", heads=True),
        Column("days", align="right"),
        *(Column(name, align="right", form=percent, style="cyan") for name in ("hazard", "so far")),
        CLIMATOLOGY_COLUMN,
    ]
    rows = [
        (f"{one['first_day']} to {one['last_day']}", one["days"], one["hazard"], one["cumulative"], one["climatology"])
        for _, one in hazards.iterrows()
    ]
    note = "hazard: probability of a first meeting in the period, given none before."
    return Table(columns, rows, title="Over the horizon", notes=[note])


def _analogues_table(analogues: pd.DataFrame, horizon: int) -> Table | Paragraph:
    title = "Nearest situations of the past"
    if analogues.empty:
        return Paragraph(f"{title}\nNot enough cases (n = 0) whose outcome is resolved.", style="bold")
    columns = [
        Column("dyad", heads=True), Column("", wraps=True), Column("as of"), PROBABILITY, CLIMATOLOGY_COLUMN,
        Column(f"met in {horizon} days"),
    ]  # fmt: skip
    shared = shared_state(analogues["dyad"])
    rows = [
        (one["dyad"], dyad_name(one["dyad"], but=shared), one["as_of"], one["probability"], one["climatology"],
         one["met_on"] if one["met"] else "no")
        for _, one in analogues.iterrows()
    ]  # fmt: skip
    return Table(columns, rows, title=title, notes=["Rows on which the model was trained, by its weighted signals."])


def _missing_table(missing: pd.DataFrame) -> Table | Paragraph:
    title = "What is missing"
    if missing.empty:
        return Paragraph(f"{title}\nNothing that the program knows of: the records reach the as-of date.", style="bold")
    columns = [Column("about", wraps=True), Column("problem", wraps=True)]
    return Table(columns, problems(missing), title=title, notes=["What the forecast could not see or does not use."])


def problems(missing: pd.DataFrame) -> list[tuple[str, str]]:
    """Families that have the same problem, and the problem.

    >>> rows = [("calls", "no weight", 2), ("venues", "no calendar", 0), ("tone", "no weight", 0)]
    >>> problems(pd.DataFrame(rows, columns=["about", "problem", "n_facts"]))
    [('calls (2 known facts), tone', 'no weight'), ('venues', 'no calendar')]
    """
    about: dict[str, list[str]] = {}
    for _, row in missing.iterrows():
        n = int(row["n_facts"])
        facts = f" ({n} known fact{'' if n == 1 else 's'})" if n else ""
        about.setdefault(str(row["problem"]), []).append(f"{row['about']}{facts}")
    return [(", ".join(families), problem) for problem, families in about.items()]


def fact_words(fact: pd.Series) -> str:
    """One fact with its days and the number of its record."""
    number = f" [{fact['record_id']}]" if fact["record_id"] else ""
    late = "" if fact["known_on"] == fact["on"] else f" (known {fact['known_on']})"
    return f"{fact['on']}{late} {fact['what']}{number}"


def described(signal: str) -> str:
    """A signal in the catalogue's words, or its name if it is not there."""
    if signal in CATALOGUE:
        return CATALOGUE[signal].description
    return COMPUTED[signal][1] if signal in COMPUTED else signal


def times(factor: float) -> str:
    """Write a factor on the odds.

    >>> times(0.18), times(90.1), times(1234.0)
    ('x 0.18', 'x 90.1', 'x 1234')
    """
    return f"x {factor:.0f}" if factor >= 100 else f"x {factor:.1f}" if factor >= 10 else f"x {factor:.2f}"


def span_words(first: str, last: str) -> str:
    """Write a span of days; the last without the year or month that it shares with the first.

    >>> span_words("2023-11-16", "2023-11-17"), span_words("2023-11-16", "2023-11-16")
    ('2023-11-16 to 17', '2023-11-16')
    """
    if last == first:
        return first
    if last[:7] == first[:7]:
        return f"{first} to {last[8:]}"
    return f"{first} to {last[5:] if last[:4] == first[:4] else last}"
