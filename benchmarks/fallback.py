"""The fallback for pairs without a complete source, on pairs whose outcomes are known, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/fallback.py`` (about two minutes on a free machine). The sources of one record at a
time are held out, those of the USA, of China or of six South American states: what they report and cover is taken from
the history, and the fallback forecasts their pairs from the records of the others, the calendar, and what partial
sources report. As-of dates are half a year apart; the reference is the rate of all pairs that the fallback itself
knows. Settings were chosen on as-of dates before 2015.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import binom

from forecast.dates import Day, as_of_grid
from forecast.errors import ForecastError
from forecast.facts.countries import sides
from forecast.facts.events import COLUMNS
from forecast.facts.history import History, make_history
from forecast.panel.outcomes import met_within, observe
from forecast.signals.cube import make_cube
from forecast.verbs.fallback import fallback
from forecast.verification import both_ways, calibration_error, roc_auc, skill_interval
from forecast.workspace import load_history

HORIZONS: Final = [30, 90, 180]
SIX: Final = ("BRA", "COL", "ECU", "PER", "SUR", "URY")
RECORDS: Final = {"USA": ("USA",), "China": ("CHN",), "six states": SIX}
PARTS: Final = {"to 2014": ("2000-01-01", "2014-12-31"), "2015 on": ("2015-01-01", "2024-06-30")}


def held_out(history: History, states: tuple[str, ...]) -> History:
    """The history without the complete sources of some states, neither what they cover nor what they report."""
    gone = {c.publisher for c in history.coverages if c.focal in states and c.complete}
    # Ledgers beside them declare the dyads whole that they name, and would leave those covered.
    gone |= {c.publisher for c in history.coverages if c.publisher.startswith("ledger:")}
    events = history.events.loc[~history.events["publisher"].isin(gone), list(COLUMNS)]
    kept = [c for c in history.coverages if c.publisher not in gone]
    return make_history(events, kept, history.calendar, history.leaders)


def forecasts(history: History, states: tuple[str, ...], target: str) -> pd.DataFrame:
    """Fallbacks for the resolved pairs of some states that no other source covers, with their outcomes."""
    cube, rest, tables = make_cube(history), held_out(history, states), []
    for day in as_of_grid(np.datetime64("2000-01-01"), np.datetime64("2024-06-01"), every="quarter")[::2]:
        known = rest.known_before(day)
        dyads = _pairs(history, known, states, day)
        if not dyads:
            continue
        try:
            found = fallback(known, dyads, day, HORIZONS, target=target)
        except ForecastError:
            continue
        outcomes = observe(cube, dyads=dyads, as_ofs=np.full(len(dyads), day), target=target)
        for k, horizon in enumerate(HORIZONS):
            columns = {"probability": found.probability, "low": found.low, "high": found.high, "pooled": found.pooled}
            rows = {name: values[:, k] for name, values in columns.items()}
            met = met_within(outcomes, horizon).to_numpy()
            tables.append(pd.DataFrame({"dyad": dyads, "as_of": day, "days": horizon, "outcome": met, **rows}))
    return pd.concat(tables, ignore_index=True).dropna(subset="outcome")


def _pairs(history: History, known: History, states: tuple[str, ...], day: Day) -> list[str]:
    covered = history.known_before(day).cohort(day)
    return [dyad for dyad in covered if set(sides(dyad)) & set(states) and known.coverage_end(dyad) is None]


def figures(part: pd.DataFrame) -> dict[str, str]:
    """Skill against the rate of all pairs, calibration, and how many pairs the bounds miss."""
    p, y = part["probability"].to_numpy(), part["outcome"].to_numpy()
    spread = partial(skill_interval, part["probability"], part["outcome"], reference=part["pooled"])
    skill = both_ways(spread, dyads=part["dyad"], as_ofs=part["as_of"])
    return {
        "n": f"{len(part):,}", "base rate": f"{y.mean():.3f}", "mean": f"{p.mean():.3f}",
        "skill (90% interval)": f"{skill.value:+.3f} ({skill.low:+.3f} to {skill.high:+.3f})",
        "AUC": f"{roc_auc(p, y):.3f}", "calibration error": f"{calibration_error(p, y):.3f}",
        "pairs above / below": f"{beyond(part, 'high'):.3f} / {beyond(part, 'low'):.3f}",
    }  # fmt: skip


def beyond(part: pd.DataFrame, bound: str) -> float:
    """Share of pairs whose number of windows with a meeting is beyond what a bound lets expect with 5%."""
    pairs = part.groupby("dyad").agg(n=("outcome", "size"), met=("outcome", "sum"), at=(bound, "mean"))
    if bound == "high":
        return float((binom.sf(pairs["met"] - 1, pairs["n"], pairs["at"]) < 0.05).mean())
    return float((binom.cdf(pairs["met"], pairs["n"], pairs["at"]) < 0.05).mean())


def main() -> None:
    """Print one table."""
    history = load_history(Path(__file__).resolve().parent.parent)
    rows = []
    for target in ("meeting", "bilateral"):
        for name, states in RECORDS.items():
            found = forecasts(history, states, target)
            for era, (start, end) in PARTS.items():
                part = found[(found["as_of"] >= start) & (found["as_of"] <= end)]
                for horizon, cases in part.groupby("days"):
                    whose = {"target": target, "held out": name, "as of": era, "days": horizon}
                    rows.append(whose | figures(cases))
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
