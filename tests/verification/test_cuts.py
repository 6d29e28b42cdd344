"""Scores by cut: cells add up, small cells say so, and figures are those of the rows in the cell."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.backtesting.backtest import backtest
from forecast.errors import ForecastError
from forecast.verification import CUTS, brier_skill, decompose, roc_auc, scores_by_cut, skill_interval, widest
from forecast.verification.cuts import FEWEST_CASES, FIGURES
from forecast.verification.forecasts import example_forecasts
from forecast.workspace import load_history


@pytest.fixture(scope="module")
def forecasts():
    """All optional columns, two horizons."""
    rows = example_forecasts()
    generator = np.random.default_rng(3)
    long = rows.assign(horizon_days=180, outcome=generator.integers(0, 2, len(rows) // 2).tolist() * 2)
    both = pd.concat([rows, long], ignore_index=True)
    number = both.groupby(["model_id", "horizon_days"]).cumcount()
    settings = pd.Series(["bilateral", "margins", "multilateral", None])
    return both.assign(
        onset=(number % 3 == 0),
        venue_in_window=pd.Series([True, False, None], dtype="boolean").iloc[number % 3].to_numpy(),
        setting=settings.iloc[number % 4].where((both["outcome"] == 1).to_numpy()).to_numpy(),
    )


@pytest.fixture(scope="module")
def table(forecasts):
    return scores_by_cut(forecasts, resamples=100)


def test_every_cut_is_there_and_its_cells_hold_every_row_once(forecasts, table):
    assert set(table["cut"]) == set(CUTS)
    whole = forecasts.groupby(["model_id", "target", "horizon_days"])["outcome"].agg(["size", "sum"])
    for name, cut in CUTS.items():
        result = table[table["cut"] == name].groupby(["model_id", "target", "horizon_days"])[["n", "n_met"]].sum()
        assert result["n_met"].tolist() == whole["sum"].tolist()
        if not cut.of_meetings:
            assert result["n"].tolist() == whole["size"].tolist()


def test_the_figures_are_those_of_the_rows_in_the_cell(forecasts, table):
    row = table[(table["model_id"] == "sharp") & (table["cell"] == "routine") & (table["horizon_days"] == 90)].iloc[0]
    rows = forecasts[(forecasts["model_id"] == "sharp") & ~forecasts["onset"] & (forecasts["horizon_days"] == 90)]
    p, y, reference = (rows[name].to_numpy() for name in ("probability", "outcome", "climatology"))
    assert row["reason"] == ""
    assert row["base_rate"] == pytest.approx(y.mean())
    assert row["mean_probability"] == pytest.approx(p.mean())
    assert row["skill"] == pytest.approx(brier_skill(p, y, reference=reference))
    assert row["auc"] == pytest.approx(roc_auc(p, y))
    assert row["miscalibration"] == pytest.approx(decompose(p, y).miscalibration)
    spread = partial(skill_interval, p, y, reference=reference, resamples=100)
    union = widest(spread(clusters=rows["dyad"]), spread(clusters=rows["as_of"]))
    assert (row["skill_low"], row["skill_high"]) == pytest.approx((union.low, union.high))


def test_every_skill_has_its_interval_and_its_base_rate(table):
    scored = table[table["skill"].notna()]
    assert len(scored) > 20
    assert (scored["skill_low"] <= scored["skill"]).all()
    assert (scored["skill"] <= scored["skill_high"]).all()
    assert scored[list(FIGURES)].notna().all(axis=None)


def test_a_small_cell_says_how_small_and_holds_no_figure(table):
    fewest = pd.concat([table["n_met"], table["n"] - table["n_met"]], axis=1).min(axis=1)
    small = table[fewest < FEWEST_CASES]
    assert len(small) > 3
    assert len(small) < len(table)
    assert small[list(FIGURES)].isna().all(axis=None)
    assert small["reason"].tolist() == [f"not enough cases (n = {n})" for n in fewest[fewest < FEWEST_CASES]]
    assert (table.loc[fewest >= FEWEST_CASES, "reason"] == "").all()
    for text in (table.to_string(), table.to_csv(), table.to_json()):
        assert "nan" not in text.lower()


@pytest.mark.parametrize(
    ("met", "without", "enough"), [(10, 10, True), (9, 200, False), (200, 9, False), (0, 50, False)]
)
def test_the_rule_counts_rows_with_and_rows_without_a_meeting(met, without, enough):
    outcome = [1] * met + [0] * without
    rows = pd.DataFrame(
        {
            "model_id": "m",
            "dyad": [f"USA-{k % 7}" for k in range(len(outcome))],
            "as_of": np.datetime64("2000-01-01", "s") + np.arange(len(outcome)).astype("timedelta64[D]"),
            "horizon_days": 30,
            "target": "meeting",
            "probability": np.linspace(0.2, 0.8, len(outcome)),
            "climatology": 0.5,
            "outcome": outcome,
        }
    )
    row = scores_by_cut(rows, cuts=["horizon"], resamples=20).iloc[0]
    assert pd.notna(row["skill"]) == enough
    assert row["reason"] == ("" if enough else f"not enough cases (n = {min(met, without)})")


def test_the_setting_of_a_meeting_is_told_against_all_rows_without_one(forecasts, table):
    rows = forecasts[(forecasts["model_id"] == "sharp") & (forecasts["horizon_days"] == 90)]
    without = (rows["outcome"] == 0).sum()
    result = table[(table["cut"] == "setting") & (table["model_id"] == "sharp") & (table["horizon_days"] == 90)]
    assert result["cell"].tolist() == ["bilateral", "margins", "multilateral", "not known"]
    assert (result["n"] - result["n_met"] == without).all()
    assert result["n_met"].sum() == (rows["outcome"] == 1).sum()


def test_an_unknown_flag_is_a_cell_of_its_own_and_an_odd_one_is_refused(forecasts, table):
    assert set(table.loc[table["cut"] == "venue", "cell"]) == {
        "venue in the window",
        "no venue in the window",
        "not known",
    }
    with pytest.raises(ForecastError, match="the column onset holds 'maybe'"):
        scores_by_cut(forecasts.assign(onset="maybe"), cuts=["onset"])


@given(st.lists(st.integers(0, 6).map(lambda n: n / 10), min_size=1, max_size=40))
def test_a_row_lies_within_the_edges_of_its_band(rates):
    labels = CUTS["base rate"].label(pd.DataFrame({"climatology": rates}))
    for rate, label in zip(rates, labels, strict=True):
        band, edges = label.split(": ")
        low, high = map(float, edges.split(" to "))
        # Edges are shown with three digits.
        assert low - 1e-3 <= rate <= high + 1e-3
        assert 1 <= int(band[0]) <= int(band[-1]) <= 4
    # A higher rate never lies in a lower band.
    order = np.argsort(rates, kind="stable")
    assert (np.diff([int(label[0]) for label in labels.to_numpy()[order]]) >= 0).all()


def test_a_flag_that_no_row_carries_still_has_its_cell():
    result = scores_by_cut(example_forecasts().assign(announced=False), cuts=["announced"], resamples=20)
    assert result["cell"].tolist() == ["announced", "not announced"] * 2
    assert result["n"].tolist() == [0, 240] * 2
    assert result["reason"].tolist() == ["not enough cases (n = 0)", ""] * 2


def test_a_band_holds_its_upper_edge_and_the_first_its_lower_one_too():
    labels = CUTS["base rate"].label(pd.DataFrame({"climatology": [0.0, 0.1, 0.2, 0.3, 0.4]}))
    assert [label[0] for label in labels] == ["1", "1", "2", "3", "4"]
    assert labels.iloc[2] == "2 of 4: 0.1 to 0.2"
    assert CUTS["base rate"].label(pd.DataFrame({"climatology": [0.1, 0.1]})).tolist() == ["1 of 1: 0.1 to 0.1"] * 2


def test_bands_hold_about_as_many_rows_each():
    labels = CUTS["base rate"].label(pd.DataFrame({"climatology": np.random.default_rng(0).random(1000)}))
    assert labels.value_counts().between(249, 251).all()
    assert labels.nunique() == 4


def test_a_column_that_is_not_there_leaves_its_cut_out():
    assert set(scores_by_cut(example_forecasts(), resamples=20)["cut"]) == {"horizon", "year", "announced", "base rate"}
    with pytest.raises(ForecastError, match="no cut 'onset' of these forecasts; there are horizon, year, announced"):
        scores_by_cut(example_forecasts(), cuts=["onset"])


def test_neither_the_order_of_the_rows_nor_the_kind_of_date_nor_another_model_matters(forecasts, table):
    turned = forecasts.sample(frac=1, random_state=1)
    turned["as_of"] = turned["as_of"].dt.strftime("%Y-%m-%d")
    result = scores_by_cut(turned, resamples=100)
    pd.testing.assert_frame_equal(result, table, rtol=1e-12)
    alone = scores_by_cut(forecasts[forecasts["model_id"] == "sharp"], resamples=100)
    pd.testing.assert_frame_equal(alone, table[table["model_id"] == "sharp"].reset_index(drop=True))


def test_a_perfect_reference_is_told_in_the_reason():
    rows = example_forecasts()
    result = scores_by_cut(rows.assign(climatology=rows["outcome"].astype(float)), cuts=["horizon"], resamples=20)
    assert result["reason"].tolist() == ["the reference is perfect, so there is no skill to measure"] * 2
    assert result["auc"].isna().all()


def test_the_table_of_a_backtest_is_cut_as_it_is(rivals):
    as_ofs = np.arange("2015-01", "2019-01", dtype="datetime64[M]").astype("datetime64[D]")
    rows = backtest(load_history(rivals), as_ofs, models=["recurrence", "climatology"], horizons=[90])
    result = scores_by_cut(rows, resamples=50)
    whole = result[result["cut"] == "horizon"].set_index("model_id")
    assert whole.loc["climatology", "skill"] == pytest.approx(0.0, abs=1e-12)
    assert whole["n"].tolist() == [len(rows) // 2] * 2
