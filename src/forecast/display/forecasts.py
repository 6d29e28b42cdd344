"""The table of forecasts that `forecast.predict` gives: a DataFrame that a notebook shows in per cent."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from forecast.display.html import paragraph, table
from forecast.display.numbers import percent

#: Columns without which a table is shown as pandas shows it.
_NEEDED: Final = frozenset(
    {"dyad", "as_of", "horizon_days", "window_end", "probability", "low", "high", "climatology", "announced"}
)

#: Rows that a notebook shows at most, as pandas does.
_SHOWN: Final = 60

#: Columns that stand before all others, where there are any: of a watch list and of a supposition.
_FIRST: Final[dict[str, Callable[[Any], str]]] = {
    "rank": str,
    "hypothetical": lambda value: "hypothetical" if value else "real",
}

#: Columns that a watch list adds at the end, and how they are written.
_FURTHER: Final[dict[str, Callable[[float], str]]] = {
    "surprise": lambda value: f"{value:+.2f}",
    "before": percent,
    "change": lambda value: f"{100 * value:+.1f} points",
}


class Forecasts(pd.DataFrame):
    """A DataFrame of forecasts; only how a notebook shows it differs.

    Selecting rows keeps the class; ``pandas.DataFrame(rows)`` takes it off.

    Examples
    --------
    >>> rows = Forecasts({"probability": [0.5], "dyad": ["USA-CHN"]})
    >>> type(rows.loc[rows["probability"] > 0.1]).__name__, isinstance(rows, pd.DataFrame)
    ('Forecasts', True)
    """

    @property
    def _constructor(self) -> Any:
        # Rows that are selected, sorted or joined are forecasts still.
        return Forecasts

    def _repr_html_(self) -> str | None:
        if not set(self.columns) >= _NEEDED or not self.columns.is_unique:
            # With columns taken away it is a table like any other.
            return pd.DataFrame(self)._repr_html_()  # type: ignore[no-any-return, operator]
        if not pd.get_option("display.notebook_repr_html"):
            return None
        shown = self.head(_SHOWN)
        ranked = [name for name in _FIRST if name in shown]
        further = [name for name in _FURTHER if name in shown]
        head = [*ranked, "dyad", "as of", "by", "days", "probability", "90% interval", "climatology", *further]
        rows = [
            [
                *(_FIRST[name](row[name]) for name in ranked),
                *_cells(row),
                *(_written(row[name], name) for name in further),
                {True: "yes", False: "no"}.get(row["announced"], row["announced"]),
            ]
            for row in pd.DataFrame(shown).to_dict(orient="records")
        ]
        more = paragraph(f"{_SHOWN} of {len(self)} rows") if len(self) > _SHOWN else ""
        return table([*head, "announced"], rows, names=len(ranked) + 3) + more


def _cells(row: dict[Hashable, Any]) -> list[Any]:
    return [
        row["dyad"], row["as_of"], row["window_end"], row["horizon_days"], _share(row["probability"]),
        f"{_share(row['low'])} to {_share(row['high'])}", _share(row["climatology"]),
    ]  # fmt: skip


def _share(value: Any) -> str:
    return percent(value) if isinstance(value, float) and 0.0 <= value <= 1.0 else str(value)


def _written(value: Any, name: str) -> str:
    return _FURTHER[name](value) if isinstance(value, float) and math.isfinite(value) else ""


def with_warnings(rows: pd.DataFrame, warnings: Mapping[str, Sequence[str]]) -> Forecasts:
    """Give the rows of each dyad its warnings: joined in the column `warnings`, and one by one in ``attrs``.

    Examples
    --------
    >>> rows = with_warnings(pd.DataFrame({"dyad": ["A", "B"]}), {"A": ["the record ends", "coverage is not declared"]})
    >>> rows["warnings"].tolist()
    ['the record ends; coverage is not declared', '']
    >>> distinct_warnings(rows), distinct_warnings(rows.loc[rows["dyad"] == "B"])
    (['coverage is not declared', 'the record ends'], [])
    """
    result = Forecasts(rows.assign(warnings=["; ".join(warnings.get(dyad, ())) for dyad in rows["dyad"]]))
    result.attrs["warnings"] = {dyad: tuple(some) for dyad, some in warnings.items() if some}
    return result


def warnings_by_dyad(rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Warnings that `with_warnings` gave the dyads of the rows, those without any left out."""
    return {str(dyad): some for dyad, some in rows.attrs.get("warnings", {}).items() if (rows["dyad"] == dyad).any()}


def distinct_warnings(rows: pd.DataFrame) -> list[str]:
    """Each warning of the rows once, in the order of the alphabet."""
    return sorted({one for some in warnings_by_dyad(rows).values() for one in some})
