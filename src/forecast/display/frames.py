"""The tables that verbs return: DataFrames of forecasts and of scores, which a notebook shows with rounded figures."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

import pandas as pd

from forecast.display.numbers import percent
from forecast.display.table import Column, Table
from forecast.facts.countries import sides, states

#: Rows that a notebook shows at most, as pandas does.
_SHOWN: Final = 60


def share(value: Any) -> str:
    """Write a probability in per cent, and anything else that a user may have put in its place as it is."""
    return percent(value) if isinstance(value, float) and 0.0 <= value <= 1.0 else str(value)


def interval(row: Mapping[Any, Any] | pd.Series) -> str:
    """Write the 90% interval of a forecast."""
    return f"{share(row['low'])} to {share(row['high'])}"


def records(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as JSON holds them; a missing value is None."""
    return rows.astype(object).where(rows.notna(), None).to_dict(orient="records")


def yes_or_no(value: Any) -> str:
    """Write whether something holds."""
    return {True: "yes", False: "no"}.get(value, str(value))


def dyad_name(dyad: str, *, but: Collection[str] = ()) -> str:
    """Write a dyad with the names of its states, but for those that need not be named again.

    >>> dyad_name("USA-CHN"), dyad_name("USA-CHN", but=shared_state(["USA-CHN", "USA-KEN"]))
    ('United States and China', 'China')
    """
    return " and ".join(states()[code].name for code in sides(dyad) if code not in but)


def shared_state(dyads: Iterable[str]) -> set[str]:
    """The one state that dyads have in common; empty if there is none or they are one pair."""
    shared = set.intersection(*(set(sides(dyad)) for dyad in dyads))
    return shared if len(shared) == 1 else set()


#: Columns of forecasts, in the words of every table that shows them.
PROBABILITY: Final = Column("probability", align="right", form=share, style="cyan")
INTERVAL: Final = Column("90% interval", align="right", style="cyan")
CLIMATOLOGY: Final = Column("climatology", align="right", form=share, style="cyan")
ANNOUNCED: Final = Column("announced", form=yes_or_no)
#: Days after which a record that has ended is stale, and its column, which is shown where one is.
STALE_AFTER_DAYS: Final = 180
STALE: Final = Column("stale", align="right", form=lambda days: f"{days} d" if days > STALE_AFTER_DAYS else "")
#: Columns of forecasts by their names in the data.
_COLUMNS: Final = {
    "rank": Column("rank", align="right"), "dyad": Column("dyad"), "as_of": Column("as of"), "window_end": Column("by"),
    "horizon_days": Column("days", align="right"), "probability": PROBABILITY, "interval": INTERVAL,
    "climatology": CLIMATOLOGY, "surprise": Column("surprise", align="right", form="+.2f"), "announced": ANNOUNCED,
    "stale_days": STALE,
}  # fmt: skip
#: Columns of scores: horizon, number and rate of cases, Brier score and its skill, and the skill's interval.
SCORE_COLUMNS: Final = tuple(
    Column(head, align="right", form=form)
    for head, form in (("days", ""), ("n", ""), ("base rate", ".3f"), ("Brier", ".4f"), ("skill", "+.3f"))
)
SKILL_INTERVAL: Final = Column("90% interval", align="right")


class _Frame(pd.DataFrame):
    """A DataFrame of which only the look in a notebook differs; with columns taken away it looks as any other."""

    _needed: ClassVar[frozenset[str]] = frozenset()

    @property
    def _constructor(self) -> Any:
        # Rows that are selected, sorted or joined are of the same kind still.
        return type(self)

    def _table(self) -> Table:
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        if not set(self.columns) >= self._needed or not self.columns.is_unique:
            return pd.DataFrame(self)._repr_html_()  # type: ignore[no-any-return, operator]
        if not pd.get_option("display.notebook_repr_html"):
            return None
        return str(self._table().html())


