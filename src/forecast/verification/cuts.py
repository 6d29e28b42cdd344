"""Where the skill is: scores with intervals by cut.

A cut is a name and a way to label rows; one engine scores the cells of all cuts. Only resolved rows may enter
(`forecast.verification.forecasts.check_forecasts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.dates import Floats
from forecast.errors import ForecastError
from forecast.verification.forecasts import check_forecasts, days_of
from forecast.verification.intervals import both_ways, skill_interval
from forecast.verification.scores import average_precision_ratio, brier_score, calibration_error, decompose, roc_auc

#: A cell needs so many rows with a meeting, and so many without: with fewer, chance would be read as skill.
FEWEST_CASES: Final = 10
#: Bands of the dyad's base rate: quantiles of climatology among the rows of one model, target and horizon.
BANDS: Final = 4

NOT_KNOWN: Final = "not known"

COUNTS: Final = ("horizon_days", "n", "n_met")
FIGURES: Final = (
    "base_rate", "mean_probability", "brier", "skill", "skill_low", "skill_high", "auc", "precision_ratio",
    "miscalibration", "discrimination", "uncertainty", "calibration_error",
)  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """A rule that divides forecasts into cells.

    Attributes
    ----------
    label : callable
        From the rows of one model, target and horizon to a label for each, as a Series with the same index.
    needs : str, optional
        Column without which the cut is left out.
    cells : tuple of str
        Labels that get a cell even if no row has them.
    of_meetings : bool
        The label describes the meeting, so a row without one has none. A cell then holds the meetings with its label
        and *all* rows without a meeting.
    """

    label: Callable[[pd.DataFrame], pd.Series]
    needs: str | None = None
    cells: tuple[str, ...] = ()
    of_meetings: bool = False


def _flag(column: str, yes: str, no: str) -> Cut:
    def label(rows: pd.DataFrame) -> pd.Series:
        flags = rows[column].astype(object).where(rows[column].notna(), NOT_KNOWN)
        odd = [value for value in flags.unique() if value not in (True, False, NOT_KNOWN)]
        if odd:
            raise ForecastError(f"the column {column} holds {odd[0]!r}: it must be true, false or empty")
        return flags.map({True: yes, False: no, NOT_KNOWN: NOT_KNOWN})

    return Cut(label, needs=column, cells=(yes, no))


def _year(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(days_of(rows["as_of"]).astype("datetime64[Y]").astype(str), index=rows.index)


def _setting(rows: pd.DataFrame) -> pd.Series:
    return rows["setting"].astype(object).where(rows["setting"].notna() & (rows["setting"] != ""), NOT_KNOWN)


def _band(rows: pd.DataFrame) -> pd.Series:
    rates = rows["climatology"].to_numpy(dtype=np.float64)
    # Many dyads share one rate, so quantiles may coincide: then there are fewer bands.
    edges = np.unique(np.quantile(rates, np.linspace(0.0, 1.0, BANDS + 1)))
    count = max(len(edges) - 1, 1)
    # A band holds its upper edge; the first holds its lower one too.
    number = np.clip(np.searchsorted(edges, rates, side="left"), 1, count)
    names = [f"{k} of {count}: {edges[k - 1]:.3g} to {edges[min(k, len(edges) - 1)]:.3g}" for k in range(1, count + 1)]
    return pd.Series(np.array(names, dtype=object)[number - 1], index=rows.index)


#: Name -> cut. Columns beyond those of the backtest are optional: `setting` (of the meeting that was the outcome),
#: `onset` (no meeting of the dyad in the five years before the as-of date) and `venue_in_window` (a summit of both lies
#: in the window, and was known by the as-of date).
CUTS: Final[dict[str, Cut]] = {
    "horizon": Cut(lambda rows: rows["horizon_days"].map("{} days".format)),
    "year": Cut(_year),
    "announced": _flag("announced", "announced", "not announced"),
    "onset": _flag("onset", "onset", "routine"),
    "base rate": Cut(_band),
    "venue": _flag("venue_in_window", "venue in the window", "no venue in the window"),
    "setting": Cut(_setting, needs="setting", of_meetings=True),
}


def scores_by_cut(
    forecasts: pd.DataFrame,
    *,
    cuts: Iterable[str] | None = None,
    level: float = 0.9,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Scores of each model, target and horizon in each cell of each cut.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        As `forecast.backtesting.backtest.backtest` returns them; further columns as `CUTS` says.
    cuts : iterable of str, optional
        Names of `CUTS`; default all whose column is there.
    level, resamples, seed
        Of the interval of the skill: the union of those by dyad and by as-of date.

    Returns
    -------
    pandas.DataFrame
        `model_id`, `target`, `horizon_days`, `cut`, `cell`, the counts `n` and `n_met`, the figures `FIGURES` and
        `reason`. In a cell with fewer than `FEWEST_CASES` rows with or without a meeting the figures are missing (NA)
        and the reason is ``not enough cases (n = 3)``, n being the smaller of the two counts; else it is empty.

    Notes
    -----
    The cut `setting` looks at the outcome. Its cells tell settings apart by AUC; their skill and calibration are not
    those of forecasts that somebody could have picked out in advance, and forecasts of *any* meeting look too high
    where the meetings of other settings are left out (Lerch et al. 2017, https://doi.org/10.1214/16-STS588).

    Examples
    --------
    >>> from forecast.verification.forecasts import example_forecasts
    >>> table = scores_by_cut(example_forecasts(), cuts=["horizon", "announced"], resamples=200)
    >>> table.loc[table["model_id"] == "sharp", ["reason", "n", "n_met", "cell"]]
                         reason    n  n_met           cell
    3                            240     77        90 days
    4  not enough cases (n = 4)   15     11      announced
    5                            225     66  not announced
    """
    check_forecasts(forecasts)
    named = {name: CUTS[name] for name in CUTS if CUTS[name].needs in (None, *forecasts.columns)}
    if cuts is not None:
        chosen = list(cuts)
        unknown = [name for name in chosen if name not in named]
        if unknown:
            raise ForecastError(f"no cut {unknown[0]!r} of these forecasts; there are {', '.join(named)}")
        named = {name: named[name] for name in chosen}
    cells = []
    for (model, target, horizon), rows in forecasts.groupby(["model_id", "target", "horizon_days"], sort=True):
        for name, cut in named.items():
            for cell, part in _cells(rows, cut):
                head = {"model_id": model, "target": target, "horizon_days": horizon, "cut": name, "cell": cell}
                cells.append(head | _scored(part, level=level, resamples=resamples, seed=seed))
    columns = ["model_id", "target", "horizon_days", "cut", "cell", "n", "n_met", *FIGURES, "reason"]
    return pd.DataFrame(cells, columns=columns).astype(
        dict.fromkeys(COUNTS, "Int64") | dict.fromkeys(FIGURES, "Float64")
    )


