"""What hindsight in the calendar of summits had been worth, by series of summits, for docs/benchmarks.md.

Run ``.venv/bin/python benchmarks/hindsight.py USA`` in a checkout with its history. The default model is trained and
tried twice on the same records and outcomes of the dyads of a state, of all states without one: with the calendar as it
is, and with the tables that stood in the repository before each part of it had the day on which it was public
(`BEFORE`), read as they were then: whoever is on the final list of an edition counts as expected from its announcement.
Monthly as-of dates 2010-01 to 2024-05, yearly refits.

Counted are windows that hold the first day of an edition, of the calendar as it is now and whatever became of it, for
its host with each state that took part by one of the two calendars: those who met, and those who did not.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.backtesting.backtest import backtest
from forecast.dates import Day, as_of_grid
from forecast.facts.calendar import Calendar
from forecast.facts.countries import canonical_dyad
from forecast.facts.history import History
from forecast.models import MODELS
from forecast.readers.calendar import MEMBERSHIPS, VENUES, read_calendar
from forecast.workspace import load_history

ROOT = Path(__file__).resolve().parent.parent
#: The last commit before the parts of the calendar had days of their own.
BEFORE = "e1d28f4^"
#: Days before an edition from which its guests counted as invited then.
GUEST_DAYS = 30
HORIZONS = (30, 90, 180)
#: Windows of 90 days that a series needs for a row.
FEWEST = 30
_KEYS = ["dyad", "as_of", "horizon_days"]


def calendar_before(folder: Path, commit: str) -> Calendar:
    """The calendar of a commit, in which a part in an edition was as old as the edition."""
    tables = {name: _rows_at(commit, name) for name in (VENUES, MEMBERSHIPS)}
    days = {(row["series"], row["edition"]): row for row in tables[VENUES]}
    for row in tables[MEMBERSHIPS]:
        row["known_on"] = ""
        if row["edition"] and (row["series"], row["edition"]) in days:
            edition = days[row["series"], row["edition"]]
            notice = np.datetime64(edition["starts_on"], "D") - GUEST_DAYS
            announced = np.datetime64(edition["announced_on"], "D")
            row["known_on"] = str(max(announced, notice) if row["role"] == "guest" else announced)
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / name, index=False)
    return read_calendar(folder)


def _rows_at(commit: str, name: str) -> list[dict[str, str]]:
    command = ["git", "-C", str(ROOT), "show", f"{commit}:data/raw/{name}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return list(csv.DictReader(io.StringIO(text)))


def of_state(history: History, state: str | None) -> History:
    """The history with the dyads of one state alone, in training rows too; with all if none is named."""
    if state is None:
        return history

    class OfState(History):
        def known_before(self, as_of: Day) -> History:
            return of_state(super().known_before(as_of), state)

        def cohort(self, as_of: Day, *, focal: str | None = None) -> list[str]:
            return super().cohort(as_of, focal=focal or state)

    return OfState(history.events, history.coverages, history.calendar, history.leaders, history.reports)


def series_of_windows(forecasts: pd.DataFrame, present: Calendar, before: Calendar) -> pd.DataFrame:
    """Forecasts whose window holds an edition at which their dyad may meet its host, once for each series."""
    now, then = ({(one.series, one.edition): one for one in calendar.editions} for calendar in (present, before))
    questions = forecasts[_KEYS].drop_duplicates()
    by_dyad = {str(dyad): rows for dyad, rows in questions.groupby("dyad")}
    found = []
    first, last = (np.datetime64(day, "D") for day in (questions["as_of"].min(), questions["as_of"].max()))
    for name, edition in now.items():
        if not first <= edition.starts_on < last + max(HORIZONS):
            continue
        sides = set[str]().union(*(one.expected(one.starts_on) for one in (edition, then.get(name)) if one is not None))
        for state in sides - {edition.host}:
            rows = by_dyad.get(canonical_dyad(edition.host, state))
            if rows is None:
                continue
            days = (edition.starts_on - rows["as_of"].to_numpy("datetime64[D]")).astype(int)
            within = (days >= 0) & (days < rows["horizon_days"].to_numpy())
            found.append(rows.loc[within].assign(series=edition.series))
    return pd.concat(found).drop_duplicates().merge(forecasts, on=_KEYS)


def skill(cases: pd.DataFrame, column: str) -> float:
    """Brier skill of a column of probabilities against climatology."""
    error = ((cases[column] - cases["outcome"]) ** 2).sum()
    return float(1 - error / ((cases["climatology"] - cases["outcome"]) ** 2).sum())


def row_of(cases: pd.DataFrame) -> dict[str, str]:
    """Number of windows of 90 days, how many hold a meeting, and skill before and now at each horizon."""
    middle = cases[cases["horizon_days"] == HORIZONS[1]]
    cells = {"n": f"{len(middle):,}", "met": f"{middle['outcome'].mean():.2f}"}
    for horizon in HORIZONS:
        part = cases[cases["horizon_days"] == horizon]
        for name in ("before", "now"):
            cells[f"{horizon}d {name}"] = f"{skill(part, name):+.3f}" if len(part) else ""
    return cells


def main() -> None:
    """Print a row for all forecasts, one for those at an edition, and one a series."""
    history, state = load_history(ROOT), sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as place:
        before = calendar_before(Path(place), BEFORE)
    grid = as_of_grid(np.datetime64("2010-01-01"), np.datetime64("2024-05-01"))
    tables = [
        backtest(
            of_state(replace(history, calendar=calendar), state),
            grid,
            models=[next(iter(MODELS))],
            horizons=list(HORIZONS),
            on_fold=lambda done, total: print(f"{done} of {total}", file=sys.stderr),
        )
        for calendar in (before, history.calendar)
    ]
    same = [*_KEYS, "outcome"]
    forecasts = tables[0][[*same, "probability"]].merge(tables[1][[*same, "probability", "climatology"]], on=same)
    forecasts = forecasts.rename(columns={"probability_x": "before", "probability_y": "now"})
    print(f"{len(tables[0])} and {len(tables[1])} forecasts, {len(forecasts)} in both")
    windows = series_of_windows(forecasts, history.calendar, before)
    at_any = windows.drop(columns="series").drop_duplicates(_KEYS)
    rows = {"all forecasts": row_of(forecasts), "at any edition": row_of(at_any)}
    counts = windows.loc[windows["horizon_days"] == HORIZONS[1], "series"].value_counts()
    for series in sorted(counts.index[counts >= FEWEST]):
        rows[str(series)] = row_of(windows[windows["series"] == series])
    left = sorted(set(windows["series"]) - set(rows))
    print(pd.DataFrame(rows).T.rename_axis("series").reset_index().to_string(index=False))
    print(f"fewer than {FEWEST} windows of 90 days: {', '.join(left)}")


if __name__ == "__main__":
    main()
