"""A small record of several dyads for the audit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.facts.history import History
from forecast.leakage.comparison import Subject
from forecast.models import make_model
from forecast.panel.panel import build_panel
from forecast.signals.declare import ComputedSignal, Signal
from forecast.workspace import load_history
from simulated_ledgers import simulated_ledger, write_workspace


@pytest.fixture(scope="package")
def neighbours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three dyads of one ledger with declared coverage, and a fourth of a ledger without."""
    declared_rows = [
        simulated_ledger(
            one, other, start="2004-01-01", end="2017-12-31", leader_rows=rows, minister_rows=12, seed=seed
        )
        for seed, (one, other, rows) in enumerate([("IND", "PAK", 30), ("CHN", "IND", 40), ("CHN", "PAK", 24)])
    ]
    untold = simulated_ledger(
        "FRA", "DEU", start="2004-01-01", end="2017-12-31", leader_rows=40, minister_rows=8, seed=7
    )
    declared = {"told.csv": {"coverage_start": "2004-01-01", "coverage_end": "2017-12-31"}}
    tables = {"told.csv": pd.concat(declared_rows), "untold.csv": untold}
    return write_workspace(tmp_path_factory.mktemp("neighbours") / "ws", tables, declared)


@pytest.fixture(scope="package")
def record(neighbours: Path) -> History:
    """The history of the neighbours."""
    return load_history(neighbours)


@pytest.fixture(scope="package")
def subject_of() -> Callable[..., Subject]:
    """Make what is audited from a history and signals, with a model that is quick to train."""

    def make(history: History, *extra: Signal | ComputedSignal) -> Subject:
        panel = build_panel(history, np.array(["2009-06-01"], dtype="datetime64[D]"), extra=extra)
        return Subject(history, make_model("climatology").fit(panel.signals, panel.outcomes), extra)

    return make


@pytest.fixture
def few_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Permute the future seldom, where a test is not about that."""
    monkeypatch.setattr("forecast.leakage.permutation._MOST", 4)