def _cells(rows: pd.DataFrame, cut: Cut) -> Iterable[tuple[str, pd.DataFrame]]:
    met = rows["outcome"] == 1
    labels = cut.label(rows)
    present = labels[met] if cut.of_meetings else labels
    for cell in (*cut.cells, *sorted(set(present) - set(cut.cells))):
        yield cell, rows.loc[(met & (labels == cell)) | ~met if cut.of_meetings else labels == cell]


def _scored(part: pd.DataFrame, *, level: float, resamples: int, seed: int) -> dict[str, Any]:
    p, y, reference = (part[name].to_numpy(dtype=np.float64) for name in ("probability", "outcome", "climatology"))
    row: dict[str, Any] = {"n": len(y), "n_met": int(y.sum()), **dict.fromkeys(FIGURES)}
    if reason := too_few(y):
        return row | {"reason": reason}
    spread = partial(skill_interval, p, y, reference=reference, level=level, resamples=resamples, seed=seed)
    try:
        skill = both_ways(spread, dyads=part["dyad"], as_ofs=part["as_of"])
    except ForecastError as problem:
        return row | {"reason": str(problem)}
    return row | ranking_and_calibration(p, y) | {
        "base_rate": y.mean(), "mean_probability": p.mean(), "brier": brier_score(p, y), "skill": skill.value,
        "skill_low": skill.low, "skill_high": skill.high, "reason": "",
    }  # fmt: skip


def too_few(outcome: Floats) -> str:
    """Why rows have no figures that say anything: fewer than `FEWEST_CASES` with or without a meeting; else empty."""
    fewest = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    return f"not enough cases (n = {fewest})" if fewest < FEWEST_CASES else ""


def ranking_and_calibration(probability: Floats, outcome: Floats) -> dict[str, float]:
    """What every table of scores holds beside the scores themselves."""
    parts = decompose(probability, outcome)
    return {
        "auc": roc_auc(probability, outcome),
        "precision_ratio": average_precision_ratio(probability, outcome),
        "calibration_error": calibration_error(probability, outcome),
        "miscalibration": parts.miscalibration,
        "discrimination": parts.discrimination,
        "uncertainty": parts.uncertainty,
    }
