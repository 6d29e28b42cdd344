"""Comparisons of two models on the same rows."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from forecast.errors import ForecastError
from forecast.verification import (
    brier_losses,
    brier_score,
    compare,
    diebold_mariano,
    log_losses,
    log_score,
    mean_interval,
    roc_auc,
    score_interval,
    widest,
)
from forecast.verification.forecasts import example_forecasts


@pytest.fixture
def forecasts():
    return example_forecasts()


def score_difference(probability, outcome, *, other, score=brier_score, **draws):
    """Score of one forecast less that of another: both are drawn together."""

    def difference(p, y, *, reference):
        return score(p, y) - score(reference, y)

    return score_interval(probability, outcome, score=difference, reference=other, **draws)


def _sides(forecasts):
    one, other = (forecasts[forecasts["model_id"] == name].reset_index(drop=True) for name in ("sharp", "flat"))
    return one, other["probability"].to_numpy()


def test_the_difference_is_that_of_the_scores_with_the_rows_of_both_drawn_together(forecasts):
    one, other = _sides(forecasts)
    p, y = one["probability"].to_numpy(), one["outcome"].to_numpy()
    result = score_difference(p, y, other=other, clusters=one["dyad"], resamples=200)
    assert result.value == pytest.approx(brier_score(p, y) - brier_score(other, y))
    mean = mean_interval(brier_losses(p, y) - brier_losses(other, y), clusters=one["dyad"], resamples=200)
    assert vars(result) == pytest.approx(vars(mean), abs=1e-12)
    turned = score_difference(other, y, other=p, clusters=one["dyad"], resamples=200)
    opposite = [-result.value, -result.high, -result.low]
    assert [turned.value, turned.low, turned.high] == pytest.approx(opposite, abs=1e-12)
    ranked = score_difference(p, y, other=other, clusters=one["dyad"], score=roc_auc, resamples=100)
    assert ranked.value == pytest.approx(roc_auc(p, y) - 0.5)
    assert ranked.low > 0.2


def test_a_forecast_does_not_differ_from_itself(forecasts):
    one, _ = _sides(forecasts)
    result = score_difference(one["probability"], one["outcome"], other=one["probability"], clusters=one["dyad"])
    assert (result.value, result.low, result.high) == (0.0, 0.0, 0.0)


def test_pairing_narrows_the_interval(forecasts):
    one, _ = _sides(forecasts)
    p, y, clusters = one["probability"].to_numpy(), one["outcome"].to_numpy(), one["as_of"]
    near = np.clip(p + 0.02, 0, 1)
    paired = score_difference(p, y, other=near, clusters=clusters, resamples=300)
    alone = mean_interval(brier_losses(p, y), clusters=clusters, resamples=300)
    assert paired.high - paired.low < (alone.high - alone.low) / 3


def test_the_table_holds_what_its_parts_say(forecasts):
    one, other = _sides(forecasts)
    p, y = one["probability"].to_numpy(), one["outcome"].to_numpy()
    row = compare(forecasts, model="sharp", other="flat", resamples=200, seed=5).iloc[0]
    assert (row["target"], row["horizon_days"], row["n"], row["reason"]) == ("meeting", 90, 240, "")
    assert row["base_rate"] == pytest.approx(y.mean())
    assert row["loss"] == pytest.approx(brier_score(p, y))
    assert row["other_loss"] == pytest.approx(brier_score(other, y))
    apart = partial(mean_interval, brier_losses(p, y) - brier_losses(other, y), resamples=200, seed=5)
    spread = widest(apart(clusters=one["dyad"]), apart(clusters=one["as_of"]))
    assert [row["difference"], row["low"], row["high"]] == pytest.approx([spread.value, spread.low, spread.high])
    test = diebold_mariano(brier_losses(p, y), brier_losses(other, y), as_ofs=one["as_of"], horizon_days=90)
    assert [row[f"dm_{name}"] for name in ("statistic", "p_value", "lag", "dates")] == pytest.approx(
        [test.statistic, test.p_value, test.lag, test.n]
    )


def test_neither_the_order_of_the_rows_nor_the_kind_of_date_matters(forecasts):
    result = compare(forecasts, model="sharp", other="flat", resamples=50)
    turned = forecasts.sample(frac=1, random_state=3)
    turned["as_of"] = turned["as_of"].dt.strftime("%Y-%m-%d")
    assert compare(turned, model="sharp", other="flat", resamples=50).equals(result)


def test_another_loss_is_taken_as_said(forecasts):
    one, other = _sides(forecasts)
    floored = partial(log_losses, floor=0.01)
    row = compare(forecasts, model="sharp", other="flat", losses=floored, resamples=50).iloc[0]
    assert row["loss"] == pytest.approx(log_score(one["probability"], one["outcome"], floor=0.01))
    assert row["other_loss"] == pytest.approx(log_score(other, one["outcome"]))


def test_what_the_cases_cannot_give_is_missing_with_its_reason(forecasts):
    few = forecasts[forecasts["as_of"] < "2010-06-01"]
    row = compare(few, model="sharp", other="flat", resamples=50)
    assert row["low"].notna().all()
    assert row["dm_statistic"].isna().all()
    assert row["reason"].str.contains("5 as-of dates are too few").all()
    alone = compare(
        forecasts[(forecasts["as_of"] == "2010-01-01") & (forecasts["dyad"] == "USA-BRA")], model="sharp", other="flat"
    )
    assert alone["difference"].isna().all()
    assert alone["reason"].str.contains("at least 2 dyads or 2 as-of dates; 1 as-of dates are too few").all()
    assert "nan" not in alone.drop(columns="reason").to_string().lower()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda f: f[f["model_id"] == "sharp"], r"no forecasts by 'flat'; there are \['sharp'\]"),
        (lambda f: f.iloc[1:], "sharp and flat differ in 1 rows"),
        (lambda f: f.assign(outcome=f["outcome"].where(f.index > 0, 1 - f["outcome"])), "different outcomes"),
        (lambda f: f.assign(as_of="2010-01-01"), "460 forecasts stand twice"),
        (lambda f: f.assign(as_of="day " + f["as_of"].astype(str)), "holds 'day 2010-01-01': write days as"),
    ],
)
def test_only_the_same_rows_compare(forecasts, change, problem):
    with pytest.raises(ForecastError, match=problem):
        compare(change(forecasts), model="sharp", other="flat", resamples=20)
