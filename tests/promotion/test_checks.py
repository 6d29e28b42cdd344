"""The checks of a promotion, on figures made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.promotion.checks import MARGIN, alike, calibrated, leak_free, not_worse, nothing_lost
from forecast.promotion.folds import CHALLENGER, CHAMPION
from forecast.verification.forecasts import example_forecasts

RENAMED = {"sharp": CHALLENGER, "flat": CHAMPION}


def forecasts(ours, theirs=None) -> pd.DataFrame:
    """The simulated table with other probabilities: of the truth, for each of the two."""
    table = example_forecasts().replace({"model_id": RENAMED})
    truth = table.loc[table["model_id"] == CHALLENGER, "probability"].to_numpy()
    for who, make in ((CHALLENGER, ours), (CHAMPION, theirs or (lambda p: p))):
        table.loc[table["model_id"] == who, "probability"] = np.clip(make(truth), 0.001, 0.999)
    return table


@pytest.mark.parametrize(
    ("ours", "passed"),
    [
        (lambda p: p, True),  # the same: exactly zero
        (lambda p: np.full_like(p, p.mean()), False),  # clearly worse
        (lambda p: p + 0.003 * np.resize([1, -1], len(p)), True),  # worse, but within the margin
        (lambda p: p + 0.1 * np.resize([1, -1], len(p)), False),
    ],
    ids=["same", "flat", "a shade worse", "noise"],
)
def test_not_worse_is_a_matter_of_the_upper_end_and_the_margin(ours, passed):
    check, table = not_worse(forecasts(ours), other=CHAMPION, name="x")
    assert check.passed is passed
    row = table.iloc[0]
    assert row["margin"] == pytest.approx(MARGIN * row["other_loss"])
    assert bool(row["high"] <= row["margin"]) is passed


def test_a_better_one_passes_although_the_interval_leaves_out_zero():
    flat = lambda p: np.full_like(p, p.mean())  # noqa: E731
    check, table = not_worse(forecasts(lambda p: p, flat), other=CHAMPION, name="x")
    assert check.passed
    assert table["high"].iloc[0] < 0


def test_without_an_interval_nothing_is_shown():
    table = forecasts(lambda p: p)
    one = table.loc[(table["dyad"] == "USA-CHN") & (table["as_of"] == table["as_of"].min())]
    check, _ = not_worse(one, other=CHAMPION, name="x")
    assert not check.passed
    assert "without an interval" in check.reason


@pytest.mark.parametrize(
    ("ours", "theirs", "passed", "reason"),
    [
        (lambda p: p, lambda p: p, True, "ok"),
        (lambda p: p * 0.5, lambda p: p, False, "drift"),
        # Both miss by far: the one that misses less, or as far, may come.
        (lambda p: p * 0.5, lambda p: p * 0.4, True, "no further than what it would replace"),
        (lambda p: p * 0.5, lambda p: p * 0.5, True, "no further than what it would replace"),
        (lambda p: p * 0.4, lambda p: p * 0.5, False, "drift"),
    ],
)
def test_calibration_is_judged_alone_and_against_what_would_be_replaced(ours, theirs, passed, reason):
    check = calibrated(forecasts(ours, theirs), other=CHAMPION)
    assert check.passed is passed
    assert reason in check.reason


def test_too_few_cases_show_no_calibration():
    few = forecasts(lambda p: p)
    check = calibrated(few.loc[few["dyad"] == "USA-BRA"], other=CHAMPION)
    assert not check.passed
    assert "not enough cases" in check.reason


@pytest.mark.parametrize(("factor", "passed"), [(0.49, False), (0.51, True), (1.0, True), (1.99, True), (2.01, False)])
def test_the_mean_may_not_halve_or_double(factor, passed):
    old = np.array([0.1, 0.2, 0.3])
    assert alike(old * factor, old).passed is passed


def test_a_champion_that_gave_no_chance_at_all_is_no_measure():
    assert not alike([0.1, 0.2], [0.0, 0.0]).passed


SHORTER = "visits ended on 2024-05-31 and now ends on 2024-05-30"
THEN = {"events": 1000, "coverage": {"visits": "2024-05-31", "ledger": "2024-05-31"}}


@pytest.mark.parametrize(
    ("coverage", "still_known", "reason"),
    [
        ({"visits": "2024-05-31", "ledger": "2024-05-31"}, 1000, ""),
        ({"visits": "2024-08-31", "ledger": "2024-05-31", "new": "2024-01-01"}, 1200, ""),
        ({"visits": "2024-05-31", "ledger": "2024-05-31"}, 990, ""),
        ({"visits": "2024-05-31", "ledger": "2024-05-31"}, 989, "of 1000 facts that the champion knew 989 are left"),
        (
            {"visits": "2024-05-30", "ledger": "2024-05-31"},
            1000,
            "visits ended on 2024-05-31 and now ends on 2024-05-30",
        ),
        ({"visits": "2024-05-31"}, 1000, "ledger ended on 2024-05-31 and now is gone"),
    ],
)
def test_facts_that_vanished_are_named(coverage, still_known, reason):
    check = nothing_lost({"events": 0, "coverage": coverage}, THEN, still_known=still_known)
    assert check.passed is (reason == "")
    assert check.reason == (reason or "nothing that the champion knew is gone")


@pytest.mark.parametrize(
    ("failures", "rows", "reason"),
    [
        ([0, 0], [5, 6], "2 proofs passed on 11 rows"),
        ([0, 1], [5, 6], "mirror found a leak"),
        ([0, 0], [0, 6], "truncation compared nothing"),
    ],
)
def test_a_proof_that_failed_or_compared_nothing_is_named(failures, rows, reason):
    report = pd.DataFrame({"test": ["truncation", "mirror"], "failures": failures, "rows": rows})
    report["passed"] = (report["failures"] == 0) & (report["rows"] > 0)
    check = leak_free(report)
    assert (check.reason, check.passed) == (reason, "passed" in reason)
