"""A sample of the dyads that never meet: right on average, the same every time, and blocks that change nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import forecast.models.base
import forecast.panel.panel
import forecast.training.sampling
from forecast.backtesting.backtest import backtest
from forecast.cli.main import main
from forecast.display.frames import Scorecard
from forecast.errors import ModelError
from forecast.models.ridge import RidgeModel
from forecast.panel.panel import Panel, build_panel, joined_rows, panel_blocks
from forecast.training.sampling import SHARE, Sample
from forecast.training.train import fitted, rows_at_hand, training_days, training_panel
from simulated_histories import simulate_history
from text_tables import day

TRAINED = day("2003-09-01")
RATES = {"CHN": 1 / 20, "FRA": 1 / 25, "IND": 1 / 30, "BRA": 1 / 40}
HISTORY = simulate_history(start=day("2002-01-01"), end=day("2003-08-31"), daily_rates=RATES, seed=1)
#: However few the dyads and years are.
FULL = {"full_dyads": 1, "full_years": 1}


@pytest.fixture(scope="module")
def whole() -> Panel:
    """Every row for training: all dyads of the USA, of which four met."""
    return training_panel(HISTORY, TRAINED, target="meeting")


@pytest.fixture
def few(monkeypatch):
    """So many dyads count as thousands."""
    monkeypatch.setattr(forecast.training.sampling, "LARGE", 100)


def test_sums_over_a_sample_are_right_on_average_over_the_draws():
    """By simulation: the mean of the estimates lies within four standard errors of the sum over all dyads."""
    generator = np.random.default_rng(0)
    values = {f"dyad {k}": value for k, value in enumerate(generator.lognormal(size=400))}
    met = frozenset(list(values)[:40])
    sums = []
    for seed in range(300):
        sample = Sample(met, share=0.2, seed=seed)
        sums.append(sum(sample.weight(dyad) * value for dyad, value in values.items()))
    left = np.array([value for dyad, value in values.items() if dyad not in met])
    deviation = np.sqrt((left**2).sum() * (1 - 0.2) / 0.2)  # of one draw, by the formula of Horvitz and Thompson
    assert abs(np.mean(sums) - sum(values.values())) < 4 * deviation / np.sqrt(len(sums))
    assert np.std(sums) == pytest.approx(deviation, rel=0.2)


def test_a_draw_depends_on_the_seed_and_the_name_of_the_dyad_alone():
    names = [f"dyad {k}" for k in range(200)]
    drawn = [Sample(frozenset()).weight(name) for name in names]
    assert drawn == [Sample(frozenset(["another"])).weight(name) for name in reversed(names)][::-1]
    assert drawn != [Sample(frozenset(), seed=1).weight(name) for name in names]
    assert set(drawn) == {0.0, 1 / SHARE}


def test_every_row_of_dyads_that_met_is_learned_from_and_a_share_of_the_others(whole, few):
    drawn = training_panel(HISTORY, TRAINED, target="meeting")
    weights = drawn.outcomes["weight"].groupby("dyad").first()
    assert weights[[f"USA-{code}" for code in RATES]].tolist() == [1.0] * len(RATES)
    assert set(weights.drop([f"USA-{code}" for code in RATES])) == {1 / SHARE}
    assert len(RATES) + 5 < len(weights) < len(RATES) + 40
    same = whole.signals.loc[drawn.signals.index]
    pd.testing.assert_frame_equal(drawn.signals, same.astype(np.float32))
    pd.testing.assert_frame_equal(drawn.outcomes.drop(columns="weight"), whole.outcomes.loc[drawn.outcomes.index])


def test_rows_that_are_at_hand_give_the_same_sample(whole, few):
    made, taken = (training_panel(HISTORY, TRAINED, target="meeting", rows=rows) for rows in (None, whole))
    assert made.fingerprint == taken.fingerprint


class _Share:
    """Believes the weighed share of rows with a meeting."""

    def __init__(self, rows: Panel) -> None:
        met = rows.outcomes["first_meeting_in_days"] >= 0
        self.share = float(np.average(met, weights=rows.outcomes["weight"]))
        assert rows.signals.dtypes.eq(np.float32).all()

    def predict_cumulative_incidence(self, signals, horizons):
        assert signals.dtypes.eq(np.float64).all()
        return np.full((len(signals), len(horizons)), self.share)


def test_folds_learn_from_the_sample_and_forecast_every_dyad(few):
    """Rows of each fold are made in turn, and give what rows at hand give; no whole panel is made."""
    history = simulate_history(start=day("2001-10-01"), end=day("2003-08-31"), daily_rates=RATES, seed=1)
    dates = np.array(["2003-02-01", "2003-03-01"], dtype="datetime64[D]")
    learned_on = training_days(history.known_before(day("2003-01-01")), day("2003-01-01"))
    days = np.concatenate([learned_on, dates])
    assert rows_at_hand(history, days, target="meeting") is None
    request = {"models": ["base-rate"], "horizons": [30, 90], "fit": lambda rows, model: _Share(rows)}
    made, taken = (backtest(history, dates, **request, rows=rows) for rows in (None, build_panel(history, days)))
    pd.testing.assert_frame_equal(made, taken)
    assert set(made["dyad"]) == {d for at in dates for d in history.cohort(at)}
    n, whole = made.attrs["sample"]
    assert n < whole == sum(len(history.cohort(at)) for at in learned_on)


def test_commands_say_that_a_model_learned_from_a_sample(monkeypatch):
    card = {"model_id": "hazard", "model_version": "1", "n_rows": 3, "n_dyads": 2, "path": "p", "problem": ""}
    scores = Scorecard(pd.DataFrame())
    scores.attrs["sample"] = 3, 40
    retrained = SimpleNamespace(
        report={"as_of": "2024-01-01", "decision": "promoted", "challenger": card | {"drawn_from": 40}},
        is_new=False, folder=None, problem="",
    )  # fmt: skip
    monkeypatch.setattr("forecast.verbs.train.train", lambda **options: card | {"drawn_from": 40})
    monkeypatch.setattr("forecast.verbs.backtest.backtest", lambda **options: scores)
    monkeypatch.setattr("forecast.verbs.backtest.table", lambda scores: "")
    monkeypatch.setattr("forecast.verbs.retrain.retrain", lambda **options: retrained)
    for command in ("train", "backtest", "retrain"):
        said = CliRunner().invoke(main, [command])
        assert said.exit_code == 0
        assert "learned from 3 of 40 rows" in said.stderr


def test_blocks_of_dates_hold_the_rows_of_one_panel(whole, monkeypatch):
    monkeypatch.setattr(forecast.panel.panel, "BLOCK_ROWS", 500)
    grid = training_days(HISTORY.known_before(TRAINED), TRAINED)
    blocks = list(panel_blocks(whole.history, grid))
    assert len(blocks) > 3
    pd.testing.assert_frame_equal(pd.concat([block.signals for block in blocks]), whole.signals)
    pd.testing.assert_frame_equal(joined_rows(iter(blocks)).outcomes, whole.outcomes)


def test_what_is_learned_block_by_block_is_what_is_learned_of_the_whole(whole, monkeypatch):
    """Forecasts to 1e-9, with and without weights of rows."""
    weighted = whole.outcomes.assign(weight=np.random.default_rng(2).uniform(0.5, 3.0, len(whole.outcomes)))
    for outcomes in (whole.outcomes, weighted):
        once = RidgeModel(**FULL).fit(whole.signals, outcomes)
        with monkeypatch.context() as patched:
            patched.setattr(forecast.models.base, "_BLOCK", 257)
            blocks = RidgeModel(**FULL).fit(whole.signals, outcomes)
        for name in ("coef_", "covariance_", "mean_", "scale_", "year_variance_"):
            np.testing.assert_allclose(getattr(blocks, name), getattr(once, name), rtol=1e-7, atol=1e-8)
        some = whole.signals.iloc[::50]
        at_once, by_blocks = (one.predict_cumulative_incidence(some, [30, 90, 365]) for one in (once, blocks))
        np.testing.assert_allclose(by_blocks, at_once, rtol=0, atol=1e-9)


def test_a_row_that_stands_for_two_teaches_what_two_rows_teach(whole):
    rows = np.flatnonzero(np.arange(len(whole.signals)) % 3 == 0)
    twice = np.sort(np.concatenate([np.arange(len(whole.signals)), rows]))
    weight = np.ones(len(whole.signals))
    weight[rows] = 2.0
    weighed = RidgeModel(**FULL).fit(whole.signals, whole.outcomes.assign(weight=weight))
    repeated = RidgeModel(**FULL).fit(whole.signals.iloc[twice], whole.outcomes.iloc[twice])
    np.testing.assert_allclose(weighed.coef_, repeated.coef_, rtol=1e-7, atol=1e-9)


def test_a_model_that_cannot_weigh_rows_is_refused(whole):
    sampled = replace(whole, outcomes=whole.outcomes.assign(weight=1.0))
    with pytest.raises(ModelError, match="BaseRate cannot weigh its rows; the default model can"):
        fitted(sampled, model="base-rate")


def test_rows_that_stand_for_none_are_refused(whole):
    with pytest.raises(ModelError, match="weight of the outcomes must be positive"):
        RidgeModel().fit(whole.signals, whole.outcomes.assign(weight=0.0))


def test_the_rows_of_some_dyads_alone_can_be_built(whole):
    chosen = {"USA-CHN", "USA-FRA"}
    rows = build_panel(whole.history, whole.as_ofs[:1], among=chosen.__contains__)
    assert set(rows.signals.index.get_level_values("dyad")) == chosen
    pd.testing.assert_frame_equal(rows.signals, whole.signals.loc[rows.signals.index])
