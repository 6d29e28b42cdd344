"""Every declared signal, the climatology and the outcomes against plain loops, on random histories."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.facts.countries import canonical_dyad
from forecast.panel.outcomes import TARGETS, observe
from forecast.panel.panel import build_panel
from forecast.periods import PERIODS, column
from forecast.signals.catalogue import CATALOGUE
from forecast.signals.climatology import HAZARD, SHRINKAGE_DAYS, WINDOW_DAYS, climatology_hazards
from forecast.signals.cube import make_cube
from forecast.signals.engine import evaluate
from oracle import Record, climatology, outcome
from random_histories import (
    AMERICAN,
    END,
    FOREIGN,
    GAZETTE,
    JOURNEYS,
    LATE,
    LENGTH,
    OTHER_JOURNEYS,
    PARTIAL,
    RELEASES,
    START,
    TOLD,
    UNTOLD,
    as_frame,
    events,
    history_from,
)
from text_tables import view
from tiers import examples

ALL = (GAZETTE, JOURNEYS, OTHER_JOURNEYS, PARTIAL, RELEASES, TOLD, UNTOLD, LATE)
DYADS = sorted(canonical_dyad(*pair) for pair in (*AMERICAN, *FOREIGN))
AS_OFS = [START + offset for offset in (1, 400, 1900, 3000, LENGTH - 300, LENGTH + 40, LENGTH + 500)]
FEW = settings(max_examples=examples(25))


@FEW
@given(st.lists(events(publishers=ALL), max_size=40), st.sampled_from(AS_OFS))
def test_signals_equal_the_loops(drawn, as_of):
    history = history_from(as_frame(drawn))
    found = evaluate(
        make_cube(history.known_before(as_of)), CATALOGUE.values(), dyads=DYADS, as_ofs=np.full(len(DYADS), as_of)
    )
    for row, dyad in enumerate(DYADS):
        record = Record(history, dyad, as_of)
        expected = {name: record.value(signal) for name, signal in CATALOGUE.items()}
        assert found.loc[row].to_dict() == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True), dyad


@settings(max_examples=examples(10))
@given(
    st.lists(events(publishers=(TOLD, UNTOLD)), min_size=1, max_size=30),
    st.sampled_from(AS_OFS[1:]),
    st.sampled_from(list(TARGETS)),
)
def test_the_climatology_equals_a_loop_over_days(drawn, as_of, target):
    history = history_from(as_frame(drawn), gazette=False)
    known = history.known_before(as_of)
    dyads = sorted(canonical_dyad(*pair) for pair in FOREIGN)
    given_days = {"window_days": 500, "shrinkage_days": 90}
    found = climatology_hazards(view(known, dyads=dyads, as_of=as_of, cohort=dyads[:2], target=target), **given_days)
    expected = climatology(history, dyads, as_of, cohort=dyads[:2], target=target, **given_days)
    assert found.to_numpy() == pytest.approx(np.array(expected), rel=1e-12, abs=1e-12)


def test_the_panel_holds_the_climatology_of_its_cohort():
    drawn = [
        {"publisher": TOLD, "source": a, "recipient": b, "event": "CONSULT", "mode": "visit", "level": "leader",
         "setting": "bilateral", "status": "occurred", "access": "", "accompanied": False,
         "started_on": day, "ended_on": day, "occurred_on": day, "known_on": day + lag}
        for (a, b), offsets in (((("IND", "PAK")), (500, 900, 905, 2200, 2700)), ((("CHN", "IND")), (700, 1500, 2901)))
        for lag, day in enumerate(START + offset for offset in offsets)
    ]  # fmt: skip
    history = history_from(as_frame(drawn), gazette=False)
    as_of = START + 2903
    panel = build_panel(history, np.array([as_of]))
    cohort = ["CHN-IND", "IND-PAK"]
    assert panel.signals.index.get_level_values("dyad").tolist() == cohort
    expected = climatology(
        history, cohort, as_of, cohort=cohort, window_days=WINDOW_DAYS, shrinkage_days=SHRINKAGE_DAYS
    )
    found = panel.signals[[column(HAZARD, *period) for period in PERIODS]].to_numpy()
    assert found == pytest.approx(np.array(expected), rel=1e-12)
    assert (found > 0).any()


@FEW
@given(
    st.lists(events(publishers=ALL), max_size=40),
    st.lists(st.integers(-50, LENGTH + 100), min_size=1, max_size=6),
    st.sampled_from([START + 2000, END, END + 900]),
    st.sampled_from(list(TARGETS)),
)
def test_outcomes_equal_a_loop_over_days(drawn, offsets, looking_back, target):
    history = history_from(as_frame(drawn))
    asked = [(dyad, START + offset) for dyad in DYADS for offset in offsets]
    found = observe(
        make_cube(history.known_before(looking_back)),
        dyads=[dyad for dyad, _ in asked],
        as_ofs=np.array([as_of for _, as_of in asked], dtype="datetime64[D]"),
        target=target,
    )
    expected = [outcome(history, dyad, as_of, looking_back=looking_back, target=target) for dyad, as_of in asked]
    assert list(found.itertuples(index=False, name=None)) == expected