class Forecasts(_Frame):
    """A DataFrame of forecasts."""

    _needed = frozenset(
        {"dyad", "as_of", "horizon_days", "window_end", "probability", "low", "high", "climatology", "announced"}
    )

    def _table(self) -> Table:
        own = {
            "hypothetical": Column("hypothetical", form=lambda value: "hypothetical" if value else "real"),
            "surprise": Column("surprise", align="right", form=_signed("+.2f"), missing=""),
            "before": Column("before", align="right", form=share, missing=""),
            "change": Column("change", align="right", form=_signed("+.1f", 100, " points"), missing=""),
        }
        order = ["rank", "hypothetical", "dyad", "as_of", "window_end", "horizon_days", "probability", "interval",
                 "climatology", "surprise", "before", "change", "announced", "stale_days"]  # fmt: skip
        names = [name for name in order if name in self or name == "interval"]
        notes = [f"{_SHOWN} of {len(self)} rows"] if len(self) > _SHOWN else []
        return forecasts_table(self.head(_SHOWN), names, own=own, notes=notes)


def forecasts_table(
    rows: pd.DataFrame,
    names: Sequence[Any],
    *,
    own: Mapping[Any, Column] | None = None,
    **about: Any,
) -> Table:
    """The named columns of forecasts, `stale_days` where a record is stale; `own` are columns of this table alone."""
    columns = {**_COLUMNS, **(own or {})}
    shown = pd.DataFrame(rows).assign(interval=[interval(row) for row in rows.to_dict(orient="records")])
    names = [name for name in names if name != "stale_days" or any_stale(shown)]
    return Table.of(shown, {name: columns[name] for name in names}, **about)


def any_stale(rows: pd.DataFrame) -> bool:
    """Whether the record of a dyad of the rows is stale."""
    return "stale_days" in rows and bool((rows["stale_days"] > STALE_AFTER_DAYS).any())


def _signed(form: str, factor: float = 1.0, unit: str = "") -> Any:
    return lambda value: (
        f"{factor * value:{form}}{unit}" if isinstance(value, float | int) and math.isfinite(value) else ""
    )


class Scorecard(_Frame):
    """A DataFrame of scores."""

    _needed = frozenset(
        {
            "model_id", "horizon_days", "n", "base_rate", "brier", "skill", "skill_low_by_dyad", "skill_high_by_dyad",
            "skill_low_by_as_of", "skill_high_by_as_of", "auc", "calibration_error", "reason",
        }
    )  # fmt: skip

    def _table(self) -> Table:
        return score_table(self, title="Skill is against climatology; the wider of two intervals")


def score_table(scores: pd.DataFrame, *, title: str = "") -> Table:
    """Scores with the wider 90% interval of the skill; where there is no skill, the reason stands in its place."""
    ranking = (Column(head, align="right", form=".3f", missing="") for head in ("AUC", "ECE"))
    columns = [Column("model"), *SCORE_COLUMNS, replace(SKILL_INTERVAL, wraps=True), *ranking]
    names = ["model_id", "horizon_days", "n", "base_rate", "brier", "skill", "interval", "auc", "calibration_error"]
    rows = pd.DataFrame(scores).assign(interval=[_wider_interval(row) for row in scores.to_dict(orient="records")])
    return Table.of(rows, dict(zip(names, columns, strict=True)), title=title)


def _wider_interval(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["skill"]):
        return str(row["reason"])
    low, high = wider_ends(row)
    return f"{low:+.3f} to {high:+.3f}"


def wider_ends(row: Mapping[Any, Any], figure: str = "skill") -> tuple[float, float]:
    """Ends of the wider of the intervals of a score's figure, by dyad and by as-of date; NaN where there is neither."""
    low, high = (
        pd.Series([row.get(f"{figure}_{end}_by_{way}") for way in ("dyad", "as_of")], dtype=float)
        for end in ("low", "high")
    )
    return float(low.min()), float(high.max())


def with_warnings(rows: pd.DataFrame, warnings: Mapping[str, Sequence[str]]) -> Forecasts:
    """The rows with the warnings of their dyads: joined in the column `warnings`, and one by one in ``attrs``."""
    result = Forecasts(rows.assign(warnings=["; ".join(warnings.get(dyad, ())) for dyad in rows["dyad"]]))
    result.attrs["warnings"] = {dyad: tuple(some) for dyad, some in warnings.items() if some}
    return result


def warnings_by_dyad(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Warnings of the dyads of the rows, as `with_warnings` keeps them, those without any left out."""
    return {str(dyad): some for dyad, some in rows.attrs.get("warnings", {}).items() if (rows["dyad"] == dyad).any()}


def distinct_warnings(rows: pd.DataFrame) -> list[str]:
    """Each warning of the rows once, in the order of the alphabet."""
    return sorted({one for some in warnings_by_dyad(rows).values() for one in some})
