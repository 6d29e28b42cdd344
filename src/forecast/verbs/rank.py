"""The verb *rank*: the dyads of a state by probability, surprise or change."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.dates import AnyDay, Day, Horizon
from forecast.display.frames import (
    ANNOUNCED,
    STALE_AFTER_DAYS,
    any_stale,
    dyad_name,
    forecasts_table,
    share,
    shared_state,
)
from forecast.display.numbers import surprise
from forecast.display.progress import Step, logged
from forecast.display.table import Column, Document, Paragraph
from forecast.errors import DataMissingError, DateError, ForecastError
from forecast.panel.outcomes import QUESTIONS
from forecast.verbs.predict import COLUMNS, predict
from forecast.workspace import Workspace

#: Orders of the list -> what is compared.
ORDERS: Final = {
    "probability": "the probability",
    "surprise": "the log-odds above climatology",
    "change": "the change of the probability since a month before, rises and falls alike",
}


def rank(
    *,
    as_of: AnyDay | None = None,
    root: Path | str = ".",
    horizon: Horizon | Sequence[Horizon] = 90,
    by: AnyDay | None = None,
    focal: str | None = None,
    sort: str = "probability",
    top: int | None = 20,
    target: str = "meeting",
    model: str | None = None,
    on_step: Step = logged,
) -> pd.DataFrame:
    """Rank the dyads of a state: a watch list.

    Parameters
    ----------
    as_of, root, by, target, model, on_step
        As in `forecast.predict`.
    horizon : int or str
        One of `forecast.predict`. Ignored if `by` is given.
    focal : str, optional
        The state. Default: the first focal state of the workspace's `forecast.toml`, or the USA.
    sort : {"probability", "surprise", "change"}
        `surprise` is the log-odds of the forecast above those of the dyad's climatology. `change` is the probability
        now minus that of a month before, for a window as long, by the model of that day; the largest rises and falls
        come first.
    top : int, optional
        How many; None for all.

    Returns
    -------
    pandas.DataFrame
        `rank`, the columns of a forecast, `surprise`, and for ``sort="change"`` also `before_as_of`, `before` and
        `change`. A dyad that did not exist a month before has no change and is left out there.

    Raises
    ------
    ForecastError, StateError, DateError, DataMissingError, InputError, ModelError
    """
    if sort not in ORDERS:
        raise ForecastError(f"unknown order {sort!r}; there are {', '.join(ORDERS)}", argument="sort")
    if top is not None and top < 1:
        raise ForecastError(f"a list of {top} dyads cannot be made; the least is 1", argument="top")
    question = Workspace(root).query(as_of, target=target, model=model)
    day, days = question.day, question.horizon(horizon, by=by)
    focal = focal if focal is not None else next(iter(question.workspace.settings.focal), "USA")
    query = {"root": root, "horizons": days, "target": target, "model": model, "focal": focal, "on_step": on_step}
    rows = with_surprise(predict(as_of=day, **query))  # type: ignore[arg-type]
    columns = ["rank", *COLUMNS, "surprise"]
    order: Callable[[pd.Series], pd.Series] | None = None
    if sort == "change":
        try:
            before = predict(as_of=month_before(day), **query)  # type: ignore[arg-type]
        except (DateError, DataMissingError) as error:
            raise type(error)(f"no change since a month before {day} can be computed: {error}") from None
        rows = with_change(rows, before).dropna(subset="change")
        if rows.empty:
            raise DataMissingError(f"no dyad of {focal} had a forecast a month before {day}")
        columns += ["before_as_of", "before", "change"]
        order = pd.Series.abs
    rows = rows.sort_values(sort, ascending=False, key=order, kind="stable", ignore_index=True).head(top or len(rows))
    return rows.assign(rank=np.arange(1, len(rows) + 1))[columns]


def with_surprise(rows: pd.DataFrame) -> pd.DataFrame:
    """Forecasts with a column `surprise`: log-odds above those of the dyad's climatology."""
    return rows.assign(surprise=surprise(rows["probability"], rows["climatology"]))


def with_change(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Forecasts beside earlier ones of as many days; `before` and `change` of a dyad without one are missing."""
    earlier = before.set_index("dyad")["probability"].reindex(rows["dyad"]).to_numpy()
    return rows.assign(
        before_as_of=str(before["as_of"].iloc[0]), before=earlier, change=rows["probability"].to_numpy() - earlier
    )


def month_before(day: Day) -> Day:
    """The same day of the month before, or its last day.

    >>> month_before(np.datetime64("2023-03-31")), month_before(np.datetime64("2024-01-15"))
    (np.datetime64('2023-02-28'), np.datetime64('2023-12-15'))
    """
    month = day.astype("datetime64[M]") - np.timedelta64(1, "M")
    year, number = (int(part) for part in str(month).split("-"))
    number_of_day = min(int(str(day)[8:]), calendar.monthrange(year, number)[1])
    return np.datetime64(f"{month}-{number_of_day:02d}", "D")


def table(rows: pd.DataFrame) -> Document:
    """A watch list, a row a dyad."""
    first, changed = rows.iloc[0], "change" in rows
    question = (
        f"Will the leaders {QUESTIONS[first['target']]} by {first['window_end']}?\n"
        f"As of {first['as_of']}, {first['horizon_days']} days, from what was public before."
    )
    focal = shared_state(rows["dyad"])
    own = {"name": Column("", wraps=True)}
    names = ["rank", "dyad", "name", "probability", "climatology"]
    if changed:
        own["before"] = Column("before", align="right", form=share, style="cyan")
        own["change"] = Column("points", align="right", form=lambda change: f"{100 * change:+.1f}")
        names += ["before", "change"]
        about = (
            f"before: the forecast as of {first['before_as_of']} for as many days; points: change in percentage points."
        )
    else:
        own["announced"] = replace(ANNOUNCED, head="ann.")
        names += ["surprise", "announced"]
        about = "surprise: log-odds above the dyad's climatology; ann.: a meeting in the window was announced."
    if any_stale(rows):
        about += f" stale: the record of the two ended more than {STALE_AFTER_DAYS} days before."
    named = rows.assign(name=[dyad_name(dyad, but=focal) for dyad in rows["dyad"]])
    notes = [about, f"model {first['model_id']} {first['model_version']}, data {first['data_version']}"]
    table = forecasts_table(named, [*names, "stale_days"], own=own, notes=notes)
    return Document(Paragraph(question, style="bold"), table)
