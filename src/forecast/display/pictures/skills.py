"""Where the skill is: by horizon and by year, with intervals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from forecast.display.pictures.canvas import SMALL, Picture, legend, name_axes, note, only, sheet
from forecast.display.pictures.palette import GREY, INK, RULE, SERIES, Style
from forecast.errors import ForecastError
from forecast.verification import scores_by_cut

#: The model that the others are measured against has no skill of its own to show.
_REFERENCE: Final = "climatology"


def skill(
    forecasts: pd.DataFrame,
    *,
    horizon_days: int | None = None,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> Picture:
    """Show the Brier skill against climatology by horizon and, for one horizon, by year.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Resolved forecasts of one target, as a backtest gives them; at most six models beside climatology.
    horizon_days : int, optional
        The horizon whose years are shown; by default the middle one.
    level, resamples, seed
        Of the intervals, as in `forecast.verification.scores_by_cut`.

    Returns
    -------
    Picture
        Cells with too few cases are named with their count and have no figure. The base rate stands under each horizon,
        and that of the leanest and the richest year above the years.

    Raises
    ------
    ForecastError
        If the rows cannot be scored, or there is no such horizon.
    """
    scores = scores_by_cut(forecasts, cuts=["horizon", "year"], level=level, resamples=resamples, seed=seed)
    only(scores["target"], what="target")
    models = [name for name in dict.fromkeys(forecasts["model_id"]) if name != _REFERENCE]
    if not models or len(models) > len(SERIES):
        raise ForecastError(f"a picture of skill shows 1 to {len(SERIES)} models beside climatology, not {len(models)}")
    horizons = sorted({int(days) for days in scores["horizon_days"]})
    shown = horizons[len(horizons) // 2] if horizon_days is None else horizon_days
    if shown not in horizons:
        raise ForecastError(f"there are no forecasts of {shown} days; there are {', '.join(map(str, horizons))}")
    by_horizon = scores.loc[scores["cut"] == "horizon"].assign(cell=lambda rows: rows["horizon_days"].astype(str))
    by_year = scores.loc[(scores["cut"] == "year") & (scores["horizon_days"] == shown)]
    years = sorted(set(by_year["cell"]))
    picture, (left, right) = sheet("Skill against climatology", height=3.6, columns=(1.0, 2.4))
    rates = zip(horizons, _rates(by_horizon), strict=True)
    _draw(left, by_horizon, models, {str(days): f"{days}\n({rate:.1%})" for days, rate in rates})
    _draw(right, by_year, models, {year: year for year in years})
    bottom, top = (pick(axes.get_ylim()[at] for axes in (left, right)) for pick, at in ((min, 0), (max, 1)))
    for axes in (left, right):
        axes.set_ylim(bottom, top)
    yearly = _rates(by_year)
    note(left, "All years")
    note(right, f"By year of the as-of date, within {shown} days (base rate {min(yearly):.1%} to {max(yearly):.1%})")
    name_axes(left, x="Horizon in days (base rate)", y="Brier skill (1 is perfect)")
    name_axes(right, x="Year")
    signs: list[Any] = [
        Line2D([], [], color=s.colour, marker=s.marker, linestyle="none", markersize=5, label=name)
        for name, s in zip(models, SERIES, strict=False)
    ]
    signs.append(Line2D([], [], color=INK, linewidth=1.2, label=f"{level:.0%} interval"))
    if (scores["reason"] != "").any():
        signs.append(Line2D([], [], color=GREY, marker="x", linestyle="none", markersize=5, label="not enough cases"))
    legend(picture, signs)
    return picture


def _rates(scores: pd.DataFrame) -> list[float]:
    """Share of forecasts that were followed by a meeting, a number a cell."""
    cells = scores.drop_duplicates("cell")
    return [met / n for met, n in zip(cells["n_met"], cells["n"], strict=True)]


def _draw(axes: Axes, scores: pd.DataFrame, models: list[str], cells: dict[str, str]) -> None:
    axes.axhline(0.0, color=GREY, linewidth=1.0, linestyle=(0, (4, 2)))
    step = 0.7 / len(models)
    for k, (model, style) in enumerate(zip(models, SERIES, strict=False)):
        rows = scores.loc[scores["model_id"] == model].set_index("cell").reindex(list(cells))
        at = np.arange(len(cells)) + (k - (len(models) - 1) / 2) * step
        _points(axes, rows, at, style)
    axes.set_xlim(-0.6, len(cells) - 0.4)
    # Every year where they fit, every second where they do not.
    every = 1 if len(cells) <= 10 else -(-len(cells) // 10)
    axes.set_xticks(np.arange(len(cells))[::every], list(cells.values())[::every])
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.tick_params(labelsize=SMALL)


def _points(axes: Axes, rows: pd.DataFrame, at: Any, style: Style) -> None:
    known = rows["skill"].notna().to_numpy()
    value, low, high = (
        rows[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("skill", "skill_low", "skill_high")
    )
    axes.vlines(at[known], low[known], high[known], color=style.colour, linewidth=1.2)
    axes.plot(at[known], value[known], color=style.colour, marker=style.marker, linestyle="none", markersize=5)
    axes.plot(at[~known], np.zeros(int((~known).sum())), color=GREY, marker="x", linestyle="none", markersize=5)
