"""What a family of signals gains, measured on the questions that the model without it answers too."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import forecast as fc
from forecast.backtesting.ablation import COLUMNS, Altered, check_changes, families, forecasts_under, usual_changes
from forecast.errors import DateError, InputError
from forecast.models.ridge import RidgeModel
from forecast.panel.panel import build_panel
from forecast.signals.catalogue import EMERGING
from forecast.signals.cube import Selector
from forecast.signals.declare import ComputedSignal, Signal
from forecast.training.train import train
from forecast.workspace import load_history

# Backtests a ledger several times over.
pytestmark = pytest.mark.slow

SPAN = {"start": "2016-01", "end": "2018-06", "horizons": (90,)}
VISITS = Signal("mine__visits__90d", "ministers' visits in 90 days", Selector(level=("minister",)), window_days=90)


def _told(view):
    """The outcome itself, which no honest signal knows."""
    events = view._cube.history.events
    met = events.loc[events["level"] == "leader", "occurred_on"].to_numpy("datetime64[D]")
    ahead = float(((met >= view.as_of) & (met < view.as_of + np.timedelta64(90, "D"))).any())
    return pd.DataFrame({"oracle__meeting": [ahead] * len(view.dyads)})


ORACLE = ComputedSignal("oracle", "whether they meet", _told)


def test_the_default_is_the_model_that_predict_asks(rivals):
    history = load_history(rivals)
    days = np.arange("2017-01", "2018-01", dtype="datetime64[M]").astype("datetime64[D]")
    rows = forecasts_under(history, days, changes=["- meetings"], horizons=(90,))
    model = train(history, np.datetime64("2017-01-01"), model="hazard", target="meeting").model
    X = build_panel(history, days).signals
    asked = rows.loc[rows["change"] == "default"]
    assert (asked["probability"].to_numpy() == model.predict_cumulative_incidence(X, [90])[:, 0]).all()
    assert (rows.loc[rows["change"] == "- meetings", "probability"].to_numpy() != asked["probability"].to_numpy()).any()


def test_scores_and_gains_are_on_the_same_rows(rivals):
    scores = fc.ablate(["- meetings"], root=rivals, **SPAN)
    assert tuple(scores.columns) == COLUMNS
    assert scores["change"].tolist() == ["default", "- meetings"]
    default, without = scores.iloc[0], scores.iloc[1]
    assert default["n"] == without["n"]
    assert default["gain"] == default["gain_low"] == default["gain_high"] == 0.0
    # With one dyad, (1 - skill) is the loss over the same reference, so the gain follows from the two skills.
    assert without["gain"] == pytest.approx(1.0 - (1.0 - without["skill"]) / (1.0 - default["skill"]))


def test_a_signal_of_ones_own_counts_only_where_it_is_added(rivals):
    # One dyad holds the default to its climatology, whoever knows the outcome: here it may leave it.
    free = RidgeModel(ridge=1.0, full_dyads=1, full_years=1)
    plain = fc.ablate(["- meetings"], root=rivals, model=free, **SPAN)
    scores = fc.ablate(["+ oracle", "- meetings"], root=rivals, model=free, signals=[ORACLE], **SPAN)
    others = scores.loc[scores["change"] != "+ oracle"].reset_index(drop=True)
    pd.testing.assert_frame_equal(plain, others, check_exact=True)
    found = scores.loc[scores["change"] == "+ oracle"].iloc[0]
    assert found["gain"] > 0.3, "who knows the outcome gains much"


def test_teaching_by_quarters_takes_every_third_row(rivals):
    whole = fc.ablate([], root=rivals, **SPAN)
    quick = fc.ablate([], root=rivals, teach="quarter", **SPAN)
    assert quick["n"].tolist() == whole["n"].tolist()
    assert quick["skill"].tolist() != whole["skill"].tolist()


def test_the_usual_changes_name_each_family_that_can_be_learned_once(rivals):
    X = build_panel(load_history(rivals), np.array(["2018-01-01"], dtype="datetime64[D]"), extra=[VISITS]).signals
    names = usual_changes(X, [VISITS])
    assert names[0] == "default"
    assert "+ mine" in names
    assert "- mine" not in names
    assert len(set(names)) == len(names)
    assert check_changes(names, [VISITS]) == names


def test_changes_of_the_model(rivals):
    rows = build_panel(load_history(rivals), np.array(["2018-01-01"], dtype="datetime64[D]"))
    # Families that no rows of the default model hold need not be named by it.
    assert set(RidgeModel().without.split()) <= set(Altered("default").model.without.split()) == set(EMERGING)
    assert "snubs" not in Altered("+ snubs").model.without.split()
    assert set(Altered("climatology alone").model.without.split()) == set(families())
    seen = Altered("- venues").seen(rows.signals)
    venues = [name for name in seen.columns if name.startswith("venues__")]
    assert venues
    assert (seen[venues] == 0.0).all(axis=None)
    pd.testing.assert_frame_equal(seen.drop(columns=venues), rows.signals.drop(columns=venues), check_exact=True)


@pytest.mark.parametrize("change", ["- nonsense", "meetings", "* meetings", "+ mine"])
def test_a_change_that_names_no_family_is_refused(change):
    with pytest.raises(InputError, match="is no change such as"):
        check_changes([change])


def test_impossible_questions_are_refused(rivals):
    with pytest.raises(DateError, match="2018-01-01 is before the start 2018-06-01"):
        fc.ablate([], start="2018-06", end="2018-01", root=rivals)
    with pytest.raises(InputError, match="'year' is not one of month, quarter"):
        fc.ablate([], teach="year", root=rivals, **SPAN)
