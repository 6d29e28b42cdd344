"""The table of scores that `forecast.backtest` gives: a DataFrame that a notebook shows with rounded figures."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from forecast.display.html import table

#: Columns without which a table is shown as pandas shows it.
_NEEDED: Final = (
    "model_id", "horizon_days", "n", "base_rate", "brier", "skill", "skill_low_by_dyad", "skill_high_by_dyad",
    "skill_low_by_as_of", "skill_high_by_as_of", "auc", "calibration_error", "reason",
)  # fmt: skip

#: Head of the rows of `score_rows`.
SCORE_HEAD: Final = ("model", "days", "n", "base rate", "Brier", "skill", "90% interval", "AUC", "ECE")


class Scorecard(pd.DataFrame):
    """A DataFrame of scores; only how a notebook shows it differs.

    Examples
    --------
    >>> type(Scorecard({"n": [1, 2]}).head(1)).__name__
    'Scorecard'
    """

    @property
    def _constructor(self) -> Any:
        return Scorecard

    def _repr_html_(self) -> str | None:
        if not set(self.columns) >= set(_NEEDED) or not self.columns.is_unique:
            return pd.DataFrame(self)._repr_html_()  # type: ignore[no-any-return, operator]
        if not pd.get_option("display.notebook_repr_html"):
            return None
        return table(SCORE_HEAD, score_rows(self), caption="Skill is against climatology; the wider of two intervals")


def score_rows(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    """Write scores: skill against climatology with its wider 90% interval."""
    found: list[tuple[str, ...]] = []
    for _, row in rows.iterrows():
        spread = str(row["reason"])
        if not pd.isna(row["skill"]):
            low = row[["skill_low_by_dyad", "skill_low_by_as_of"]].min()
            high = row[["skill_high_by_dyad", "skill_high_by_as_of"]].max()
            spread = f"{low:+.3f} to {high:+.3f}"
        found.append(
            (
                str(row["model_id"]),
                f"{row['horizon_days']}",
                f"{row['n']}",
                f"{row['base_rate']:.3f}",
                f"{row['brier']:.4f}",
                _or_dash(row["skill"], "+.3f"),
                spread,
                _or_dash(row["auc"], ".3f"),
                _or_dash(row["calibration_error"], ".3f"),
            )
        )
    return found


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None or pd.isna(value) else format(value, form)
