"""The dyad's climatology: shares of days followed by a meeting, shrunk towards the cohort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.periods import PERIODS, cumulative_incidence
from forecast.signals.climatology import climatology_hazards, days_followed
from text_tables import covered, day, history_of, view

AS_OF = day("2020-01-01")


def hazards(text, *, dyads, cohort=None, shrinkage_days=0, target="meeting", window_days=1000):
    history = history_of(text, covered(starts_on="2010-01-01"))
    return climatology_hazards(
        view(history, dyads=dyads, as_of=AS_OF, cohort=cohort, target=target),
        window_days=window_days,
        shrinkage_days=shrinkage_days,
    ).to_numpy()


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-30, 130)), max_size=15, unique=True),
    st.lists(st.tuples(st.integers(-10, 90), st.integers(0, 60)), min_size=4, max_size=4),
    st.integers(1, 40),
)
def test_days_followed_by_a_meeting_equal_a_loop(meetings, windows, horizon):
    meetings = sorted(meetings)
    asked = np.array([2, 0, 3, 1])
    born = np.array([start for start, _ in windows])
    last = born + np.array([length for _, length in windows])
    dyad = np.array([number for number, _ in meetings], dtype=np.int64)
    at = np.array([when for _, when in meetings], dtype=np.int64)
    expected = [
        sum(any(number == n and t <= m < t + horizon for n, m in meetings) for t in range(b, e))
        for number, b, e in zip(asked, born, last, strict=True)
    ]
    found = days_followed(dyad, at, asked, born, np.column_stack([last, born]), np.array([horizon, horizon]))
    assert found.tolist() == [[days, 0] for days in expected]


def test_one_meeting_covers_as_many_days_as_the_horizon_is_long():
    # 1000 days seen, less the horizon; a meeting in their middle follows 15 of the 986 days whose 15 days are resolved.
    found = hazards("occurred_on\n2018-06-01", dyads=["USA-CHN"])
    assert cumulative_incidence(found, [15])[0, 0] == pytest.approx(15 / 986)
    assert cumulative_incidence(found, [30])[0, 0] == pytest.approx(30 / 971)


def test_shares_never_decrease_in_the_horizon():
    found = hazards("occurred_on\n2019-12-31\n2017-04-07\n2018-01-01", dyads=["USA-CHN"])
    assert (found >= 0).all()
    assert (found <= 1).all()
    shares = cumulative_incidence(found, [end for _, end in PERIODS])
    assert (np.diff(shares, axis=1) >= 0).all()


def test_a_dyad_without_meetings_is_drawn_towards_its_cohort():
    text = "source|recipient|occurred_on\nUSA|CHN|2018-06-01\nUSA|CHN|2019-06-01"
    alone = hazards(text, dyads=["USA-FRA"], cohort=["USA-CHN", "USA-FRA"], shrinkage_days=0)
    drawn = hazards(text, dyads=["USA-FRA"], cohort=["USA-CHN", "USA-FRA"], shrinkage_days=500)
    own = hazards(text, dyads=["USA-CHN"], cohort=["USA-CHN", "USA-FRA"], shrinkage_days=500)
    assert (alone == 0).all()
    assert (drawn[:, 0] > 0).all()
    assert drawn[0, 0] < own[0, 0]


def test_asking_for_one_dyad_gives_the_same_row_as_asking_for_all():
    text = "source|recipient|occurred_on\nUSA|CHN|2018-06-01\nUSA|FRA|2019-06-01\nUSA|FRA|2019-09-01"
    cohort = ["USA-CHN", "USA-FRA", "USA-IND"]
    together = hazards(text, dyads=cohort, cohort=cohort, shrinkage_days=100)
    for row, dyad in enumerate(cohort):
        assert (
            hazards(text, dyads=[dyad], cohort=cohort, shrinkage_days=100).tobytes()
            == together[row : row + 1].tobytes()
        )


def test_a_meeting_known_too_late_is_not_in_it():
    known = hazards("occurred_on|known_on\n2019-06-01|2019-12-31", dyads=["USA-CHN"])
    unknown = hazards("occurred_on|known_on\n2019-06-01|2020-01-01", dyads=["USA-CHN"])
    assert known.sum() > 0
    assert unknown.sum() == 0


def test_the_target_decides_what_is_a_meeting():
    text = "occurred_on|setting\n2018-06-01|multilateral"
    assert hazards(text, dyads=["USA-CHN"], target="meeting").sum() > 0
    assert hazards(text, dyads=["USA-CHN"], target="bilateral").sum() == 0
