"""The table of forecasts: only resolved rows enter, because early meetings would inflate the base rate."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecast.backtesting.backtest import COLUMNS
from forecast.dates import as_of_grid
from forecast.errors import ForecastError
from forecast.facts.countries import canonical_dyad, states
from forecast.panel.outcomes import met_within, observe
from forecast.signals.cube import make_cube
from forecast.verification import brier_skill, compare, decompose, scores_by_cut
from forecast.verification.forecasts import REQUIRED, check_forecasts, days_of, example_forecasts
from simulated_histories import simulate_history

HORIZON = 365
RATE = 1 / 500
STATES = [code for code, state in states().items() if state.exists_to > np.datetime64("2005-01-01")]
STATES = [code for code in STATES if states()[code].exists_from < np.datetime64("1990-01-01") and code != "USA"]


def test_a_backtest_makes_what_is_asked():
    assert set(REQUIRED) <= set(COLUMNS)


@pytest.fixture(scope="module")
def observed():
    """As-of dates up to the last month of the sources, so that the windows of the last year are not wholly covered."""
    history = simulate_history(
        start=np.datetime64("2001-01-01"),
        end=np.datetime64("2003-12-31"),
        daily_rates=dict.fromkeys(STATES, RATE),
        seed=0,
    )
    dyads = [canonical_dyad("USA", state) for state in STATES]
    as_ofs = as_of_grid(np.datetime64("2002-01-01"), np.datetime64("2003-12-01"))
    keys = pd.DataFrame({"dyad": np.repeat(dyads, len(as_ofs)), "as_of": np.tile(as_ofs, len(dyads))})
    return observe(make_cube(history), dyads=keys["dyad"].tolist(), as_ofs=np.tile(as_ofs, len(dyads))), keys


def _table(keys, outcome):
    truth = -np.expm1(-RATE * HORIZON)
    return keys.assign(
        model_id="truth",
        horizon_days=HORIZON,
        target="meeting",
        probability=truth,
        climatology=0.5,
        outcome=np.asarray(outcome),
    )


def test_early_meetings_in_windows_that_are_not_over_would_inflate_the_base_rate_and_are_refused(observed):
    outcomes, keys = observed
    truth = -np.expm1(-RATE * HORIZON)
    resolved = met_within(outcomes, HORIZON)
    first, followup = outcomes["first_meeting_in_days"], outcomes["followup_days"]

    # What a careless table would do: a meeting that was seen counts, a window without one waits until it is over.
    seen = ((first >= 0) & (first < HORIZON)).to_numpy()
    over = (followup >= HORIZON).to_numpy()
    careless = np.where(seen, 1.0, np.where(over, 0.0, np.nan))
    kept = ~np.isnan(careless)
    late = ~over & seen
    assert late.sum() > 300
    assert careless[kept].mean() > resolved.mean() + 0.05
    assert careless[kept & ~over].mean() == 1.0
    assert resolved.mean() == pytest.approx(truth, abs=0.06)
    # The true probabilities would be called too low.
    careless_gap = np.mean(careless[kept]) - truth
    assert careless_gap > 2 * abs(resolved.mean() - truth)
    p = np.full(kept.sum(), truth)
    assert decompose(p, careless[kept]).miscalibration > decompose(p[: over.sum()], resolved.dropna()).miscalibration

    # The outcomes of the program leave those rows open, and no score takes an open row.
    assert resolved[late].isna().all()
    table = _table(keys, resolved)
    open_rows = int((~over).sum())
    for scored in (scores_by_cut, lambda rows: compare(rows, model="truth", other="truth")):
        with pytest.raises(ForecastError, match=f"^{open_rows} of {len(table)} forecasts are not resolved"):
            scored(table)
    with pytest.raises(ForecastError, match=f"^{open_rows} of {len(table)} outcomes are not resolved"):
        brier_skill(table["probability"], table["outcome"], reference=table["climatology"])
    whole = scores_by_cut(table.dropna(subset="outcome"), cuts=["horizon"], resamples=50).iloc[0]
    assert whole["base_rate"] == pytest.approx(resolved.mean())
    assert whole["n"] == over.sum()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda f: f.drop(columns=["climatology", "target"]), "lacks the columns target, climatology"),
        (lambda f: f.iloc[:0], "there are no forecasts"),
        (lambda f: f.assign(outcome=f["outcome"].where(f.index > 2)), "3 of 480 forecasts are not resolved"),
        (lambda f: f.assign(outcome=f["outcome"].astype("Int64").where(f.index > 2)), "3 of 480 forecasts"),
        (lambda f: f.assign(as_of=f["as_of"].where(f.index > 1)), "as_of holds NaT: write days"),
        (lambda f: f.assign(outcome=f["outcome"] * 2), "154 of 480 forecasts are not resolved"),
        (
            lambda f: pd.concat([f, f.iloc[[7]]]),
            "1 forecasts stand twice .* sharp of USA-BRA as of 2010-08-01 00:00:00, 90",
        ),
    ],
)
def test_a_table_that_cannot_be_scored_is_refused_in_one_line(change, problem):
    with pytest.raises(ForecastError, match=problem) as refusal:
        check_forecasts(change(example_forecasts()))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("kind", [str, pd.Timestamp, lambda day: pd.Timestamp(day).date()])
def test_a_day_is_read_whatever_its_kind(kind):
    assert days_of(pd.Series([kind("2023-09-29")])).tolist() == [dt.date(2023, 9, 29)]
