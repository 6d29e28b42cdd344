"""How good forecasts were: how often leaders met when the forecast said p, and the skill by horizon and by year."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.optimize import isotonic_regression

from forecast.display.pictures.canvas import SMALL, Picture, legend, name_axes, note, only, require, share_axis, sheet
from forecast.display.pictures.signs import BLUE, GREY, INK, RULE, SERIES, VERMILLION
from forecast.errors import ForecastError
from forecast.periods import Floats
from forecast.verification import decompose, reliability_curve, scores_by_cut

#: Bars stand at even steps over the forecasts, as far as there are any, and no nearer than `_NEAREST` to one another.
_STEPS: Final = 11
_NEAREST: Final = 0.04
#: Up to so many forecasts in the fullest bin a logarithmic axis would have hardly a number on it.
_FEW: Final = 50


def reliability(
    forecasts: pd.DataFrame, *, level: float = 0.9, resamples: int = 500, seed: int = 0, title: str | None = None
) -> Picture:
    """Show frequency against forecast, with consistency bars and a histogram of the forecasts.

    The curve is the isotonic recalibration of the forecasts (Dimitriadis, Gneiting and Jordan 2021,
    https://doi.org/10.1073/pnas.2016191118). A consistency bar shows where the curve would lie with probability `level`
    if the forecasts were reliable (Bröcker and Smith 2007, https://doi.org/10.1175/WAF993.1): a curve outside its bar
    is off by more than luck. Bars hold for independent rows; where windows overlap they are too short.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Rows of one model, target and horizon, as a backtest returns them: columns probability and outcome (0 or 1).
    level : float
        0.9 leaves 5% out on each side of a bar.
    resamples, seed : int
        Outcomes drawn from the forecasts for the bars.
    title : str, optional

    Returns
    -------
    Picture
    """
    require(forecasts.columns, ("model_id", "target", "horizon_days", "probability", "outcome"), table="forecasts")
    model, days = only(forecasts["model_id"], what="model_id"), only(forecasts["horizon_days"], what="horizon_days")
    only(forecasts["target"], what="target")
    if len(forecasts) < 2:
        raise ForecastError("a reliability diagram needs two forecasts or more")
    if not 0.0 < level < 1.0:
        raise ForecastError(f"a level of {level!r} is not between 0 and 1")
    p, y = forecasts["probability"].to_numpy(dtype=np.float64), forecasts["outcome"].to_numpy(dtype=np.float64)
    curve, parts = reliability_curve(p, y), decompose(p, y)
    values, recalibrated = curve.values, curve.recalibrated  # noqa: PD011 - of the curve, not of pandas
    picture, (axes, below) = sheet(
        title or f"Reliability of {model}, within {days} days", height=5.6, width=4.6, rows=(3.6, 1.0)
    )
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1.0, linestyle=(0, (4, 2)))
    at = _bar_positions(values)
    low, high = _consistency(values, curve.counts, at, level=level, resamples=resamples, seed=seed)
    axes.vlines(values[at], low, high, color=VERMILLION, linewidth=5, alpha=0.45)
    axes.plot(values, recalibrated, color=BLUE, linewidth=1.6)
    axes.plot(values[at], recalibrated[at], color=BLUE, linestyle="none", marker="o", markersize=4.5, clip_on=False)
    share_axis(axes)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    note(
        axes,
        f"{len(p)} forecasts, {int(y.sum())} meetings; Brier score {parts.brier:.4f},\n"
        f"of it miscalibration {parts.miscalibration:.4f}",
    )
    name_axes(axes, y="Share of forecasts after which they met (%)")
    counts, _, _ = below.hist(p, bins=np.linspace(0.0, 1.0, 21).tolist(), color=BLUE, edgecolor="white", linewidth=0.5)
    if np.max(counts) > _FEW:
        below.set_yscale("log")
    else:
        below.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    # Written out: the exponent of a power of ten would be too small to read.
    below.yaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}".replace(",", "\N{NO-BREAK SPACE}")))
    below.set_xlim(0.0, 1.0)
    below.set_xticks(np.linspace(0.0, 1.0, 6), [f"{value:.0f}" for value in np.linspace(0.0, 100.0, 6)])
    name_axes(below, x="Forecast probability (%)", y="Forecasts")
    below.tick_params(which="minor", length=0, labelleft=False)
    legend(
        picture,
        [
            Line2D([], [], color=BLUE, marker="o", markersize=4.5, label="recalibrated"),
            Line2D([], [], color=VERMILLION, linewidth=5, alpha=0.45, label=f"{level:.0%} if reliable"),
            Line2D([], [], color=GREY, linestyle=(0, (4, 2)), label="reliable"),
        ],
        columns=3,
    )
    return picture


def _bar_positions(values: Floats) -> npt.NDArray[np.intp]:
    """Positions in the curve at which bars stand."""
    wanted = np.linspace(values[0], values[-1], _STEPS)
    kept: list[int] = []
    for position in np.unique(np.abs(values[:, None] - wanted).argmin(axis=0)):
        if not kept or values[position] - values[kept[-1]] >= _NEAREST:
            kept.append(int(position))
    return np.array(kept, dtype=np.intp)


def _consistency(
    values: Floats, counts: npt.NDArray[np.int64], at: npt.NDArray[np.intp], *, level: float, resamples: int, seed: int
) -> tuple[Floats, Floats]:
    """Quantiles of the curve at some positions over outcomes drawn from the forecasts themselves."""
    generator = np.random.default_rng(seed)
    drawn = np.empty((resamples, len(at)))
    for sample in range(resamples):
        met = generator.binomial(counts, values) / counts
        drawn[sample] = isotonic_regression(met, weights=counts).x[at]
    low, high = np.quantile(np.clip(drawn, 0.0, 1.0), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


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
        Resolved forecasts of one target, as a backtest returns them; at most six models beside climatology.
    horizon_days : int, optional
        The horizon whose years are shown; by default the middle one.
    level, resamples, seed
        Of the intervals, as in `forecast.verification`.

    Returns
    -------
    Picture
        Cells with too few cases are named with their count and have no figure. The base rate stands under each horizon,
        and that of the leanest and the richest year above the years.
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
        known = rows["skill"].notna().to_numpy()
        figures = (
            rows[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("skill", "skill_low", "skill_high")
        )
        value, low, high = figures
        axes.vlines(at[known], low[known], high[known], color=style.colour, linewidth=1.2)
        axes.plot(at[known], value[known], color=style.colour, marker=style.marker, linestyle="none", markersize=5)
        axes.plot(at[~known], np.zeros(int((~known).sum())), color=GREY, marker="x", linestyle="none", markersize=5)
    axes.set_xlim(-0.6, len(cells) - 0.4)
    # Every year where they fit, every second where they do not.
    every = 1 if len(cells) <= 10 else -(-len(cells) // 10)
    axes.set_xticks(np.arange(len(cells))[::every], list(cells.values())[::every])
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.tick_params(labelsize=SMALL)
