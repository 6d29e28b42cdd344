"""Horizons that end inside a period: a summit counts from its first day, so a fixed last day makes no saw-teeth."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.dates import as_of_grid
from forecast.facts.calendar import Calendar, Edition
from forecast.facts.history import make_history
from forecast.models import make_model
from forecast.models.ridge import RidgeModel
from forecast.models.summits import BEGINNINGS, without_summits
from forecast.panel.panel import build_panel
from forecast.periods import EDGES
from text_tables import as_frame, covered, day, table

DYADS = ["USA-CHN", "USA-FRA", "USA-IND"]
NAMES = ["hazard", "classifier", "venue-calendar"]
SUMMIT = day("2019-06-15")
NEVER = day("9999-01-01")


@pytest.fixture(scope="module")
def history():
    """A yearly summit at which USA and CHN always meet, and hardly elsewhere; FRA and IND come and meet at any time."""
    editions = [
        Edition(
            series="g20", edition=str(year), host="KOR", starts_on=day(f"{year}-06-15"), ends_on=day(f"{year}-06-16"),
            announced_on=day(f"{year}-06-15") - 500, off_on=NEVER, took_place=True,
            members=tuple((code, day("2001-01-01")) for code in ("CHN", "FRA", "IND", "KOR", "USA")),
        )
        for year in range(2003, 2020)
    ]  # fmt: skip
    generator = np.random.default_rng(0)
    lines = [f"CHN | {year}-06-15" for year in range(2003, 2019)] + ["CHN | 2006-11-02", "CHN | 2013-02-09"]
    for state, n in (("FRA", 25), ("IND", 8)):
        lines += [f"{state} | {day('2002-01-01') + int(at)}" for at in generator.integers(0, 6200, n)]
    events = as_frame(table("recipient | occurred_on\n" + "\n".join(lines)))
    return make_history(events, [covered(starts_on="2001-01-01")], calendar=Calendar(tuple(editions)))


@pytest.fixture(scope="module")
def fitted(history):
    grid = as_of_grid(day("2004-01-01"), day("2018-01-01"))
    rows = build_panel(history.known_before(day("2018-09-01")), grid, dyads=DYADS)
    # Three dyads are too few for the default to leave their climatology: here it may.
    free = {"hazard": RidgeModel(ridge=1.0, full_dyads=1, full_years=1)}
    return {name: free.get(name, make_model(name)).fit(rows.signals, rows.outcomes) for name in NAMES}


@pytest.fixture(scope="module")
def asked(history):
    grid = as_of_grid(day("2018-09-01"), SUMMIT - 1, every="week")
    return build_panel(history.known_before(day("2018-09-01")), grid, dyads=["USA-CHN"])


def by(model, signals, last):
    """Forecasts for a fixed last day, one of each as-of date."""
    as_ofs = signals.index.get_level_values("as_of").to_numpy().astype("datetime64[D]")
    horizons = (last - as_ofs).astype(int) + 1
    return np.diagonal(model.predict_cumulative_incidence(signals, horizons))


@pytest.mark.parametrize("name", NAMES)
def test_a_fixed_last_day_makes_no_saw_teeth(fitted, asked, name):
    found = by(fitted[name], asked.signals, SUMMIT + 5)
    assert found.min() > 0.75
    assert np.abs(np.diff(found)).max() < 0.1


@pytest.mark.parametrize("name", NAMES)
def test_a_summit_on_the_last_day_counts_and_one_a_day_later_does_not(fitted, asked, name):
    inside = np.array([int((SUMMIT - as_of).astype(int)) not in EDGES for as_of in asked.as_ofs])
    assert inside.sum() > 30
    signals = asked.signals[inside]
    before, on, after = (by(fitted[name], signals, SUMMIT + shift) for shift in (-1, 0, 1))
    assert before == pytest.approx(by(fitted[name], without_summits(signals), SUMMIT - 1), abs=1e-12)
    assert (on > 0.75).all()
    assert (on - before > 0.25).all()
    assert ((after >= on) & (after - on < 0.02)).all()


@pytest.mark.parametrize("name", ["hazard", "classifier"])
def test_the_interval_follows_the_summit(fitted, asked, name):
    model, X = fitted[name], asked.signals.iloc[[10]]
    lead = int((SUMMIT - asked.as_ofs[10]).astype(int))
    horizons = list(range(lead - 20, lead + 20))
    low, high = (side[0] for side in model.predict_interval(X, horizons))
    point = model.predict_cumulative_incidence(X, horizons)[0]
    assert ((low <= point) & (point <= high)).all()
    for side in (low, point, high):
        assert (np.diff(side) >= 0).all()
        assert np.diff(side).argmax() == horizons.index(lead)
    assert low[horizons.index(lead)] < high[horizons.index(lead + 1)]


@pytest.mark.parametrize("name", NAMES)
def test_where_periods_end_the_days_of_summits_change_no_bit(fitted, asked, name):
    moved = asked.signals.assign(**dict.fromkeys(BEGINNINGS, 0.5))
    assert not moved.equals(asked.signals)
    model, edges = fitted[name], list(EDGES[1:])
    one, other = (model.predict_cumulative_incidence(X, edges) for X in (asked.signals, moved))
    assert one.tobytes() == other.tobytes()
    for side, again in zip(model.predict_interval(asked.signals[:3], edges),
                           model.predict_interval(moved[:3], edges), strict=True):  # fmt: skip
        assert side.tobytes() == again.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_unknown_days_are_those_of_a_summit_on_the_first_day(fitted, asked, name):
    X = asked.signals
    missing, zero = (X.assign(**dict.fromkeys(BEGINNINGS, value)) for value in (np.nan, 0.0))
    one, other = (fitted[name].predict_cumulative_incidence(rows, [7, 63, 200]) for rows in (missing, zero))
    assert one.tobytes() == other.tobytes()
