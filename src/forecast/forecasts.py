"""The table of forecasts that `forecast.predict` gives: a DataFrame that a notebook shows in per cent."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import pandas as pd

from forecast.shares import percent

#: Columns without which a table is shown as pandas shows it.
_NEEDED: Final = frozenset(
    {"dyad", "as_of", "horizon_days", "window_end", "probability", "low", "high", "climatology", "announced"}
)

#: Rows that a notebook shows at most, as pandas does.
_SHOWN: Final = 60

_HEAD: Final = ("dyad", "as of", "by", "days", "probability", "90% interval", "climatology", "announced")


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
        head = "".join(f'<th scope="col">{name}</th>' for name in _HEAD)
        body = "\n".join(_row(row) for row in self.head(_SHOWN).to_dict(orient="records"))
        more = f"<p>{_SHOWN} of {len(self)} rows</p>" if len(self) > _SHOWN else ""
        return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>{more}"


def _row(row: dict[Any, Any]) -> str:
    cells = (
        row["dyad"],
        row["as_of"],
        row["window_end"],
        row["horizon_days"],
        _share(row["probability"]),
        f"{_share(row['low'])} to {_share(row['high'])}",
        _share(row["climatology"]),
        {True: "yes", False: "no"}.get(row["announced"], row["announced"]),
    )
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"


def _share(value: Any) -> str:
    return percent(value) if isinstance(value, float) and 0.0 <= value <= 1.0 else str(value)
