"""The report and the row on calibration."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from forecast.errors import ForecastError
from forecast.monitoring.verdicts import DriftReport, DriftRow, judge_calibration, observed_to_expected

LONG = "visits__minister_received_by_leader_count__180d"
ROWS = (
    DriftRow("source", "visits", "visits ends on 2024-11-12", "days behind", 383.0, 41.0, 648, "drift"),
    DriftRow("calibration", "90 days", "90 days", "observed/expected", 1.16, None, 40, "ok", low=0.97, high=1.38),
    DriftRow("probability", "90 days", "90 days", "PSI", None, None, 0, "not enough cases (n = 0)"),
    DriftRow("signal", LONG, LONG, "PSI", 0.123456, 0.1, 195, "watch"),
    DriftRow("signal", "a__b", "a__b", "KS", 0.01, 0.1, 195, "ok"),
    *(DriftRow("signal", f"x{k}__y", f"x{k}__y", "KS", None, None, 1, "not enough cases (n = 1)") for k in range(12)),
)


def report(*rows: DriftRow) -> DriftReport:
    return DriftReport(
        "2025-12-01", "hazard", "2025-01-01-0a1b2c3d", "meeting", "none", "none", rows, ("A note. " * 30,)
    )


def test_the_text_is_no_wider_than_80_columns_and_names_what_matters():
    text = report(*ROWS).text()
    assert max(len(line) for line in text.splitlines()) <= 80
    for words in (
        "visits ends on 2024-11-12",
        "383",
        LONG,
        "0.97 to 1.38",
        "not enough cases (n = 1): x0__y",
        "1 of 14",
    ):
        assert words in text
    assert "a__b" not in text
    assert "nan" not in text.lower()


def test_the_worst_verdict_is_that_of_the_report():
    assert report(*ROWS).verdict == "drift"
    assert report(*ROWS[1:]).verdict == "watch"
    assert report(ROWS[1]).verdict == "ok"
    assert report(ROWS[2]).verdict == report().verdict == "not enough cases (n = 0)"


def test_metrics_are_numbers_under_names_that_a_tracker_takes():
    found = report(*ROWS).metrics()
    assert found["source/visits/days_behind"] == 383.0
    assert found["calibration/90 days/observed_to_expected"] == 1.16
    assert found[f"signal/{LONG}/psi"] == 0.123456
    assert (found["rows/ok"], found["rows/watch"], found["rows/drift"], found["rows/not_enough_cases"]) == (2, 1, 1, 13)
    assert len(found) == 4 + 4
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./ ")
    assert all(set(name) <= allowed and np.isfinite(value) for name, value in found.items())


def test_a_report_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        report().as_of = "2024-01-01"
    assert report(*ROWS).to_frame().shape == (len(ROWS), 10)
    assert list(report().to_frame().columns)[:3] == ["kind", "name", "what"]


# --- calibration ---


def simulated(factor: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    p = np.repeat(generator.uniform(0.02, 0.5, 150), 4)
    return p, (generator.random(600) < p * factor).astype(float), np.repeat(np.arange(150), 4)


def test_more_meetings_than_expected_are_seen():
    p, y, dyads = simulated(1.6)
    row = judge_calibration("90 days", p, y, dyads=dyads)
    assert row.value == observed_to_expected(p, y) == y.sum() / p.sum()
    assert row.low <= row.value <= row.high
    assert row.verdict == "drift"
    assert judge_calibration("90 days", *simulated(0.5)[:2], dyads=dyads).verdict == "drift"


def test_a_calibrated_forecaster_is_seldom_accused():
    verdicts = [
        judge_calibration("x", p, y, dyads=dyads, resamples=300).verdict
        for p, y, dyads in (simulated(1.0, seed) for seed in range(60))
    ]
    assert verdicts.count("ok") >= 52
    assert verdicts.count("drift") <= 3


def test_few_meetings_are_said():
    row = judge_calibration("x", np.full(50, 0.1), [1.0] * 3 + [0.0] * 47, dyads=np.arange(50))
    assert (row.value, row.n, row.verdict) == (None, 3, "not enough cases (n = 3)")
    assert judge_calibration("x", [], [], dyads=[]).verdict == "not enough cases (n = 0)"
    with pytest.raises(ForecastError, match="no meeting was expected"):
        observed_to_expected([0.0], [0])
