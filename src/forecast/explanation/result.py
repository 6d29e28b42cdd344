"""An explanation: its parts as tables."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from forecast.explanation.account import short_name, steps
from forecast.explanation.notebook import html_of
from forecast.explanation.report import account, curve, facts, lacking, likenesses, title, venues


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why a forecast is what it is.

    Parameters
    ----------
    forecast : pandas.DataFrame
        The forecast itself, one row as `forecast.verbs.predict.predict` gives it.
    contributions : pandas.DataFrame
        As `forecast.explanation.contributions.contributions` gives them: from climatology to the forecast.
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
    def steps(self) -> pd.DataFrame:
        """Columns family and contribution, from climatology to the forecast, for `forecast.display.pictures.waterfall`.

        Contributions too slight to be seen are one row; they sum to the same.
        """
        _, *between, _ = steps(self.probability, self.contributions)
        return pd.DataFrame([(short_name(step), step.log_odds) for step in between], columns=["family", "contribution"])

    def to_dict(self) -> dict[str, Any]:
        """All parts as lists of records, for JSON; the forecast as one record. A missing value is None."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        told = {
            name: table.astype(object).where(table.notna(), None).to_dict(orient="records")
            for name, table in parts.items()
        }
        return {**told, "forecast": told["forecast"][0]}

    def __repr__(self) -> str:
        row = self.forecast.iloc[0]
        return f"Explanation({row['dyad']} as of {row['as_of']} by {row['window_end']}: {row['probability']:.1%})"

    def __str__(self) -> str:
        row = self.forecast.iloc[0]
        parts = [
            title(row),
            account(self.probability, self.contributions),
            venues(self.summits),
            facts(self.contributions, self.signals, self.evidence),
            curve(self.hazards),
            likenesses(self.analogues, int(row["horizon_days"])),
            lacking(self.missing),
        ]
        return "\n\n".join(part for part in parts if part)

    def _repr_html_(self) -> str:
        return html_of(**vars(self))
