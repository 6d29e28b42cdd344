"""Many dyads: the record of each is looked up a few times for all as-of dates, not once a date."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark_modules import benchmark_module
from forecast.dates import as_of_grid
from forecast.facts.history import History
from forecast.panel.panel import build_panel
from forecast.signals.cube import SPANS
from forecast.workspace import load_history

DYADS = 15


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> History:
    root = tmp_path_factory.mktemp("many")
    benchmark_module("many_dyads").write_ledgers(root / "data" / "raw" / "engagements", DYADS)
    return load_history(root)


def test_each_ledger_is_of_a_pair_of_its_own(history):
    assert history.events["dyad"].nunique() == DYADS
    assert len(history.events) == DYADS * 240
    assert len(history.cohort(np.datetime64("2018-01-01"))) == DYADS


@pytest.mark.parametrize("end", ["2018-01-01", "2018-12-01"])
def test_the_record_of_a_dyad_is_not_looked_up_once_a_date(history, monkeypatch, end):
    calls, plain = [], History.recorded
    monkeypatch.setitem(SPANS, "meetings", lambda self, dyad, days: calls.append(dyad) or plain(self, dyad, days))
    panel = build_panel(history, as_of_grid(np.datetime64("2018-01-01"), np.datetime64(end)))
    assert len(panel.signals) % DYADS == 0
    assert 0 < len(calls) <= 4 * DYADS
